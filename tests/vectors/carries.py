"""Carry files: blocks with what is in them, put together by hashlib and nacl alone.

`group` and `seal_private` are the reader's. `record` is the id of each that comes out, in order;
names that begin with "summary" say what the reader says in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b, sha256
from typing import Final

from nacl.bindings import crypto_aead_chacha20poly1305_ietf_encrypt, crypto_box
from nacl.public import PrivateKey

from tests.vectors.plain import ADA, BEA, CLEO, NOW, Changes, Signed, changed, pack, seed, sign
from tests.vectors.stories import pledge, request, request_map
from tests.vectors.vector import OK, Fields, Vector

FILE, OTHER_FILE = seed("carry file")[:16], seed("other carry file")[:16]
RECORDS: Final = [ADA.roster(), request(ADA), pledge(BEA, request_map(ADA))]
EPHEMERAL: Final = PrivateKey(seed("ephemeral of a carry file"))
BEAS_KEY: Final = BEA.seal_key()
HEADER: Final = {0: 30, 1: 1, 2: NOW, 3: ADA.group}


def block(number: int, payload: bytes, file: bytes = FILE) -> bytes:
    body = file + number.to_bytes(2, "big") + len(payload).to_bytes(2, "big") + payload
    return b"\x8bHALLWAY" + body + sha256(b"hallway/1/block\x00" + body).digest()[:16]


def public(records: Sequence[Signed] = RECORDS, each: int = 1) -> list[bytes]:
    """The blocks of a file that anybody may read, so many records a block."""
    frames = [
        pack({0: 10, 1: [signed.pair for signed in records[at : at + each]]})
        for at in range(0, len(records), each)
    ]
    return ended(headed(pack(HEADER), frames), len(records))


def headed(header: bytes, frames: Iterable[bytes]) -> list[bytes]:
    """Blocks 0, 1 and every sixteenth are the header's."""
    blocks = [block(0, header), block(1, header)]
    for frame in frames:
        if len(blocks) % 16 == 0:
            blocks.append(block(len(blocks), header))
        blocks.append(block(len(blocks), frame))
    return blocks


def end_of(blocks: Sequence[bytes], records: int) -> bytes:
    return pack({0: 31, 1: records, 2: sha256(b"".join(blocks)).digest()})


def ended(blocks: list[bytes], records: int) -> list[bytes]:
    if len(blocks) % 16 == 0:
        blocks.append(block(len(blocks), pack(HEADER)))
    return [*blocks, block(len(blocks), end_of(blocks, records))]


def content_key() -> bytes:
    return blake2b(key=bytes(EPHEMERAL), digest_size=32, person=b"hallway/1/carry").digest()


def sealed_header(recipient: bytes = BEA.group, key: PrivateKey = BEAS_KEY) -> bytes:
    seal_key, ephemeral = bytes(key.public_key), bytes(EPHEMERAL.public_key)
    nonce = blake2b(ephemeral + seal_key, digest_size=24, person=b"hallway/1/seal").digest()
    box = crypto_box(content_key(), nonce, seal_key, bytes(EPHEMERAL))
    return pack({**HEADER, 4: recipient, 5: ephemeral, 6: [[seal_key[:8], box]]})


def seal(number: int, payload: bytes, header: bytes) -> bytes:
    bound = b"hallway/1/carry\x00" + FILE + sha256(header).digest()
    nonce = bytes(4) + number.to_bytes(8, "little")
    return crypto_aead_chacha20poly1305_ietf_encrypt(payload, bound, nonce, content_key())


def sealed(header: bytes) -> list[bytes]:
    """One block of records, and the end."""
    frame = pack({0: 10, 1: [signed.pair for signed in RECORDS]})
    blocks = headed(header, [seal(2, frame, header)])
    return [*blocks, block(3, seal(3, end_of(blocks, len(RECORDS)), header))]


def says(is_complete: str, **counts: object) -> Fields:
    """What the summary says; counts that are not named here are 0."""
    names = (
        "records",
        "malformed_records",
        "missing_records",
        "blocks",
        "missing_blocks",
        "unreadable_blocks",
        "alien_blocks",
        "repeated_blocks",
        "skipped_bytes",
    )
    assert set(counts) <= {*names}
    told = tuple((f"summary.{name}", str(counts.get(name, 0))) for name in names)
    return (("summary.is_complete", is_complete), *told)


