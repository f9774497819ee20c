"""Vectors of the fold: records and a time in, states out."""

from __future__ import annotations

from protocol.ids import UnixMs
from protocol.overflow import PledgeFold, fold
from protocol.record import Record
from tests.protocol.readers.encoding import checked
from tests.protocol.readers.reading import Reading


def read_overflow(reading: Reading) -> None:
    request = _record(reading.one("request"))
    pledges = [_record(each) for each in reading.all("pledge")]
    now_ms = UnixMs(reading.number("now_ms"))
    for order in (pledges, pledges[::-1]):
        found = fold(request, order, now_ms)
        assert found.state == reading.one("state")
        assert found.because == reading.find("because")
        for name, amount in (("outstanding", found.outstanding), ("received", found.received)):
            assert reading.find(name) in {None, str(amount)}
        assert [_seen(pledge) for pledge in found.pledges] == reading.all("sees")


def _seen(pledge: PledgeFold) -> str:
    return f"{pledge.pledge.ref} {pledge.state} {pledge.accepted} {pledge.received}"


def _record(text: str) -> Record:
    return checked(bytes.fromhex(text))
