"""Needs and offers, as the desk asks for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.answers.views import listed_view
from node.api.decay import ListRound
from node.api.requests import (
    AddEntry,
    CloseEntry,
    EditEntry,
    ListEntries,
    OpenEntry,
    Request,
    ShowEntry,
    Status,
)
from node.api.views import EntryView, Kind
from node.desk import references
from node.desk.words import TEXTS
from node.refusal import Refused, Why
from node.sentences import TEXT_NAMES
from node.wording import sentence
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import EVENING, HOUR_MS, OneHall, one_hall, opened

pytestmark = pytest.mark.asyncio
NEED, OFFER = Kind.NEED, Kind.OFFER


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def test_all_else_has_its_turn_while_a_list_is_made(
    hall: OneHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        await hall.ask(AddEntry(NEED, "FOD", f"meals {n}"))
    turns, seen = 0, list[int]()

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def noted(*given: Any) -> EntryView:
        seen.append(turns)
        return listed_view(*given)

    monkeypatch.setattr("node.answers.entries.AT_ONCE", 2)
    monkeypatch.setattr("node.answers.entries.listed_view", noted)
    async with asyncio.TaskGroup() as tasks:
        counting = tasks.create_task(count_turns())
        listed = await hall.ask(ListEntries(NEED))
        counting.cancel()
    assert [each.text for each in listed] == [f"meals {n}" for n in reversed(range(5))]
    first, second, third = sorted(set(seen))
    assert [seen.count(turn) for turn in (first, second, third)] == [2, 2, 1]


async def test_a_need_is_on_the_board_with_everything_that_was_said(hall: OneHall) -> None:
    added = await hall.ask(
        AddEntry(
            NEED,
            "fod",
            " Hot  meals ",
            "40",
            zone="Mill Lane",
            by="20:00",
            contact="Ana, 555 0100",
            note="third floor",
            consent="yes",
            danger=True,
        )
    )
    assert added == EntryView(
        kind=NEED,
        ref="N-1-B",
        state="open",
        category="FOD",
        text="Hot meals",
        qty=40,
        unit="meal",
        zone="Mill Lane",
        received=0,
        promised=0,
        danger=True,
        created_ms=EVENING,
        by_ms=EVENING + 3 * HOUR_MS // 2,
        contact="Ana, 555 0100",
        note="third floor",
        consent="yes",
        initials="AK",
        free=40,
        written_ms=EVENING,
        touched_ms=EVENING,
    )
    assert await hall.ask(ListEntries(NEED)) == (added,)
    assert await hall.ask(ShowEntry(NEED, "n 1 b")) == added
    assert await hall.ask(ListEntries(OFFER)) == ()


async def test_the_unit_is_said_or_the_category_s(hall: OneHall) -> None:
    for qty, unit, counted in (("", "", "meal"), ("3", "kg", "kg"), ("3 packs", "", "pack")):
        added = await hall.ask(AddEntry(NEED, "FOD", "Food", qty, unit))
        assert added.unit == counted


async def test_references_are_never_given_twice(hall: OneHall) -> None:
    refs = [await hall.need() for _ in range(5)]
    assert len(set(refs)) == 5
    await hall.ask(CloseEntry(NEED, refs[-1], "met"))
    assert await hall.need() not in refs


async def test_the_board_is_there_again_after_a_restart(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        ref = await hall.need(contact="Ana")
        await hall.ask(EditEntry(NEED, ref, qty="35"))
        before = await hall.ask(ListEntries(NEED, closed=True))
    async with opened(tmp_path / "hall") as hall:
        assert await hall.ask(ListEntries(NEED, closed=True)) == before
        assert await hall.need() != ref


async def test_an_edit_changes_what_is_named_and_an_empty_text_takes_away(hall: OneHall) -> None:
    ref = await hall.need(contact="Ana")
    edited = await hall.ask(EditEntry(NEED, ref, qty="2 kg", contact="", danger=True))
    assert (edited.qty, edited.unit, edited.contact, edited.danger, edited.text) == (
        2,
        "kg",
        "",
        True,
        "Hot meals",
    )


async def test_what_is_closed_leaves_the_list_and_cannot_be_changed(hall: OneHall) -> None:
    ref = await hall.need()
    closed = await hall.ask(CloseEntry(NEED, ref, "No longer needed"))
    assert (closed.state, closed.because) == ("closed", "no longer needed")
    assert await hall.ask(ListEntries(NEED)) == ()
    assert await hall.ask(ListEntries(NEED, closed=True)) == (closed,)
    async with unchanged(hall.core):
        with refused(Why.NOT_OPEN):
            await hall.ask(CloseEntry(NEED, ref, "met"))
        with refused(Why.NOT_OPEN):
            await hall.ask(EditEntry(NEED, ref, text="Soup"))


async def test_lists_have_no_words_with_which_something_was_opened_again(hall: OneHall) -> None:
    quiet = AddEntry(Kind.NEED, "FOD", "Soup", contact="Zerlina Quux", quiet=True)
    for ref in (await hall.need(), (await hall.ask(quiet)).ref):
        await hall.ask(CloseEntry(Kind.NEED, ref, "met"))
        opened_again = OpenEntry(Kind.NEED, ref, because="Zerlina rang from 07700 900123")
        assert (await hall.ask(opened_again)).because == "Zerlina rang from 07700 900123"
    assert {each.because for each in await hall.ask(ListEntries(Kind.NEED))} == {None}
    hall.clock.put(EVENING + 100 * HOUR_MS)
    assert {each.because for each in (await hall.ask(ListRound())).calls} == {None}


async def test_an_offer_is_used_up_or_withdrawn(hall: OneHall) -> None:
    offer = await hall.ask(AddEntry(OFFER, "TRN", "Van, evenings"))
    assert offer.state == "available"
    assert (await hall.ask(CloseEntry(OFFER, offer.ref, "withdrawn"))).state == "withdrawn"


async def test_status_counts_what_is_open(hall: OneHall) -> None:
    ref = await hall.need()
    await hall.need()
    await hall.ask(AddEntry(OFFER, "TRN", "Van"))
    await hall.ask(CloseEntry(NEED, ref, "met"))
    status = await hall.ask(Status())
    assert (status.needs_open, status.offers_open, status.running) == (1, 1, False)
    assert status.warnings


TEN_MEGABYTES = "x" * 10_000_000
BAD_WORDS = [
    (Why.UNKNOWN_CATEGORY, {"category": "XYZ"}),
    (Why.UNKNOWN_CATEGORY, {"category": TEN_MEGABYTES}),
    (Why.QUANTITY_NOT_POSITIVE, {"qty": "0"}),
    (Why.QUANTITY_NOT_POSITIVE, {"qty": "-1"}),
    (Why.QUANTITY_NOT_A_NUMBER, {"qty": "1e99"}),
    (Why.QUANTITY_NOT_A_NUMBER, {"qty": "forty"}),
    (Why.QUANTITY_NOT_A_NUMBER, {"qty": TEN_MEGABYTES}),
    (Why.QUANTITY_TOO_LARGE, {"qty": "1000000000"}),
    (Why.UNKNOWN_UNIT, {"unit": "furlong"}),
    (Why.TIME_PAST, {"by": "2020-01-01"}),
    (Why.TIME_UNREADABLE, {"by": "when the cows come home"}),
    (Why.TIME_UNREADABLE, {"by": TEN_MEGABYTES}),
    (Why.TEXT_EMPTY, {"text": "  "}),
    (Why.TEXT_TOO_LONG, {"text": TEN_MEGABYTES}),
    (Why.TEXT_CONTROL, {"text": "meals\x1b[31m"}),
    (Why.TEXT_NOT_UTF8, {"text": "meals\ud800"}),
    (Why.TEXT_MARKUP, {"text": "[bold red]meals[/]"}),
    (Why.TEXT_TOO_LONG, {"zone": TEN_MEGABYTES}),
    (Why.TEXT_CONTROL, {"contact": "Ana\x07"}),
    (Why.TEXT_TOO_LONG, {"note": TEN_MEGABYTES}),
    (Why.TEXT_MARKUP, {"consent": "[@click=app.quit]yes"}),
]


@pytest.mark.parametrize(("why", "words"), BAD_WORDS, ids=lambda each: str(each)[:40])
async def test_bad_words_are_refused_and_change_nothing(
    hall: OneHall, why: Why, words: dict[str, str]
) -> None:
    ref = await hall.need()
    good = {"category": "FOD", "text": "Hot meals", "qty": "40"}
    asked: list[Request[EntryView]] = [
        AddEntry(NEED, **{**good, **words}),  # type: ignore[arg-type]
        AddEntry(OFFER, **{**good, **words}),  # type: ignore[arg-type]
        EditEntry(NEED, ref, **words),  # type: ignore[arg-type]
    ]
    async with unchanged(hall.core):
        for request in asked:
            with refused(why):
                await hall.ask(request)


@pytest.mark.parametrize("name", TEXTS)
async def test_a_text_that_cannot_be_taken_is_named(hall: OneHall, name: str) -> None:
    ref = await hall.need()
    said = {"category": "FOD", "text": "Hot meals"}
    for text, told in (("x" * (TEXTS[name] + 1), "too long"), ("a\x07", "control character")):
        asked: list[Request[EntryView]] = [
            AddEntry(NEED, **{**said, name: text}),  # type: ignore[arg-type]
            EditEntry(NEED, ref, **{name: text}),  # type: ignore[arg-type]
        ]
        for request in asked:
            with pytest.raises(Refused) as raised:
                await hall.ask(request)
            why = sentence(raised.value.why, raised.value.facts)
            assert why.startswith(f"The {TEXT_NAMES[name]} ")
            assert told in why


BAD_REFERENCES = [
    (Why.REFERENCE_CHECK, "N-1-C"),
    (Why.REFERENCE_NOT_FOUND, references.make(references.Kind.NEED, 2)),
    (Why.REFERENCE_WRONG_KIND, references.make(references.Kind.OFFER, 1)),
    (Why.REFERENCE_UNREADABLE, ""),
    (Why.REFERENCE_UNREADABLE, "the first"),
    (Why.REFERENCE_UNREADABLE, "N" * 10_000_000),
]


@pytest.mark.parametrize(("why", "ref"), BAD_REFERENCES, ids=lambda each: str(each)[:40])
async def test_a_wrong_reference_is_refused_and_never_guessed(
    hall: OneHall, why: Why, ref: str
) -> None:
    await hall.need()
    await hall.ask(AddEntry(OFFER, "TRN", "Van"))
    asked: list[Request[EntryView]] = [
        ShowEntry(NEED, ref),
        EditEntry(NEED, ref, text="Soup"),
        CloseEntry(NEED, ref, "met"),
    ]
    async with unchanged(hall.core):
        for request in asked:
            with refused(why):
                await hall.ask(request)


async def test_a_reason_that_is_none_is_refused(hall: OneHall) -> None:
    ref = await hall.need()
    async with unchanged(hall.core):
        with refused(Why.UNKNOWN_NEED_REASON):
            await hall.ask(CloseEntry(NEED, ref, "used up"))


@pytest.mark.parametrize("initials", ["x" * 13, "A\x1b[2J", "[red]"])
async def test_initials_are_short_plain_text(hall: OneHall, initials: str) -> None:
    async with unchanged(hall.core):
        with pytest.raises(Exception, match="text-"):
            await hall.ask(AddEntry(NEED, "FOD", "Hot meals"), initials=initials)


async def test_a_duplicate_is_one_of_another_need_that_there_is(hall: OneHall) -> None:
    first, second = await hall.need(), await hall.need()
    offer = (await hall.ask(AddEntry(OFFER, "FOD", "Soup"))).ref
    cases = [
        (Why.DUPLICATE_OF_ITSELF, second),
        (Why.REFERENCE_NOT_FOUND, references.make(references.Kind.NEED, 417)),
        (Why.REFERENCE_WRONG_KIND, offer),
    ]
    async with unchanged(hall.core):
        for why, of in cases:
            with refused(why):
                await hall.ask(CloseEntry(NEED, second, f"duplicate of {of}"))
    closed = await hall.ask(CloseEntry(NEED, second, f"duplicate of {first.casefold()}"))
    assert closed.because == f"duplicate of {first}"


@pytest.mark.parametrize("said", ["no", "No.", "NONE", "nein!"])
async def test_no_is_not_kept_as_a_consent(hall: OneHall, said: str) -> None:
    ref = await hall.need(consent="yes, her name")
    async with unchanged(hall.core):
        with refused(Why.CONSENT_NO):
            await hall.ask(EditEntry(NEED, ref, consent=said))
        with refused(Why.CONSENT_NO):
            await hall.ask(AddEntry(NEED, "FOD", "Meals", consent=said))
