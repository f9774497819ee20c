"""The one-time code that pairs two halls: where to call, and a secret of both (SPEC 12.1).

Bits, the first being the highest: 4 the kind of address (1 IPv4, 2 IPv6), 32 or 128 the address, 16
the port, 128 the secret, zeros up to a whole group. Five bits make a character of Crockford's
base32; every four characters are followed by a check character over them and their place. IPv4
gives 45 characters in 9 groups, IPv6 70 in 14.

The check is a sum over GF(32) in which every character and the number of the group has a weight of
its own. One wrong character, any two characters of a group swapped, and any two groups swapped
are always noticed, and the group that is wrong can be named.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from protocol.errors import LocalError, ProtocolError
from protocol.limits import INVITE_CHARS_MAX, PORT_MAX

SECRET_BYTES: Final = 16
"""128 bits: nobody guesses it, and the code fits 45 characters."""

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L or O, which look like digits, and no U."""

GROUP_CHARS: Final = 5
"""Four characters and their check: as much as is read aloud in one breath."""

PSK_TAG: Final = b"hallway/1/invite key\x00"

_CHAR_BITS = 5
_GROUP_BITS = _CHAR_BITS * (GROUP_CHARS - 1)
_KIND_BITS = 4
_PORT_BITS = 16
_SECRET_BITS = 8 * SECRET_BYTES
_SEPARATORS = "-\u2010\u2011\u2012\u2013\u2014\u2212_.,"
_LOOKALIKES = {"O": "0", "I": "1", "L": "1"}
_VALUES = {char: value for value, char in enumerate(ALPHABET)} | {
    typed: ALPHABET.index(meant) for typed, meant in _LOOKALIKES.items()
}
_FIELD_POLYNOMIAL = 0b100101
"""x^5 + x^2 + 1, primitive over GF(2): the powers of 2 are 31 different weights."""


class MistypedInvite(ProtocolError):
    """A person's slip, nobody's fault. `group` is the first wrong group, counted from 1.

    0: the text as a whole is no code, because of its length or of what it stands for.
    """

    def __init__(self, group: int) -> None:
        super().__init__(f"group {group} is wrong" if group else "not an invitation code")
        self.group = group


@dataclass(frozen=True, slots=True)
class InviteCode:
    """`host` is an IPv4 or IPv6 address as text, `port` 1 to 65,535, `secret` 16 bytes."""

    host: str
    port: int
    secret: bytes = field(repr=False)


def to_text(code: InviteCode) -> str:
    """The code in groups of five with dashes between; raises LocalError for what cannot be one."""
    if not 0 < code.port <= PORT_MAX:
        raise LocalError(f"port {code.port}")
    address = _address(code.host)
    bits = _KINDS[type(address)]
    bits = bits << address.max_prefixlen | int(address)
    bits = bits << _PORT_BITS | code.port
    bits = bits << _SECRET_BITS | int.from_bytes(_checked(code.secret), "big")
    bits <<= _padding_bits(address.max_prefixlen)
    count = _group_count(address.max_prefixlen)
    return "-".join(
        _group(bits >> _GROUP_BITS * (count - place) & (1 << _GROUP_BITS) - 1, place)
        for place in range(1, count + 1)
    )


def from_text(text: str) -> InviteCode:
    """The code that a person typed: any case, spaces and dashes anywhere, O for 0, I and L for 1.

    Raises MistypedInvite.
    """
    if len(text) > INVITE_CHARS_MAX:
        raise MistypedInvite(0)
    chars = [char for char in text.upper() if not (char.isspace() or char in _SEPARATORS)]
    address_type = _ADDRESSES.get(len(chars))
    if address_type is None:
        raise MistypedInvite(0)
    bits = 0
    for place in range(1, len(chars) // GROUP_CHARS + 1):
        bits = bits << _GROUP_BITS | _read_group(chars, place)
    return _read_code(bits, address_type)


def psk(secret: bytes) -> bytes:
    """The 32 bytes that XXpsk3 mixes in. Raises LocalError unless `secret` has 16."""
    return hmac.digest(_checked(secret), PSK_TAG, sha256)


def _read_code(bits: int, address_type: type[IPv4Address] | type[IPv6Address]) -> InviteCode:
    """What stands in the bits of a code whose groups are all right."""
    address_bits = 32 if address_type is IPv4Address else 128
    padding = _padding_bits(address_bits)
    rest, zeros = bits >> padding, bits & (1 << padding) - 1
    rest, secret = rest >> _SECRET_BITS, rest & (1 << _SECRET_BITS) - 1
    rest, port = rest >> _PORT_BITS, rest & PORT_MAX
    kind, address = rest >> address_bits, rest & (1 << address_bits) - 1
    if kind != _KINDS[address_type] or port == 0 or zeros:
        raise MistypedInvite(0)
    return InviteCode(str(address_type(address)), port, secret.to_bytes(SECRET_BYTES, "big"))


def _read_group(chars: list[str], place: int) -> int:
    """The 20 bits of the group at `place`, counted from 1."""
    group = chars[GROUP_CHARS * (place - 1) : GROUP_CHARS * place]
    values = [_VALUES[char] for char in group if char in _VALUES]
    if len(values) != GROUP_CHARS or values[-1] != _check(values[:-1], place):
        raise MistypedInvite(place)
    bits = 0
    for value in values[:-1]:
        bits = bits << _CHAR_BITS | value
    return bits


def _group(bits: int, place: int) -> str:
    shifts = range(_GROUP_BITS - _CHAR_BITS, -1, -_CHAR_BITS)
    values = [bits >> shift & len(ALPHABET) - 1 for shift in shifts]
    return "".join(ALPHABET[value] for value in [*values, _check(values, place)])


def _check(values: list[int], place: int) -> int:
    """Horner's rule in GF(32): weights 2^5 for the place, 2^4 to 2 for the characters, 1 for it."""
    total = place
    for value in values:
        total = _doubled(total) ^ value
    return _doubled(total)


def _doubled(value: int) -> int:
    shifted = value << 1
    return shifted ^ _FIELD_POLYNOMIAL if shifted > len(ALPHABET) - 1 else shifted


def _address(host: str) -> IPv4Address | IPv6Address:
    try:
        address = ip_address(host)
    except ValueError:
        raise LocalError("an invitation needs an address, not a name") from None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise LocalError("the scope of an address means nothing on another machine")
    return address


def _checked(secret: bytes) -> bytes:
    if len(secret) != SECRET_BYTES:
        raise LocalError(f"a secret of {len(secret)} bytes")
    return secret


def _bits(address_bits: int) -> int:
    return _KIND_BITS + address_bits + _PORT_BITS + _SECRET_BITS


def _group_count(address_bits: int) -> int:
    return -(-_bits(address_bits) // _GROUP_BITS)


def _padding_bits(address_bits: int) -> int:
    return -_bits(address_bits) % _GROUP_BITS


_KINDS: Final[dict[type, int]] = {IPv4Address: 1, IPv6Address: 2}
_ADDRESSES: Final[dict[int, type[IPv4Address] | type[IPv6Address]]] = {
    GROUP_CHARS * _group_count(32): IPv4Address,
    GROUP_CHARS * _group_count(128): IPv6Address,
}
