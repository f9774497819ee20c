"""What goes over a link next, where more waits than it takes: own records first, then turn by turn.

Each neighbour that brought what is passed on has a line of its own here, and the dialogue with the
other end has one: the lines take turns, as many bytes each, so that nobody's flood delays what
another has brought. Within a neighbour's line danger goes first, then the near, then the short. The
dialogue keeps its order, for its frames speak of the records before them; what is passed on is a
hint, which may come before or behind anything (SPEC 13.7).

Where too much waits, the fullest line gives up what it would have sent last: the next look at
whether both ends hold the same finds it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from protocol.bodies import Request
from protocol.ids import GroupId
from protocol.limits import REACH_MAX
from protocol.record import Record

LENGTH_STEP_BYTES: Final = 1_024
"""Records of one length for the order: nearly all. A pledge is shorter than what it answers, and is
not to come before it for that."""
FAR: Final = REACH_MAX + 1


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """What goes first within a line: the lowest. Of messages, what they answer says how urgent it
    is, and whence."""

    is_message: bool = False
    calm: int = 0
    distance: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True)
class Lane:
    """Records that are passed on. `origin`: who brought them first; None: they are our own."""

    origin: GroupId | None
    rank: Rank


def rank_of(record: Record, request: Record | None, distance: int | None) -> Rank:
    """`request`: itself, or what it answers; `distance`: how far its origin is from us.

    The directory goes first: who signed what follows.
    """
    if record.header.in_directory:
        return Rank()
    body = None if request is None else request.body
    urgency = int(body.urgency) if isinstance(body, Request) else 0
    length = len(record.body_bytes) // LENGTH_STEP_BYTES
    return Rank(is_message=True, calm=-urgency, distance=distance or FAR, length=length)


@dataclass(slots=True)
class _Line:
    """Frames that wait, by rank, and of one rank in the order in which they came.

    `turn`: bytes that went over the link, as this line counts them, when its turn comes.
    """

    turn: int
    frames: dict[Rank, deque[bytes]] = field(default_factory=dict)
    size_bytes: int = 0

    def put(self, frame: bytes, rank: Rank) -> None:
        self.frames.setdefault(rank, deque()).append(frame)
        self.size_bytes += len(frame)

    def take_first(self) -> bytes:
        rank = min(self.frames)
        return self._without(rank, self.frames[rank].popleft())

    def drop_last(self) -> None:
        rank = max(self.frames)
        self._without(rank, self.frames[rank].pop())

    def _without(self, rank: Rank, frame: bytes) -> bytes:
        if not self.frames[rank]:
            del self.frames[rank]
        self.size_bytes -= len(frame)
        return frame


class Forwarding:
    """All that waits to go over one link, at most `bytes_max` of it."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._own = _Line(0)
        self._lines: dict[GroupId | None, _Line] = {}
        """Those in which anything waits; None: the dialogue's."""
        self._turn = 0

    @property
    def size_bytes(self) -> int:
        return self._own.size_bytes + sum(line.size_bytes for line in self._lines.values())

    def put(self, frame: bytes, lane: Lane | None = None) -> bool:
        """Have `frame` wait; `lane` None: it belongs to the dialogue.

        False where it found no room though nothing waits any more that others have brought.
        """
        if lane is not None and lane.origin is not None:
            self._line(lane.origin).put(frame, lane.rank)
            return self._make_room(0)
        if not self._make_room(len(frame)):
            return False
        if lane is None:
            self._line(None).put(frame, Rank())
        else:
            self._own.put(frame, lane.rank)
        return True

    def take(self) -> bytes | None:
        """The frame that is to go next, None: nothing waits."""
        if self._own.frames:
            return self._own.take_first()
        if not self._lines:
            return None
        whose = min(self._lines, key=lambda each: self._lines[each].turn)
        line = self._lines[whose]
        frame = line.take_first()
        self._turn = line.turn
        line.turn += len(frame)
        self._forget_if_empty(whose)
        return frame

    def _line(self, whose: GroupId | None) -> _Line:
        """Who has had nothing waiting begins where the others are: it is owed nothing."""
        return self._lines.setdefault(whose, _Line(self._turn))

    def _make_room(self, size_bytes: int) -> bool:
        while self.size_bytes + size_bytes > self._bytes_max:
            brought = [each for each in self._lines if each is not None]
            if not brought:
                return False
            fullest = max(brought, key=lambda each: self._lines[each].size_bytes)
            self._lines[fullest].drop_last()
            self._forget_if_empty(fullest)
        return True

    def _forget_if_empty(self, whose: GroupId | None) -> None:
        if not self._lines[whose].frames:
            del self._lines[whose]
