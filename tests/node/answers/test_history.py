"""What happened to something: when, by whom, in a few words, and nothing of a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.api.history import ShowHistory
from node.api.matches import HandOver
from node.api.requests import AddEntry, CloseEntry, EditEntry, MakePledge
from node.api.views import Kind
from node.refusal import Why
from tests.node.refusals import refused
from tests.node.two_halls import EVENING, HOUR_MS, of_one_mind, one_hall, two_halls

pytestmark = pytest.mark.asyncio
NEED = Kind.NEED


async def test_each_thing_that_happened_stands_in_order(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        ref = await hall.need(contact="Ana")
        hall.clock.put(EVENING + 60_000)
        hall.clock.is_trusted = False
        await hall.ask(EditEntry(NEED, ref, qty="30", contact="Ana, 555 0100"), initials="BL")
        await hall.ask(CloseEntry(NEED, ref, "cannot help"), initials="")
        happened = await hall.ask(ShowHistory("n1b"))
    told = [(each.did, each.by, each.at_ms - EVENING, each.what) for each in happened]
    assert told == [
        ("added", "AK", 0, "40 meals"),
        ("edited", "BL", 60_000, "30 meals, contact"),
        ("closed", "", 60_000, "cannot help"),
    ]
    assert [each.unsure for each in happened] == [False, True, True]
    assert not any(each.undone or each.by_itself for each in happened)


async def test_what_was_taken_down_on_paper_has_its_own_time_besides(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        said = AddEntry(NEED, "FOD", "Meals", "5", channel="paper", at="2h")
        need = (await hall.ask(said)).ref
        await hall.ask(HandOver(need, "2", at="1h"))
        await hall.ask(HandOver(need, "1"))
        happened = await hall.ask(ShowHistory(need))
    assert {each.at_ms for each in happened} == {EVENING}
    times = [each.said_ms for each in happened]
    assert times == [EVENING - 2 * HOUR_MS, EVENING - HOUR_MS, None]


async def test_an_edit_names_the_fields_and_not_their_words(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        ref = (await hall.ask(AddEntry(NEED, "FOD", "Meals"))).ref
        await hall.ask(EditEntry(NEED, ref, contact="Ana", by="2031-06-03"))
        happened = await hall.ask(ShowHistory(ref))
    assert happened[-1].what == "by, contact"


async def test_an_overflow_and_a_pledge_have_theirs(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        ref = await north.need()
        overflow = await north.pass_on(ref)
        await of_one_mind(north, east)
        await east.ask(MakePledge(overflow.id, "25"), initials="MO")
        passed = await north.ask(ShowHistory("V-1-E"))
        pledged = await east.ask(ShowHistory("P-1-F"))
    assert [(each.ref, each.did) for each in passed] == [(ref, "passed on")]
    assert [(each.ref, each.did, each.by) for each in pledged] == [("ES P-1-F", "pledged", "MO")]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("N-2-D", Why.REFERENCE_NOT_FOUND),
        ("N-2-E", Why.REFERENCE_CHECK),
        ("M-1-G", Why.REFERENCE_NOT_FOUND),
        ("J-1-H", Why.REFERENCE_NOT_FOUND),
        ("V-1-E", Why.REFERENCE_NOT_FOUND),
        ("what?", Why.REFERENCE_UNREADABLE),
    ],
)
async def test_what_is_not_there_is_refused(tmp_path: Path, typed: str, why: Why) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        with refused(why):
            await hall.ask(ShowHistory(typed))


async def test_how_much_is_told_in_the_unit_of_then(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        need = (await north.ask(AddEntry(Kind.NEED, "FOD", "Rice", "10 kg"))).ref
        await north.ask(EditEntry(Kind.NEED, need, qty="12"))
        await north.ask(EditEntry(Kind.NEED, need, unit="pack"))
        await north.ask(HandOver(need, "3"))
        told = [each.what for each in await north.ask(ShowHistory(need))]
        assert told == ["10 kg", "12 kg", "unit", "3 packs"]
        asked = await north.pass_on(need)
        await of_one_mind(north, east)
        pledge = (await east.ask(MakePledge(asked.id, "5"))).id
        for typed in (pledge, "ES P-1-F"):
            (pledged,) = await east.ask(ShowHistory(typed))
            assert (pledged.did, pledged.what) == ("pledged", "5 packs")
