"""Slips: printed with references of their own, filled in by hand, and entered later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.history import Undo
from node.api.paper import PrintSlips
from node.api.requests import AddEntry, ListEntries
from node.api.views import Kind
from node.refusal import Why
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import EVENING, HOUR_MS, OneHall, one_hall

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def test_twenty_slips_and_nothing_on_the_board(hall: OneHall) -> None:
    slips = await hall.ask(PrintSlips(Kind.NEED))
    assert len(slips.refs) == len(set(slips.refs)) == len(slips.pages) == 20
    for ref, page in zip(slips.refs, slips.pages, strict=True):
        assert page.startswith("Northgate Hall ")
        assert page.splitlines()[0].endswith(f"NEED {ref}")
    assert await hall.ask(ListEntries(Kind.NEED, closed=True)) == ()
    assert await hall.need() == "N-1-B"


async def test_no_slip_is_printed_twice(hall: OneHall) -> None:
    first = await hall.ask(PrintSlips(Kind.OFFER, "150"))
    then = await hall.ask(PrintSlips(Kind.OFFER, " 3 "))
    assert len({*first.refs, *then.refs}) == 153


@pytest.mark.parametrize("count", ["0", "501", "-1", "2.5", "many", "٣", "9" * 1_000_000])
async def test_how_many_is_a_number_that_a_printer_holds(hall: OneHall, count: str) -> None:
    async with unchanged(hall.core):
        with refused(Why.SLIPS_OUT_OF_RANGE):
            await hall.ask(PrintSlips(Kind.NEED, count))


async def test_what_was_written_on_a_slip_is_entered_with_its_reference_and_its_time(
    hall: OneHall,
) -> None:
    (ref,) = (await hall.ask(PrintSlips(Kind.NEED, "1"))).refs
    typed = ref.replace("-", "").casefold()
    entered = await hall.ask(AddEntry(Kind.NEED, "FOD", "Bread", slip=typed, at="2h ago"))
    assert (entered.ref, entered.channel, entered.state) == (ref, "paper", "new")
    assert entered.created_ms == EVENING - 2 * HOUR_MS
    assert entered.written_ms == EVENING


async def test_a_slip_that_was_read_out_over_the_phone(hall: OneHall) -> None:
    (ref,) = (await hall.ask(PrintSlips(Kind.NEED, "1"))).refs
    entered = await hall.ask(AddEntry(Kind.NEED, "FOD", "Bread", slip=ref, channel="phone"))
    assert (entered.ref, entered.channel, entered.state) == (ref, "phone", "open")


async def test_a_slip_is_entered_once_and_only_one_of_ours(hall: OneHall) -> None:
    (need,) = (await hall.ask(PrintSlips(Kind.NEED, "1"))).refs
    await hall.ask(AddEntry(Kind.NEED, "FOD", "Bread", slip=need))
    async with unchanged(hall.core):
        for slip, kind, why in (
            (need, Kind.NEED, Why.SLIP_USED),
            (need, Kind.OFFER, Why.REFERENCE_WRONG_KIND),
            ("N-417-K", Kind.NEED, Why.SLIP_NOT_PRINTED),
            ("N-417-L", Kind.NEED, Why.REFERENCE_CHECK),
            ("green one", Kind.NEED, Why.REFERENCE_UNREADABLE),
        ):
            with refused(why):
                await hall.ask(AddEntry(kind, "FOD", "Bread", slip=slip))


async def test_a_slip_whose_entry_was_taken_back_is_entered_anew(hall: OneHall) -> None:
    (ref,) = (await hall.ask(PrintSlips(Kind.NEED, "1"))).refs
    await hall.ask(AddEntry(Kind.NEED, "FOD", "Beds", slip=ref))
    await hall.ask(Undo())
    entered = await hall.ask(AddEntry(Kind.NEED, "FOD", "Bread", slip=ref))
    assert (entered.ref, entered.text) == (ref, "Bread")
