"""The one-time code that pairs two halls, spelled by tables of the field GF(32)."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from hashlib import sha256
from ipaddress import ip_address
from typing import Final

from tests.vectors.plain import seed
from tests.vectors.vector import OK, Vector

SPEC: Final = "SPEC 12.1"
MISTYPED: Final = "MistypedInvite"
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET: Final = seed("invite")[:16]
HOST, HOST6, PORT = "192.168.1.23", "2001:db8::17", 7_425


def _powers() -> list[int]:
    """2^0 to 2^30 in GF(32) modulo x^5 + x^2 + 1."""
    found = [1]
    while len(found) < 31:
        doubled = found[-1] * 2
        found.append(doubled ^ 0b100101 if doubled >= 32 else doubled)
    return found


POWERS: Final = _powers()


def times(value: int, power: int) -> int:
    """`value` times 2 to the `power`, by logarithms."""
    return POWERS[(POWERS.index(value) + power) % 31] if value else 0


def group(values: list[int], place: int) -> str:
    """Four characters and their check: the place weighs 2^5, the characters 2^4 to 2."""
    check = times(place, 5)
    for power, value in zip((4, 3, 2, 1), values, strict=True):
        check ^= times(value, power)
    return "".join(ALPHABET[value] for value in [*values, check])


def spell(kind: int, host: bytes, port: int, secret: bytes, padding: str = "") -> str:
    """Groups with dashes between, of any bits; `padding` fills the last group, else zeros."""
    given = host + port.to_bytes(2, "big") + secret
    bits = f"{kind:04b}" + "".join(f"{byte:08b}" for byte in given)
    bits += padding or "0" * (-len(bits) % 20)
    values = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    fours = [values[at : at + 4] for at in range(0, len(values), 4)]
    return "-".join(group(four, place) for place, four in enumerate(fours, start=1))


def vectors() -> Iterator[Vector]:
    short = spell(1, ip_address(HOST).packed, PORT, SECRET)
    long = spell(2, ip_address(HOST6).packed, PORT, SECRET)
    yield code("ipv4", "an address of four bytes: nine groups", short, HOST)
    yield code("ipv6", "an address of sixteen bytes: fourteen groups", long, HOST6)
    yield from _typed(short)
    yield from _mistyped(short, long)
    yield from _meaningless()


def code(name: str, comment: str, text: str, host: str, *, written: bool = True) -> Vector:
    """`text` is read; `written` where it is also what is shown for that code."""
    stretched = hmac.digest(SECRET, b"hallway/1/invite key\x00", sha256)
    fields = (
        ("typed", text),
        ("shown", text if written else spell(1, ip_address(host).packed, PORT, SECRET)),
        ("host", host),
        ("port", str(PORT)),
        ("secret", SECRET.hex()),
    )
    return Vector(f"invite/{name}", OK, SPEC, comment, fields, stretched)


def _typed(text: str) -> Iterator[Vector]:
    for name, comment, typed in (
        ("lower", "small letters", text.lower()),
        ("joined", "no dashes", text.replace("-", "")),
        ("spaces", "spaces for dashes, and more of them", text.replace("-", "  ")),
        ("dots", "dots for dashes", text.replace("-", ".")),
        ("long_dashes", "the dashes of a word processor", text.replace("-", "\u2013")),
        ("letter_o", "the letter O for every 0", text.replace("0", "O")),
        ("letter_i", "the letter I for every 1", text.replace("1", "I")),
        ("letter_l", "the letter l for every 1", text.replace("1", "l")),
    ):
        yield code(f"typed_{name}", comment, typed, HOST, written=False)


def _mistyped(short: str, long: str) -> Iterator[Vector]:
    groups = short.split("-")
    other = ALPHABET[(ALPHABET.index(groups[2][1]) + 1) % 32]
    wrong = [*groups[:2], groups[2][0] + other + groups[2][2:], *groups[3:]]
    checked = ALPHABET[(ALPHABET.index(groups[8][4]) + 1) % 32]
    last = [*groups[:8], groups[8][:4] + checked]
    turned = [*groups[:4], groups[4][1] + groups[4][0] + groups[4][2:], *groups[5:]]
    swapped = [groups[1], groups[0], *groups[2:]]
    letter = [*groups[:6], "U" + groups[6][1:], *groups[7:]]
    for name, comment, text, place in (
        ("character", "one wrong character in the third group", "-".join(wrong), 3),
        ("check", "one wrong check character in the last group", "-".join(last), 9),
        ("turned", "two characters of the fifth group swapped", "-".join(turned), 5),
        ("swapped", "the first two groups swapped", "-".join(swapped), 1),
        ("letter_u", "a letter that no code has", "-".join(letter), 7),
        ("short", "a character is missing", short[:-1], 0),
        ("long", "a character too many", short + "0", 0),
        ("empty", "nothing was typed", "", 0),
        ("between", "neither of the two lengths", long[: long.rindex("-")], 0),
    ):
        yield mistyped(name, comment, text, place)


def _meaningless() -> Iterator[Vector]:
    """Every group is right, and the code stands for nothing."""
    host, host6 = ip_address(HOST).packed, ip_address(HOST6).packed
    for name, comment, text in (
        ("kind_0", "there is no kind of address 0", spell(0, host, PORT, SECRET)),
        (
            "kind_2_short",
            "an address of the long kind in the short form",
            spell(2, host, PORT, SECRET),
        ),
        (
            "kind_1_long",
            "an address of the short kind in the long form",
            spell(1, host6, PORT, SECRET),
        ),
        ("port_0", "nobody listens at port 0", spell(1, host, 0, SECRET)),
        ("padding", "the bits at the end are zero", spell(2, host6, PORT, SECRET, "0001")),
    ):
        yield mistyped(name, comment, text, 0)


def mistyped(name: str, comment: str, text: str, place: int) -> Vector:
    """`group`: the first wrong one, counted from 1; 0: the code as a whole."""
    fields = (("typed", text), ("group", str(place)))
    return Vector(f"invite/bad_{name}", MISTYPED, SPEC, comment, fields)
