"""Rows that are due: whom to ask, and what something follows for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.decay import AHEAD_MS_MAX, lapses_ms
from node.desk.entries import Entry
from node.desk.events import BY_ITSELF, Did, Event
from node.desk.references import Kind
from node.desk.words import Words
from node.store.board import append
from node.store.due import all_to_ask, as_it_counts, count_quiet, count_to_ask, due_refs
from node.store.entries import find_entry
from node.store.forgetting import is_time_said
from node.store.migrations import migrate
from node.store.references import next_reference
from node.store.time import KnownTimes
from protocol.ids import DeviceKey, Thousandths, UnixMs
from protocol.limits import DAY_MS

DEVICE = DeviceKey(b"a" * 32)
NOW = 1_938_018_600_000


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrate(conn)
        yield conn


def add(
    conn: sqlite3.Connection,
    at_ms: int = NOW,
    kind: Kind = Kind.NEED,
    said_ms: int | None = None,
    trusted: bool = True,
    **said: Any,
) -> str:
    words = Words("FOD", "Hot meals", Thousandths(40_000), "meal", **said)
    ref = next_reference(conn, kind)
    data = {**words.to_data(), "said_ms": said_ms}
    append(conn, DEVICE, Event(Did.ADDED, ref, at_ms, "AK", data, trusted=trusted))
    return ref


def refs(entries: list[Entry]) -> list[str]:
    return [each.ref for each in entries]


def test_who_waits_longest_is_asked_first_and_nobody_before_their_time(
    conn: sqlite3.Connection,
) -> None:
    second = add(conn, NOW + 2)
    first = add(conn, NOW + 1)
    slip = add(conn, NOW + 9, said_ms=NOW)
    assert all_to_ask(conn, NOW + 3 * DAY_MS - 1) == []
    assert refs(all_to_ask(conn, NOW + 3 * DAY_MS)) == [slip]
    assert refs(all_to_ask(conn, NOW + 3 * DAY_MS + 2)) == [slip, first, second]
    assert count_to_ask(conn, NOW + 3 * DAY_MS + 2) == 3


def test_whom_it_is_unsafe_to_ring_is_counted_alone(conn: sqlite3.Connection) -> None:
    add(conn, quiet=True)
    later_ms = NOW + 9 * DAY_MS
    assert all_to_ask(conn, later_ms) == []
    assert (count_to_ask(conn, later_ms), count_quiet(conn, later_ms)) == (0, 1)


def test_what_a_clock_wrote_that_was_years_ahead_is_asked_about_now(
    conn: sqlite3.Connection,
) -> None:
    ahead = add(conn, NOW + 4_000 * DAY_MS)
    waits = add(conn)
    data = {"because": "until a date", "until_ms": NOW + 300 * DAY_MS}
    append(conn, DEVICE, Event(Did.WAITS, waits, NOW, "AK", data))
    assert refs(all_to_ask(conn, NOW + DAY_MS)) == [ahead]


def test_what_is_due_first_comes_first(conn: sqlite3.Connection) -> None:
    need = add(conn)
    offer = add(conn, kind=Kind.OFFER, by_ms=NOW + DAY_MS)
    assert due_refs(conn, NOW + DAY_MS - 1) == []
    assert due_refs(conn, NOW + 24 * DAY_MS) == [offer, need]
    assert due_refs(conn, NOW + 24 * DAY_MS, most=1) == [offer]


def test_what_nobody_vouched_for_ends_by_no_clock_until_somebody_says_a_word(
    conn: sqlite3.Connection,
) -> None:
    """As after two years in a drawer: the clock stood at the last time that was on disk."""
    need = add(conn, trusted=False)
    now_ms = NOW + 730 * DAY_MS
    assert due_refs(conn, now_ms) == []
    assert refs(all_to_ask(conn, now_ms)) == [need]
    append(conn, DEVICE, Event(Did.PASSED, need, now_ms, "AK", {"overflow": "00" * 16}))
    assert due_refs(conn, now_ms) == []
    append(conn, DEVICE, Event(Did.STILL, need, now_ms, "AK", {}))
    assert all_to_ask(conn, now_ms + 2 * DAY_MS) == []
    assert due_refs(conn, now_ms + 24 * DAY_MS) == [need]


@dataclass(frozen=True, slots=True)
class Spell:
    """So long goes the hall by a clock: by the right one, or by one that nobody vouches for and
    that is `off` days ahead. `says` what somebody says of it at the beginning."""

    days: int
    is_trusted: bool
    off: int
    says: Did | None

    def at_ms(self, now_ms: int) -> int:
        return now_ms if self.is_trusted else now_ms + self.off * DAY_MS


SPELLS = st.lists(
    st.builds(
        Spell,
        st.integers(0, 60),
        st.booleans(),
        st.integers(-800, 800),
        st.sampled_from([None, None, Did.STILL, Did.EDITED]),
    ),
    max_size=6,
)
LASTS = [
    (Kind.NEED, {}, 24),
    (Kind.NEED, {"every": "week"}, 35),
    (Kind.OFFER, {}, 28),
    (Kind.OFFER, {"standing": True}, 74),
]
FROM_NOW_ON = Spell(0, is_trusted=True, off=0, says=None)


@given(SPELLS, st.booleans(), st.integers(-800, 800), st.sampled_from(LASTS))
def test_nothing_lapses_too_early_and_nothing_stays(
    spells: list[Spell], is_trusted: bool, off: int, lasts: tuple[Kind, dict[str, Any], int]
) -> None:
    """Whatever the clocks: not before its days are over, and then at the time that is told."""
    kind, words, days = lasts
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrate(conn)
        said_ms = now_ms = NOW
        first = Spell(0, is_trusted, off, None)
        ref = add(conn, first.at_ms(now_ms), kind, trusted=is_trusted, **words)
        for spell in (*spells, FROM_NOW_ON):
            if spell.says is not None:
                at_ms, said_ms = spell.at_ms(now_ms), now_ms
                append(conn, DEVICE, Event(spell.says, ref, at_ms, "AK", {}, spell.is_trusted))
            for moment_ms in (now_ms, now_ms + spell.days * DAY_MS):
                if spell.is_trusted and looked(conn, moment_ms):
                    assert moment_ms >= said_ms + days * DAY_MS
                    return
            now_ms += spell.days * DAY_MS
        due_ms = told_ms(conn, ref, now_ms)
        assert due_ms is not None
        assert said_ms + days * DAY_MS <= due_ms <= now_ms + AHEAD_MS_MAX + days * DAY_MS
        assert told_ms(conn, ref, due_ms - 1) == due_ms
        assert not looked(conn, due_ms - 1)
        assert looked(conn, due_ms)


def looked(conn: sqlite3.Connection, now_ms: int) -> list[str]:
    """What is due when a node looks that goes by the right clock: it says that it does."""
    if not is_time_said(conn, UnixMs(now_ms)):
        append(conn, DEVICE, Event(Did.TIMED, "", now_ms, BY_ITSELF, {}))
    return due_refs(conn, now_ms)


def told_ms(conn: sqlite3.Connection, ref: str, now_ms: int) -> int | None:
    """When the desk is told that it lapses."""
    entry = find_entry(conn, ref)
    assert entry is not None
    counted = as_it_counts(KnownTimes(conn, now_ms), entry)
    return None if counted is None else lapses_ms(counted, now_ms)


def test_what_nobody_vouched_for_counts_from_when_somebody_did(conn: sqlite3.Connection) -> None:
    need = add(conn, trusted=False)
    later_ms = NOW + 730 * DAY_MS
    assert told_ms(conn, need, later_ms) is None
    assert looked(conn, later_ms) == []
    assert told_ms(conn, need, later_ms) == later_ms + 24 * DAY_MS
    assert looked(conn, later_ms + 24 * DAY_MS - 1) == []
    assert looked(conn, later_ms + 24 * DAY_MS) == [need]


def test_so_does_what_was_written_at_a_time_that_was_told_wrong(conn: sqlite3.Connection) -> None:
    need = add(conn, NOW + 4_000 * DAY_MS)
    assert told_ms(conn, need, NOW) is None
    assert looked(conn, NOW) == []
    assert told_ms(conn, need, NOW) == NOW + 24 * DAY_MS
    assert looked(conn, NOW + 24 * DAY_MS) == [need]


def test_a_quiet_mark_that_comes_with_another_s_is_no_word_of_it(conn: sqlite3.Connection) -> None:
    offer = add(conn, kind=Kind.OFFER)
    append(conn, DEVICE, Event(Did.QUIETED, offer, NOW, "AK", {"like": "N-2-D"}, trusted=False))
    entry = find_entry(conn, offer)
    assert entry is not None
    assert as_it_counts(KnownTimes(conn, NOW), entry) == entry


@pytest.mark.parametrize(("by", "lapses"), [(100, 100), (3, 10 + 28)])
def test_an_offer_ends_at_a_date_that_was_still_to_come_when_the_time_was_known(
    conn: sqlite3.Connection, by: int, lapses: int
) -> None:
    offer = add(conn, kind=Kind.OFFER, trusted=False, by_ms=NOW + by * DAY_MS)
    assert looked(conn, NOW + 10 * DAY_MS) == []
    assert looked(conn, NOW + lapses * DAY_MS - 1) == []
    assert looked(conn, NOW + lapses * DAY_MS) == [offer]


def test_that_its_time_was_over_vouches_for_nothing_that_was_said_before(
    conn: sqlite3.Connection,
) -> None:
    """An offer that comes again does so by itself; who offered it has said nothing since."""
    by_ms = NOW + 20 * DAY_MS
    offer = add(conn, kind=Kind.OFFER, trusted=False, every="week", by_ms=by_ms)
    assert looked(conn, NOW + 10 * DAY_MS) == []
    assert looked(conn, by_ms) == [offer]
    again = {"by_ms": by_ms + 7 * DAY_MS, "before": 0, "moved": False, "because": None}
    append(conn, DEVICE, Event(Did.ROUND, offer, by_ms, BY_ITSELF, again))
    again["by_ms"] = by_ms + 90 * DAY_MS
    append(conn, DEVICE, Event(Did.ROUND, offer, by_ms + 7 * DAY_MS, BY_ITSELF, again))
    assert looked(conn, NOW + 38 * DAY_MS - 1) == []
    assert looked(conn, NOW + 38 * DAY_MS) == [offer]


def test_a_date_that_has_come_opens_whoever_vouched_for_the_clock(
    conn: sqlite3.Connection,
) -> None:
    need = add(conn, trusted=False)
    data = {"because": "until a date", "until_ms": NOW + DAY_MS}
    append(conn, DEVICE, Event(Did.WAITS, need, NOW, "AK", data, trusted=False))
    assert due_refs(conn, NOW + DAY_MS) == [need]
    assert find_entry(conn, need) is not None


def test_both_are_found_by_an_index(conn: sqlite3.Connection) -> None:
    """Whatever the number of needs on the board: a stopped node looks before every command."""
    told: list[str] = []
    conn.set_trace_callback(told.append)
    all_to_ask(conn, NOW)
    count_to_ask(conn, NOW)
    due_refs(conn, NOW)
    conn.set_trace_callback(None)
    for statement in told:
        plan = [row["detail"] for row in conn.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not [step for step in plan if step.startswith("SCAN entry")], plan


def test_what_comes_again_ends_by_no_such_clock_either_but_begins_again(
    conn: sqlite3.Connection,
) -> None:
    """Nobody is turned away because it begins too early or too late."""
    unmet, met = (add(conn, trusted=False, every="day") for _ in range(2))
    append(conn, DEVICE, Event(Did.RECEIVED, met, NOW, "AK", {"qty": 40_000}, trusted=False))
    assert due_refs(conn, NOW + 300 * DAY_MS) == [met]
    append(conn, DEVICE, Event(Did.STILL, unmet, NOW, "AK", {}))
    assert due_refs(conn, NOW + 300 * DAY_MS) == [met, unmet]
