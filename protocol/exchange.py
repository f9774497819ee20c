"""All links of a node and what it holds, as one machine: inputs in, outputs out.

The driver feeds `Exchange.handle` and carries out what it returns. Others' records are passed on as
soon as they are verified; our own come in as `Published`, which says that they are on disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, assert_never

from protocol.errors import BadSignature, NoRoom, RuleBroken
from protocol.events import (
    AskAgain,
    CarryRead,
    CarryTaken,
    EndLink,
    FrameArrived,
    Input,
    KeepRecords,
    KeepWhereabouts,
    LeaveOut,
    LetGo,
    LinkDown,
    LinkId,
    LinkSettled,
    LinkUp,
    Output,
    Published,
    Reached,
    SendFrame,
    Stored,
    Tick,
    TimeTold,
)
from protocol.forwarding import Lane, rank_of
from protocol.frames import (
    Agree,
    Confirm,
    Differ,
    Frame,
    Held,
    Introduce,
    Paired,
    Records,
    Summary,
    TurnAway,
    Whereabouts,
    from_bytes,
    pack_records,
    to_bytes,
    unpack_records,
)
from protocol.ids import GroupId, RecordId
from protocol.limits import ANSWER_MS_MAX, FRAME_IDS_MAX
from protocol.record import Record, about, verify
from protocol.session import Session
from protocol.shelf import Placed, Shelf

CARRIED: Final = GroupId(bytes(32))
"""Who brings what comes in a carry file: no hall's id, so that its waiting room is its own."""


