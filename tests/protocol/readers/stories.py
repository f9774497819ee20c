"""Vectors that are told: records that come to a shelf one after the other, and where they stand."""

from __future__ import annotations

from protocol.aging import is_cut
from protocol.ids import DeviceKey, GroupId, UnixMs
from protocol.record import Record
from protocol.shelf import Shelf
from tests.protocol.readers.encoding import checked
from tests.protocol.readers.reading import Reading

NEIGHBOUR = GroupId(bytes(32))
"""Who brings it is all the same."""
PLACES = ("held", "waits", "aside", "ahead")


def read_aging(reading: Reading) -> None:
    cutoff_ms = reading.find("cutoff")
    if cutoff_ms is None:
        read_story(reading)
        return
    header = checked(reading.body).header
    assert is_cut(header, UnixMs(int(cutoff_ms))) == (reading.one("cut") == "yes")


def read_story(reading: Reading) -> None:
    shelf = Shelf(GroupId(reading.raw("us")), DeviceKey(reading.raw("device")))
    *told, last = _steps(reading)
    labels: dict[str, Record] = {}
    for name, value in told:
        _take(shelf, labels, name, value)
    if not reading.is_ok:
        reading.fails(lambda: _take(shelf, labels, *last))
        return
    _take(shelf, labels, *last)
    expected = {label: place for place in PLACES for label in (reading.find(place) or "").split()}
    assert {label: where(shelf, record) for label, record in labels.items()} == {
        label: expected.get(label, "nowhere") for label in labels
    }


def _steps(reading: Reading) -> list[tuple[str, str]]:
    steps = ("says", "comes", "makes", "time")
    for name in steps:
        reading.all(name)
    return [(name, value) for name, value in reading.vector.fields if name in steps]


def _take(shelf: Shelf, labels: dict[str, Record], name: str, value: str) -> None:
    label, _, rest = value.partition(" ")
    if name == "time":
        shelf.advance(UnixMs(int(label)), is_trusted=rest == "trusted")
        shelf.place_due()
        return
    record = labels[label] = checked(bytes.fromhex(rest))
    if name == "says":
        shelf.place_own(record)
    elif name == "comes":
        shelf.place_verified(record, NEIGHBOUR)


def where(shelf: Shelf, record: Record) -> str:
    if shelf.find_by_id(record.id) is not None:
        return "held"
    if record.id in shelf:
        return "aside"
    if record.id in shelf._waiting:
        return "waits"
    return "ahead" if record.id in shelf._ahead else "nowhere"
