"""Canonical MessagePack, written down by hand from the MessagePack specification.

`as` says what is decoded: the body of a record or a frame. `value` is what comes out, in the
notation of RFC 8949, section 8: h'00ff' for bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.vectors.vector import OK, Fields, Vector

SPEC: Final = "SPEC 2.1"

GOOD: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("map_empty", "a map of nothing", "80", "{}"),
    ("map_two", "keys ascend", "8200010102", "{0: 1, 1: 2}"),
    ("int_0", "the smallest number of one byte", "810000", "{0: 0}"),
    ("int_127", "the largest number of one byte", "81007f", "{0: 127}"),
    ("int_128", "the first number that needs a byte of its own", "8100cc80", "{0: 128}"),
    ("int_255", "the last number of one byte behind its type", "8100ccff", "{0: 255}"),
    ("int_256", "the first number of two bytes", "8100cd0100", "{0: 256}"),
    ("int_65535", "the last number of two bytes", "8100cdffff", "{0: 65535}"),
    ("int_65536", "the first number of four bytes", "8100ce00010000", "{0: 65536}"),
    ("int_32_bits", "the last number of four bytes", "8100ceffffffff", "{0: 4294967295}"),
    ("int_33_bits", "the first of eight bytes", "8100cf0000000100000000", "{0: 4294967296}"),
    ("int_64_bits", "the largest of all", "8100cfffffffffffffffff", "{0: 18446744073709551615}"),
    ("negative_1", "below zero, in one byte", "8100ff", "{0: -1}"),
    ("negative_32", "the last below zero in one byte", "8100e0", "{0: -32}"),
    ("negative_33", "the first that needs a byte of its own", "8100d0df", "{0: -33}"),
    ("negative_129", "the first of two bytes", "8100d1ff7f", "{0: -129}"),
    ("negative_32769", "the first of four bytes", "8100d2ffff7fff", "{0: -32769}"),
    (
        "negative_64_bits",
        "the smallest of all",
        "8100d38000000000000000",
        "{0: -9223372036854775808}",
    ),
    ("bytes_empty", "no bytes at all", "8100c400", "{0: h''}"),
    ("bytes_two", "two bytes", "8100c40200ff", "{0: h'00ff'}"),
    ("text_empty", "no text at all", "8100a0", '{0: ""}'),
    ("text_ascii", "a short text", "8100a26869", '{0: "hi"}'),
    (
        "text_utf8",
        "text is UTF-8: five characters, seven bytes",
        "8100a75ac3bc72c3ad21",
        '{0: "Zürí!"}',
    ),
    ("text_zero", "a zero byte in a text is a character", "8100a100", '{0: "\\u0000"}'),
    ("list_empty", "a list of nothing", "810090", "{0: []}"),
    (
        "list_mixed",
        "values of different types in one list",
        "810093 05 c40101 a178",
        "{0: [5, h'01', \"x\"]}",
    ),
    ("map_inside", "a map in a map", "8100 81 0001", "{0: {0: 1}}"),
    (
        "deepest",
        "six levels, as deep as a value may stand",
        "8100 91 91 91 91 91 00",
        "{0: [[[[[0]]]]]}",
    ),
    ("key_65536", "keys are as large as numbers may be", "81 ce00010000 00", "{65536: 0}"),
)
"""Name, comment, hex, value."""

LONG: Final[tuple[tuple[str, str, str], ...]] = (
    ("bytes_255", "the longest bytes behind one byte of length", "8100c4ff" + "aa" * 255),
    ("bytes_256", "the shortest bytes behind two bytes of length", "8100c50100" + "aa" * 256),
    ("text_31", "the longest text behind its type", "8100bf" + "61" * 31),
    ("text_32", "the shortest text behind one byte of length", "8100d920" + "61" * 32),
    ("text_256", "the shortest text behind two bytes of length", "8100da0100" + "61" * 256),
    ("list_15", "the longest list behind its type", "81009f" + "00" * 15),
    ("list_16", "the shortest list behind two bytes of length", "8100dc0010" + "00" * 16),
    ("list_1500", "the longest list that there may be", "8100dc05dc" + "00" * 1_500),
    (
        "map_15",
        "the largest map behind its type",
        "8f" + "".join(f"{key:02x}00" for key in range(15)),
    ),
    (
        "map_16",
        "the smallest map behind two bytes of length",
        "de0010" + "".join(f"{key:02x}00" for key in range(16)),
    ),
)
"""Name, comment, hex."""

BAD: Final[tuple[tuple[str, str, str], ...]] = (
    ("bad_empty", "no bytes at all", ""),
    ("bad_nil", "nil has no place: what is absent has no key", "8100c0"),
    ("bad_nil_in_list", "nil has no place in a list either", "810091c0"),
    ("bad_true", "there are no truth values", "8100c3"),
    ("bad_false", "there are no truth values, false neither", "8100c2"),
    ("bad_float", "there are no fractions", "8100ca3f800000"),
    ("bad_float64", "there are no fractions, long ones neither", "8100cb3ff0000000000000"),
    ("bad_ext", "there are no extension types", "8100d40100"),
    ("bad_timestamp", "the extension type of MessagePack for times neither", "8100d6ff00000000"),
    ("bad_never_used", "the one type that MessagePack never uses", "8100c1"),
    ("bad_list", "a list is no map", "9100"),
    ("bad_int", "a number is no map", "00"),
    ("bad_top_bytes", "bytes are no map", "c400"),
    ("bad_behind", "a byte behind the end", "81000000"),
    ("bad_cut", "the value of a key is missing", "8100"),
    ("bad_bytes_cut", "two bytes are announced and one comes", "8100c402ff"),
    ("bad_key_text", "a key that is a text", "81a13000"),
    ("bad_key_bytes", "a key of bytes", "81c4010000"),
    ("bad_key_negative", "a key below zero", "81ff00"),
    ("bad_key_float", "a key with a fraction", "81ca3f80000000"),
    ("bad_key_inside", "a key that is a text, one level down", "810081a13000"),
    ("bad_keys_descending", "the keys do not ascend", "8201000000"),
    ("bad_key_twice", "a key stands twice", "8200000001"),
    ("bad_keys_inside", "the keys of a map in a list do not ascend", "8100918201000000"),
    ("bad_int_long", "a small number behind a type of its own", "8100cc05"),
    ("bad_int_uint16", "a number of one byte in two", "8100cd00ff"),
    ("bad_int_uint32", "a number of two bytes in four", "8100ce0000ffff"),
    ("bad_int_uint64", "a number of four bytes in eight", "8100cf00000000ffffffff"),
    ("bad_int_signed", "a positive number in a signed type", "8100d005"),
    ("bad_negative_int16", "a negative number of one byte in two", "8100d1ffdf"),
    ("bad_key_long", "a key in more bytes than it needs", "81cc0000"),
    ("bad_bytes_long", "short bytes behind a long length", "8100c5000100"),
    ("bad_bytes_bin32", "short bytes behind the longest length", "8100c60000000100"),
    ("bad_text_long", "a short text behind a length of its own", "8100d90161"),
    ("bad_text_str16", "a short text behind a long length", "8100da000161"),
    ("bad_list_long", "a short list behind a long length", "8100dc000100"),
    ("bad_map_long", "a small map behind a long length", "de00010000"),
    ("bad_utf8", "a text that is no UTF-8", "8100a1ff"),
    ("bad_text_overlong", "a slash in two bytes: UTF-8 has one way to write it", "8100a2c0af"),
    ("bad_surrogate", "half a pair of UTF-16 is no character", "8100a3eda080"),
    ("bad_depth", "seven levels of lists", "8100 91 91 91 91 91 91 00"),
    ("bad_depth_maps", "seven levels of maps", "8100 8100 8100 8100 8100 8100 80"),
    (
        "bad_depth_1000",
        "a thousand levels: who goes down them runs out of room",
        "8100" + "91" * 1_000,
    ),
    ("bad_list_items", "a list longer than any that is needed", "8100dc05dd" + "00" * 1_501),
    ("bad_list_claim", "a list that claims 4 billion items and has none", "8100ddffffffff"),
    ("bad_map_claim", "a map that claims 4 billion keys and has none", "dfffffffff"),
)
"""Name, comment, hex."""


def vectors() -> Iterator[Vector]:
    for name, comment, body, value in GOOD:
        fields: Fields = (("as", "body"), ("value", value))
        yield Vector(f"codec/{name}", OK, SPEC, comment, fields, bytes.fromhex(body))
    for name, comment, body in LONG:
        yield Vector(f"codec/{name}", OK, SPEC, comment, (("as", "body"),), bytes.fromhex(body))
    for name, comment, body in BAD:
        fields = (("as", "body"),)
        yield Vector(f"codec/{name}", "MalformedRecord", SPEC, comment, fields, bytes.fromhex(body))
    yield from _frames()


def _frames() -> Iterator[Vector]:
    """The same rules; only the name of the error and the size are a frame's.

    `zeros`: so many zero bytes follow those that are written out.
    """
    bad, spec = "MalformedFrame", f"{SPEC}, SPEC 13.1"
    for name, expect, comment, body, zeros in (
        ("frame", OK, "a frame is a map as well", "810000", 0),
        ("bad_frame", bad, "nil in a frame", "8100c0", 0),
        ("frame_65519", OK, "as long as a message of the channel can be", "8100c5ffea", 65_514),
        ("bad_frame_65520", bad, "a byte longer", "8100c5ffeb", 65_515),
    ):
        fields = (("as", "frame"), *([("zeros", str(zeros))] if zeros else []))
        yield Vector(f"codec/{name}", expect, spec, comment, fields, bytes.fromhex(body))
