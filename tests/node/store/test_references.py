"""References: never the same one twice, on however many devices, at the desk and on paper."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.desk.blocks import owner
from node.desk.events import Did, Event
from node.desk.references import Kind, make, parse
from node.desk.words import Words
from node.refusal import Why
from node.store import migrations
from node.store.board import append
from node.store.events import add_events
from node.store.macs import all_unsound, guard, renew_after
from node.store.migrations import migrate
from node.store.references import (
    next_reference,
    print_references,
    take_reference,
)
from protocol.ids import DeviceKey, Thousandths
from tests.node.refusals import refused

DEVICE, OTHER_DEVICE = DeviceKey(b"a" * 32), DeviceKey(b"b" * 32)
WORDS = Words("FOD", "Hot meals", Thousandths(40_000), "meal")


def empty() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    conn.row_factory = sqlite3.Row
    return conn


HALL = (
    "INSERT INTO hall (n, group_id, backup_public, device_seed, discovery_key, name, call_sign,"
    " place, area, boot) VALUES (1, x'', x'', x'', x'', '', '', '', '', 0)"
)


def set_ordinal(conn: sqlite3.Connection, ordinal: int) -> None:
    """Which of the hall's devices this is from now on."""
    conn.execute("UPDATE hall SET ordinal = ?", [ordinal])


def device(ordinal: int) -> sqlite3.Connection:
    """The database of one device of a hall."""
    conn = empty()
    migrate(conn)
    guard(conn)
    conn.execute(HALL)
    set_ordinal(conn, ordinal)
    return conn


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(device(0)) as conn:
        yield conn


def number(ref: str) -> int:
    return parse(ref)[1].number


def added(ref: str) -> Event:
    return Event(Did.ADDED, ref, 1, "AK", WORDS.to_data())


def test_references_count_each_letter_from_one(conn: sqlite3.Connection) -> None:
    assert [next_reference(conn, Kind.NEED) for _ in range(3)] == ["N-1-B", "N-2-D", "N-3-F"]
    assert next_reference(conn, Kind.OFFER) == make(Kind.OFFER, 1)


def test_where_a_block_ends_the_next_one_of_this_device_begins(conn: sqlite3.Connection) -> None:
    numbers = [number(next_reference(conn, Kind.NEED)) for _ in range(201)]
    assert numbers == [*range(1, 101), *range(201, 301), 401]


def test_the_desk_gives_out_nothing_that_was_printed(conn: sqlite3.Connection) -> None:
    printed = print_references(conn, Kind.NEED, 150)
    assert next_reference(conn, Kind.NEED) == "N-1-B"
    given_out = {next_reference(conn, Kind.NEED) for _ in range(300)}
    assert len(set(printed)) == 150
    assert not given_out & set(printed)


def test_slips_printed_later_go_on_where_the_last_ones_ended(conn: sqlite3.Connection) -> None:
    first = print_references(conn, Kind.NEED, 3)
    then = print_references(conn, Kind.NEED, 2)
    assert list(map(number, first + then)) == [201, 202, 203, 204, 205]


def test_a_slip_is_found_however_it_is_typed(conn: sqlite3.Connection) -> None:
    (ref,) = print_references(conn, Kind.NEED, 1)
    for typed in (ref, ref.casefold().replace("-", ""), f" {ref.replace('-', ' ')} "):
        assert take_reference(conn, Kind.NEED, typed) == ref


def test_a_slip_that_was_never_printed_is_refused(conn: sqlite3.Connection) -> None:
    (ref,) = print_references(conn, Kind.NEED, 1)
    desk = next_reference(conn, Kind.NEED)
    for never in (desk, make(Kind.NEED, number(ref) + 1), make(Kind.NEED, 999_999_999)):
        with refused(Why.SLIP_NOT_PRINTED):
            take_reference(conn, Kind.NEED, never)


def test_a_slip_of_the_other_board_is_refused(conn: sqlite3.Connection) -> None:
    (ref,) = print_references(conn, Kind.OFFER, 1)
    with refused(Why.REFERENCE_WRONG_KIND):
        take_reference(conn, Kind.NEED, ref)


