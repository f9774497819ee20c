"""What clocks have signed that nobody vouches for: how long it lives, and that it stays away."""

from __future__ import annotations

import pytest

from protocol import aging
from protocol.aging import Buried, Past
from protocol.ids import UnixMs
from protocol.limits import (
    DAY_MS,
    DIRECTORY_LIFETIME_MS_MAX,
    HOUR_MS,
    MINUTE_MS,
    PURGE_STEP_MS,
    REACH_MAX,
)
from protocol.record import Record, parse
from protocol.shelf import Shelf
from tests.protocol.halls import NOW, as_map, resigned, signed_map
from tests.protocol.shelves import (
    ADA,
    BEA,
    CLEO,
    REQUEST,
    arrive,
    come_to,
    guess,
    settled,
    shared_ids,
    taken_again,
)

UNSURE = ADA.request("of an unsure clock", clock_unsure=True)
"""Its lifetime is that of every message here; when it was made is anybody's guess."""
LIFETIME_MS = UNSURE.header.lifetime_ms


def unsure(record: Record) -> Record:
    """The same, of a clock that nobody vouches for."""
    return resigned(record, {8: 1}, ADA.device)


def of_unknown_kind(lifetime_ms: int) -> Record:
    header = {key: value for key, value in as_map(UNSURE).items() if key < 10}
    return parse(*signed_map({**header, 0: 77, 6: lifetime_ms}, ADA.device))


def restarted(shelf: Shelf, buried: tuple[Buried, ...]) -> Shelf:
    """Cleo's, with what its disk says of the time before and nothing else."""
    again = settled(CLEO)
    again.restore_past(Past(shelf.purged_ms, shelf.purged_ms, None, buried))
    return again


# What does not come back ----------------------------------------------------------------------


def let_go(shelf: Shelf, record: Record) -> tuple[Buried, ...]:
    """Take it now and let its time pass: what was buried then."""
    arrive(shelf, [record])
    ends_ms = shelf.ends_ms(record)
    assert ends_ms is not None
    passing = come_to(shelf, ends_ms + PURGE_STEP_MS)
    assert record.id not in shelf
    return tuple(each for each in passing.buried if each.object == record.header.object)


@pytest.mark.parametrize("is_restarted", [False, True])
@pytest.mark.parametrize(
    "record",
    [
        pytest.param(UNSURE, id="request"),
        pytest.param(resigned(UNSURE, {6: HOUR_MS}, ADA.device), id="request for an hour"),
        pytest.param(unsure(ADA.profile(version=2)), id="card"),
        pytest.param(of_unknown_kind(30 * DAY_MS), id="unknown kind"),
    ],
)
def test_it_is_remembered_for_as_long_as_somebody_may_bring_it(
    record: Record, is_restarted: bool
) -> None:
    """An answer goes three halls to its request's origin and three halls on, and every one of them
    may have heard of it only just before the one before let go."""
    assert REACH_MAX == 3
    remembered_ms = 6 * max(record.header.lifetime_ms, 14 * DAY_MS)
    shelf = settled(CLEO)
    buried = let_go(shelf, record)
    mark_ms = shelf.purged_ms
    if is_restarted:
        shelf = restarted(shelf, buried)
    assert not taken_again(shelf, record)
    come_to(shelf, mark_ms + remembered_ms - PURGE_STEP_MS)
    assert not taken_again(shelf, record)
    come_to(shelf, mark_ms + remembered_ms)
    assert shelf.is_news(record, BEA.group)


def test_a_newer_version_of_what_is_buried_is_taken() -> None:
    shelf = settled(CLEO)
    let_go(shelf, UNSURE)
    newer = resigned(UNSURE, {4: 2}, ADA.device)
    assert taken_again(shelf, newer)


def test_an_earlier_version_of_what_is_buried_is_not_taken() -> None:
    """Whoever was away while the later one lived still has it."""
    shelf = settled(CLEO)
    buried = let_go(shelf, resigned(UNSURE, {4: 3}, ADA.device))
    assert not taken_again(shelf, UNSURE)
    assert not taken_again(restarted(shelf, buried), UNSURE)


def test_nor_when_the_later_one_was_of_a_clock_that_somebody_vouched_for() -> None:
    shelf = settled(CLEO)
    buried = let_go(shelf, ADA.request("of an unsure clock", version=2))
    assert not taken_again(shelf, UNSURE)
    assert not taken_again(restarted(shelf, buried), UNSURE)


def test_what_is_kept_for_the_desk_is_buried_once() -> None:
    shelf = settled(BEA)
    beds = BEA.request("beds", clock_unsure=True)
    come_to(shelf, NOW)
    shelf.place_own(beds)
    first = come_to(shelf, NOW + LIFETIME_MS + PURGE_STEP_MS)
    assert beds.id in shelf
    assert [each.object for each in first.buried] == [beds.header.object]
    assert come_to(shelf, shelf.purged_ms + PURGE_STEP_MS).buried == ()


