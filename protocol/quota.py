"""How much one neighbour may have held here: what is charged to the link that brought it first.

Whoever is flooded keeps what is near. When a link has brought as much as it may, the record of a
nearer group takes the place of the farthest, newest ones that the same link brought; any other is
left out. So a neighbour, and a hundred groups that it makes up behind itself, push out nothing but
what came by it. Nothing leaves that concerns our own requests and pledges, nor what bears anything
that another link brought.

Who brought a record is not kept on disk: what is put back after a restart is charged to nobody, so
that no honest neighbour pays for what it did not bring. A flood gains one more share by each of our
restarts, and until what it brought expires.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from typing import TypeVar

from protocol.bodies import Details, Kind
from protocol.errors import NoRoom
from protocol.holdings import Holdings
from protocol.ids import GroupId, ObjectId, RecordId
from protocol.limits import (
    DIRECTORY_REACH,
    GROUPS_PER_LINK_MAX,
    PLEDGES_PER_GROUP_MAX,
    PLEDGES_PER_REQUEST_MAX,
    RECORDS_PER_LINK_MAX,
)
from protocol.reach import Reach
from protocol.record import Record, about

Counted = TypeVar("Counted")

Leaving = dict[RecordId, Record]
"""What has to make room, each once."""


@dataclass(slots=True)
class _Account:
    """What one link brought first and is held, by group, the newest last."""

    by_group: dict[GroupId, Leaving] = field(default_factory=dict)
    counts: Counter[bool] = field(default_factory=Counter)
    """How many, by whether they stand in the directory."""
    offers: Counter[ObjectId] = field(default_factory=Counter)
    """How many pledges, by request."""

    def put(self, record: Record) -> None:
        self.by_group.setdefault(record.header.group, {})[record.id] = record
        self.counts[record.header.in_directory] += 1

    def take(self, record: Record) -> None:
        signed = self.by_group[record.header.group]
        del signed[record.id]
        if not signed:
            del self.by_group[record.header.group]
        self.counts[record.header.in_directory] -= 1


class Quota:
    """Only what others have signed is charged, whether it counts now or is put aside."""

    def __init__(self, us: GroupId, held: Holdings, reach: Reach) -> None:
        self._us = us
        self._held = held
        self._reach = reach
        self._accounts: dict[GroupId, _Account] = {}
        self._charged: dict[RecordId, tuple[GroupId, int]] = {}
        """To which link, and as the how-manieth."""
        self._number = 0
        self._offers_by: Counter[tuple[GroupId, ObjectId]] = Counter()

    def link_of(self, record: Record) -> GroupId | None:
        """Who brought it first; None: it is our own, or was put back after a restart."""
        charge = self._charged.get(record.id)
        return None if charge is None else charge[0]

    def make_room(self, record: Record, link: GroupId) -> tuple[Record, ...]:
        """What has to leave so that `record` of this link can be held; it is not held yet.

        Raises NoRoom. A version takes the room of the one before.
        """
        header = record.header
        if header.group == self._us or header.object in self._held.by_object:
            return ()
        self._check_offers(record)
        if self._concerns_us(record):
            return ()
        account = self._accounts.get(link) or _Account()
        leaving = self._for_offer(record, account)
        leaving |= self._for_group(record, account)
        leaving |= self._for_count(record, account, leaving)
        return tuple(leaving.values())

    def charge(self, record: Record, link: GroupId) -> None:
        """It is about to be held: `link` was the first to bring it.

        A version that its bringer has no room for stays with who brought the one before.
        """
        if record.header.group == self._us:
            return
        to: GroupId | None = link
        before = self._held.by_object.get(record.header.object)
        if before is not None:
            was = self.link_of(before)
            self.release(before)
            to = link if self._has_room(record, link) else was
        if to is not None:
            self._put(record, to)

    def release(self, record: Record) -> None:
        """It is held no more."""
        charge = self._charged.pop(record.id, None)
        if charge is None:
            return
        account = self._accounts[charge[0]]
        account.take(record)
        asked = _offered_to(record)
        if asked is not None:
            _decrease(account.offers, asked)
            _decrease(self._offers_by, (record.header.group, asked))
        if not account.by_group:
            del self._accounts[charge[0]]

    def _put(self, record: Record, link: GroupId) -> None:
        self._number += 1
        self._charged[record.id] = (link, self._number)
        account = self._accounts.setdefault(link, _Account())
        account.put(record)
        asked = _offered_to(record)
        if asked is not None:
            account.offers[asked] += 1
            self._offers_by[record.header.group, asked] += 1

    # The caps -------------------------------------------------------------------------------

    def _check_offers(self, record: Record) -> None:
        """For our own requests as well: one group may not fill the page."""
        asked = _offered_to(record)
        if asked and self._offers_by[record.header.group, asked] >= PLEDGES_PER_GROUP_MAX:
            raise NoRoom("one group has pledged to this request as often as it may")

    def _has_room(self, record: Record, link: GroupId) -> bool:
        account = self._accounts.get(link) or _Account()
        return self._concerns_us(record) or not (
            self._lacks_offers(record, account)
            or _lacks_groups(record, account)
            or _lacks_count(record, account)
        )

    def _lacks_offers(self, record: Record, account: _Account) -> bool:
        asked = _offered_to(record)
        return asked is not None and account.offers[asked] >= PLEDGES_PER_REQUEST_MAX

    def _for_offer(self, record: Record, account: _Account) -> Leaving:
        asked = _offered_to(record)
        if asked is None or not self._lacks_offers(record, account):
            return {}
        offers = [
            each
            for each in self._held.answers_to(asked)
            if _offered_to(each) and each.id in account.by_group.get(each.header.group, ())
        ]
        offers.sort(key=self._rank)
        return self._first_that_leaves(([each] for each in offers), record, account)

    def _for_group(self, record: Record, account: _Account) -> Leaving:
        if not _lacks_groups(record, account):
            return {}
        groups = self._groups_of(account, self._distance(record))
        return self._first_that_leaves(groups, record, account)

    def _for_count(self, record: Record, account: _Account, leaving: Leaving) -> Leaving:
        in_directory = record.header.in_directory
        freed = sum(each.header.in_directory is in_directory for each in leaving.values())
        if account.counts[in_directory] - freed < RECORDS_PER_LINK_MAX:
            return {}
        than = self._distance(record)
        if in_directory:
            groups = filter(_has_directory, self._groups_of(account, than))
            return self._first_that_leaves(groups, record, account)
        messages = ([each] for each in self._farther(account, than) if not each.header.in_directory)
        return self._first_that_leaves(messages, record, account)

    # Who leaves -----------------------------------------------------------------------------

    def _first_that_leaves(
        self, candidates: Iterable[list[Record]], record: Record, account: _Account
    ) -> Leaving:
        """The first of them that may leave as a whole, with what answers it. Raises NoRoom."""
        than = self._distance(record)
        for records in candidates:
            leaving = {each.id: each for one in records for each in self._with_answers(one)}
            if not any(self._stays(each, than, account) for each in leaving.values()):
                return leaving
        raise NoRoom("its link has brought as much as it may, and nothing from farther away")

    def _groups_of(self, account: _Account, than: int) -> Iterator[list[Record]]:
        """What would leave of each group that is farther away, the farthest and then the newest
        group first. A roster goes only with all that stands on it, whoever brought that."""
        firsts = [
            first
            for records in account.by_group.values()
            for first in [next(iter(records.values()))]
            if self._distance(first) > than
        ]
        for first in sorted(firsts, key=self._rank):
            group = first.header.group
            brought = list(account.by_group[group].values())
            if _has_directory(brought):
                brought = [*self._held.of_group(group), *self._held.aside.of_group(group)]
            yield brought

    def _farther(self, account: _Account, than: int) -> Iterator[Record]:
        """All of it that is farther away, the farthest and then the newest first."""
        lines = [
            reversed(records.values())
            for records in account.by_group.values()
            if self._distance(next(iter(records.values()))) > than
        ]
        return merge(*lines, key=self._rank)

    def _with_answers(self, record: Record) -> list[Record]:
        """What would stand on nothing without it goes with it."""
        if record.header.in_directory:
            return [record]
        details = self._held.details_of(record.header.object)
        answers = self._held.answers_to(record.header.object)
        return [record, *answers, *([details] if details else [])]

    def _stays(self, record: Record, than: int, account: _Account) -> bool:
        """Whether it is as near, is not charged to this link alone, or is our concern."""
        is_theirs = record.id in account.by_group.get(record.header.group, ())
        return not is_theirs or self._distance(record) <= than or self._concerns_us(record)

    def _concerns_us(self, record: Record) -> bool:
        """Whether it is a pledge to our request, or the first details for our pledge.

        What we have pledged to bears our pledge, which no link brought: it stays for that.
        """
        if isinstance(record.body, Details):
            pledge = self._held.by_object.get(record.body.pledge)
            is_ours = pledge is not None and pledge.header.group == self._us
            return is_ours and self._is_only_details(record, record.body)
        asked = _offered_to(record)
        request = None if asked is None else self._held.by_object.get(asked)
        return request is not None and request.header.group == self._us

    def _is_only_details(self, record: Record, body: Details) -> bool:
        held = self._held.details_of(body.pledge)
        return held is None or held.header.object == record.header.object

    def _rank(self, record: Record) -> tuple[int, int]:
        return -self._distance(record), -self._charged[record.id][1]

    def _distance(self, record: Record) -> int:
        """How far away its group is, by what halls say of each other: a roster comes before the
        peering that makes it a neighbour."""
        return self._reach.hearsay(self._us).get(record.header.group, DIRECTORY_REACH + 1)


def _lacks_groups(record: Record, account: _Account) -> bool:
    is_new = record.header.group not in account.by_group
    return is_new and len(account.by_group) >= GROUPS_PER_LINK_MAX


def _lacks_count(record: Record, account: _Account) -> bool:
    return account.counts[record.header.in_directory] >= RECORDS_PER_LINK_MAX


def _has_directory(records: Iterable[Record]) -> bool:
    return any(each.header.in_directory for each in records)


def _offered_to(record: Record) -> ObjectId | None:
    """The request that it is a pledge to, of whatever version of the program, or the proof of two
    contents of one; None: it is something else."""
    return about(record) if record.header.kind in {Kind.PLEDGE, Kind.PROOF} else None


def _decrease(counter: Counter[Counted], key: Counted) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
