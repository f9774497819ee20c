"""Forgetting a person: now and by itself, and nothing left of them in any file of the folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path

import pytest
import pytest_asyncio

from node.answers.forgetting import KEPT_MS, TOGETHER_MS, forget_due
from node.api.history import Forget, PreviewForget, ShowHistory, Undo
from node.api.matches import ListJobs, MakeMatch, PlanJob
from node.api.requests import (
    AcceptPledge,
    AddEntry,
    CloseEntry,
    EditEntry,
    ListEntries,
    MakePledge,
    OpenEntry,
    ShowEntry,
)
from node.api.views import EntryView, Kind
from node.desk.words import PERSONAL
from node.refusal import Why
from node.store.forgetting import has_trace
from node.store.macs import all_unsound
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import OneHall, of_one_mind, one_hall, opened, two_halls

pytestmark = pytest.mark.asyncio
NEED, OFFER = Kind.NEED, Kind.OFFER
SAID = {
    name: f"Quetzal{name} {name}wombat" for name in PERSONAL if name not in {"zone", "contact"}
} | {"zone": "Quetzalzone 4", "contact": "Quetzalina Wombat, 0171 555 7391, 12 Numbat Lane"}
MARKS = ("quetzal", "wombat", "numbat", "5557391", "7391")


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def told(hall: OneHall, kind: Kind = NEED, **words: str) -> str:
    """The reference of a need of a person of whom everything is known."""
    view = await hall.ask(AddEntry(kind, "FOD", qty="40", **{**SAID, **words}))  # type: ignore[arg-type]
    return view.ref


def marks_in(folder: Path) -> set[str]:
    """What is left of the person in the folder's files, in whatever case."""
    left = set()
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            left |= {mark for mark in MARKS if mark.encode() in content}
    return left


async def crowd(hall: OneHall, count: int) -> None:
    """So many others, so that rows are moved between the pages of the file."""
    for number in range(count):
        await hall.need(text=f"Blankets for {number} people, and hot tea", contact=f"Ana {number}")


async def test_no_file_of_the_folder_has_a_word_of_a_forgotten_person(hall: OneHall) -> None:
    refs = []
    for number in range(12):
        await crowd(hall, 8)
        refs.append(await told(hall, contact=f"Quetzalina{number} Wombat, 0171 555 7391"))
        await hall.ask(EditEntry(NEED, refs[-1], note=f"numbat {number}", text="wombat 7391 "))
    assert marks_in(hall.folder) >= {"quetzal", "wombat", "7391"}
    for ref in refs:
        await hall.ask(Forget(ref))
    assert marks_in(hall.folder) == set()
    assert not await hall.core.read(has_trace)
    assert not list(await hall.core.read(lambda conn: list(all_unsound(conn))))


async def test_how_much_of_what_it_was_remains(hall: OneHall) -> None:
    ref = await told(hall)
    await hall.ask(CloseEntry(NEED, ref, "met"))
    before = await hall.ask(ShowEntry(NEED, ref))
    view = await hall.ask(Forget(ref))
    assert (view.ref, view.forgotten, view.closes) == (ref, True, ())
    after = await hall.ask(ShowEntry(NEED, ref))
    different = {
        field.name
        for field in fields(EntryView)
        if getattr(before, field.name) != getattr(after, field.name)
    }
    assert different == {*PERSONAL, "forgotten"}
    assert {getattr(after, name) for name in PERSONAL} == {""}
    assert await hall.ask(ListEntries(NEED, closed=True)) == (after,)
    did = [each.did for each in await hall.ask(ShowHistory(ref))]
    assert did == ["added", "closed", "forgotten"]


async def test_what_is_open_is_closed_with_it(hall: OneHall) -> None:
    need, offer = await told(hall), await told(hall, OFFER)
    preview = await hall.ask(PreviewForget(need))
    assert (preview.forgotten, preview.also, preview.closes) == (False, (offer,), (need, offer))
    assert (await hall.ask(ShowEntry(NEED, need))).contact
    await hall.ask(Forget(need))
    for kind, ref, state in ((NEED, need, "closed"), (OFFER, offer, "withdrawn")):
        shown = await hall.ask(ShowEntry(kind, ref))
        assert (shown.state, shown.forgotten, shown.contact) == (state, True, "")
    assert marks_in(hall.folder) == set()


async def test_somebody_else_s_words_stay(hall: OneHall) -> None:
    ref, other = await told(hall), await hall.need(contact="Ana, 555 0100")
    await hall.ask(Forget(ref))
    shown = await hall.ask(ShowEntry(NEED, other))
    assert (shown.contact, shown.forgotten, shown.state) == ("Ana, 555 0100", False, "open")


