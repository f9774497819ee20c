"""Forgetting a person: now and by itself, and nothing left of them in any file of the folder."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path

import pytest
import pytest_asyncio

from node.answers.forgetting import KEPT_MS, TOGETHER_MS, forget_due
from node.api.finding import Merge
from node.api.history import Forget, ForgetView, PreviewForget, ShowHistory, Undo
from node.api.matches import (
    HandOver,
    JobStep,
    ListJobs,
    MakeMatch,
    MoveJob,
    MoveMatch,
    PlanJob,
    Step,
)
from node.api.paper import PrintSlips
from node.api.requests import (
    AddEntry,
    CloseEntry,
    EditEntry,
    ListEntries,
    OpenEntry,
    ShowEntry,
)
from node.api.views import EntryView, Kind
from node.desk.events import Did
from node.desk.references import Kind as Letter
from node.desk.words import PERSONAL
from node.refusal import Why
from node.store.board import rebuild
from node.store.folder import FILE_NAME
from node.store.forgetting import has_trace
from node.store.macs import all_unsound
from node.store.references import next_references
from node.upkeep import catch_up
from protocol.limits import DAY_MS
from tests.node.answers.agreed import came
from tests.node.answers.sealing import sealed
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


async def forget(hall: OneHall, ref: str, initials: str = "AK") -> ForgetView:
    """Forget whom the preview shows."""
    shown = await hall.ask(PreviewForget(ref))
    return await hall.ask(Forget(ref, (shown.ref, *shown.also)), initials)


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
        await forget(hall, ref)
    assert marks_in(hall.folder) == set()
    assert not await hall.core.read(has_trace)
    assert not list(await hall.core.read(lambda conn: list(all_unsound(conn))))


async def test_how_much_of_what_it_was_remains(hall: OneHall) -> None:
    ref = await told(hall)
    await hall.ask(CloseEntry(NEED, ref, "met"))
    before = await hall.ask(ShowEntry(NEED, ref))
    view = await forget(hall, ref)
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
    await forget(hall, need)
    for kind, ref, state in ((NEED, need, "closed"), (OFFER, offer, "withdrawn")):
        shown = await hall.ask(ShowEntry(kind, ref))
        assert (shown.state, shown.forgotten, shown.contact) == (state, True, "")
    assert marks_in(hall.folder) == set()


async def test_somebody_else_s_words_stay(hall: OneHall) -> None:
    ref, other = await told(hall), await hall.need(contact="Ana, 555 0100")
    await forget(hall, ref)
    shown = await hall.ask(ShowEntry(NEED, other))
    assert (shown.contact, shown.forgotten, shown.state) == ("Ana, 555 0100", False, "open")


async def test_it_cannot_be_undone_nor_opened_again(hall: OneHall) -> None:
    ref = await told(hall)
    await forget(hall, ref)
    async with unchanged(hall.core):
        with refused(Why.UNDO_FORGOTTEN):
            await hall.ask(Undo())
        with refused(Why.IS_FORGOTTEN):
            await hall.ask(OpenEntry(NEED, ref))
        with refused(Why.REFERENCE_WRONG_KIND):
            await forget(hall, "V-1-E")
        with refused(Why.REFERENCE_NOT_FOUND):
            await forget(hall, "N-2-D")


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
            await forget(hall, ref)
    async with opened(tmp_path / "hall") as hall:
        assert await hall.core.read(has_trace)
        await forget_due(hall.core)
        assert not await hall.core.read(has_trace)
        assert marks_in(hall.folder) == set()


async def _no_power() -> bool:
    raise OSError("power")


async def test_forgetting_erases_what_was_sealed_and_asks_for_it_no_more(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        ref, overflow = await sealed(north, east)
        await forget(north, ref)
        await of_one_mind(north, east)
        assert (await east.only_pledge(overflow)).details is None
        assert marks_in(north.folder) == set()


async def test_a_trip_keeps_who_goes_unless_it_is_they(hall: OneHall) -> None:
    need = await told(hall, text="Soup")
    offer = await told(hall, OFFER, text="Soup", contact="Numbat Sam, 0171 555 7392")
    first, second = [(await hall.ask(MakeMatch(need, offer, "10"))).ref for _ in range(2)]
    other = await hall.ask(PlanJob((first,), who="Ada", note="ask for Quetzalina"))
    own = await hall.ask(PlanJob((second,), who="Sam Numbat", note="back door"))
    await forget(hall, offer)
    jobs = {each.ref: each for each in await hall.ask(ListJobs(ended=True))}
    assert (jobs[other.ref].who, jobs[own.ref].who) == ("Ada", "")
    assert {each.note for each in jobs.values()} == {""}
    await forget(hall, need)
    assert marks_in(hall.folder) == set()


async def test_a_trip_still_to_come_is_named_before_its_note_goes(hall: OneHall) -> None:
    need = await told(hall, contact="Al Wombat, 3 Numbat Lane")
    offer = await told(hall, OFFER, contact="Ana Pryce, 555 0100")
    match = (await hall.ask(MakeMatch(need, offer, "10"))).ref
    job = await hall.ask(PlanJob((match,), who="Alma from Numbat House", note="back door"))
    assert (await hall.ask(PreviewForget(need))).jobs == (job.ref,)
    await forget(hall, need)
    (after,) = await hall.ask(ListJobs(ended=True))
    assert (after.who, after.note) == ("Alma from Numbat House", "")


async def test_the_note_of_a_trip_goes_though_its_match_was_taken_back(hall: OneHall) -> None:
    need = await told(hall)
    offer = (await hall.ask(AddEntry(OFFER, "FOD", "Soup", "5"), "KL")).ref
    match = (await hall.ask(MakeMatch(need, offer))).ref
    job = await hall.ask(PlanJob((match,), who="Quetzalina", note="numbat, door 12"), "KL")
    await hall.ask(MoveJob(job.ref, JobStep.CANCELLED), "KL")
    await hall.ask(Undo())
    await forget(hall, need)
    assert marks_in(hall.folder) == set()


async def test_what_was_taken_back_goes_with_whoever_is_forgotten(hall: OneHall) -> None:
    """Nobody has to find out whose it was: it counts for nothing."""
    await told(hall)
    await hall.ask(Undo())  # and written down once more, and better
    ref = await told(hall, contact="Quetzalina Numbat")
    twin = await hall.need()
    await hall.ask(Merge(NEED, ref, twin))
    await hall.ask(Undo())
    offer = (await hall.ask(AddEntry(OFFER, "FOD", "Soup", "5"), "KL")).ref
    match = (await hall.ask(MakeMatch(twin, offer))).ref
    await hall.ask(PlanJob((match,), who="Quetzalina", note="numbat, door 12"))
    await hall.ask(Undo())
    assert marks_in(hall.folder)
    await forget(hall, ref)
    assert marks_in(hall.folder) == set()
    assert not list(await hall.core.read(lambda conn: list(all_unsound(conn))))


async def test_what_is_nothing_but_taken_back_can_be_forgotten(hall: OneHall) -> None:
    ref = await told(hall)
    await hall.ask(Undo())
    view = await forget(hall, ref)
    assert (view.ref, view.forgotten, view.also) == (ref, True, ())
    assert marks_in(hall.folder) == set()


async def test_the_rows_of_a_sheet_taken_back_are_forgotten_without_a_contact(
    hall: OneHall,
) -> None:
    def write(conn: sqlite3.Connection) -> None:
        refs = next_references(conn, Letter.NEED, 3)
        said = {"category": "FOD", "text": "Soup", "qty": 1_000, "unit": "meal", "note": "wombat"}
        rows = [hall.core.event(Did.ADDED, ref, "AK", **said, unread=True) for ref in refs]
        hall.core.append_new(conn, rows, None)

    await hall.core.save(also=write)
    await hall.ask(Undo())
    hall.clock.put(hall.clock.now_ms + KEPT_MS + TOGETHER_MS + 1)
    await forget_due(hall.core)
    assert marks_in(hall.folder) == set()


async def test_what_stands_on_its_slip_once_more_keeps_its_words(hall: OneHall) -> None:
    slip = (await hall.ask(PrintSlips(NEED, "1"))).refs[0]
    await told(hall, slip=slip)
    await hall.ask(Undo())
    await told(hall, slip=slip, text="Insulin", contact="Ana Pryce, 555 0100")
    hall.clock.put(hall.clock.now_ms + KEPT_MS + TOGETHER_MS + 1)
    await forget_due(hall.core)
    shown = await hall.ask(ShowEntry(NEED, slip))
    assert (shown.text, shown.contact) == ("Insulin", "Ana Pryce, 555 0100")
    assert marks_in(hall.folder) == {"quetzal", "wombat"}  # of the living


@pytest.mark.parametrize("ahead_ms", [0, 900 * DAY_MS])
async def test_closed_by_a_clock_that_nobody_vouched_for_is_kept_a_month_from_when_somebody_does(
    hall: OneHall, ahead_ms: int
) -> None:
    ref, began_ms = await told(hall), hall.clock.now_ms
    hall.clock.put(began_ms + ahead_ms)
    hall.clock.is_trusted = False
    await hall.ask(CloseEntry(NEED, ref, "met"))
    known_ms = began_ms + 40 * DAY_MS
    hall.clock.is_trusted = True
    for days, is_forgotten in ((0, False), (31, False), (32, True)):
        hall.clock.put(known_ms + days * DAY_MS)
        await forget_due(hall.core)
        assert (await hall.ask(ShowEntry(NEED, ref))).forgotten is is_forgotten


async def test_what_an_edit_has_closed_is_kept_from_then_on(hall: OneHall) -> None:
    ref = await told(hall)
    await came(hall, ref, "30")
    hall.clock.put(hall.clock.now_ms + KEPT_MS + TOGETHER_MS + 1)
    await hall.ask(EditEntry(NEED, ref, qty="30"))
    await forget_due(hall.core)
    shown = await hall.ask(ShowEntry(NEED, ref))
    assert (shown.state, shown.forgotten) == ("closed", False)


async def test_forgotten_stays_closed_whatever_is_taken_back(hall: OneHall) -> None:
    closed, met = await told(hall), await told(hall, contact="Zoe Pryce, 555 0101")
    await came(hall, met, "40")
    await hall.ask(CloseEntry(NEED, closed, "referred"))
    for ref in (met, closed):
        await forget(hall, ref, "KL")
    async with unchanged(hall.core):
        with refused(Why.IS_FORGOTTEN):
            await hall.ask(Undo())
        with refused(Why.IS_FORGOTTEN):
            await hall.ask(HandOver(met, "5", back=True))
    assert (await hall.ask(ShowEntry(NEED, met))).because == "met"
    # Even where it was done before anything was in the way.
    await hall.core.database.run(lambda conn: conn.execute(TAKE_CLOSING_BACK).rowcount)
    await hall.core.database.run(rebuild)
    shown = await hall.ask(ShowEntry(NEED, closed))
    assert (shown.state, shown.because, shown.forgotten) == ("closed", "referred", True)


TAKE_CLOSING_BACK = "UPDATE event SET undone = 99 WHERE did = 'closed'"


async def test_nobody_else_is_forgotten_than_was_shown(hall: OneHall) -> None:
    ref = await told(hall)
    shown = await hall.ask(PreviewForget(ref))
    await told(hall, OFFER)  # at another terminal, while the question stands
    async with unchanged(hall.core):
        with refused(Why.FORGET_CHANGED):
            await hall.ask(Forget(ref, (shown.ref, *shown.also)))


async def test_who_may_be_the_same_is_told_and_left(hall: OneHall) -> None:
    ref = await told(hall)
    son = await told(hall, contact="Leo Wombat, 0171 555 7391")
    view = await forget(hall, ref)
    assert (view.also, view.perhaps, view.perhaps_count) == ((), (son,), 1)
    assert (await hall.ask(ShowEntry(NEED, son))).state == "open"


async def test_while_another_program_reads_the_file_it_says_what_is_still_to_do(
    hall: OneHall,
) -> None:
    ref = await told(hall)
    reader = sqlite3.connect(hall.folder / FILE_NAME, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM entry").fetchone()
    view = await forget(hall, ref)
    assert (view.forgotten, view.traces_left) == (False, True)
    assert (await hall.ask(ShowEntry(NEED, ref))).forgotten
    assert marks_in(hall.folder)
    size = await _grown(hall)
    assert await _grown(hall) == size, "what is tried in vain costs nothing"
    reader.close()
    await catch_up(hall.core)
    assert marks_in(hall.folder) == set()


async def _grown(hall: OneHall) -> int:
    """The size of the folder after one more try."""
    await forget_due(hall.core)
    return sum(path.stat().st_size for path in hall.folder.rglob("*"))


async def test_what_a_late_receipt_has_closed_is_kept_a_month_from_then(hall: OneHall) -> None:
    """Whoever mistypes its day can still take it back."""
    need = await told(hall)
    offer = (await hall.ask(AddEntry(OFFER, "FOD", "Soup", "40"), "KL")).ref
    match = (await hall.ask(MakeMatch(need, offer))).ref
    await hall.ask(MoveMatch(match, Step.STARTED))
    entered_ms = hall.clock.now_ms + 2 * KEPT_MS
    hall.clock.put(entered_ms)
    for at in ("61 days", "2 days"):
        await hall.ask(HandOver(match, at=at))
        assert (await hall.ask(ShowEntry(NEED, need))).because == "met"
        await forget_due(hall.core)
        assert not (await hall.ask(ShowEntry(NEED, need))).forgotten
        await hall.ask(Undo())
    await hall.ask(HandOver(match, at="61 days"))
    hall.clock.put(entered_ms + KEPT_MS + TOGETHER_MS + 1)
    await forget_due(hall.core)
    assert (await hall.ask(ShowEntry(NEED, need))).forgotten


async def test_a_stopped_node_forgets_before_a_command(hall: OneHall) -> None:
    ref = await told(hall)
    await hall.ask(CloseEntry(NEED, ref, "met"))
    hall.clock.put(hall.clock.now_ms + KEPT_MS + TOGETHER_MS + 1)
    await catch_up(hall.core)
    assert (await hall.ask(ShowEntry(NEED, ref))).forgotten
    assert marks_in(hall.folder) == set()
