"""Vectors of frames: what is read is what was said, and is written the same."""

from __future__ import annotations

from protocol.frames import from_bytes, to_bytes
from tests.protocol.readers.reading import Reading, as_written


def read_frame(reading: Reading) -> None:
    if not reading.is_ok:
        reading.fails(lambda: from_bytes(reading.body))
        return
    frame = from_bytes(reading.body)
    name = reading.one("frame")
    if frame is None:
        assert name == "none"
        return
    assert type(frame).__name__ == name
    rewritten = reading.find("rewritten")
    assert to_bytes(frame) == (reading.body if rewritten is None else bytes.fromhex(rewritten))
    for field, value in reading.with_prefix("").items():
        if field not in {"frame", "rewritten"}:
            assert as_written(getattr(frame, field)) == value, field
