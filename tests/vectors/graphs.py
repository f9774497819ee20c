"""Who names whom, and how far away that makes everyone.

Groups are letters; a group's id is 32 times the letter's byte. `signs`: a group, its device's
number, whom it names, and behind "without" whom it removed. `at`: a group, and how many links away.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.vectors.vector import OK, Vector

LINE: Final = ("a 1 b", "b 1 a c", "c 1 b d", "d 1 c e", "e 1 d")
RING: Final = ("a 1 b d", "b 1 a c", "c 1 b d", "d 1 a c")
STORIES: Final[tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...]] = (
    ("nobody", "who is paired with nobody", "a", ("a 1",), ("a 0",)),
    ("unheard", "a group that has signed nothing", "a", (), ("a 0",)),
    ("edge", "both have signed", "a", ("a 1 b", "b 1 a"), ("a 0", "b 1")),
    ("edge_needs_both", "only one has signed: no edge", "a", ("a 1 b", "b 1"), ("a 0",)),
    ("edge_from_afar", "nor seen from the other end", "b", ("a 1 b", "b 1"), ("b 0",)),
    ("distances", "three links along a line, and no further", "a", LINE,
     ("a 0", "b 1", "c 2", "d 3")),
    ("middle", "from the middle of a line", "c", LINE, ("c 0", "b 1", "d 1", "a 2", "e 2")),
    ("ring", "the shorter way round", "a", RING, ("a 0", "b 1", "d 1", "c 2")),
    ("itself", "who names itself is no neighbour of itself", "a", ("a 1 a b", "b 1 a"),
     ("a 0", "b 1")),
    ("two_devices", "a group names whom any of its devices names", "a",
     ("a 1 b", "a 2 c", "b 1 a", "c 1 a"), ("a 0", "b 1", "c 1")),
    ("removed", "whom a device removes it names no more", "a",
     ("a 1 c without b", "b 1 a", "c 1 a"), ("a 0", "c 1")),
    ("removed_wins", "one device names, the other has removed: removed", "a",
     ("a 1 b c", "a 2 c without b", "b 1 a", "c 1 a"), ("a 0", "c 1")),
)  # fmt: skip
"""Name, comment, from whom, what was signed, who is where."""

HEARSAY: Final[tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...]] = (
    ("hearsay", "of whom somebody has spoken", "a", ("a 1 b", "b 1 c", "c 1 d", "d 1 e"),
     ("a 0", "b 1", "c 2", "d 3")),
    ("hearsay_silent", "who has not spoken is heard of all the same", "a", ("a 1 b",),
     ("a 0", "b 1")),
    ("hearsay_one_way", "who names us without being named is not heard of", "a",
     ("a 1 b", "b 1 a", "c 1 a"), ("a 0", "b 1")),
    ("hearsay_removed", "who was removed is not heard of", "a",
     ("a 1 b without c", "a 2 c"), ("a 0", "b 1")),
)  # fmt: skip


def vectors() -> Iterator[Vector]:
    for spec, word, stories in (
        ("SPEC 6.3, SPEC 9.1", "edges", STORIES),
        ("SPEC 9.1", "hears", HEARSAY),
    ):
        for name, comment, start, signed, found in stories:
            fields = [("signs", each) for each in signed]
            fields += [("over", word), ("from", start), *(("at", each) for each in found)]
            yield Vector(f"graph/{name}", OK, spec, comment, tuple(fields))
