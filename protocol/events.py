"""What happens to a node's links and records, and what the machine then wants done.

Inputs are named in the past tense, outputs in the imperative or by what they say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from protocol.aging import Passing
from protocol.channel import Role
from protocol.forwarding import Lane
from protocol.frames import Whereabouts
from protocol.ids import GroupId, LinkEnd, RecordId, UnixMs
from protocol.record import Record
from protocol.shelf import Placed

LinkId = NewType("LinkId", int)
"""A link of this run of the node; never used twice."""


@dataclass(frozen=True, slots=True)
class LinkUp:
    """Both ends are introduced. `roster` is theirs, `whereabouts` is ours to tell.

    `vouch` is for a guest at the other end.
    """

    link: LinkId
    end: LinkEnd
    role: Role
    roster: Record
    whereabouts: Whereabouts
    vouch: Record | None = None


@dataclass(frozen=True, slots=True)
class FrameArrived:
    """`data` is one plaintext frame. Raises PeerError when it breaks the protocol."""

    link: LinkId
    data: bytes


@dataclass(frozen=True, slots=True)
class LinkDown:
    link: LinkId


@dataclass(frozen=True, slots=True)
class Published:
    """Records of our own, saved."""

    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What came over a link is on our disk; None: it had waited for a record of ours."""

    link: LinkId | None
    ids: tuple[RecordId, ...]


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Time to see whether both ends of a link still hold the same."""

    link: LinkId


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has come to `now_ms`; nothing goes for its age while the clock is not trusted.

    `boot_ms`: milliseconds since the machine was started, by the clock that nobody sets.
    """

    now_ms: UnixMs
    is_trusted: bool
    boot_ms: int = 0


@dataclass(frozen=True, slots=True)
class CarryRead:
    """Records of a carry file, parsed and not verified. A file is no link: nobody is charged."""

    records: tuple[Record, ...]


Input = LinkUp | FrameArrived | LinkDown | Published | Stored | AskAgain | Tick | CarryRead


@dataclass(frozen=True, slots=True)
class SendFrame:
    """`lane`: how records that are passed on take turns; None: it belongs to the dialogue, and goes
    behind what was said before."""

    link: LinkId
    data: bytes
    lane: Lane | None = None


@dataclass(frozen=True, slots=True)
class KeepRecords:
    """Save what was placed, and delete what it replaces; then feed `Stored` with all that came.

    `link` brought it; None when a record of our own was what it had waited for. `known` was held
    already and is on disk with what was placed before.
    """

    link: LinkId | None
    placed: tuple[Placed, ...]
    known: tuple[RecordId, ...] = ()


@dataclass(frozen=True, slots=True)
class KeepWhereabouts:
    """How to recognise the neighbour and to reach it at the address that the link comes from."""

    link: LinkId
    peer: GroupId
    whereabouts: Whereabouts


@dataclass(frozen=True, slots=True)
class LinkSettled:
    link: LinkId


@dataclass(frozen=True, slots=True)
class Reached:
    """Records of ours that are on that neighbour's disk now."""

    peer: GroupId
    ids: tuple[RecordId, ...]


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """A record was refused; the link goes on, for the fault may be its author's."""

    link: LinkId
    record: RecordId
    reason: str


@dataclass(frozen=True, slots=True)
class TimeTold:
    """What the neighbour's clock shows now; it says that somebody vouches for it."""

    peer: GroupId
    time_ms: UnixMs


@dataclass(frozen=True, slots=True)
class EndLink:
    """The other end has not gone on for too long: end the link, and dial again."""

    link: LinkId
    reason: str


@dataclass(frozen=True, slots=True)
class LetGo:
    """Time took these: delete them, remember the purge mark and what must not come back."""

    passing: Passing
    purged_ms: UnixMs


@dataclass(frozen=True, slots=True)
class CarryTaken:
    """What became of records of a carry file, by count.

    `known`: held already, or an older version of what is. `refused`: forged, or against a rule.
    `not_for_us`: out of reach, or of somebody nobody here knows.
    """

    new: int
    known: int
    refused: int
    not_for_us: int


Output = (
    SendFrame
    | KeepRecords
    | KeepWhereabouts
    | LinkSettled
    | Reached
    | LeaveOut
    | TimeTold
    | EndLink
    | CarryTaken
    | LetGo
)
