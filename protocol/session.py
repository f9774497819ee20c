"""One link, from the moment both ends know who the other is: settle what differs, then gossip.

The initiator leads. It sends count and fingerprint of all that both are to hold; when the other end
agrees, that is all. Else it does the same for the directory, then for everything else. Where they
differ, negentropy finds which ids each end lacks, the records follow, and the initiator asks again:
what came may have changed what both are to hold, and neither knows before that the other has it
now. An initiator that lacks nearly all first fetches all, part by part. New records go over the
link as they come, from its first moment on. The initiator begins again when it is told to, and when
the signed graph has changed what the two share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from protocol.channel import Role
from protocol.errors import RuleBroken
from protocol.frames import (
    Agree,
    Differ,
    Fetch,
    Fetched,
    Frame,
    Reconcile,
    Sent,
    SharedSet,
    Summary,
    Want,
    pack_records,
)
from protocol.ids import LinkEnd, RecordId, UnixMs
from protocol.item_set import ItemSet, summary_of
from protocol.limits import (
    DIALOGUE_IDS_MAX,
    FRAME_IDS_MAX,
    QUESTIONS_MAX,
    ROUNDS_MAX,
    SNAPSHOT_LEAST,
    SNAPSHOT_RECORDS_MAX,
    SNAPSHOT_TIMES,
)
from protocol.reach import Distances
from protocol.reconcile import Progress, Reconciler
from protocol.shelf import Shelf

LedFrame = Agree | Differ | Sent | Fetched
"""What only the initiator may be sent."""
AskedFrame = Summary | Want | Fetch
"""What only the responder may be sent."""


class _Stage(Enum):
    """How far the two ends have come with one set."""

    ASKED = "summary sent"
    DIFFERING = "dialogue under way"
    WANTED = "records asked for"
    FETCHING = "a part of a snapshot asked for"


class Session:
    """The reconciling half of a link: frames in, frames out. `end` is who is at the other end.

    `is_settled` once both sets have been gone through, `is_agreed` if both ends then held the same,
    and the other end on its disk. Where they never do, the initiator settles for that and the
    responder does not hear of it. `is_saved` says whether all that is on our shelf is on our disk.
    Every method raises PeerError for what does not fit the dialogue.
    """

    def __init__(
        self, end: LinkEnd, role: Role, shelf: Shelf, is_saved: Callable[[], bool]
    ) -> None:
        self.end = end
        self.is_settled = False
        self.is_agreed = False
        self.times_settled = 0
        self._is_saved = is_saved
        self._role = role
        self._shelf = shelf
        self._due: tuple[_Stage, SharedSet] | None = None
        self._dialogue: Reconciler | None = None
        self._need: dict[RecordId, None] = {}
        self._have: dict[RecordId, None] = {}
        self._sent_awaited = 0
        self._parts_left = 0
        self._fetched_to = b""
        self._their_mark_ms = UnixMs(0)
        self._questions_left = QUESTIONS_MAX
        self._near: tuple[Distances, Distances] | None = None
        self._is_due_again = False
        self.unacknowledged: set[RecordId] = set()
        """Sent over this link, and not yet said to be on the other end's disk."""

    def start(self) -> list[Frame]:
        """The first frames: what is on our own cards, then, from the initiator, the question."""
        return [*pack_records(self._shelf.own_directory()), *self.ask()]

    def ask(self) -> list[Frame]:
        """Begin, or begin again; when a dialogue is under way, after it. The initiator's to do."""
        if self._role is Role.RESPONDER:
            return []
        if self._due is not None:
            self._is_due_again = True
            return []
        self.is_settled = self.is_agreed = self._is_due_again = False
        self._shelf.sharing.begin_look(self.end)
        return [self._summary(SharedSet.ALL)]

    def follow_graph(self) -> list[Frame]:
        """Ask again if something is at another distance from either end than when we asked."""
        if self._near is None or self._near == self._shelf.near(self.end.group):
            return []
        return self.ask()

    def handle(self, frame: LedFrame | AskedFrame | Reconcile) -> list[Frame]:
        match frame:
            case Summary() | Want() | Fetch() if self._role is Role.RESPONDER:
                return self._answer(frame)
            case Agree() | Differ() | Sent() | Fetched() if self._role is Role.INITIATOR:
                return self._lead(frame)
            case Reconcile():
                return self._reconcile(frame)
            case _:
                raise RuleBroken(f"{type(frame).__name__} is not the {self._role.value}'s to hear")

    def _expect(self, stage: _Stage, shared: SharedSet) -> None:
        if self._due != (stage, shared):
            raise RuleBroken("an answer to no question")

    # The responder ---------------------------------------------------------------------------

    def _answer(self, frame: AskedFrame) -> list[Frame]:
        if isinstance(frame, Want):
            self._expect(_Stage.DIFFERING, frame.shared)
            return [*self._records(frame.ids), Sent(frame.shared)]
        if isinstance(frame, Fetch):
            self._expect(_Stage.DIFFERING, frame.shared)
            return self._part(frame)
        if frame.shared is SharedSet.ALL:
            self._shelf.sharing.begin_look(self.end)
        self._cut(frame.purged_ms)
        count, fingerprint = self._count(frame.shared)
        if (frame.count, frame.fingerprint) == (count, fingerprint):
            self._due = self._dialogue = None
            self._note_agreement(frame)
            mark_ms = self._shelf.purged_ms if frame.shared is SharedSet.ALL else None
            return [Agree(frame.shared, self._time(frame.shared), not self._is_saved(), mark_ms)]
        if frame.shared is not SharedSet.ALL:
            self._begin_dialogue(frame.shared)
        mark_ms = self._shelf.purged_ms
        return [Differ(frame.shared, mark_ms, count, self._time(frame.shared))]

    def _part(self, frame: Fetch) -> list[Frame]:
        """The next records behind a place, and how far that is; nothing is remembered for it."""
        items = self._items(frame.shared).snapshot()
        start = items.rank(frame.after + b"\x00") if frame.after else 0
        stop = min(start + SNAPSHOT_RECORDS_MAX, len(items))
        at = items.key(stop - 1) if stop < len(items) else b""
        return [*self._sent(map(RecordId, items.ids(start, stop))), Fetched(frame.shared, at)]

    # The initiator ---------------------------------------------------------------------------

    def _lead(self, frame: LedFrame) -> list[Frame]:
        match frame:
            case Agree():
                self._expect(_Stage.ASKED, frame.shared)
                self._note_agreement(frame)
                if frame.purged_ms is not None:
                    self._their_mark_ms = frame.purged_ms
                return self._next_after(frame.shared)
            case Differ():
                self._expect(_Stage.ASKED, frame.shared)
                self._cut(frame.purged_ms)
                return self._go_into(frame)
            case Sent():
                self._expect(_Stage.WANTED, frame.shared)
                self._sent_awaited -= 1
                return [] if self._sent_awaited else self._ask_again(frame.shared)
            case Fetched():
                self._expect(_Stage.FETCHING, frame.shared)
                if frame.at and frame.at <= self._fetched_to:
                    raise RuleBroken("a part of a snapshot that leads nowhere")
                if not frame.at or not self._parts_left:
                    return self._ask_again(frame.shared)
                return self._fetch(frame.shared, self._parts_left, frame.at)

    def _go_into(self, frame: Differ) -> list[Frame]:
        if frame.shared is SharedSet.ALL:
            self._questions_left = QUESTIONS_MAX
            return [self._summary(SharedSet.DIRECTORY)]
        if self._is_far_behind(frame):
            return self._fetch(frame.shared, ROUNDS_MAX)
        dialogue = self._begin_dialogue(frame.shared)
        return [Reconcile(frame.shared, dialogue.initiate())]

    def _is_far_behind(self, frame: Differ) -> bool:
        """Whether telling ids apart would cost more than taking all that the other end has."""
        ours = len(self._items(frame.shared))
        is_much = frame.count - ours >= SNAPSHOT_LEAST
        return is_much and ours * SNAPSHOT_TIMES <= frame.count

    def _fetch(self, shared: SharedSet, parts: int, after: bytes = b"") -> list[Frame]:
        self._due = (_Stage.FETCHING, shared)
        self._parts_left = parts - 1
        self._fetched_to = after
        return [Fetch(shared, after)]

    def _reconcile(self, frame: Reconcile) -> list[Frame]:
        self._expect(_Stage.DIFFERING, frame.shared)
        assert self._dialogue is not None
        if self._role is Role.RESPONDER:
            return [Reconcile(frame.shared, self._dialogue.respond(frame.message))]
        progress = self._dialogue.advance(frame.message)
        self._remember(progress)
        is_enough = len(self._need) + len(self._have) >= DIALOGUE_IDS_MAX
        if progress.message is not None and not is_enough:
            return [Reconcile(frame.shared, progress.message)]
        return self._exchange(frame.shared)

    def _remember(self, progress: Progress) -> None:
        self._need.update(dict.fromkeys(map(RecordId, progress.need)))
        self._have.update(dict.fromkeys(map(RecordId, progress.have)))

    def _exchange(self, shared: SharedSet) -> list[Frame]:
        """Send what the other end lacks, ask for what we lack."""
        frames = self._records(self._have)
        self._shelf.sharing.claim_held(self._need, self.end)
        # What is aside is asked for as well: who holds it sends it, who only counted it drops that.
        wanted = [each for each in self._need if self._shelf.find_by_id(each) is None]
        for start in range(0, len(wanted), FRAME_IDS_MAX):
            frames.append(Want(shared, tuple(wanted[start : start + FRAME_IDS_MAX])))
            self._sent_awaited += 1
        self._due = (_Stage.WANTED, shared)
        self._dialogue = None
        self._have.clear()
        self._need.clear()
        return frames if wanted else [*frames, *self._ask_again(shared)]

    def _ask_again(self, shared: SharedSet) -> list[Frame]:
        return [self._summary(shared)] if self._questions_left else self._next_after(shared)

    def _next_after(self, shared: SharedSet) -> list[Frame]:
        if shared is SharedSet.DIRECTORY:
            self._questions_left = QUESTIONS_MAX
            self._near = self._shelf.near(self.end.group)
            return [self._summary(SharedSet.OTHERS)]
        if shared is SharedSet.ALL:
            self._near = self._shelf.near(self.end.group)
        self._due = None
        self._settle()
        return self.ask() if self._is_due_again else self.follow_graph()

    # Both ------------------------------------------------------------------------------------

    @property
    def is_waiting(self) -> bool:
        """Whether it is for the other end to go on."""
        return self._role is Role.INITIATOR and self._due is not None

    def _begin_dialogue(self, shared: SharedSet) -> Reconciler:
        self._due = (_Stage.DIFFERING, shared)
        self._need.clear()
        self._have.clear()
        self._dialogue = Reconciler(self._items(shared).snapshot())
        return self._dialogue

    def _note_agreement(self, frame: Summary | Agree) -> None:
        """The directory alone settles nothing. A responder is through; an initiator goes on."""
        self.is_settled = False
        self.is_agreed = frame.shared is not SharedSet.DIRECTORY and not frame.is_unsaved
        if self._role is Role.RESPONDER and frame.shared is not SharedSet.DIRECTORY:
            self._settle()

    def _settle(self) -> None:
        self.is_settled = True
        self.times_settled += 1

    def _summary(self, shared: SharedSet) -> Summary:
        self._questions_left -= 1
        self._due = (_Stage.ASKED, shared)
        self._cut(self._their_mark_ms)
        return Summary(
            shared,
            *self._count(shared),
            self._shelf.purged_ms,
            self._time(shared),
            not self._is_saved(),
        )

    def _count(self, shared: SharedSet) -> tuple[int, bytes]:
        sets = self._shelf.shared_with(self.end)
        if shared is SharedSet.ALL:
            return summary_of(sets.directory, sets.others)
        return self._items(shared).summary()

    def _cut(self, their_mark_ms: UnixMs) -> None:
        """The later of both marks counts, whichever way they have moved since the last look."""
        self._their_mark_ms = their_mark_ms
        self._shelf.sharing.cut(self.end, max(their_mark_ms, self._shelf.purged_ms))

    def _time(self, shared: SharedSet) -> UnixMs | None:
        """Our time, once a look, while somebody vouches for it."""
        return self._shelf.trusted_ms if shared is SharedSet.ALL else None

    def _items(self, shared: SharedSet) -> ItemSet:
        sets = self._shelf.shared_with(self.end)
        return sets.directory if shared is SharedSet.DIRECTORY else sets.others

    def _records(self, ids: Iterable[RecordId]) -> list[Frame]:
        """Those of `ids` that we hold and that this neighbour is to hold as well.

        What we only counted as held, because the other end had it, it has no more.
        """
        ids = list(dict.fromkeys(ids))
        self._shelf.sharing.disclaim(ids, self.end)
        return self._sent(ids)

    def _sent(self, ids: Iterable[RecordId]) -> list[Frame]:
        found = (self._shelf.find_by_id(each) for each in ids)
        held = [r for r in found if r is not None and self._shelf.belongs(r, self.end)]
        self.unacknowledged.update(record.id for record in held)
        return [*pack_records([*held, *self._shelf.sharing.escorts_of(held, self.end.group)])]
