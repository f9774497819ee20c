"""Versions of our own records: none expires before the one that it replaces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from node.signing import Signer
from protocol.bodies import KINDS, Peering, Profile
from protocol.errors import LocalError
from protocol.ids import UnixMs
from protocol.limits import (
    DAY_MS,
    DIRECTORY_LIFETIME_MS_MAX,
    DIRECTORY_REACH,
    LIFETIME_MS_MAX,
)
from protocol.record import Record, verify
from tests.protocol.halls import NOW, Hall

NORTH = Hall("Northgate")
MEALS = NORTH.request().body


def signer() -> Signer:
    counter = iter(range(1, 1_000))
    return Signer(NORTH.group, NORTH.device, lambda size: next(counter).to_bytes(size, "big"))


def new(lifetime_ms: int = DAY_MS) -> Record:
    return signer().new(MEALS, NOW, lifetime_ms, 2)


def test_a_new_object_is_ours_signed_and_numbered_by_chance() -> None:
    pen = signer()
    first, second = (pen.new(MEALS, NOW, DAY_MS, 3) for _ in range(2))
    verify(first)
    assert first.header.object != second.header.object
    header = first.header
    assert (header.kind, header.version, header.created_ms, header.reach, header.expires_ms) == (
        KINDS[type(MEALS)],
        1,
        NOW,
        3,
        NOW + DAY_MS,
    )


def test_nothing_lives_longer_than_the_limit() -> None:
    assert new(10 * LIFETIME_MS_MAX).header.expires_ms == NOW + LIFETIME_MS_MAX


def test_a_card_lives_long_and_travels_far() -> None:
    card = signer().new_in_directory(Profile("North", "NG", "", (bytes(32),)), NOW)
    assert (card.header.reach, card.header.expires_ms) == (
        DIRECTORY_REACH,
        NOW + DIRECTORY_LIFETIME_MS_MAX,
    )
    peering = signer().new_in_directory(Peering(()), NOW)
    later = signer().next_in_directory(peering, Peering((NORTH.group,)), UnixMs(NOW + DAY_MS))
    assert later.header.expires_ms == NOW + DAY_MS + DIRECTORY_LIFETIME_MS_MAX


def test_a_next_version_keeps_the_object_and_its_end() -> None:
    before = new()
    after = signer().next(before, MEALS, UnixMs(NOW + 1_000))
    verify(after)
    assert after.header.object == before.header.object
    assert (after.header.version, after.header.reach) == (2, 2)
    assert after.header.expires_ms == before.header.expires_ms


def test_what_had_expired_lives_again_when_renewed() -> None:
    late = UnixMs(NOW + 3 * DAY_MS)
    assert signer().next(new(), MEALS, late, DAY_MS).header.expires_ms == late + DAY_MS


@given(
    st.integers(1, LIFETIME_MS_MAX),
    st.lists(
        st.tuples(st.integers(-400 * DAY_MS, 400 * DAY_MS), st.integers(1, LIFETIME_MS_MAX)),
        max_size=6,
    ),
)
def test_whatever_the_clock_does_versions_rise_and_never_expire_earlier(
    lifetime_ms: int, steps: list[tuple[int, int]]
) -> None:
    record = new(lifetime_ms)
    pen = signer()
    for jump_ms, wanted_ms in steps:
        after = pen.next(record, MEALS, UnixMs(NOW + jump_ms), wanted_ms)
        old, header = record.header, after.header
        assert header.version == old.version + 1
        assert header.created_ms >= old.created_ms
        assert old.expires_ms is not None
        assert header.expires_ms is not None
        assert header.expires_ms >= old.expires_ms
        assert header.expires_ms - header.created_ms <= LIFETIME_MS_MAX
        record = after


def test_a_device_has_one_card_and_one_peering() -> None:
    pen = signer()
    first, second = (pen.new_in_directory(Peering(()), NOW) for _ in range(2))
    card = pen.new_in_directory(Profile("North", "NG", "", (bytes(32),)), NOW)
    assert first.header.object == second.header.object != card.header.object


@pytest.mark.parametrize(
    "record",
    [NORTH.with_device("phone").request(), Hall("Southgate").request()],
    ids=["our phone's", "another hall's"],
)
def test_nobody_else_s_record_is_continued(record: Record) -> None:
    with pytest.raises(LocalError):
        signer().next(record, MEALS, NOW)


def test_another_device_s_pen_signs_as_itself() -> None:
    other = Signer(NORTH.group, SigningKey(bytes(32)), bytes)
    record = other.new(MEALS, NOW, DAY_MS, 2)
    assert record.header.device == bytes(SigningKey(bytes(32)).verify_key)
    verify(record)