def test_a_slip_is_taken_once(conn: sqlite3.Connection) -> None:
    (ref,) = print_references(conn, Kind.NEED, 1)
    append(conn, DEVICE, added(take_reference(conn, Kind.NEED, ref)))
    with refused(Why.SLIP_USED):
        take_reference(conn, Kind.NEED, ref)


def test_a_new_block_lies_beyond_what_another_device_is_known_to_have_used(
    conn: sqlite3.Connection,
) -> None:
    add_events(conn, OTHER_DEVICE, [added(make(Kind.NEED, 7_777))])
    assert number(next_reference(conn, Kind.NEED)) == 7_801
    assert next_reference(conn, Kind.OFFER) == "O-1-C"


def test_a_device_with_another_place_among_them_leaves_its_block(conn: sqlite3.Connection) -> None:
    next_reference(conn, Kind.NEED)
    set_ordinal(conn, 2)
    assert number(next_reference(conn, Kind.NEED)) == 501


USES = st.tuples(
    st.integers(0, 4), st.sampled_from([Kind.NEED, Kind.OFFER]), st.integers(0, 130), st.booleans()
)
"""A device, a letter, how many slips it prints (0: it writes one down), whether the others hear."""


@settings(max_examples=25, deadline=None)
@given(st.lists(USES, max_size=25))
def test_no_two_devices_ever_give_the_same_number(uses: list[tuple[int, Kind, int, bool]]) -> None:
    """The fifth hears of nobody, and nobody of it, from its birth on."""
    with ExitStack() as stack:
        devices = [stack.enter_context(closing(device(each))) for each in range(5)]
        seen: set[str] = set()
        clock = count(1)
        for which, kind, slips, tells in uses:
            conn = devices[which]
            refs = (
                print_references(conn, kind, slips)
                if slips
                else tuple(next_reference(conn, kind) for _ in range(60))
            )
            assert not seen & set(refs)
            assert len(set(refs)) == len(refs)
            assert {owner(number(ref)) for ref in refs} == {which}
            seen |= set(refs)
            for hearing in devices[:4] if tells and which < 4 else ():
                events = [Event(Did.ADDED, ref, next(clock), "AK", {}) for ref in refs]
                add_events(hearing, DeviceKey(bytes([which]) * 32), events)


def drop_guard(conn: sqlite3.Connection) -> None:
    """As when the connection is opened anew."""
    rows = conn.execute("SELECT name FROM sqlite_temp_master WHERE type = 'trigger'").fetchall()
    for row in rows:
        conn.execute(f"DROP TRIGGER {row['name']}")


@pytest.mark.parametrize(("given_out", "then"), [(0, 1), (1, 2), (99, 100), (100, 201), (149, 150)])
def test_a_hall_made_before_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch, given_out: int, then: int
) -> None:
    """Without one it had given before, and every MAC is right afterwards."""
    with closing(empty()) as conn:
        earlier = [each for each in migrations._scripts() if each[0] < "006"]
        with monkeypatch.context() as during:
            during.setattr(migrations, "_scripts", lambda: earlier)
            newest = migrate(conn)
        guard(conn)
        conn.execute(HALL)
        renew_after(conn, newest)
        drop_guard(conn)
        if given_out:
            conn.execute("INSERT INTO reference_block VALUES ('N', ?)", [given_out + 1])
        newest = migrate(conn)
        guard(conn)
        renew_after(conn, newest)
        assert number(next_reference(conn, Kind.NEED)) == then
        assert next_reference(conn, Kind.OFFER) == "O-1-C"
        assert not list(all_unsound(conn))


def test_an_old_block_in_another_s_place_is_not_gone_into_by_that_one() -> None:
    """A hall that had counted to 149 goes on to 200; its second device knows of 149 alone."""
    with closing(device(1)) as second:
        add_events(second, DEVICE, [added(make(Kind.NEED, 149))])
        assert number(next_reference(second, Kind.NEED)) == 901
