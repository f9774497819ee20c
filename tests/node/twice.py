"""A device that signs two contents as one version, as one does whose card or folder was copied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mnemonic import Mnemonic

from node.hall import make_hall
from protocol.bodies import Body, Details, Peering, Pledge, Profile, Request, Seen
from protocol.events import FrameArrived
from protocol.frames import Records, to_bytes
from protocol.identity import GroupKeys, derive_group_keys
from protocol.ids import ObjectId, Thousandths, UnixMs, from_text
from protocol.record import Record, sign
from tests.node.two_halls import OneHall, of_one_mind


def twin(hall: OneHall, record: Record) -> Record:
    """What a copy of this hall has signed as the same version, with its device's own key."""
    if isinstance(record.body, Seen):
        later = replace(record.header, created_ms=UnixMs(record.header.created_ms + 1))
        return sign(later, record.body, hall.core.hall.device)
    return sign(record.header, other_content(record), hall.core.hall.device)


def hand(to: OneHall, *records: Record) -> None:
    """Bring records over the link that is up."""
    frame = Records([record.envelope for record in records])
    to.core.driver.feed(FrameArrived(to.pipes[-1].link, to_bytes(frame)))


def held(hall: OneHall, id_: str) -> Record:
    """The newest version of what a view calls by this id."""
    record = hall.core.shelf.find(ObjectId(from_text(id_) or b""))
    assert record is not None
    return record


def other_content(record: Record) -> Body:
    """What a copy of the hall might have signed meanwhile."""
    match record.body:
        case Request() as request:
            return replace(request, qty=Thousandths(request.qty + 1_000), text="Sandwiches")
        case Pledge() as pledge:
            return replace(pledge, qty=Thousandths(pledge.qty + 1_000))
        case Details() as details:
            return replace(details, sealed=b"")
        case Profile() as card:
            return replace(card, area="elsewhere")
        case Peering() as peering:
            return replace(peering, neighbours=())
        case _:
            raise TypeError(record.header.kind)


async def signs_twice(liar: OneHall, witness: OneHall, id_: str) -> Record:
    """`liar` has signed the newest version of `id_` in two contents; both halls hold the proof."""
    record = held(liar, id_)
    hand(witness, twin(liar, record))
    await of_one_mind(liar, witness)
    return held(liar, id_)


def hall_with_keys(folder: Path, name: str) -> GroupKeys:
    """Make a hall in `folder`; the private keys that its recovery words stand for."""
    words = make_hall(folder, name).recovery_words
    return derive_group_keys(bytes(Mnemonic("english").to_entropy(words)))
