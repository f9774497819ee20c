"""Bytes to begin with: the golden vectors, and what honest halls really say to each other."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from protocol.bodies import KINDS
from protocol.frames import Records, from_bytes, to_bytes
from protocol.ids import ObjectNumber, adoption_number, vouch_number
from protocol.limits import DIRECTORY_REACH, LIFETIME_MS_MAX, RECORD_BYTES_MAX
from protocol.notice import Notice
from protocol.record import Record, prove, sign
from protocol.roster import Adoption, Removal, Roster, Vouch
from tests.mirrored import HOME
from tests.protocol.halls import Hall, accepts, resigned
from tests.protocol.towns import Town, linked

VECTORS: Final = HOME / "protocol" / "vectors"
HEX: Final = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{2})+(?![0-9a-f])")

ADA: Final = Hall("ada")
BEA: Final = Hall("bea")
CLEO: Final = Hall("cleo")


def vectors(*folders: str) -> list[bytes]:
    """Every value in hex behind the three lines that say what a vector shows."""
    found: dict[bytes, None] = {}
    for folder in folders:
        for path in sorted(Path(VECTORS, folder).glob("*.txt")):
            values = path.read_text(encoding="utf-8").split("\n", 3)[-1]
            found.update(dict.fromkeys(bytes.fromhex(each) for each in HEX.findall(values)))
    return list(found)


@cache
def story() -> tuple[Record, ...]:
    """One overflow from the asking to the end, and a surplus, as three halls sign them."""
    asked = ADA.request()
    pledge, other = BEA.pledge(asked), CLEO.pledge(asked, qty=50_000)
    accepted = ADA.request(version=2, decisions=(accepts(pledge),))
    spare = BEA.surplus()
    return (
        *(asked, pledge, other, accepted),
        *(ADA.details(asked, pledge, BEA), BEA.seen(asked), spare, ADA.pledge(spare)),
    )


@cache
def changes() -> tuple[Record, ...]:
    """How those who speak for ADA change: a phone comes and goes, a guest helps, one lies."""
    phone, guest = ADA.with_device("phone"), ADA.with_device("guest")
    asked, twice = (
        phone.request("beds"),
        [_large(ADA.request("twice", qty=each)) for each in (5, 6)],
    )
    removed = Roster((ADA.device_key,), (Removal(phone.device_key, ADA.device_key),))
    adoption = Adoption(phone.device_key, (asked.id,))
    vouch = Vouch(guest.device_key)
    return (
        *(ADA.roster(phone, version=2), asked),
        sign(ADA.roster(version=3).header, removed, ADA.keys.signing),
        _numbered(adoption, adoption_number(phone.device_key, 0)),
        _numbered(vouch, vouch_number(guest.device_key)),
        *(guest.request("blankets"), ADA.sign(Notice("the bridge is closed"), "notice")),
        *(*twice, prove(*twice)),
    )


def _large(record: Record) -> Record:
    """With a key of a later version, and so long that two of them are more than one may be."""
    return resigned(record, {2_000: bytes(RECORD_BYTES_MAX // 2)}, ADA.device)


def _numbered(body: Adoption | Vouch, number: ObjectNumber) -> Record:
    kind = KINDS[type(body)]
    header = ADA.header(kind, "", lifetime_ms=LIFETIME_MS_MAX)
    return sign(replace(header, number=number, reach=DIRECTORY_REACH), body, ADA.device)


@cache
def talk() -> tuple[bytes, ...]:
    """Every frame that three halls in a line say, when they meet and while the story goes on; then
    one with each of the changes."""
    town = linked(ADA, BEA, CLEO)
    machines = {machine.hall.group: machine for machine in town.machines}
    for record in story():
        town.publish(machines[record.header.group], record)
        town.run()
    _differ(town)
    changed = [to_bytes(Records([record.envelope])) for record in changes()]
    return tuple(dict.fromkeys([*town.sent, *changed]))


def bodies() -> list[bytes]:
    """Of every record in that talk, and of the vectors."""
    frames = (from_bytes(data) for data in talk())
    said = [body for frame in frames if isinstance(frame, Records) for body, _ in frame.envelopes]
    return list(dict.fromkeys([*said, *vectors("record", "kinds")]))


def _differ(town: Town) -> None:
    """Each end has what the other missed, so that they have to reconcile."""
    ada, bea, _ = town.machines
    town.lose(ada, *(ADA.request(f"thing {each}") for each in range(40)))
    town.lose(bea, *(BEA.request(f"other {each}") for each in range(40)))
    town.ask(ada)
    town.run()