async def test_it_cannot_be_undone_nor_opened_again(hall: OneHall) -> None:
    ref = await told(hall)
    await hall.ask(Forget(ref))
    async with unchanged(hall.core):
        with refused(Why.UNDO_FORGOTTEN):
            await hall.ask(Undo())
        with refused(Why.IS_FORGOTTEN):
            await hall.ask(OpenEntry(NEED, ref))
        with refused(Why.REFERENCE_WRONG_KIND):
            await hall.ask(Forget("V-1-E"))
        with refused(Why.REFERENCE_NOT_FOUND):
            await hall.ask(Forget("N-2-D"))


async def test_after_a_month_it_is_forgotten_by_itself_and_not_before(hall: OneHall) -> None:
    ref, open_ = await told(hall), await told(hall, contact="Quetzal Open")
    await hall.ask(CloseEntry(NEED, ref, "met"))
    closed_ms = hall.clock.now_ms
    hall.clock.put(closed_ms + KEPT_MS + TOGETHER_MS)
    await forget_due(hall.core)
    assert (await hall.ask(ShowEntry(NEED, ref))).contact
    hall.clock.put(closed_ms + KEPT_MS + TOGETHER_MS + 1)
    hall.clock.is_trusted = False
    await forget_due(hall.core)
    assert (await hall.ask(ShowEntry(NEED, ref))).contact
    hall.clock.is_trusted = True
    await forget_due(hall.core)
    assert (await hall.ask(ShowEntry(NEED, ref))).forgotten
    assert (await hall.ask(ShowEntry(NEED, open_))).contact == "Quetzal Open"
    assert marks_in(hall.folder) == {"quetzal", "wombat"}  # of the open one
    assert (await hall.ask(ShowHistory(ref)))[-1].by_itself


async def test_what_was_taken_back_is_forgotten_as_well(hall: OneHall) -> None:
    await told(hall)
    await hall.ask(Undo())
    assert marks_in(hall.folder)
    hall.clock.put(hall.clock.now_ms + KEPT_MS + TOGETHER_MS + 1)
    await forget_due(hall.core)
    assert marks_in(hall.folder) == set()


async def test_a_power_cut_before_the_file_is_written_anew_is_made_good(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        ref = await told(hall)
        await crowd(hall, 40)
        hall.core.database.rewrite = _no_power  # type: ignore[method-assign]
        with pytest.raises(OSError, match="power"):
            await hall.ask(Forget(ref))
    async with opened(tmp_path / "hall") as hall:
        assert await hall.core.read(has_trace)
        await forget_due(hall.core)
        assert not await hall.core.read(has_trace)
        assert marks_in(hall.folder) == set()


async def _no_power() -> bool:
    raise OSError("power")


async def test_what_was_sealed_about_them_is_erased_with_their_consent(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        ref, pledge = await sealed(north, east)
        assert (await east.only_pledge(pledge)).details == "Ask for Quetzalina"
        edited = await north.ask(EditEntry(NEED, ref, consent=""))
        assert edited.also_changed == ("NG V-1-E",)
        await of_one_mind(north, east)
        assert (await east.only_pledge(pledge)).details is None


async def test_forgetting_erases_what_was_sealed_and_asks_for_it_no_more(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        ref, overflow = await sealed(north, east)
        await north.ask(Forget(ref))
        await of_one_mind(north, east)
        assert (await east.only_pledge(overflow)).details is None
        assert marks_in(north.folder) == set()


async def sealed(north: OneHall, east: OneHall) -> tuple[str, str]:
    """A need that was passed on, and its overflow, for which a name was sealed to Eastside."""
    ref = await north.need(contact="Quetzalina Wombat", consent="Eastside may know my name")
    overflow = await north.pass_on(ref)
    await of_one_mind(north, east)
    pledge = await east.ask(MakePledge(overflow.id, "25"))
    await of_one_mind(north, east)
    await north.ask(AcceptPledge(pledge.id, details="Ask for Quetzalina"))
    await of_one_mind(north, east)
    return ref, overflow.id


async def test_a_trip_keeps_who_goes_unless_it_is_they(hall: OneHall) -> None:
    need = await told(hall, text="Soup")
    offer = await told(hall, OFFER, text="Soup", contact="Numbat Sam, 0171 555 7392")
    first, second = [(await hall.ask(MakeMatch(need, offer, "10"))).ref for _ in range(2)]
    other = await hall.ask(PlanJob((first,), who="Ada", note="ask for Quetzalina"))
    own = await hall.ask(PlanJob((second,), who="Sam Numbat", note="back door"))
    await hall.ask(Forget(offer))
    jobs = {each.ref: each for each in await hall.ask(ListJobs(ended=True))}
    assert (jobs[other.ref].who, jobs[own.ref].who) == ("Ada", "")
    assert {each.note for each in jobs.values()} == {""}
    await hall.ask(Forget(need))
    assert marks_in(hall.folder) == set()