def test_the_oldest_of_too_many_that_are_buried_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aging, "BURIED_MAX", 3)
    records = [ADA.request(f"unsure {number}", clock_unsure=True) for number in range(5)]
    shelf = settled(CLEO)
    come_to(shelf, NOW)
    for number, record in enumerate(records):
        come_to(shelf, NOW + number * PURGE_STEP_MS)
        arrive(shelf, [record])
    times = [NOW + LIFETIME_MS + number * PURGE_STEP_MS for number in range(1, 7)]
    passings = [come_to(shelf, now_ms) for now_ms in times]
    assert {each for passing in passings for each in passing.gone} >= set(records)
    assert [shelf.is_news(record, BEA.group) for record in records] == [
        True,
        True,
        False,
        False,
        False,
    ]
    buried = tuple(each for passing in passings for each in passing.buried)
    again = restarted(shelf, buried)
    assert [again.is_news(record, BEA.group) for record in records] == [
        True,
        True,
        False,
        False,
        False,
    ]


# Clocks that nobody vouches for ---------------------------------------------------------------


@pytest.mark.parametrize("heard_ms", [NOW - 400 * DAY_MS, NOW + DAY_MS, NOW + 16 * DAY_MS])
def test_what_an_unsure_clock_has_signed_lives_its_time_from_hearing(heard_ms: int) -> None:
    shelf = settled(CLEO)
    come_to(shelf, heard_ms)
    arrive(shelf, [UNSURE])
    assert shelf.ends_ms(UNSURE) == heard_ms + LIFETIME_MS
    assert come_to(shelf, heard_ms + LIFETIME_MS - PURGE_STEP_MS).gone == ()
    assert UNSURE.id in shared_ids(shelf)
    assert UNSURE in come_to(shelf, heard_ms + LIFETIME_MS + PURGE_STEP_MS).gone


@pytest.mark.parametrize("late_ms", [-MINUTE_MS, 0, MINUTE_MS])
def test_where_both_clocks_agree_all_halls_show_the_same_end(late_ms: int) -> None:
    shelf = settled(CLEO)
    come_to(shelf, UNSURE.header.created_ms + late_ms)
    arrive(shelf, [UNSURE])
    assert shelf.ends_ms(UNSURE) == UNSURE.header.expires_ms


def test_a_restart_makes_nothing_younger() -> None:
    shelf = settled(CLEO)
    shelf.restore(UNSURE, UnixMs(NOW - DAY_MS))
    come_to(shelf, NOW)
    assert shelf.ends_ms(UNSURE) == NOW - DAY_MS + LIFETIME_MS
    assert shelf.ends_ms(REQUEST) == REQUEST.header.expires_ms
    assert shelf.ends_ms(ADA.roster()) is None


def test_what_a_slow_clock_heard_is_no_older_when_the_right_time_is_known() -> None:
    shelf = settled(CLEO)
    wrong_ms = NOW - 400 * DAY_MS
    before = ADA.request("heard before", clock_unsure=True)
    since = ADA.request("heard later", clock_unsure=True)
    shelf.restore(before, UnixMs(wrong_ms - DAY_MS))
    guess(shelf, wrong_ms)
    arrive(shelf, [UNSURE])
    guess(shelf, wrong_ms + 2 * HOUR_MS)
    arrive(shelf, [since, REQUEST])
    guess(shelf, wrong_ms + 3 * HOUR_MS)
    passing = come_to(shelf, NOW)
    assert dict(passing.reheard) == {UNSURE.id: NOW - 3 * HOUR_MS, since.id: NOW - HOUR_MS}
    assert before in passing.gone
    assert shelf.ends_ms(UNSURE) == NOW - 3 * HOUR_MS + LIFETIME_MS
    assert shelf.ends_ms(REQUEST) == REQUEST.header.expires_ms
    come_to(shelf, NOW - 3 * HOUR_MS + LIFETIME_MS - PURGE_STEP_MS)
    assert UNSURE.id in shelf
    come_to(shelf, NOW - 3 * HOUR_MS + LIFETIME_MS + PURGE_STEP_MS)
    assert UNSURE.id not in shelf
    assert since.id in shelf


def test_what_a_fast_clock_heard_was_heard_now() -> None:
    """Of three runs that nobody vouched for, one was right, one slow and one ahead."""
    shelf = settled(CLEO)
    before, *since = (ADA.request(f"heard {n}", clock_unsure=True) for n in range(4))
    come_to(shelf, NOW - DAY_MS)
    arrive(shelf, [before])
    for now_ms, record in zip((NOW, NOW - HOUR_MS, NOW + 400 * DAY_MS), since, strict=True):
        guess(shelf, now_ms)
        arrive(shelf, [record])
    known_ms = NOW + 2 * HOUR_MS
    passing = come_to(shelf, known_ms)
    assert dict(passing.reheard) == {each.id: known_ms for each in since}
    assert shelf.ends_ms(before) == NOW - DAY_MS + LIFETIME_MS
    come_to(shelf, known_ms + LIFETIME_MS - PURGE_STEP_MS)
    assert all(each.id in shelf for each in since)
    come_to(shelf, known_ms + LIFETIME_MS + PURGE_STEP_MS)
    assert not any(each.id in shelf for each in since)


