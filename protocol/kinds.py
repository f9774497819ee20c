"""What belongs to which kind of record: whoever adds a kind finds it all here (SPEC 6).

A kind of a later version that is in none of these is a message; its number may say that it belongs
to the directory.
"""

from __future__ import annotations

from typing import Final

from protocol.bodies import Kind
from protocol.limits import (
    DIRECTORY_LIFETIME_MS_MAX,
    LIFETIME_MS_MAX,
    VOUCH_LIFETIME_MS_MAX,
)

PROOF_KINDS: Final = frozenset({Kind.PROOF, Kind.DIRECTORY_PROOF})
ROSTER_KINDS: Final = frozenset({Kind.ROSTER, Kind.DIRECTORY_PROOF})
"""What says who speaks for a group: a proof may be of two rosters, and stand in their place."""
CARD_KINDS: Final = frozenset({Kind.PROFILE, Kind.PEERING, Kind.ADOPTION})
"""What a device renews before its time, as long as it speaks at all."""
COUNTING_KINDS: Final = frozenset({Kind.ADOPTION, Kind.VOUCH})
"""What others count by, besides rosters."""
STANDING_KINDS: Final = ROSTER_KINDS | COUNTING_KINDS
"""Where one of these comes or goes, others may speak for their group."""
REDRAWING_KINDS: Final = ROSTER_KINDS | {Kind.PEERING}
"""Where one of these comes or goes, the graph may be another."""
DIRECTORY_KINDS: Final = ROSTER_KINDS | CARD_KINDS | COUNTING_KINDS
LATER_DIRECTORY_KINDS: Final = range(128, 256)
"""Kinds to come that belong to the directory: else two versions would share other sets, and write
the same proof in two ways."""
MESSAGE_KINDS: Final = frozenset(Kind) - DIRECTORY_KINDS
"""A kind of a later version is not among them; it may live as long as any."""
NOT_FOR_GUESTS: Final = COUNTING_KINDS | {Kind.PEERING}
"""A guest speaks at the desk; whom the hall is paired with, and who else may speak, it does not
say."""
UNENDING_KINDS: Final = ROSTER_KINDS
"""A roster does not expire, nor does the proof of two rosters."""
LIFETIMES_MS_MAX: Final[dict[int, int]] = {
    **dict.fromkeys(MESSAGE_KINDS, LIFETIME_MS_MAX),
    Kind.ROSTER: 0,
    Kind.VOUCH: VOUCH_LIFETIME_MS_MAX,
    Kind.PROOF: DIRECTORY_LIFETIME_MS_MAX,
}
"""Milliseconds by kind; a kind that is not listed may live as long as any."""


def is_directory(kind: int) -> bool:
    """Whether records of this kind say who is who, rather than what is needed."""
    return kind in _ALL_DIRECTORY_KINDS


_ALL_DIRECTORY_KINDS: Final[frozenset[int]] = DIRECTORY_KINDS | frozenset(LATER_DIRECTORY_KINDS)
