"""Who gets how much of what came, and what goes back to whom."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from node.desk.entries import Entry, State
from node.desk.references import Kind, make
from node.desk.shares import share_out, take_back
from node.desk.words import Words
from protocol.ids import Thousandths


def need(number: int, qty: int, received: int = 0, created_ms: int = 0) -> Entry:
    return Entry(
        ref=make(Kind.NEED, number),
        kind=Kind.NEED,
        words=Words("FOD", "Hot meals", Thousandths(qty), "meal"),
        created_ms=created_ms,
        initials="AK",
        decided=State.OPEN,
        direct=Thousandths(received),
    )


def test_who_waited_longest_gets_first() -> None:
    needs = [need(3, 10_000, created_ms=5), need(2, 10_000, created_ms=9), need(1, 10_000)]
    assert share_out(Thousandths(15_000), needs) == [
        (make(Kind.NEED, 1), 10_000),
        (make(Kind.NEED, 3), 5_000),
    ]


def test_what_is_more_than_asked_goes_to_who_came_last() -> None:
    needs = [need(1, 10_000), need(2, 10_000, created_ms=1)]
    assert share_out(Thousandths(25_000), needs) == [
        (make(Kind.NEED, 1), 10_000),
        (make(Kind.NEED, 2), 15_000),
    ]


def test_a_closed_need_waits_no_longer() -> None:
    gone = replace(need(1, 10_000), decided=State.CLOSED)
    assert share_out(Thousandths(5_000), [gone, need(2, 10_000, created_ms=1)]) == [
        (make(Kind.NEED, 2), 5_000)
    ]
    assert share_out(Thousandths(5_000), [gone]) == [(gone.ref, 5_000)]


quantities = st.integers(1, 10**9)
NEEDS = st.lists(
    st.tuples(quantities, st.integers(0, 10**9), st.integers(0, 3), st.booleans()),
    min_size=1,
    max_size=8,
)


@given(NEEDS, quantities)
def test_shares_sum_up_and_none_is_zero_and_the_oldest_come_first(
    rows: list[tuple[int, int, int, bool]], qty: int
) -> None:
    needs = [
        need(number, asked, received, created_ms)
        for number, (asked, received, created_ms, _) in enumerate(rows, start=1)
    ]
    needs = [
        replace(each, decided=State.CLOSED) if row[3] else each
        for each, row in zip(needs, rows, strict=True)
    ]
    shares = share_out(Thousandths(qty), needs)
    assert sum(share for _, share in shares) == qty
    assert all(share > 0 for _, share in shares)
    assert len({ref for ref, _ in shares}) == len(shares)
    by_ref = {each.ref: each for each in needs}
    ages = [by_ref[ref].created_ms for ref, _ in shares]
    assert ages == sorted(ages)
    given_to = dict(shares)
    still_open = [each for each in needs if not each.is_closed]
    for young in still_open:
        if given_to.get(young.ref):
            for old in still_open:
                if old.created_ms < young.created_ms:
                    assert given_to.get(old.ref, 0) >= old.outstanding


def test_what_comes_back_comes_back_to_who_gave_last() -> None:
    offers = [need(1, 10_000, received=10_000), need(2, 30_000, received=15_000, created_ms=1)]
    first, second = offers
    assert take_back(Thousandths(20_000), offers) == [(second.ref, -15_000), (first.ref, -5_000)]
    assert take_back(Thousandths(5_000), offers) == [(second.ref, -5_000)]
    assert sum(share for _, share in take_back(Thousandths(99_000), offers)) == -25_000
