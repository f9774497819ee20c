"""Vectors of the encoding (codec), of names and hashes (names), of one record (record, kinds)."""

from __future__ import annotations

import json

import msgpack

from protocol.bodies import Unknown
from protocol.codec import Value, decode_body, decode_frame, encode
from protocol.record import Record, parse, prove, to_bytes, verify
from tests.protocol.readers.reading import Reading, as_written


def read_codec(reading: Reading) -> None:
    decode = {"body": decode_body, "frame": decode_frame}[reading.one("as")]
    data = reading.body + bytes(int(reading.find("zeros") or 0))
    if not reading.is_ok:
        reading.fails(lambda: decode(data))
        return
    value = decode(data)
    assert encode(value) == data
    notation = reading.find("value")
    assert notation is None or notation == in_notation(value)


def in_notation(value: Value) -> str:
    """RFC 8949, section 8, as far as our values go."""
    match value:
        case bytes():
            return f"h'{value.hex()}'"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return f"[{', '.join(map(in_notation, value))}]"
        case dict():
            pairs = (f"{key}: {in_notation(item)}" for key, item in value.items())
            return f"{{{', '.join(pairs)}}}"
        case _:
            return str(value)


def envelope_of(data: bytes) -> list[bytes]:
    body, signature = msgpack.unpackb(data)
    return [body, signature]


def checked(data: bytes) -> Record:
    """The record in an envelope, its signature verified."""
    record = parse(*envelope_of(data))
    verify(record)
    return record


def read_record(reading: Reading) -> None:
    if not reading.is_ok:
        reading.fails(lambda: checked(reading.body))
        return
    record = checked(reading.body)
    assert to_bytes(record) == reading.body
    for name in ("id", "object"):
        expected = reading.find(name)
        found = record.id if name == "id" else record.header.object
        assert expected is None or found.hex() == expected
    for name, value in reading.with_prefix("header.").items():
        assert as_written(getattr(record.header, name)) == value, name
    is_understood = reading.find("understood") != "no"
    assert isinstance(record.body, Unknown) != is_understood
    for name, value in reading.with_prefix("body.").items():
        assert as_written(getattr(record.body, name)) == value, name


def read_proof(reading: Reading) -> None:
    """What follows from two contents, and nothing else."""
    read_record(reading)
    if reading.is_ok:
        one, other = (checked(reading.raw(name)) for name in ("one", "other"))
        assert to_bytes(prove(one, other)) == to_bytes(prove(other, one)) == reading.body
