"""What a carry file holds: what a link to its reader would share, or all that is open (SPEC 15).

The directory is always carried whole, for what it says decides what else can be held. Messages may
be those alone that were heard since the last file; what they answer goes along. All comes in the
order in which a reader can hold one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable

from protocol.bodies import Details
from protocol.ids import GroupId, UnixMs
from protocol.kinds import COUNTING_KINDS, ROSTER_KINDS
from protocol.record import Proof, Record, about, stands_on
from protocol.shelf import Shelf

Heard = tuple[Record, UnixMs]
"""A record that the node has on its disk, and when it first heard of it."""


def choose_for(
    shelf: Shelf, peer: GroupId, kept: Iterable[Heard], since_ms: UnixMs | None = None
) -> list[Record]:
    """What belongs to `peer`, a neighbour or our own group, with those who signed what is far."""
    held = [each for each in _counting(shelf, kept) if shelf.is_for(each[0], peer)]
    chosen = _since(held, since_ms)
    return _in_order([*chosen, *shelf.sharing.escorts_of(chosen, peer)])


def choose_for_anyone(
    shelf: Shelf, kept: Iterable[Heard], since_ms: UnixMs | None = None
) -> list[Record]:
    """All that may lie on a stick that anybody can find.

    Not what is sealed to one hall, nor what has expired.
    """
    held = [each for each in _counting(shelf, kept) if _is_open(shelf, each[0])]
    return _in_order(_since(held, since_ms))


def _counting(shelf: Shelf, kept: Iterable[Heard]) -> list[Heard]:
    """Neither what the disk has not let go of yet, nor what is held aside."""
    return [each for each in kept if shelf.find_by_id(each[0].id) is not None]


def _is_open(shelf: Shelf, record: Record) -> bool:
    if record.header.in_directory:
        return not _is_over(shelf, record)
    asked = about(record)
    request = record if asked is None else shelf.find(asked)
    if request is None or _is_sealed(record):
        return False
    return not (_is_over(shelf, record) or _is_over(shelf, request))


def _is_sealed(record: Record) -> bool:
    body = record.body.first.body if isinstance(record.body, Proof) else record.body
    return isinstance(body, Details)


def _is_over(shelf: Shelf, record: Record) -> bool:
    """By the mark, which only a trusted clock has moved."""
    ends_ms = shelf.ends_ms(record)
    return ends_ms is not None and ends_ms <= shelf.purged_ms


def _since(held: list[Heard], since_ms: UnixMs | None) -> list[Record]:
    """The directory, the messages heard at `since_ms` or later, and what these stand on."""
    if since_ms is None:
        return [record for record, _heard_ms in held]
    fresh = [record for record, heard_ms in held if heard_ms >= since_ms]
    needed = {each for record in fresh for each in stands_on(record)}
    return [
        record
        for record, heard_ms in held
        if record.header.in_directory or heard_ms >= since_ms or record.header.object in needed
    ]


def _in_order(records: Iterable[Record]) -> list[Record]:
    """Each once: rosters, the rest of the directory, requests, what answers them, details."""
    return sorted({record.id: record for record in records}.values(), key=_place)


def _place(record: Record) -> tuple[int, UnixMs, bytes]:
    header = record.header
    stage = 3 + len(stands_on(record))
    if header.in_directory:
        stage = 1 if header.kind in COUNTING_KINDS else 2
    if header.kind in ROSTER_KINDS:
        stage = 0
    return stage, header.created_ms, record.id
