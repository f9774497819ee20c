"""A hall between two neighbours for tests of what a flood may do: Bea's side is crowded.

Ours is paired with Bea and Carl. Behind Bea are near halls, and behind the first of them far ones;
behind Carl is Dora alone.
"""

from __future__ import annotations

import pytest

from protocol.errors import NoRoom
from protocol.ids import GroupId
from protocol.record import Record
from protocol.shelf import Placed, Shelf
from tests.protocol.halls import Hall

US, BEA, CARL, DORA = (Hall(name) for name in ("us", "bea", "carl", "dora"))
NEAR = [Hall(f"near {number}") for number in range(6)]
FAR = [Hall(f"far {number}") for number in range(6)]
LINES: dict[GroupId, list[Hall]] = {
    US.group: [BEA, CARL],
    BEA.group: [US, *NEAR],
    CARL.group: [US, DORA],
    DORA.group: [CARL],
    **{hall.group: [BEA] for hall in NEAR[1:]},
    NEAR[0].group: [BEA, *FAR],
    **{hall.group: [NEAR[0]] for hall in FAR},
}


def directory_of(*halls: Hall) -> list[Record]:
    return [record for hall in halls for record in hall.directory(*LINES[hall.group])]


def crowded() -> Shelf:
    """With everybody's directory, each brought by the neighbour that leads there."""
    shelf = US.shelf()
    for record in directory_of(US):
        shelf.place_own(record)
    brought(shelf, BEA, *directory_of(BEA, *NEAR, *FAR))
    brought(shelf, CARL, *directory_of(CARL, DORA))
    return shelf


def brought(shelf: Shelf, by: Hall, *records: Record) -> list[Placed]:
    return [each for record in records for each in shelf.place_verified(record, by.group)]


def summaries(shelf: Shelf) -> list[tuple[int, bytes]]:
    """What both links share."""
    sets = [shelf.shared_with(hall.end) for hall in (BEA, CARL)]
    return [items.summary() for each in sets for items in (each.directory, each.others)]


def are_shared_sets_right(shelf: Shelf) -> bool:
    """Kept up to date, they are what gathering them anew would give."""
    kept = summaries(shelf)
    shelf.sharing.forget_links()
    return summaries(shelf) == kept


def wish(hall: Hall, number: int = 0, version: int = 1) -> Record:
    """A request that reaches as far as any may."""
    return hall.request(f"meals {number}", version, reach=3)


def near_stranger(number: int = 0) -> list[Record]:
    """Bea names another neighbour; its roster, card and peering."""
    halls = [Hall(f"stranger {each}") for each in range(number + 1)]
    word = BEA.peering(US, *NEAR, *halls, version=2 + number)
    return [word, *halls[-1].directory(BEA)]


def account(shelf: Shelf, hall: Hall) -> set[bytes]:
    """The ids of what is charged to a neighbour."""
    return {each for each, (link, _) in shelf._quota._charged.items() if link == hall.group}


def is_left_out(shelf: Shelf, record: Record, by: Hall = BEA) -> bool:
    """Whether a neighbour's record finds no room, and nothing changes for it."""
    held, charged = len(shelf), account(shelf, by)
    with pytest.raises(NoRoom):
        shelf.place_verified(record, by.group)
    return record.id not in shelf and len(shelf) == held and account(shelf, by) == charged


def ids(*records: Record) -> set[bytes]:
    return {record.id for record in records}


OURS = wish(US)
DORAS = wish(DORA)
FARS = [wish(hall) for hall in FAR]
NEARS = [wish(hall) for hall in NEAR]
