"""Sticks that somebody carries from hall to hall, and what becomes of them on the way."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from nacl.public import PrivateKey

from protocol.bodies import Details
from protocol.carry import CarryHeader, write_public, write_sealed
from protocol.carry_blocks import CarryId
from protocol.carry_choice import choose_for, choose_for_anyone
from protocol.carry_reader import Carried, CarryOutput, CarryReader, CarrySummary
from protocol.errors import CarryError
from protocol.events import CarryRead
from protocol.ids import UnixMs
from protocol.limits import HOUR_MS, MINUTE_MS
from tests.sim.checks import Broken
from tests.sim.faults import Fault

if TYPE_CHECKING:
    from tests.sim.node import Node
    from tests.sim.town import Town

PIECE_BYTES: Final = 5_000
"""Bytes that a reader is given at once: blocks begin and end within."""
SEALED_SHARE: Final = 0.6
"""Of the sticks that can be sealed to who gets them."""
TORN_SHARE: Final = 0.7
"""Of the sticks of a day on which they suffer."""


class Sticks:
    def __init__(self, town: Town, rng: Random) -> None:
        self._town = town
        self._rng = rng

    def carry(self) -> None:
        """One node writes what it has on its disk; later somebody puts it into another. A device
        that was removed can be the writer as well."""
        nodes = [each for each in self._town.nodes.values() if each.is_on]
        readers = self._town.all_nodes()
        writer, reader = self._rng.choice(nodes or readers), self._rng.choice(readers)
        if writer is reader or not writer.is_on:
            return
        writer.notice_time()
        data = self._written(writer, reader)
        is_torn = Fault.TORN in self._town.faults and self._rng.random() < TORN_SHARE
        if is_torn:
            data = self._torn(data)
        wait_ms = self._rng.randint(MINUTE_MS, max(HOUR_MS, self._town.plan.span_ms // 4))
        self._town.heap.after(
            wait_ms, f"{reader.name} gets a stick", lambda: self._read(reader, data, is_torn)
        )

    def _written(self, writer: Node, reader: Node) -> bytes:
        """For the reader alone, where it is a neighbour whose seal key is known, or for anyone."""
        shelf, disk = writer.shelf, writer.disk
        file, now_ms = CarryId(self._rng.randbytes(16)), self._town.heap.now_ms
        since_ms = self._rng.choice([None, UnixMs(max(0, writer.clock() - HOUR_MS))])
        kept = [(record, disk.heard[each]) for each, record in disk.records.items()]
        keys = shelf.seal_keys_of(reader.hall.group)
        can_open = bytes(reader.hall.seal_key.public_key) in keys
        if can_open and writer.knows(reader) and self._rng.random() < SEALED_SHARE:
            header = CarryHeader(file, now_ms, writer.hall.group, reader.hall.group)
            chosen = choose_for(shelf, reader.hall.group, kept, since_ms)
            ephemeral = PrivateKey(self._rng.randbytes(32))
            return b"".join(write_sealed(header, chosen, keys, ephemeral))
        chosen = choose_for_anyone(shelf, kept, since_ms)
        if any(isinstance(each.body, Details) for each in chosen):
            raise Broken(f"{writer.name} writes what is sealed for all to find")
        return b"".join(write_public(CarryHeader(file, now_ms, writer.hall.group), chosen))

    def _torn(self, data: bytes) -> bytes:
        """The end is missing, a part out of its middle, or some bits are others."""
        self._town.faults.fire(Fault.TORN)
        at = self._rng.randrange(len(data))
        match self._rng.choice(["end", "middle", "bits"]):
            case "end":
                return data[:at]
            case "middle":
                return data[:at] + data[at + self._rng.randint(1, 2_000) :]
            case _:
                changed = bytearray(data)
                for _ in range(self._rng.randint(1, 20)):
                    changed[self._rng.randrange(len(data))] ^= 1 << self._rng.randrange(8)
                return bytes(changed)

    def _read(self, reader: Node, data: bytes, is_torn: bool) -> None:
        if not reader.is_on or reader not in self._town.all_nodes():
            return
        try:
            outputs = self._outputs(reader, data)
        except CarryError as error:
            if is_torn:
                return
            raise Broken(f"{reader.name} cannot read a whole stick: {error}") from error
        summary = outputs[-1]
        assert isinstance(summary, CarrySummary)
        if not (summary.is_complete or is_torn):
            raise Broken(f"{reader.name} misses something of a whole stick: {summary}")
        for each in outputs:
            if isinstance(each, Carried):
                self._town.faults.fire(Fault.CARRY)
                reader.feed(CarryRead(each.records))

    def _outputs(self, reader: Node, data: bytes) -> list[CarryOutput]:
        """Raises CarryError."""
        reading = CarryReader(reader.hall.group, [reader.hall.seal_key])
        starts = range(0, len(data), PIECE_BYTES)
        found = [out for at in starts for out in reading.feed(data[at : at + PIECE_BYTES])]
        return [*found, *reading.finish()]