def vectors() -> Iterator[Vector]:
    yield from _whole()
    yield from _damaged()
    yield from _mixed()
    yield from _sealed()
    yield from _refused()


def good(
    path: str, comment: str, file: Iterable[bytes], found: Sequence[Signed], told: Fields
) -> Vector:
    records = tuple(("record", signed.id.hex()) for signed in found)
    return _vector(path, OK, comment, b"".join(file), (*records, *told))


def bad(path: str, expect: str, comment: str, file: Iterable[bytes]) -> Vector:
    return _vector(path, expect, comment, b"".join(file), ())


def _vector(path: str, expect: str, comment: str, data: bytes, fields: Fields) -> Vector:
    name, sections = path.split(" ", 1)
    spec = ", ".join(f"SPEC {each}" for each in sections.split(", "))
    given = (("group", BEA.group.hex()), ("seal_private", bytes(BEAS_KEY).hex()))
    return Vector(f"carry/{name}", expect, spec, comment, (*given, *fields), data)


def _whole() -> Iterator[Vector]:
    whole = says("yes", records=3, blocks=6)
    yield good("public 15.1, 15.3", "three records, a block each", public(), RECORDS, whole)
    together = says("yes", records=3, blocks=4)
    yield good("one_block 15.1", "three records in one block", public(each=3), RECORDS, together)
    nothing = says("yes", blocks=3)
    yield good("no_records 15.1", "a file with no records", public([]), [], nothing)
    many = [request(ADA, changes={3: seed(f"box {n}")[:16]}) for n in range(15)]
    long = public(many)
    comment = "the sixteenth block is the header's again"
    told = says("yes", records=15, blocks=19)
    yield good("header_again 15.1", comment, long, many, told)
    end = public(many[:14])
    told = says("yes", records=14, blocks=18)
    comment = "the header comes where the end would stand, and the end behind it"
    yield good("header_before_end 15.1", comment, end, many[:14], told)


def _damaged() -> Iterator[Vector]:
    blocks = public()
    lost, length = len(blocks[3]), len(blocks[5])
    flipped = [*blocks[:3], _flip(blocks[3], 100), *blocks[4:]]
    found = [RECORDS[0], RECORDS[2]]
    told = says("no", records=2, missing_records=1, blocks=5, missing_blocks=1, skipped_bytes=lost)
    comment = "one bit of a record is another: that block is lost, and no other"
    yield good("flipped 15.3", comment, flipped, found, told)
    flipped = [*blocks[:3], _flip(blocks[3], len(blocks[3]) - 1), *blocks[4:]]
    comment = "one bit of a check is another"
    yield good("flipped_check 15.3", comment, flipped, found, told)
    missing = [*blocks[:3], *blocks[4:]]
    told = says("no", records=2, missing_records=1, blocks=5, missing_blocks=1)
    yield good("missing 15.3", "a block is missing", missing, found, told)
    told = says("no", records=3, missing_records="none", blocks=5)
    yield good("no_end 15.3", "the end is missing", blocks[:5], RECORDS, told)
    told = says("no", records=3, missing_records="none", blocks=5, skipped_bytes=length - 20)
    torn = [*blocks[:5], blocks[5][:-20]]
    yield good("torn 15.3", "the file breaks off in its last block", torn, RECORDS, told)
    more = [*blocks, block(8, pack({0: 10, 1: []}))]
    told = says("no", records=3, blocks=7, missing_blocks=2)
    yield good(
        "behind_end 15.3",
        "a block far behind the end: what is between is missing",
        more,
        RECORDS,
        told,
    )
    told = says("yes", records=3, blocks=6, skipped_bytes=40)
    behind = [*blocks, bytes(40)]
    yield good("zeros_behind 15.3", "a stick's zeros behind the end", behind, RECORDS, told)
    before = [b"hello" * 8, *blocks]
    yield good("noise_before 15.3", "noise before the first block", before, RECORDS, told)
    headless = blocks[2:]
    told = says("no", records=3, blocks=4, missing_blocks=2)
    comment = "both headers are missing: it is read as a public file"
    yield good("no_header 15.3", comment, headless, RECORDS, told)


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _mixed() -> Iterator[Vector]:
    """Blocks that are whole and do not belong there, or hold what they should not."""
    blocks = public()
    again = [*blocks[:4], blocks[3], *blocks[4:]]
    told = says("yes", records=3, blocks=6, repeated_blocks=1)
    yield good("repeated 15.3", "a block comes twice: the first counts", again, RECORDS, told)
    other = block(3, pack({0: 10, 1: [sign({}, ADA.device()).pair]}), OTHER_FILE)
    told = says("yes", records=3, blocks=6, alien_blocks=1)
    mixed = [*blocks[:3], other, *blocks[3:]]
    yield good("other_file 15.3", "a block of another file", mixed, RECORDS, told)
    turned = [*blocks[:3], blocks[4], blocks[3], blocks[5]]
    found = [RECORDS[0], RECORDS[2], RECORDS[1]]
    told = says("no", records=3, blocks=6)
    yield good("turned 15.3", "two blocks change places: all is read", turned, found, told)
    broken = sign(changed(request_map(ADA), {13: 0}), ADA.device())
    three = [RECORDS[0], broken, RECORDS[2]]
    told = says("yes", records=2, malformed_records=1, blocks=4)
    comment = "a malformed record is left out and counted, and those beside it stay"
    yield good("malformed_record 15.3", comment, public(three, each=3), three[::2], told)
    for name, comment, payload in (
        ("unreadable_bytes", "a block that holds no frame", b"\xc0"),
        ("unreadable_code", "a block that holds another frame", pack({0: 11, 1: []})),
        ("unreadable_header", "a header where none belongs", pack(HEADER)),
    ):
        frames = [pack({0: 10, 1: [RECORDS[0].pair]}), payload]
        told = says("yes", records=1, blocks=5, unreadable_blocks=1)
        file = ended(headed(pack(HEADER), frames), 1)
        yield good(f"{name} 15.3", comment, file, RECORDS[:1], told)


