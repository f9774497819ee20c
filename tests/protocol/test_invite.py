"""A pairing code survives being read aloud, and says which group was misheard."""

from __future__ import annotations

from contextlib import suppress
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol.errors import LocalError, PeerError, ProtocolError
from protocol.invite import (
    ALPHABET,
    GROUP_CHARS,
    InviteCode,
    MistypedInvite,
    from_text,
    psk,
    to_text,
)

SECRET = bytes(range(16))
CODE = InviteCode("192.168.1.23", 4747, SECRET)
LONG_CODE = InviteCode("2001:db8::17", 4747, SECRET)
TEXT = to_text(CODE)

addresses = st.ip_addresses(v=4) | st.ip_addresses(v=6)
codes = st.builds(
    InviteCode,
    addresses.map(str),
    st.integers(1, 65_535),
    st.binary(min_size=16, max_size=16),
)


def wrong_group(text: str) -> int:
    with pytest.raises(MistypedInvite) as slip:
        from_text(text)
    return slip.value.group


@given(codes)
@example(InviteCode("0.0.0.0", 1, bytes(16)))
@example(InviteCode("255.255.255.255", 65_535, b"\xff" * 16))
def test_what_is_written_is_read(code: InviteCode) -> None:
    assert from_text(to_text(code)) == code


def test_the_form_is_fixed() -> None:
    assert TEXT == "3G580-04BH1-52R0A-0410N-6105W-0R3G9-G28AQ-1C60A-T3GFR"
    assert len(TEXT.replace("-", "")) == 45
    assert len(to_text(LONG_CODE).replace("-", "")) == 70


@pytest.mark.parametrize(
    "typed",
    [
        TEXT.lower(),
        TEXT.replace("-", ""),
        TEXT.replace("-", " \n"),
        TEXT.replace("-", "\u2013"),
        " ".join(TEXT),
        TEXT.replace("0", "O").replace("1", "l"),
        TEXT.replace("0", "o").replace("1", "I"),
    ],
)
def test_people_type_as_they_like(typed: str) -> None:
    assert from_text(typed) == CODE


@pytest.mark.parametrize("code", [CODE, LONG_CODE])
def test_every_single_wrong_character_is_found_in_its_group(code: InviteCode) -> None:
    chars = to_text(code).replace("-", "")
    for at, right in enumerate(chars):
        for wrong in set(ALPHABET) - {right}:
            assert wrong_group(chars[:at] + wrong + chars[at + 1 :]) == at // GROUP_CHARS + 1


@pytest.mark.parametrize("char", ["U", "!", "\u00e9", "\u0660", "\U0001f600"])
def test_a_character_of_no_code_is_wrong_where_it_stands(char: str) -> None:
    chars = TEXT.replace("-", "")
    assert wrong_group(chars[:12] + char + chars[13:]) == 3


