"""Shelves for tests: a street of four halls, each paired with the next, and what they say."""

from __future__ import annotations

from protocol.aging import Passing
from protocol.bodies import Closed, PledgeStep
from protocol.codec import Map
from protocol.ids import GroupId, UnixMs
from protocol.limits import PURGE_STEP_MS
from protocol.record import Record
from protocol.shelf import Placed, Shelf
from tests.protocol.halls import Hall, accepts, resigned

ADA, BEA, CLEO, DORA = (Hall(name) for name in ("ada", "bea", "cleo", "dora"))
"""Paired in a line: each with the next."""
LINE: dict[GroupId, list[Hall]] = {
    ADA.group: [BEA],
    BEA.group: [ADA, CLEO],
    CLEO.group: [BEA, DORA],
    DORA.group: [CLEO],
}
HALLS = [ADA, BEA, CLEO, DORA]
DIRECTORY = [record for hall in HALLS for record in hall.directory(*LINE[hall.group])]

REQUEST = ADA.request()
PLEDGE = BEA.pledge(REQUEST)
FAR_PLEDGE = CLEO.pledge(REQUEST)
ACCEPTED = ADA.request(version=2, decisions=(accepts(PLEDGE),))
DETAILS = ADA.details(REQUEST, PLEDGE, BEA)
SENT = BEA.pledge(REQUEST, version=2, step=PledgeStep.SENT)
RECEIVED = ADA.request(
    version=3, decisions=(accepts(PLEDGE, moved=25_000),), closed=Closed.RECEIVED
)
STORY = [REQUEST, PLEDGE, FAR_PLEDGE, ACCEPTED, DETAILS, SENT, RECEIVED]
NEWEST = {FAR_PLEDGE.id, DETAILS.id, SENT.id, RECEIVED.id}


def shelf_of(hall: Hall) -> Shelf:
    """With the hall's own directory on it, and nothing else."""
    shelf = hall.shelf()
    for record in hall.directory(*LINE[hall.group]):
        shelf.place_own(record)
    return shelf


def settled(hall: Hall) -> Shelf:
    """With everybody's directory, as far as the hall hears of them."""
    shelf = shelf_of(hall)
    arrive(shelf, DIRECTORY)
    return shelf


def arrive(shelf: Shelf, records: list[Record]) -> list[Placed]:
    """From a neighbour, less what is the hall's own."""
    others = [record for record in records if record.header.group != shelf.us]
    return [placed for record in others for placed in shelf.place_verified(record, BEA.group)]


def summaries(shelf: Shelf) -> list[tuple[int, bytes]]:
    """What it shares with each hall of the street, both sets of it."""
    shared = [shelf.shared_with(hall.end) for hall in HALLS]
    return [each.summary() for both in shared for each in (both.directory, both.others)]


def successor(changes: Map, of: Record = REQUEST, hall: Hall = ADA) -> Record:
    """The version after the first, with some of its body's keys changed."""
    return resigned(of, {4: 2, **changes}, hall.device)


def mark_that_takes(record: Record) -> UnixMs:
    """The first mark that is not before its expiry."""
    assert record.header.expires_ms is not None
    return UnixMs(-(-record.header.expires_ms // PURGE_STEP_MS) * PURGE_STEP_MS)


def come_to(shelf: Shelf, now_ms: int) -> Passing:
    return shelf.advance(UnixMs(now_ms), is_trusted=True)


def guess(shelf: Shelf, now_ms: int) -> Passing:
    """Time goes on by a clock that nobody vouches for."""
    return shelf.advance(UnixMs(now_ms), is_trusted=False)


def shared_ids(shelf: Shelf) -> set[bytes]:
    """All that any link shares."""
    both = [
        sets
        for hall in HALLS
        for shared in [shelf.shared_with(hall.end)]
        for sets in (shared.directory, shared.others)
    ]
    return {each for items in both for each in items.snapshot().ids(0, len(items))}


def taken_again(shelf: Shelf, record: Record) -> bool:
    """Whether the shelf takes it of a neighbour now."""
    is_news = shelf.is_news(record, BEA.group)
    assert (shelf.place_verified(record, BEA.group) != []) == is_news
    return is_news


def gather_anew(shelf: Shelf) -> None:
    """What each link shares is put together again when it is asked for."""
    shelf.sharing.forget_links()
