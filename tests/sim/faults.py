"""What can go wrong in a town, which of it a seed switches on, and how often it really happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from tests.sim.events import chance


class Fault(StrEnum):
    DROP = "a frame is lost, and its link with it"
    DELAY = "a frame takes its time"
    DUPLICATE = "a record that came comes again, later"
    REORDER = "an older version comes after a newer one"
    GARBLE = "frames within one link come twice or in another order"
    ONE_WAY = "one hall hears another, and is not heard"
    PARTITION = "the town falls into two"
    PAIR = "two halls are paired"
    UNPAIR = "two halls are paired no more"
    CRASH = "a node loses power, and what was not on its disk"
    LOST_WORD = "what was on its way to the disk got there, and nobody heard of it"
    SLOW_DISK = "a disk takes seconds"
    CLOCK_1970 = "a clock starts at 1970"
    CLOCK_BEHIND = "a clock nobody keeps is behind"
    CLOCK_AHEAD = "a clock nobody keeps is ahead by years"
    CLOCK_LOST = "nobody keeps a clock any more that was right"
    REMOVED = "a device is removed, and its heir goes on with what it adopts"
    STOLEN = "a removed device goes on signing"
    TWO_ROSTERS = "the words are used on two devices at once"
    GUEST = "a guest speaks for a hall"
    VOUCH_OVER = "a guest's time ends while it still speaks"
    VOUCHER_REMOVED = "a device is removed that has vouched for a guest"
    VOUCHED_REMOVED = "a hall vouches for the device that it has removed"
    CARRY = "somebody brings a stick with records from one hall to another"
    TORN = "a stick has lost a part, or shows other bits"
    FORGERY = "a hostile hall forges a signature"
    GARBAGE = "a hostile hall sends bytes that mean nothing"
    STRANGERS = "a hostile hall sends records of strangers"
    TWO_CONTENTS = "a hostile hall signs two contents under one version"
    FUTURE = "a hall signs what is made tomorrow"
    STALE = "a hostile hall sends what was replaced long ago"
    OVERDRAWN = "a hostile hall accepts more than it asks for"
    FALSE_HEIR = "a hostile hall goes on with what another device wrote"
    FALSE_GUEST = "a guest says what guests do not say"


HOSTILE: Final = (
    Fault.FORGERY,
    Fault.GARBAGE,
    Fault.STRANGERS,
    Fault.TWO_CONTENTS,
    Fault.FUTURE,
    Fault.STALE,
    Fault.OVERDRAWN,
    Fault.FALSE_HEIR,
    Fault.FALSE_GUEST,
)
IMPLIED: Final = {
    Fault.STOLEN: {Fault.REMOVED},
    Fault.VOUCH_OVER: {Fault.GUEST},
    Fault.VOUCHER_REMOVED: {Fault.GUEST, Fault.REMOVED},
    Fault.VOUCHED_REMOVED: {Fault.STOLEN, Fault.REMOVED},
    Fault.TORN: {Fault.CARRY},
}
"""What one kind cannot do without."""
DEVICES: Final = (Fault.REMOVED, Fault.TWO_ROSTERS)
"""What takes a hall with two devices."""
WRONG_CLOCKS: Final = (Fault.CLOCK_1970, Fault.CLOCK_BEHIND, Fault.CLOCK_AHEAD)
ALWAYS: Final = frozenset({Fault.REORDER})
"""Nobody switches it on: it follows from ways of different lengths, and is counted all the same."""
ON: Final = 0.25
"""How likely a seed switches one kind on: alone it is found at once, together they meet."""
SELDOM: Final = {
    Fault.VOUCH_OVER: 0.1,
    Fault.VOUCHER_REMOVED: 0.1,
    Fault.VOUCHED_REMOVED: 0.15,
    Fault.TORN: 0.15,
}
"""What brings other kinds along with it."""


class Faults:
    """Which kinds are on in this run; `fired` counts those that really happened."""

    def __init__(self, kinds: Iterable[Fault]) -> None:
        self.kinds = frozenset(kinds) | ALWAYS
        self.fired: Counter[Fault] = Counter()
        self.is_healed = False

    def __contains__(self, fault: Fault) -> bool:
        return fault in self.kinds and not self.is_healed

    @property
    def has_hostile(self) -> bool:
        return any(each in self.kinds for each in HOSTILE)

    def fire(self, fault: Fault) -> None:
        self.fired[fault] += 1


def drawn_faults(seed: int) -> Faults:
    """One seed in ten is a calm town: what fails there needs no fault at all.

    Each kind has a draw of its own, so that a new one does not change what the others do.
    """
    if seed % 10 == 0:
        return Faults(())
    kinds = {each for each in Fault if chance(seed, each.name).random() < SELDOM.get(each, ON)}
    return Faults(kinds.union(*(IMPLIED.get(each, set()) for each in kinds)))