@given(codes, st.data())
def test_two_characters_of_a_group_swapped_are_noticed(
    code: InviteCode, data: st.DataObject
) -> None:
    chars = list(to_text(code).replace("-", ""))
    place = data.draw(st.integers(0, len(chars) // GROUP_CHARS - 1))
    pairs = combinations(range(GROUP_CHARS * place, GROUP_CHARS * (place + 1)), 2)
    for one, other in pairs:
        if chars[one] != chars[other]:
            swapped = chars.copy()
            swapped[one], swapped[other] = chars[other], chars[one]
            assert wrong_group("".join(swapped)) == place + 1


@pytest.mark.parametrize("code", [CODE, LONG_CODE, InviteCode("0.0.0.0", 1, bytes(16))])
def test_two_groups_swapped_are_noticed_even_when_alike(code: InviteCode) -> None:
    groups = to_text(code).split("-")
    for one, other in combinations(range(len(groups)), 2):
        swapped = groups.copy()
        swapped[one], swapped[other] = groups[other], groups[one]
        assert wrong_group("-".join(swapped)) == one + 1


@pytest.mark.parametrize("text", ["", "-", TEXT[:-1], TEXT + "0", TEXT + TEXT, TEXT[6:], "0" * 46])
def test_another_length_is_no_code(text: str) -> None:
    assert wrong_group(text) == 0


def test_megabytes_are_refused_by_their_length() -> None:
    class Untouchable(str):
        def upper(self) -> str:
            raise AssertionError("looked at")

    assert wrong_group(Untouchable("0" * 10_000_000)) == 0
    assert wrong_group(Untouchable("-" * 257)) == 0


def test_codes_that_stand_for_nothing_are_no_code_of_ours() -> None:
    """The groups are right, what they stand for is not: nobody mistyped a single group."""
    secret = int.from_bytes(SECRET, "big")
    short = (192 << 24 | 168 << 16 | 1 << 8 | 23) << 16
    assert from_text(spelled((1 << 48 | short | 4747) << 128 | secret, 9)) == CODE
    for kind in set(range(16)) - {1}:
        assert wrong_group(spelled((kind << 48 | short | 4747) << 128 | secret, 9)) == 0
    assert wrong_group(spelled((1 << 48 | short) << 128 | secret, 9)) == 0


def test_a_long_code_has_one_spelling() -> None:
    """Its last four bits stand for nothing and have to be zero."""
    code = InviteCode("::1", 4747, SECRET)
    bits = ((2 << 128 | 1) << 16 | 4747) << 128 | int.from_bytes(SECRET, "big")
    assert from_text(spelled(bits << 4, 14)) == code
    for last in range(1, 16):
        assert wrong_group(spelled(bits << 4 | last, 14)) == 0
    assert wrong_group(spelled((bits ^ 3 << 272) << 4, 14)) == 0


def spelled(bits: int, count: int) -> str:
    """Any bits in `count` groups that are right: each check character is found by trying."""
    groups: list[str] = []
    for place in range(1, count + 1):
        values = [bits >> 20 * (count - place) + shift & 31 for shift in (15, 10, 5, 0)]
        data = "".join(ALPHABET[value] for value in values)
        groups.append(
            next(data + char for char in ALPHABET if is_right(groups, data + char, count))
        )
    return "-".join(groups)


def is_right(before: list[str], group: str, count: int) -> bool:
    """Whether `group` fits behind `before`; the groups behind it are filled with what is none."""
    rest = ["UUUUU"] * (count - len(before) - 1)
    try:
        from_text("-".join([*before, group, *rest]))
    except MistypedInvite as slip:
        return slip.group != len(before) + 1
    return True


@given(st.text(max_size=80) | st.text(alphabet=ALPHABET + "- ", min_size=45, max_size=60))
def test_any_text_is_a_code_or_a_slip(text: str) -> None:
    with suppress(MistypedInvite):
        code = from_text(text)
        assert from_text(to_text(code)) == code


def test_a_slip_is_nobodys_fault() -> None:
    assert issubclass(MistypedInvite, ProtocolError)
    assert not issubclass(MistypedInvite, PeerError | LocalError)


@pytest.mark.parametrize(
    "code",
    [
        InviteCode("hall.example", 4747, SECRET),
        InviteCode("", 4747, SECRET),
        InviteCode("fe80::1%eth0", 4747, SECRET),
        InviteCode("10.0.0.1", 0, SECRET),
        InviteCode("10.0.0.1", 65_536, SECRET),
        InviteCode("10.0.0.1", 4747, SECRET + b"x"),
    ],
)
def test_what_no_code_can_say_is_our_own_fault(code: InviteCode) -> None:
    with pytest.raises(LocalError):
        to_text(code)


def test_the_secret_is_stretched() -> None:
    assert len(psk(SECRET)) == 32
    assert psk(SECRET) != psk(bytes(16))
    with pytest.raises(LocalError):
        psk(SECRET[1:])


def test_the_secret_does_not_slip_into_a_log() -> None:
    assert SECRET.hex() not in repr(CODE)
    assert repr(SECRET) not in repr(CODE)
    assert "secret" not in repr(CODE)
