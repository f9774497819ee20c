"""Desks of a town: honest people who decide by what their own hall holds, and sign it.

A deed names what it is about by number, taken modulo what there is: any numbers make sense, and a
deed for which there is nothing to do yet is left undone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from typing import TypeVar

from protocol.bodies import (
    Body,
    Closed,
    Decision,
    Details,
    Direction,
    Pledge,
    PledgeStep,
    Request,
)
from protocol.ids import Thousandths, UnixMs
from protocol.limits import HOUR_MS, REACH_MAX
from protocol.record import Proof, Record, sign
from protocol.shelf import Shelf
from tests.protocol.decisions import (
    Answer,
    accepting,
    answered,
    body_of,
    declined,
    marking,
    moved_over,
    released,
)
from tests.protocol.halls import Hall

Thing = TypeVar("Thing")


class Deed(Enum):
    """What somebody at a desk does."""

    REQUEST = "asks for something, or gives something away"
    PLEDGE = "promises part of what another hall asks for"
    ACCEPT = "accepts a pledge, or part of it"
    MOVE = "moves part of what it accepted from one hall to another"
    DECLINE = "does not need a pledge"
    RELEASE = "lets a hall off"
    MARK_MOVED = "says that something came, or of a surplus that it left"
    DETAILS = "seals where to bring it, or closes the hand-over"
    RESIZE = "asks for more or less"
    WIDEN = "asks further away"
    RENEW = "signs a new version of the same"
    CLOSE = "has all that it asked for, or does not want it any more"
    FOLLOW_UP = "sends, withdraws, promises more, or says what came of a surplus"
    SEE = "opens another hall's request"
    SHOW_CARD = "signs its card or its neighbours anew"


def deed_of(hall: Hall, shelf: Shelf, deed: Deed, which: int, much: int) -> list[Record]:
    """The records that a deed makes: `which` thing it is about, and how `much` of it."""
    return DEEDS[deed](_Desk(hall, shelf, which, much))


class _Desk:
    """One person, one deed."""

    def __init__(self, hall: Hall, shelf: Shelf, which: int, much: int) -> None:
        self.hall = hall
        self.shelf = shelf
        self.which = which
        self.much = much

    # The origin's ---------------------------------------------------------------------------

    def ask(self) -> list[Record]:
        what, reach = f"thing {self.which % 3}", 1 + self.much % REACH_MAX
        written = self.hall.surplus if self.which % 3 == 0 else self.hall.request
        record = written(what, reach=reach, qty=1_000 * self.much)
        return [] if self.shelf.find(record.header.object) else [self._living(record)]

    def accept(self) -> list[Record]:
        return self._decide(accepting(1_000 * self.much))

    def decline(self) -> list[Record]:
        return self._decide(declined)

    def release(self) -> list[Record]:
        return self._decide(released)

    def mark_moved(self) -> list[Record]:
        return self._decide(marking(1_000 * self.much))

    def move(self) -> list[Record]:
        request = self._one_of(self._own_requests())
        if request is None or len(pledges := self._pledges(request)) < 2:
            return []
        start = self.much % len(pledges)
        giver, taker = (pledges[(start + more) % len(pledges)] for more in (0, 1))
        said = moved_over(body_of(request, Request), giver, taker, 1_000 * self.much)
        return self._decided(request, said)

    def seal(self) -> list[Record]:
        request = self._one_of(self._own_requests())
        if request is None:
            return []
        said = [each for each in body_of(request, Request).decisions if each.accepted]
        decision = said[self.much % len(said)] if said else None
        pledge = self.shelf.find(decision.pledge) if decision else None
        if pledge is None:
            return []
        sealed = self.shelf.details_of(pledge.header.object)
        if sealed is not None:
            return [self._revised(sealed, replace(body_of(sealed, Details), sealed=b""))]
        return [self.hall.details(request, pledge, self.hall)]

    def resize(self) -> list[Record]:
        request = self._one_of(self._own_requests())
        if request is None:
            return []
        body = body_of(request, Request)
        qty = Thousandths(max(body.accepted, 1_000 * self.much))
        return [self._revised(request, replace(body, qty=qty))]

    def widen(self) -> list[Record]:
        request = self._one_of(self._own_requests())
        if request is None:
            return []
        reach = min(request.header.reach + 1, REACH_MAX)
        return [self._revised(request, request.body, reach)]

    def renew(self) -> list[Record]:
        record = self._one_of(self.shelf.own_messages())
        return [] if record is None else [self._revised(record, record.body)]

    def close(self) -> list[Record]:
        request = self._one_of(self._own_requests())
        if request is None:
            return []
        closed = Closed.RECEIVED if self.much % 2 else Closed.WITHDRAWN
        return [self._revised(request, replace(body_of(request, Request), closed=closed))]

    # The other halls' -----------------------------------------------------------------------

    def pledge(self) -> list[Record]:
        request = self._one_of(self._others_requests())
        if request is None or self._own_pledge(request) is not None:
            return []
        return [self._living(self.hall.pledge(request, 1_000 * self.much))]

    def follow_up(self) -> list[Record]:
        request = self._one_of(self._others_requests())
        pledge = self._own_pledge(request) if request else None
        if request is None or pledge is None:
            return []
        body, more = body_of(pledge, Pledge), Thousandths(1_000 * self.much)
        if self.much % 4 == 0:
            return [self._revised(pledge, replace(body, step=PledgeStep.WITHDRAWN))]
        if self.much % 4 == 1:
            return [self._revised(pledge, replace(body, qty=more))]
        if body_of(request, Request).direction is Direction.SURPLUS:
            return [self._revised(pledge, replace(body, moved=more, condition="warm"))]
        return [self._revised(pledge, replace(body, step=PledgeStep.SENT))]

    def see(self) -> list[Record]:
        request = self._one_of(self._others_requests())
        record = self.hall.seen(request) if request else None
        return [] if record is None or self.shelf.find(record.header.object) else [record]

    def show_card(self) -> list[Record]:
        record = self._one_of(self.shelf.own_directory())
        return [] if record is None else [self._revised(record, record.body)]

    # What there is to choose from -----------------------------------------------------------

    def _one_of(self, things: Sequence[Thing]) -> Thing | None:
        return things[self.which % len(things)] if things else None

    def _requests(self) -> list[Record]:
        return sorted(self.shelf.all_requests(), key=lambda record: record.header.object)

    def _own_requests(self) -> list[Record]:
        return [each for each in self._requests() if each.header.group == self.hall.group]

    def _others_requests(self) -> list[Record]:
        return [each for each in self._requests() if each.header.group != self.hall.group]

    def _pledges(self, request: Record) -> list[Record]:
        found = self.shelf.pledges_of(request.header.object)
        return sorted(found, key=lambda record: record.header.object)

    def _own_pledge(self, request: Record) -> Record | None:
        own = [each for each in self._pledges(request) if each.header.group == self.hall.group]
        return own[0] if own else None

    # What is signed -------------------------------------------------------------------------

    def _decide(self, answer: Answer) -> list[Record]:
        """A new version of a request with an answer to one of its pledges."""
        request = self._one_of(self._own_requests())
        pledges = self._pledges(request) if request else []
        if request is None or not pledges:
            return []
        pledge = pledges[self.much % len(pledges)]
        return self._decided(request, answered(body_of(request, Request), pledge, answer))

    def _decided(self, request: Record, said: Sequence[Decision] | None) -> list[Record]:
        if said is None:
            return []
        return [self._revised(request, replace(body_of(request, Request), decisions=tuple(said)))]

    def _living(self, record: Record) -> Record:
        """For hours, so that a night takes some and leaves others."""
        header = replace(record.header, lifetime_ms=self.much * HOUR_MS)
        return sign(header, record.body, self.hall.device)

    def _revised(self, record: Record, body: Body | Proof, reach: int | None = None) -> Record:
        header = record.header
        later = replace(
            header,
            version=header.version + 1,
            created_ms=UnixMs(header.created_ms + 1_000),
            reach=reach or header.reach,
        )
        return sign(later, body, self.hall.device)


DEEDS: dict[Deed, Callable[[_Desk], list[Record]]] = {
    Deed.REQUEST: _Desk.ask,
    Deed.PLEDGE: _Desk.pledge,
    Deed.ACCEPT: _Desk.accept,
    Deed.MOVE: _Desk.move,
    Deed.DECLINE: _Desk.decline,
    Deed.RELEASE: _Desk.release,
    Deed.MARK_MOVED: _Desk.mark_moved,
    Deed.DETAILS: _Desk.seal,
    Deed.RESIZE: _Desk.resize,
    Deed.WIDEN: _Desk.widen,
    Deed.RENEW: _Desk.renew,
    Deed.CLOSE: _Desk.close,
    Deed.FOLLOW_UP: _Desk.follow_up,
    Deed.SEE: _Desk.see,
    Deed.SHOW_CARD: _Desk.show_card,
}
