"""Vectors of carry files: a file's bytes in, records and a summary out."""

from __future__ import annotations

from nacl.public import PrivateKey

from protocol.carry_reader import Carried, CarryOutput, CarryReader, CarrySummary
from protocol.ids import GroupId
from tests.protocol.readers.reading import Reading, as_written

PIECES = (1, 1_000, 1 << 20)
"""Bytes that are fed at once: it comes to the same."""


def read_carry(reading: Reading) -> None:
    group, key = GroupId(reading.raw("group")), PrivateKey(reading.raw("seal_private"))
    for size in PIECES:
        if not reading.is_ok:
            reading.fails(lambda size=size: _read(reading.body, CarryReader(group, [key]), size))  # type: ignore[misc]
            continue
        outputs = _read(reading.body, CarryReader(group, [key]), size)
        found = [record for each in outputs if isinstance(each, Carried) for record in each.records]
        assert [record.id.hex() for record in found] == reading.all("record")
        summary = outputs[-1]
        assert isinstance(summary, CarrySummary)
        for name, value in reading.with_prefix("summary.").items():
            assert as_written(getattr(summary, name)) == value, name


def _read(data: bytes, reader: CarryReader, size: int) -> list[CarryOutput]:
    pieces = (data[at : at + size] for at in range(0, len(data), size))
    return [output for piece in pieces for output in reader.feed(piece)] + reader.finish()
