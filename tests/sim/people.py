"""Honest people at their desks: what they sign follows from what their own hall shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from random import Random
from typing import Final, TypeVar

from nacl.public import PrivateKey

from node.signing import Signer
from protocol.bodies import (
    Body,
    Closed,
    Decision,
    Details,
    Direction,
    Pledge,
    PledgeStep,
    Profile,
    Request,
    Urgency,
)
from protocol.ids import DeviceKey, Thousandths, UnixMs
from protocol.limits import LIFETIME_MS_MAX, MINUTE_MS, REACH_MAX
from protocol.notice import Notice
from protocol.record import Proof, Record
from protocol.roster import Roster
from protocol.sealing import seal
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
from tests.sim.halls import Hall

Thing = TypeVar("Thing")
Revision = tuple[Record | None, Record]
"""What is replaced, and what replaces it."""
OWN_REQUESTS_MAX: Final = 4
"""Requests that one desk has open at once."""

THOUGHTS: Final = 4
"""What comes to mind before somebody gives up."""


class Desk:
    """One hall's people. `span_ms` is how long things last here, more or less."""

    def __init__(self, hall: Hall, rng: Random, span_ms: int) -> None:
        self._us = hall.group
        self._device = hall.device_key
        self._rng = rng
        self._span_ms = span_ms
        self._refs = 0

    def act(self, shelf: Shelf, signer: Signer, now_ms: UnixMs) -> list[Revision]:
        """What somebody does now: the first thing that comes to mind and fits, often none."""
        self._shelf, self._signer, self._now_ms = shelf, signer, now_ms
        deeds = self._rng.choices(list(DEEDS), weights=list(DEEDS.values()), k=THOUGHTS)
        return next((found for found in (deed(self) for deed in deeds) if found), [])

    # The origin's ---------------------------------------------------------------------------

    def ask(self) -> list[Revision]:
        if len(self._own_requests()) >= OWN_REQUESTS_MAX:
            return []
        self._refs += 1
        body = Request(
            ref=f"V-{self._refs}-K",
            category="FOO",
            text="meals for the shelter, by noon",
            qty=self._much(),
            unit="meals",
            urgency=self._rng.choice(list(Urgency)),
            direction=self._rng.choice([Direction.REQUEST, Direction.REQUEST, Direction.SURPLUS]),
        )
        reach = self._rng.randint(1, REACH_MAX)
        return [(None, self._signer.new(body, self._now_ms, self._lifetime_ms(), reach))]

    def accept(self) -> list[Revision]:
        return self._decide(accepting(self._much()))

    def decline(self) -> list[Revision]:
        return self._decide(declined)

    def release(self) -> list[Revision]:
        return self._decide(released)

    def mark_moved(self) -> list[Revision]:
        return self._decide(marking(1_000))

    def move(self) -> list[Revision]:
        request = self._one_of(self._own_requests())
        pledges = self._pledges(request) if request else []
        if request is None or len(pledges) < 2:
            return []
        giver, taker = self._rng.sample(pledges, 2)
        said = moved_over(body_of(request, Request), giver, taker, self._much())
        return self._decided(request, said)

    def seal(self) -> list[Revision]:
        """Where to bring it; sealed already, the hand-over is closed."""
        request = self._one_of(self._own_requests())
        said = body_of(request, Request).decisions if request else ()
        promised = self._one_of([each for each in said if each.accepted])
        pledge = self._shelf.find(promised.pledge) if promised else None
        if request is None or pledge is None:
            return []
        sealed = self._shelf.details_of(pledge.header.object)
        if sealed is not None:
            return [self._next(sealed, replace(body_of(sealed, Details), sealed=b""))]
        keys = self._shelf.seal_keys_of(pledge.header.group)
        if not keys:
            return []
        ephemeral = PrivateKey(self._rng.randbytes(32))
        pledge_id = pledge.header.object
        text = seal("back door, ask for Ada", pledge.header.group, pledge_id, keys, ephemeral)
        body = Details(request.header.object, pledge_id, text)
        reach = request.header.reach
        return [(None, self._signer.new(body, self._now_ms, self._lifetime_ms(), reach))]

    def resize(self) -> list[Revision]:
        request = self._one_of(self._own_requests())
        if request is None:
            return []
        body = body_of(request, Request)
        qty = Thousandths(max(body.accepted, self._much()))
        return [self._next(request, replace(body, qty=qty))]

    def renew(self) -> list[Revision]:
        record = self._one_of(self._mine(self._shelf.own_messages()))
        if record is None or isinstance(record.body, Proof):
            return []
        return [self._next(record, record.body, self._lifetime_ms())]

    def close(self) -> list[Revision]:
        request = self._one_of(self._own_requests())
        if request is None:
            return []
        closed = self._rng.choice([Closed.RECEIVED, Closed.WITHDRAWN])
        return [self._next(request, replace(body_of(request, Request), closed=closed))]

    def announce(self) -> list[Revision]:
        """A bulletin; one that stands already is confirmed or taken back."""
        told = [each for each in self._shelf.own_messages() if isinstance(each.body, Notice)]
        notice = self._one_of(self._mine(told))
        if notice is None:
            reach = self._rng.randint(1, REACH_MAX)
            body = Notice("water is off in the north until six")
            return [(None, self._signer.new(body, self._now_ms, self._lifetime_ms(), reach))]
        news = self._rng.choice([Notice(), replace(body_of(notice, Notice), confirmed=True)])
        return [self._next(notice, news)]

    # The other halls' -----------------------------------------------------------------------

    def pledge(self) -> list[Revision]:
        request = self._one_of(self._others_requests())
        if request is None or self._own_pledge(request) is not None:
            return []
        self._refs += 1
        body = Pledge(request.header.object, f"P-{self._refs}-X", self._much())
        reach = request.header.reach
        return [(None, self._signer.new(body, self._now_ms, self._lifetime_ms(), reach))]

    def follow_up(self) -> list[Revision]:
        request = self._one_of(self._others_requests())
        pledge = self._own_pledge(request) if request else None
        if request is None or pledge is None:
            return []
        body = body_of(pledge, Pledge)
        is_surplus = body_of(request, Request).direction is Direction.SURPLUS
        news = [
            replace(body, step=PledgeStep.WITHDRAWN),
            replace(body, qty=self._much()),
            replace(body, moved=self._much(), condition="warm")
            if is_surplus
            else replace(body, step=PledgeStep.SENT),
        ]
        return [self._next(pledge, self._rng.choice(news))]

    def see(self) -> list[Revision]:
        request = self._one_of(self._others_requests())
        if request is None or self._us in self._shelf.readers_of(request.header.object):
            return []
        header = request.header
        return [(None, self._signer.new_seen(header.object, self._now_ms, header.reach))]

    def show_card(self) -> list[Revision]:
        cards = [each for each in self._shelf.own_directory() if isinstance(each.body, Profile)]
        card = self._one_of(self._mine(cards))
        if card is None:
            return []
        body = replace(body_of(card, Profile), area=f"north side {self._rng.randint(1, 9)}")
        return [(card, self._signer.next_in_directory(card, body, self._now_ms))]

    # What there is to choose from -----------------------------------------------------------

    def _one_of(self, things: Sequence[Thing]) -> Thing | None:
        return self._rng.choice(things) if things else None

    def _mine(self, records: Iterable[Record]) -> list[Record]:
        """Nobody goes on with what another device has written, but as its heir; nor with what is
        frozen."""
        written = (each for each in records if self._goes_on_with(each.header.device))
        found = (each for each in written if not isinstance(each.body, Proof))
        return sorted(found, key=lambda record: record.header.object)

    def _goes_on_with(self, device: DeviceKey) -> bool:
        held = self._shelf.roster_of(self._us)
        roster = held.body if held is not None else None
        heir = roster.heir_of(device) if isinstance(roster, Roster) else None
        return self._device in {device, heir}

    def _own_requests(self) -> list[Record]:
        return self._mine(each for each in self._requests() if not _is_closed(each))

    def _others_requests(self) -> list[Record]:
        return [each for each in self._requests() if each.header.group != self._us]

    def _requests(self) -> list[Record]:
        return sorted(self._shelf.all_requests(), key=lambda record: record.header.object)

    def _pledges(self, request: Record) -> list[Record]:
        found = self._shelf.pledges_of(request.header.object)
        return sorted(found, key=lambda record: record.header.object)

    def _own_pledge(self, request: Record) -> Record | None:
        return next(iter(self._mine(self._pledges(request))), None)

    def _much(self) -> Thousandths:
        return Thousandths(1_000 * self._rng.randint(1, 40))

    def _lifetime_ms(self) -> int:
        """Some are over while the town is still watched, others are not."""
        longest_ms = min(LIFETIME_MS_MAX, 3 * self._span_ms)
        return self._rng.randint(20 * MINUTE_MS, max(longest_ms, 40 * MINUTE_MS))

    # What is signed -------------------------------------------------------------------------

    def _decide(self, answer: Answer) -> list[Revision]:
        """A new version of a request with an answer to one of its pledges."""
        request = self._one_of([each for each in self._own_requests() if self._pledges(each)])
        pledge = self._one_of(self._pledges(request)) if request else None
        if request is None or pledge is None:
            return []
        return self._decided(request, answered(body_of(request, Request), pledge, answer))

    def _decided(self, request: Record, said: Sequence[Decision] | None) -> list[Revision]:
        if said is None:
            return []
        return [self._next(request, replace(body_of(request, Request), decisions=tuple(said)))]

    def _next(self, record: Record, body: Body, lifetime_ms: int = 1) -> Revision:
        if record.header.device == self._device:
            return record, self._signer.next(record, body, self._now_ms, lifetime_ms)
        # An heir goes on under its own key, and says whose object it is.
        author = record.header.author or record.header.device
        header = replace(record.header, device=self._device, author=author)
        inherited = replace(record, header=header)
        return record, self._signer.next(inherited, body, self._now_ms, lifetime_ms)


def _is_closed(record: Record) -> bool:
    return body_of(record, Request).closed is not None


DEEDS: dict[Callable[[Desk], list[Revision]], int] = {
    Desk.ask: 6,
    Desk.pledge: 6,
    Desk.accept: 6,
    Desk.see: 3,
    Desk.follow_up: 3,
    Desk.seal: 3,
    Desk.mark_moved: 2,
    Desk.move: 2,
    Desk.release: 1,
    Desk.decline: 1,
    Desk.renew: 2,
    Desk.resize: 1,
    Desk.close: 1,
    Desk.show_card: 1,
    Desk.announce: 1,
}
"""How often each comes to mind."""