def test_nothing_was_heard_later_than_now() -> None:
    """The run that was ahead was not the last one, and the last one was slow."""
    shelf = settled(CLEO)
    guess(shelf, NOW)
    guess(shelf, NOW + 400 * DAY_MS)
    arrive(shelf, [UNSURE])
    guess(shelf, NOW - DAY_MS)
    known_ms = NOW + HOUR_MS
    assert come_to(shelf, known_ms).reheard == ((UNSURE.id, known_ms),)


def test_what_was_heard_ahead_outlives_a_mark_that_is_ahead() -> None:
    """Somebody has vouched for a time that was wrong by less than a day: the mark stays there."""
    shelf = settled(CLEO)
    ahead_ms = NOW + 23 * HOUR_MS
    come_to(shelf, ahead_ms)
    guess(shelf, ahead_ms)
    short = resigned(ADA.request("short", clock_unsure=True), {6: 12 * HOUR_MS}, ADA.device)
    arrive(shelf, [short])
    assert come_to(shelf, NOW + HOUR_MS).reheard == ((short.id, shelf.purged_ms),)
    assert shelf.belongs(short, BEA.end)
    come_to(shelf, ahead_ms + 11 * HOUR_MS)
    assert shelf.belongs(short, BEA.end)


def test_what_was_over_by_a_slow_clock_is_shared_again() -> None:
    shelf = settled(CLEO)
    come_to(shelf, NOW)
    guess(shelf, NOW - 400 * DAY_MS)
    arrive(shelf, [UNSURE])
    assert UNSURE not in shelf.shared_with(BEA.end)
    come_to(shelf, NOW + HOUR_MS)
    assert UNSURE in shelf.shared_with(BEA.end)


def test_what_is_aside_is_heard_anew_as_well() -> None:
    """Its device was removed; its heir may still stand for it."""
    phone = ADA.with_device("phone")
    shelf = settled(CLEO)
    arrive(shelf, [ADA.roster(phone, version=2)])
    guess(shelf, NOW + 400 * DAY_MS)
    record = phone.request("beds", clock_unsure=True)
    arrive(shelf, [record, ADA.roster(version=3, removed={phone: ADA})])
    assert record.id in shelf._aside
    known_ms = UnixMs(NOW + HOUR_MS)
    assert come_to(shelf, known_ms).reheard == ((record.id, known_ms),)
    arrive(shelf, [ADA.adoption(phone, [record])])
    assert shelf.ends_ms(record) == known_ms + record.header.lifetime_ms


def test_a_clock_that_was_right_all_along_changes_nothing() -> None:
    shelf = settled(CLEO)
    guess(shelf, NOW)
    arrive(shelf, [UNSURE])
    assert come_to(shelf, NOW + MINUTE_MS - 1).reheard == ()
    assert shelf.ends_ms(UNSURE) == UNSURE.header.expires_ms


def test_each_time_that_nobody_vouches_for_it_counts_by_itself() -> None:
    """What the first wrong clock heard is not moved a second time by the next one."""
    shelf = settled(CLEO)
    guess(shelf, NOW)
    arrive(shelf, [UNSURE])
    guess(shelf, NOW + HOUR_MS)
    come_to(shelf, NOW + 2 * DAY_MS)
    ends_ms = shelf.ends_ms(UNSURE)
    guess(shelf, NOW + 3 * DAY_MS)
    assert come_to(shelf, NOW + 9 * DAY_MS).reheard == ()
    assert shelf.ends_ms(UNSURE) == ends_ms == NOW + 2 * DAY_MS - HOUR_MS + LIFETIME_MS


def test_a_version_counts_from_its_own_hearing() -> None:
    shelf = settled(CLEO)
    come_to(shelf, NOW)
    arrive(shelf, [UNSURE])
    come_to(shelf, NOW + 5 * DAY_MS)
    newer = resigned(UNSURE, {4: 2}, ADA.device)
    arrive(shelf, [newer])
    assert shelf.ends_ms(newer) == NOW + 5 * DAY_MS + LIFETIME_MS
    assert come_to(shelf, NOW + LIFETIME_MS + PURGE_STEP_MS).gone == ()


def test_a_card_that_a_wrong_clock_has_buried_comes_back_while_it_lives_by_its_own_word() -> None:
    shelf, card = settled(CLEO), resigned(ADA.profile(version=2), {8: 1}, ADA.device)
    shelf.advance(NOW, is_trusted=True)
    arrive(shelf, [card])
    ahead_ms = UnixMs(NOW + 2 * DIRECTORY_LIFETIME_MS_MAX)
    shelf.advance(ahead_ms, is_trusted=True)
    assert card.id not in shelf
    assert not shelf.is_news(card, BEA.group)
    shelf.advance(UnixMs(NOW + DAY_MS), is_trusted=False)
    assert not shelf.is_news(card, BEA.group)
    shelf.advance(UnixMs(NOW + DAY_MS), is_trusted=True)
    assert shelf.is_news(card, BEA.group)