def _sealed() -> Iterator[Vector]:
    header = sealed_header()
    blocks = sealed(header)
    told = says("yes", records=3, blocks=4)
    yield good("sealed 15.2", "for one group alone", blocks, RECORDS, told)
    moved = [*blocks[:2], block(4, _payload(blocks[2])), blocks[3]]
    told = says("no", missing_records=3, blocks=3, missing_blocks=1, alien_blocks=1)
    comment = "a sealed block under another number opens to nothing"
    yield good("moved 15.2, 15.3", comment, moved, [], told)
    frame = pack({0: 10, 1: [signed.pair for signed in RECORDS]})
    other = seal(2, frame, pack({**HEADER, 4: BEA.group}))
    swapped = [*blocks[:2], block(2, other), blocks[3]]
    told = says("no", missing_records=3, blocks=3, missing_blocks=1, alien_blocks=1)
    comment = "a block that was sealed under another header"
    yield good("other_header 15.2", comment, swapped, [], told)
    late = [block(0, header), *blocks[2:]]
    told = says("no", records=3, blocks=3, missing_blocks=1)
    yield good("one_header 15.2, 15.3", "one of the headers is enough", late, RECORDS, told)


def _payload(whole: bytes) -> bytes:
    return whole[28:-16]


def _refused() -> Iterator[Vector]:
    for name, expect, comment, file in (
        ("bad_empty 15.3", "EmptyCarry", "not one byte", []),
        ("bad_noise 15.3", "MalformedCarry", "no block at all", [b"hello" * 9]),
        ("bad_check 15.3", "MalformedCarry", "one block, damaged", [_flip(public()[0], 40)]),
        ("bad_marker 15.1", "MalformedCarry", "another marker", [_flip(public()[0], 3)]),
        ("bad_length 15.1", "MalformedCarry", "a payload of 16,385 bytes", [_long(16_385)]),
        ("later_version 15.1", "LaterCarry", "a later version wrote it", _with({1: 2})),
        ("not_for_us 15.2", "NotForUs", "it is sealed to another group",
         sealed(sealed_header(CLEO.group))),
        ("key_gone 15.2", "KeyGone", "it is sealed under a key that is gone",
         sealed(sealed_header(key=BEA.seal_key("older")))),
    ):  # fmt: skip
        yield bad(name, expect, comment, file)
    longest = [*public()[:2], _long(16_384)]
    told = says("no", missing_records="none", blocks=3, unreadable_blocks=1)
    yield good("longest 15.1", "a payload of 16,384 bytes is whole", longest, [], told)


def _long(length: int) -> bytes:
    return block(2, bytes(length))


def _with(changes: Changes) -> list[bytes]:
    return headed(pack(changed(HEADER, changes)), [])
