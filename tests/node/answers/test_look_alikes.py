"""A likely duplicate is told, before it is saved and when it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.finding import FindLookAlikes
from node.api.requests import AddEntry, CloseEntry, EditEntry
from node.api.views import Kind
from tests.node.refusals import unchanged
from tests.node.two_halls import OneHall, one_hall

pytestmark = pytest.mark.asyncio
NEED, OFFER = Kind.NEED, Kind.OFFER
ROSA = AddEntry(NEED, "FOD", "Hot meals", "2", zone="North", contact="Rosa Marques 07700 900123")


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def test_what_is_added_twice_says_so_and_is_saved(hall: OneHall) -> None:
    first, again = await hall.ask(ROSA), await hall.ask(ROSA)
    assert first.looks_like == ()
    [told] = again.looks_like
    assert (told.ref, told.text) == (first.ref, "Hot meals")
    assert told.because[:2] == ("same phone", "name like “Rosa Marques”")
    assert (await hall.ask(replace(ROSA, kind=OFFER))).looks_like == ()


async def test_it_is_told_while_it_is_typed_and_changes_nothing(hall: OneHall) -> None:
    first = await hall.ask(ROSA)
    typed = [
        AddEntry(NEED, "", "", contact="07700900123"),
        AddEntry(NEED, "fod", "", "2,", contact="rosa marques"),
        AddEntry(NEED, "food", "hot mea", same_as=first.ref),
        AddEntry(NEED, "food", "x", same_as="n1b", zone="South"),
    ]
    async with unchanged(hall.core):
        for said in typed:
            [told] = await hall.ask(FindLookAlikes(said))
            assert told.ref == first.ref


@pytest.mark.parametrize(
    "said",
    [
        AddEntry(NEED, "", ""),
        AddEntry(NEED, "nonsense", "\x00\ud800", "-1", "hats", zone="\n", contact="[red]"),
        AddEntry(NEED, "FOD", "Hot meals", same_as="N-9-Z"),
        AddEntry(NEED, "FOD", "Hot meals", same_as="N-99-X"),
        AddEntry(OFFER, "FOD", "Hot meals", contact="a" * 10_000_000),
    ],
)
async def test_what_cannot_be_read_yet_looks_like_nothing(hall: OneHall, said: AddEntry) -> None:
    await hall.ask(ROSA)
    assert await hall.ask(FindLookAlikes(said)) == ()


async def test_who_was_helped_today_is_told_as_closed(hall: OneHall) -> None:
    first = await hall.ask(ROSA)
    await hall.ask(CloseEntry(NEED, first.ref, "met"))
    [told] = (await hall.ask(ROSA)).looks_like
    assert told.because[-1] == "closed"
    hall.clock.put(hall.clock() + 4 * 86_400_000)
    assert first.ref not in {each.ref for each in (await hall.ask(ROSA)).looks_like}


async def test_whoever_types_a_quiet_person_s_name_learns_nothing(hall: OneHall) -> None:
    first = await hall.ask(replace(ROSA, quiet=True))
    second = await hall.ask(ROSA)
    assert second.looks_like == ()
    assert await hall.ask(FindLookAlikes(ROSA)) == ()
    await hall.ask(EditEntry(NEED, second.ref, quiet=False))
    assert [each.ref for each in await hall.ask(FindLookAlikes(ROSA))] == [second.ref]
    assert first.ref not in {each.ref for each in (await hall.ask(ROSA)).looks_like}