class Exchange:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._sessions: dict[LinkId, Session] = {}
        self._holders: dict[RecordId, set[GroupId]] = {}
        self._heard_at: dict[LinkId, int] = {}
        """When each link last spoke or was asked, by the boot-time clock of the last tick."""
        self._boot_ms = 0
        self._unsaved: set[RecordId] = set()
        """What is on the shelf and not on our disk yet."""

    def holders_of(self, record: RecordId) -> frozenset[GroupId]:
        """Neighbours of which we know that a record of ours is on their disk."""
        return frozenset(self._holders.get(record, ()))

    def waiting_records(self, peer: GroupId) -> list[Record]:
        """Records of ours that `peer` is to hold and has not said to hold."""
        return [
            record
            for record in self.shelf.own_messages()
            if peer not in self._holders.get(record.id, ()) and self.shelf.is_for(record, peer)
        ]

    def restore_holder(self, record: RecordId, peer: GroupId) -> None:
        """Put back what a neighbour said before the node was stopped."""
        self._holders.setdefault(record, set()).add(peer)

    def handle(self, event: Input) -> list[Output]:  # noqa: PLR0911 - a table
        """Raises PeerError when the peer of `event`'s link broke the protocol: end that link."""
        match event:
            case LinkUp():
                return self._on_link_up(event)
            case FrameArrived():
                return self._on_frame(event)
            case LinkDown(link):
                return self._on_link_down(link)
            case Published(records):
                return self._on_published(records)
            case Stored(link, ids):
                return self._on_stored(link, ids)
            case AskAgain(link):
                asking = self._sessions.get(link)
                return [] if asking is None else self._question(link, asking.ask())
            case Tick():
                return self._on_tick(event)
            case CarryRead(records):
                return self._on_carried(records)
            case _:
                assert_never(event)

    def _on_link_up(self, event: LinkUp) -> list[Output]:
        session = Session(event.end, event.role, self.shelf, lambda: not self._unsaved)
        self.shelf.sharing.end_link(session.end)
        self._sessions[event.link] = session
        self._heard_at[event.link] = self._boot_ms
        taken = self._take(event.link, [event.roster, *([event.vouch] if event.vouch else [])])
        # Shown at every introduction, whatever of it the other end counts.
        self.shelf.sharing.disclaim([event.roster.id], session.end)
        hello: list[Frame] = [event.whereabouts, *session.start()]
        return [*taken, *_send(event.link, hello)]

    def _on_link_down(self, link: LinkId) -> list[Output]:
        """Where another link to the same device has taken its place, that goes on undisturbed."""
        session = self._sessions.pop(link, None)
        self._heard_at.pop(link, None)
        ends = {each.end for each in self._sessions.values()}
        if session is not None and session.end not in ends:
            self.shelf.sharing.end_link(session.end)
        return []

    def _on_frame(self, event: FrameArrived) -> list[Output]:
        session = self._sessions.get(event.link)
        frame = from_bytes(event.data)
        if session is None:
            return []
        self._heard_at[event.link] = self._boot_ms
        match frame:
            case None:
                return []
            case Records():
                return self._take(event.link, unpack_records(frame))
            case Held(ids):
                return self._on_held(session, ids)
            case Whereabouts():
                return [KeepWhereabouts(event.link, session.end.group, frame)]
            case Introduce() | TurnAway() | Confirm() | Paired():
                raise RuleBroken(f"{type(frame).__name__} on a link that is up")
            case _:
                before = session.times_settled
                outputs = [*self._told(session, frame), *_send(event.link, session.handle(frame))]
                if session.times_settled != before:
                    outputs += self._on_settled(event.link, session)
                return outputs

    def _told(self, session: Session, frame: Frame) -> list[Output]:
        """Our own group's other device is no second opinion."""
        if not isinstance(frame, Summary | Agree | Differ) or frame.time_ms is None:
            return []
        is_ours = session.end.group == self.shelf.us
        return [] if is_ours else [TimeTold(session.end.group, frame.time_ms)]

    def _on_held(self, session: Session, ids: tuple[RecordId, ...]) -> list[Output]:
        session.unacknowledged.difference_update(ids)
        held = [r for r in map(self.shelf.find_by_id, ids) if r is not None]
        for record in held:
            self.shelf.sharing.disclaim_older(record, session.end)
        own = [record.id for record in held if record.header.group == self.shelf.us]
        return self._reach(session.end.group, own)

    def _on_tick(self, event: Tick) -> list[Output]:
        self._boot_ms = event.boot_ms
        return [*self._pass_time(event), *self._place_due(), *self._end_silent()]

    def _place_due(self) -> list[Output]:
        """What was made in the future, and is not any more."""
        placed = self.shelf.place_due()
        return self._pass_on(placed, KeepRecords(None, tuple(placed)))

    def _end_silent(self) -> list[Output]:
        silent = [
            link
            for link, session in self._sessions.items()
            if session.is_waiting and self._boot_ms - self._heard_at[link] > ANSWER_MS_MAX
        ]
        return [EndLink(link, "no answer to a question") for link in silent]

    def _pass_time(self, event: Tick) -> list[Output]:
        before = (self.shelf.purged_ms, self.shelf.unsure_since_ms)
        passing = self.shelf.advance(event.now_ms, is_trusted=event.is_trusted)
        for record in passing.gone:
            self._holders.pop(record.id, None)
        has_moved = (self.shelf.purged_ms, self.shelf.unsure_since_ms) != before
        if not (has_moved or passing.reheard or passing.gone):
            return []
        return [LetGo(passing, self.shelf.purged_ms), *self._follow_graph()]

    def _on_settled(self, link: LinkId, session: Session) -> list[Output]:
        """What both ends agree on is on the other end's disk, but for what was sent just now."""
        if not session.is_agreed:
            return [LinkSettled(link)]
        ids = [
            record.id
            for record in self.shelf.own_messages()
            if record.id not in session.unacknowledged and self.shelf.belongs(record, session.end)
        ]
        return [LinkSettled(link), *self._reach(session.end.group, ids)]

    def _reach(self, peer: GroupId, ids: list[RecordId]) -> list[Output]:
        new = tuple(each for each in ids if peer not in self._holders.get(each, ()))
        for each in new:
            self._holders.setdefault(each, set()).add(peer)
        return [Reached(peer, new)] if new else []

    def _on_published(self, records: tuple[Record, ...]) -> list[Output]:
        placed = [each for record in records for each in self.shelf.place_own(record)]
        saved = {record.id for record in records}
        unsaved = (each for each in placed if each.record.id not in saved or _is_contested(each))
        return self._pass_on(placed, KeepRecords(None, tuple(unsaved)))

    def _on_stored(self, link: LinkId | None, ids: tuple[RecordId, ...]) -> list[Output]:
        """Tell who brought these, and who signed them: what it had brought itself may have waited
        here until another link brought what it waited for."""
        self._unsaved.difference_update(ids)
        outputs: list[Output] = []
        for each, session in self._sessions.items():
            told = ids if each == link else self._signed_by(session.end.group, ids)
            starts = range(0, len(told), FRAME_IDS_MAX)
            outputs += _send(each, [Held(told[at : at + FRAME_IDS_MAX]) for at in starts])
        return outputs

    def _signed_by(self, group: GroupId, ids: tuple[RecordId, ...]) -> tuple[RecordId, ...]:
        found = ((each, self.shelf.find_by_id(each)) for each in ids)
        return tuple(each for each, record in found if record and record.header.group == group)

    def _take(self, link: LinkId, records: Sequence[Record]) -> list[Output]:
        """Place what came over a link, keep it, and pass it on at once.

        Raises BadSignature before anything is placed: a forgery must not keep what came with it
        on the shelf alone, where it is neither saved nor asked for again.
        """
        end = self._sessions[link].end
        peer = end.group
        placed: list[Placed] = []
        left_out: list[Output] = []
        news = [record for record in records if self.shelf.is_news(record, peer)]
        for record in news:
            verify(record)
        for record in news:
            try:
                placed += self.shelf.place_verified(record, peer)
            except (RuleBroken, NoRoom) as error:
                left_out.append(LeaveOut(link, record.id, str(error)))
        new = {each.record.id for each in placed}
        held = dict.fromkeys(record.id for record in records if record.id in self.shelf)
        known = tuple(each for each in held if each not in new)
        for record in records:
            self.shelf.wait_for_both(record, peer)
            self.shelf.sharing.claim(record, end)
        brought = frozenset(record.id for record in records)
        kept = KeepRecords(link, tuple(placed), known)
        return [*left_out, *self._pass_on(placed, kept, brought)]

    def _on_carried(self, records: tuple[Record, ...]) -> list[Output]:
        """As over a link, but that a forged record leaves the others alone: nobody vouches for a
        file, and who carries it is not who made it."""
        placed: list[Placed] = []
        refused: set[RecordId] = set()
        news = [record for record in records if self.shelf.is_news(record, CARRIED)]
        for record in news:
            try:
                verify(record)
                placed += self.shelf.place_verified(record, CARRIED)
            except (BadSignature, RuleBroken):
                refused.add(record.id)
            except NoRoom:
                continue
        new = {each.record.id for each in placed}
        waiting = sum(not (each.id in refused or each.id in new) for each in news)
        taken = CarryTaken(len(new), len(records) - len(news), len(refused), waiting)
        return [*self._pass_on(placed, KeepRecords(None, tuple(placed))), taken]

    def _pass_on(
        self,
        placed: list[Placed],
        keep: KeepRecords,
        brought: frozenset[RecordId] = frozenset(),
    ) -> list[Output]:
        """What follows when records are `placed`; `keep` is what of it is not on our disk yet.

        Its link `brought` some of them; others had waited for these, and are news there as well.
        """
        self._forget_gone(placed)
        spread: list[Output] = []
        for link in self._sessions:
            known = brought if link == keep.link else frozenset()
            records = [each.record for each in placed if each.record.id not in known]
            spread += self._spread(link, records)
        self._unsaved.update(each.record.id for each in keep.placed)
        kept = [keep] if keep.placed or keep.known else []
        moved = any(each.record.header.in_directory for each in placed)
        return [*spread, *kept, *(self._follow_graph() if moved else [])]

    def _follow_graph(self) -> list[Output]:
        """Where the graph has changed what a link shares, see whether both ends hold the same."""
        outputs: list[Output] = []
        for link, session in self._sessions.items():
            outputs += self._question(link, session.follow_graph())
        return outputs

    def _question(self, link: LinkId, frames: list[Frame]) -> list[Output]:
        """The other end has time to answer from now on."""
        if frames:
            self._heard_at[link] = self._boot_ms
        return _send(link, frames)

    def _spread(self, link: LinkId, records: list[Record]) -> list[Output]:
        session = self._sessions[link]
        lanes: dict[Lane, list[Record]] = {}
        for record in records:
            if record.id in self.shelf and self.shelf.belongs(record, session.end):
                session.unacknowledged.add(record.id)
                lanes.setdefault(self._lane(record), []).append(record)
        outputs: list[Output] = []
        for lane, belonging in lanes.items():
            escorts = self.shelf.sharing.escorts_of(belonging, session.end.group)
            outputs += _send(link, pack_records([*belonging, *escorts]), lane)
        return outputs

    def _lane(self, record: Record) -> Lane:
        asked = about(record)
        request = record if asked is None else self.shelf.find(asked)
        distance = None if request is None else self.shelf.distance(request.header.group)
        return Lane(self.shelf.brought_by(record), rank_of(record, request, distance))

    def _forget_gone(self, placed: list[Placed]) -> None:
        for record in (gone for each in placed for gone in each.gone):
            self._holders.pop(record.id, None)
            for session in self._sessions.values():
                session.unacknowledged.discard(record.id)


def _is_contested(placed: Placed) -> bool:
    """Whether it took the place of a rival that came while it was being saved."""
    replaced = placed.replaced
    return replaced is not None and replaced.header.version == placed.record.header.version


def _send(link: LinkId, frames: Iterable[Frame], lane: Lane | None = None) -> list[Output]:
    return [SendFrame(link, to_bytes(frame), lane) for frame in frames]
