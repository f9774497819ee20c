"""Finding, as the desk asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.finding import Find, FoundView
from node.api.requests import AddEntry, CloseEntry, EditEntry, ShowOverflow
from node.api.views import Kind
from node.desk.events import Did
from node.refusal import Why
from tests.node.refusals import refused
from tests.node.two_halls import OneHall, asked_and_pledged, one_hall, two_halls

pytestmark = pytest.mark.asyncio
NEED, OFFER = Kind.NEED, Kind.OFFER
ROSA = AddEntry(
    NEED, "MED", "Insulin", zone="North", contact="Rosa Marques 07700 900123", danger=True
)


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def found(hall: OneHall, words: str, *, closed: bool = True) -> list[str]:
    views: tuple[FoundView, ...] = await hall.ask(Find(words, closed=closed))
    return [each.ref for each in views]


async def test_what_is_found_says_what_it_is_and_whose(hall: OneHall) -> None:
    await hall.ask(ROSA)
    assert await hall.ask(Find("rosa ins")) == (
        FoundView(
            ref="N-1-B",
            kind="need",
            text="Insulin",
            state="open",
            category="MED",
            qty=1,
            unit="each",
            zone="North",
            contact="Rosa Marques 07700 900123",
            danger=True,
        ),
    )
    assert await found(hall, "4567") == []
    assert await found(hall, "0123") == ["N-1-B"]


async def test_needs_and_offers_are_found_open_ones_first(hall: OneHall) -> None:
    need = await hall.need("Hot meals")
    offer = await hall.ask(AddEntry(OFFER, "FOD", "Hot meals"))
    closed = await hall.need("Hot meals")
    await hall.ask(CloseEntry(NEED, closed, "met"))
    assert await found(hall, "hot") == [offer.ref, need, closed]
    assert await found(hall, "hot", closed=False) == [offer.ref, need]
    pages = [await hall.ask(Find("hot", first=n, count=1)) for n in range(4)]
    assert [[each.ref for each in page] for page in pages] == [[offer.ref], [need], [closed], []]
    assert [len(page) for page in [await hall.ask(Find("hot", count=None))]] == [3]


async def test_what_has_the_reference_comes_first_however_it_is_typed(hall: OneHall) -> None:
    first = await hall.need("Bread")
    await hall.need(f"More than in {first}")
    for typed in (first, "n1b", " n 1 b ", f"{hall.core.hall.call_sign} N-1-B"):
        assert (await found(hall, typed))[0] == first
    await hall.ask(CloseEntry(NEED, first, "met"))
    assert (await found(hall, first)) == [first, "N-2-D"]
    assert await found(hall, "XX N-1-B") == []


async def test_a_match_and_a_job_are_found_by_their_references(hall: OneHall) -> None:
    need, offer = await hall.need("Hot meals"), await hall.ask(AddEntry(OFFER, "FOD", "Stew", "9"))
    core = hall.core
    told = {"need": need, "offer": offer.ref, "qty": 9_000, "state": "agreed", "until_ms": None}
    events = (
        core.event(Did.MATCHED, "M-1-G", "AK", **told),
        core.event(Did.PLANNED, "J-1-H", "AK", matches=["M-1-G"], at_ms=None),
    )
    await core.save(also=lambda conn: core.append(conn, *events))
    [match] = await hall.ask(Find("m1g"))
    assert (match.kind, match.text, match.state, match.qty, match.unit) == (
        ("match", "Hot meals", "agreed", 9, "meal")
    )
    [job] = await hall.ask(Find("j-1-h"))
    assert (job.kind, job.text, job.state, job.closed) == ("job", "Hot meals", "planned", False)


async def test_overflows_and_pledges_are_found_by_their_references(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        overflow, _pledge = await asked_and_pledged(north, east)
        shown = await north.ask(ShowOverflow(overflow))
        for hall in (north, east):
            [asked] = await hall.ask(Find(shown.ref))
            assert (asked.ref, asked.kind, asked.text) == (shown.ref, "overflow", shown.text)
            [promised] = await hall.ask(Find(shown.pledges[0].ref))
            assert (promised.kind, promised.state) == ("pledge", "offered")
        assert await found(north, "V-99-B") == []


async def test_a_quiet_person_is_found_by_what_they_need_alone(hall: OneHall) -> None:
    need = await hall.ask(ROSA)
    await hall.ask(EditEntry(NEED, need.ref, quiet=True))
    for typed in ("rosa", "0123", "north", "900123"):
        assert await found(hall, typed) == []
    for typed in ("insulin", need.ref):
        [seen] = await hall.ask(Find(typed))
        assert (seen.text, seen.contact, seen.zone) == ("Insulin", "", "")


@pytest.mark.parametrize("typed", ["c++", "it's", "(", '"', "NEAR", "*", "🔥", "N-2-", "a:b", "-x"])
async def test_whatever_is_typed_is_looked_for(hall: OneHall, typed: str) -> None:
    await hall.need("Bread")
    assert await found(hall, typed) == []


async def test_nothing_and_too_much_are_refused(hall: OneHall) -> None:
    with refused(Why.FIND_EMPTY):
        await hall.ask(Find(" "))
    with refused(Why.TEXT_TOO_LONG):
        await hall.ask(Find("a" * 10_000_000))
