"""Blocks of reference numbers: which device of a hall may give out which.

Numbers are dealt a hundred at a time, and whose a block is follows from its own number, so that no
device ever has to ask another. A hall's devices are counted from 0, and so are the blocks. The ones
at the end of a block's number, written in binary, name a group of devices: none of them the first
device alone, one the next two, two the next four. Within its group they take turns. So the first
device has every second block from the lowest on, the second and third every eighth, the fourth to
seventh every thirty-second, and so on: whoever came early has short references, no device is one
too many for the rule, and no block belongs to two. What was given out or printed of a letter is
left behind: a new block begins beyond all of it that a device knows of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BLOCK: Final = 100
"""Numbers in a block: a hall's busy day. More would make the second device's references long."""

ORDINAL_MAX: Final = 1_022
"""Nine digits hold some thousand numbers of each letter for every device up to here."""


@dataclass(frozen=True, slots=True)
class Block:
    """The numbers from `first` to `last`, both of them in it."""

    first: int
    last: int


def dealt(ordinal: int, beyond: int) -> Block:
    """The lowest block of the device `ordinal` in which every number is above `beyond`."""
    group, turn = _place(ordinal)
    lowest = turn << group + 1 | (1 << group) - 1
    between = 1 << 2 * group + 1
    above = -(-beyond // BLOCK)
    number = lowest + max(0, -(-(above - lowest) // between)) * between
    return Block(number * BLOCK + 1, (number + 1) * BLOCK)


def owner(number: int) -> int:
    """The ordinal of the device whose block a reference's number is in."""
    block = (number - 1) // BLOCK
    group = (~block & block + 1).bit_length() - 1
    return (1 << group) - 1 + (block >> group + 1) % (1 << group)


def _place(ordinal: int) -> tuple[int, int]:
    """Which group a device is in, and whose turn it is in that."""
    group = (ordinal + 1).bit_length() - 1
    return group, ordinal + 1 - (1 << group)
