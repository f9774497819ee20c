"""Passing a need on: what would leave is shown, and only that leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.requests import (
    AddEntry,
    CloseEntry,
    EditEntry,
    ListEntries,
    PassOn,
    PreviewPass,
    RenewOverflow,
    ResizeOverflow,
    ShowEntry,
    WithdrawOverflow,
)
from node.api.views import Kind
from node.desk import references
from node.desk.when import rfc3339_utc
from node.refusal import Why
from protocol.limits import DAY_MS, LIFETIME_MS_MAX
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import HOUR_MS, OneHall, all_overflows, one_hall, opened

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall", "Northgate Hall", "12 Mill Lane") as hall:
        yield hall


async def test_a_preview_changes_nothing(hall: OneHall) -> None:
    ref = await hall.need()
    async with unchanged(hall.core):
        shown = await hall.ask(PreviewPass((ref,)))
    assert (shown.text, shown.qty, shown.unit, shown.hops) == ("Hot meals", 40, "meal", 2)
    assert shown.neighbours == ()


async def test_exactly_what_was_shown_leaves(hall: OneHall) -> None:
    refs = (await hall.need(contact="Ana, 555 0100"), await hall.need("Soup", "2"))
    shown = await hall.ask(PreviewPass((*refs, refs[0])))
    made = await hall.ask(PassOn(refs, shown.approval))
    assert (made.text, made.qty, made.unit, made.hops, made.until_ms, made.needs) == (
        shown.text,
        shown.qty,
        shown.unit,
        shown.hops,
        shown.until_ms,
        refs,
    )
    assert (made.state, made.accepted, made.held_by, made.ours) == ("open", 0, 0, True)
    assert made.ref == "NG V-1-E"


async def test_a_need_that_was_passed_on_stays_open_and_is_marked(hall: OneHall) -> None:
    ref = await hall.need()
    made = await hall.pass_on(ref)
    need = await hall.ask(ShowEntry(Kind.NEED, ref))
    assert (need.state, need.overflows) == ("open", (made.ref,))
    assert (await hall.ask(ListEntries(Kind.NEED))) == (need,)


async def test_what_is_needed_in_years_lives_for_fourteen_days(hall: OneHall) -> None:
    need = await hall.ask(AddEntry(Kind.NEED, "FOD", "Seed potatoes", "40", by="9997-12-31"))
    assert need.by_ms is not None
    assert rfc3339_utc(need.by_ms) == "9997-12-31T23:59:59Z"
    made = await hall.pass_on(need.ref)
    assert (made.by_ms, made.until_ms) == (need.by_ms, hall.core.clock() + LIFETIME_MS_MAX)
    shown = await hall.ask(ShowEntry(Kind.NEED, need.ref))
    assert (shown.by_ms, shown.state) == (need.by_ms, "open")


async def test_an_overflow_is_there_again_after_a_restart(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        made = await hall.pass_on(await hall.need())
    async with opened(tmp_path / "hall") as hall:
        assert await all_overflows(hall) == (made,)


async def test_nothing_leaves_when_something_else_would(hall: OneHall) -> None:
    ref = await hall.need()
    shown = await hall.ask(PreviewPass((ref,)))
    await hall.ask(EditEntry(Kind.NEED, ref, qty="41"))
    async with unchanged(hall.core):
        with refused(Why.PASS_CHANGED):
            await hall.ask(PassOn((ref,), shown.approval))
        with refused(Why.PASS_CHANGED):
            await hall.ask(PassOn((ref,), ""))


async def test_words_that_look_personal_bar_it_whatever_is_approved(hall: OneHall) -> None:
    ref = await hall.need("Meals for Mrs Miller, 555 010 0199")
    shown = await hall.ask(PreviewPass((ref,)))
    assert shown.personal
    async with unchanged(hall.core):
        with refused(Why.TEXT_PERSONAL):
            await hall.ask(PassOn((ref,), shown.approval))
    other = await hall.ask(PreviewPass((ref,), text="Meals"))
    made = await hall.ask(PassOn((ref,), other.approval, text="Meals"))
    assert made.text == "Meals"


async def test_one_person_is_shown_as_such(hall: OneHall) -> None:
    one = await hall.ask(AddEntry(Kind.NEED, "MED", "Insulin", "1"))
    assert (await hall.ask(PreviewPass((one.ref,)))).one_person


async def test_what_cannot_be_passed_on_is_refused(hall: OneHall) -> None:
    ref = await hall.need()
    water = (await hall.ask(AddEntry(Kind.NEED, "WAT", "Water"))).ref
    offer = (await hall.ask(AddEntry(Kind.OFFER, "TRN", "Van"))).ref
    gone = await hall.need()
    await hall.ask(CloseEntry(Kind.NEED, gone, "met"))
    cases = [
        (Why.PASS_MIXED, PreviewPass((ref, water))),
        (Why.NOT_OPEN, PreviewPass((gone,))),
        (Why.PASS_NEEDS_AND_OFFERS, PreviewPass((ref, offer))),
        (Why.REFERENCE_WRONG_KIND, PreviewPass((references.make(references.Kind.OVERFLOW, 1),))),
        (Why.REFERENCE_UNREADABLE, PreviewPass(())),
        (Why.REFERENCE_NOT_FOUND, PreviewPass(("N-417-K",))),
        (Why.REFERENCE_CHECK, PreviewPass(("N-1-C",))),
        (Why.HOPS_OUT_OF_RANGE, PreviewPass((ref,), hops=4)),
        (Why.HOURS_OUT_OF_RANGE, PreviewPass((ref,), hours="337")),
        (Why.HOURS_OUT_OF_RANGE, PreviewPass((ref,), hours="forty")),
        (Why.QUANTITY_NOT_POSITIVE, PreviewPass((ref,), qty="0")),
        (Why.QUANTITY_OTHER_UNIT, PreviewPass((ref,), qty="2 kg")),
        (Why.TEXT_TOO_LONG, PreviewPass((ref,), text="x" * 10_000_000)),
        (Why.TEXT_CONTROL, PreviewPass((ref,), text="meals\x07")),
    ]
    async with unchanged(hall.core):
        for why, asked in cases:
            with refused(why):
                await hall.ask(asked)
            with refused(why):
                await hall.ask(
                    PassOn(asked.refs, "", asked.qty, asked.hops, asked.hours, asked.text)
                )


async def test_hours_are_kept_to_the_minute(hall: OneHall) -> None:
    made = await hall.pass_on(await hall.need(), hours="5.5")
    assert made.until_ms == hall.clock() + 11 * HOUR_MS // 2


async def test_it_can_be_withdrawn_once_and_by_its_origin(hall: OneHall) -> None:
    made = await hall.pass_on(await hall.need())
    over = await hall.ask(WithdrawOverflow(made.ref))
    assert (over.state, over.because) == ("closed", "withdrawn")
    async with unchanged(hall.core):
        for request in (
            WithdrawOverflow(made.id),
            ResizeOverflow(made.id, "50"),
            RenewOverflow(made.id),
        ):
            with refused(Why.IS_CLOSED):
                await hall.ask(request)


async def test_it_can_ask_for_more_or_less_in_its_own_unit(hall: OneHall) -> None:
    made = await hall.pass_on(await hall.need())
    assert (await hall.ask(ResizeOverflow(made.id, "12.5 meals"))).qty == 12.5
    async with unchanged(hall.core):
        with refused(Why.QUANTITY_OTHER_UNIT):
            await hall.ask(ResizeOverflow(made.id, "50 kg"))
        with refused(Why.QUANTITY_NOT_POSITIVE):
            await hall.ask(ResizeOverflow(made.id, "0"))


async def test_what_has_expired_can_be_renewed(hall: OneHall) -> None:
    made = await hall.pass_on(await hall.need())
    hall.clock.put(made.until_ms)
    assert (await hall.overflow(made.id)).because == "expired"
    with refused(Why.HAS_EXPIRED):
        await hall.ask(ResizeOverflow(made.id, "50"))
    renewed = await hall.ask(RenewOverflow(made.id))
    assert (renewed.state, renewed.until_ms) == ("open", made.until_ms + 3 * DAY_MS)


@pytest.mark.parametrize(
    ("why", "typed"),
    [
        (Why.REFERENCE_NOT_FOUND, references.make(references.Kind.OVERFLOW, 2)),
        (Why.REFERENCE_NOT_FOUND, "a" * 26),
        (Why.REFERENCE_CHECK, "V-1-F"),
        (Why.REFERENCE_WRONG_KIND, "N-1-B"),
        (Why.REFERENCE_NOT_FOUND, "XX V-1-E"),
        (Why.REFERENCE_UNREADABLE, "that one"),
        (Why.REFERENCE_UNREADABLE, ""),
        (Why.REFERENCE_UNREADABLE, "x" * 10_000_000),
        (Why.REFERENCE_UNREADABLE, "ßßß"),
    ],
    ids=lambda each: str(each)[:30],
)
async def test_a_wrong_name_of_an_overflow_is_refused(hall: OneHall, why: Why, typed: str) -> None:
    await hall.pass_on(await hall.need())
    async with unchanged(hall.core):
        with refused(why):
            await hall.ask(WithdrawOverflow(typed))
