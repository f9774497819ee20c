"""Versions of our own records: none expires before the one that it replaces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from node.signing import Signer
from protocol.bodies import KINDS, Peering, Profile, Request, Seen, Urgency
from protocol.errors import LocalError
from protocol.ids import Thousandths, UnixMs, seen_number
from protocol.limits import (
    DAY_MS,
    DIRECTORY_LIFETIME_MS_MAX,
    DIRECTORY_REACH,
    LIFETIME_MS_MAX,
)
from protocol.record import Record, verify
from tests.protocol.halls import NOW, Hall

NORTH = Hall("Northgate")
MEALS = Request("V-12-K", "FOD", "Hot meals", Thousandths(40_000), "meal", Urgency.SOON)
IN_1970 = UnixMs(17_000)


def signer(*, trusted: bool = True) -> Signer:
    counter = iter(range(1, 1_000))
    return Signer(
        NORTH.group,
        NORTH.device,
        lambda size: next(counter).to_bytes(size, "big"),
        clock_is_trusted=lambda: trusted,
    )


def new(lifetime_ms: int = DAY_MS, *, trusted: bool = True) -> Record:
    return signer(trusted=trusted).new(MEALS, NOW, lifetime_ms, 2)


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


def test_what_is_signed_while_nobody_vouches_for_the_clock_is_marked() -> None:
    card = Profile("North", "NG", "", (bytes(32),))
    asked = Hall("Southgate").request().header.object
    for trusted in (True, False):
        pen = signer(trusted=trusted)
        records = [
            pen.new(MEALS, NOW, DAY_MS, 2),
            pen.new_seen(asked, NOW, 2),
            pen.new_in_directory(card, NOW),
            pen.next_in_directory(pen.new_in_directory(card, NOW), card, NOW),
        ]
        assert [record.header.clock_unsure for record in records] == [not trusted] * 4


@pytest.mark.parametrize("then", [True, False])
@pytest.mark.parametrize("before", [True, False])
def test_each_version_says_for_itself_whether_its_clock_was_sure(
    *, before: bool, then: bool
) -> None:
    later = UnixMs(NOW + 1_000)
    after = signer(trusted=then).next(new(trusted=before), MEALS, later)
    verify(after)
    assert after.header.clock_unsure is not then
    assert after.header.expires_ms == new().header.expires_ms


@pytest.mark.parametrize("lifetime_ms", [1, LIFETIME_MS_MAX])
def test_a_clock_that_went_back_to_1970_still_signs_a_later_version(lifetime_ms: int) -> None:
    before = new()
    after = signer(trusted=False).next(before, MEALS, IN_1970, lifetime_ms)
    verify(after)
    assert (after.header.version, after.header.created_ms) == (2, NOW)
    assert after.header.clock_unsure
    assert after.header.expires_ms == NOW + max(DAY_MS, lifetime_ms)


def test_a_time_that_nobody_vouched_for_is_no_surer_in_the_next_version() -> None:
    """The clock had been ahead: until it gets there, versions keep the time of the one before."""
    ahead = signer(trusted=False).new(MEALS, UnixMs(NOW + 10 * DAY_MS), DAY_MS, 2)
    pen = signer()
    kept = pen.next(ahead, MEALS, NOW)
    assert (kept.header.created_ms, kept.header.clock_unsure) == (NOW + 10 * DAY_MS, True)
    own = pen.next(kept, MEALS, UnixMs(NOW + 11 * DAY_MS))
    assert (own.header.created_ms, own.header.clock_unsure) == (NOW + 11 * DAY_MS, False)
    back = pen.next(new(), MEALS, UnixMs(NOW - 1))
    assert (back.header.created_ms, back.header.clock_unsure) == (NOW, False)


def test_a_device_says_once_that_a_request_was_seen_here() -> None:
    asked = Hall("Southgate").request().header.object
    pen = signer()
    first, again = (pen.new_seen(asked, UnixMs(NOW + passed), 3) for passed in (0, 1_000))
    verify(first)
    assert first.body == Seen(asked)
    assert first.header.number == seen_number(asked, NORTH.device_key)
    assert first.header.object == again.header.object
    assert (first.header.reach, first.header.expires_ms) == (3, NOW + LIFETIME_MS_MAX)


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
    other = Signer(NORTH.group, SigningKey(bytes(32)), bytes, clock_is_trusted=lambda: True)
    record = other.new(MEALS, NOW, DAY_MS, 2)
    assert record.header.device == bytes(SigningKey(bytes(32)).verify_key)
    verify(record)
