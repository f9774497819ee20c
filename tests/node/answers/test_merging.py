"""Two of the same are made one, and two again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.finding import Find, Merge
from node.api.requests import AddEntry, CloseEntry, EditEntry, ShowEntry, WithdrawOverflow
from node.api.views import Kind
from node.desk.events import Did
from node.refusal import Why
from node.store.events import all_events_of, last_act
from node.store.undoing import undo
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import EVENING, HOUR_MS, OneHall, one_hall, two_halls

pytestmark = pytest.mark.asyncio
NEED, OFFER = Kind.NEED, Kind.OFFER


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def match(hall: OneHall, ref: str, offer: str, *did: Did) -> None:
    """As much of a match as a merge looks at."""
    core = hall.core
    told = {"need": ref, "offer": offer, "qty": 1_000, "state": "agreed", "until_ms": None}
    events = (
        core.event(Did.MATCHED, "M-1-G", "AK", **told),
        *(core.event(each, "M-1-G", "AK", qty=1_000) for each in did),
    )
    await core.save(also=lambda conn: core.append(conn, *events))


async def test_the_duplicate_is_closed_and_what_only_it_said_is_kept(hall: OneHall) -> None:
    kept = await hall.ask(AddEntry(NEED, "FOD", "Hot meals", "40", zone="North", note="two"))
    other = await hall.ask(
        AddEntry(
            NEED, "FOD", "Meals", "30", zone="South", by="20:00", contact="Ana", consent="yes",
            note="three", diet="halal", danger=True, quiet=True,
        )
    )  # fmt: skip
    merged = await hall.ask(Merge(NEED, "n2d", kept.ref))
    assert merged == replace(
        kept,
        contact="Ana",
        consent="yes",
        diet="halal",
        by_ms=EVENING + 3 * HOUR_MS // 2,
        danger=True,
        quiet=True,
        missing=(),
        also_changed=(other.ref,),
    )
    closed = await hall.ask(ShowEntry(NEED, other.ref))
    assert (closed.state, closed.because) == ("closed", f"duplicate of {kept.ref}")
    assert await hall.ask(Find("ana")) == ()


async def test_an_offer_that_is_a_duplicate_is_withdrawn(hall: OneHall) -> None:
    for limits in ("", "no stairs"):
        await hall.ask(AddEntry(OFFER, "TRN", "Van", limits=limits))
    merged = await hall.ask(Merge(OFFER, "O-2-E", "O-1-C"))
    assert merged.limits == "no stairs"
    closed = await hall.ask(ShowEntry(OFFER, "O-2-E"))
    assert (closed.state, closed.because) == ("withdrawn", "duplicate of O-1-C")


async def test_a_consent_goes_with_the_contact_that_it_was_given_with(hall: OneHall) -> None:
    await hall.need(contact="Ana")
    await hall.need(contact="Rosa", consent="yes")
    assert (await hall.ask(Merge(NEED, "N-2-D", "N-1-B"))).consent == ""
    await hall.need(contact="Ana", consent="yes")
    assert (await hall.ask(Merge(NEED, "N-3-F", "N-1-B"))).consent == "yes"


async def test_what_is_said_of_the_one_that_stays_stands(hall: OneHall) -> None:
    kept = await hall.ask(AddEntry(NEED, "FOD", "Meals", by="20:00", ring="late"))
    await hall.ask(AddEntry(NEED, "FOD", "Meals", by="22:00", ring="early"))
    assert await hall.ask(Merge(NEED, "N-2-D", kept.ref)) == replace(kept, also_changed=("N-2-D",))


async def test_taken_back_all_is_as_it_was(hall: OneHall) -> None:
    await hall.need()
    await hall.need("Meals", contact="Ana")
    core = hall.core
    before = [await hall.ask(ShowEntry(NEED, ref)) for ref in ("N-1-B", "N-2-D")]
    found = await hall.ask(Find("meals"))
    await hall.ask(Merge(NEED, "N-2-D", "N-1-B"))
    taken_back = core.event(Did.UNDONE, "N-2-D", "AK")
    device = core.hall.device_key
    refolded = await core.save(
        also=lambda conn: undo(conn, device, last_act(conn, device, "AK"), taken_back)
    )
    assert [each.ref for each in refolded] == ["N-2-D", "N-1-B"]
    assert [await hall.ask(ShowEntry(NEED, ref)) for ref in ("N-1-B", "N-2-D")] == before
    assert await hall.ask(Find("meals")) == found


async def test_both_remember_it(hall: OneHall) -> None:
    await hall.need()
    await hall.need()
    await hall.ask(Merge(NEED, "N-2-D", "N-1-B"))
    rows = await hall.core.read(lambda conn: all_events_of(conn, ["N-1-B", "N-2-D"]))
    happened = {(row.event.about, row.event.did): row.event.data for row in rows}
    assert happened["N-2-D", Did.MERGED]["into"] == "N-1-B"
    assert happened["N-1-B", Did.FILLED] == {"from": "N-2-D"}


async def test_what_is_no_duplicate_is_refused(hall: OneHall) -> None:
    need, closed = await hall.need(), await hall.need()
    offer = (await hall.ask(AddEntry(OFFER, "FOD", "Stew"))).ref
    await hall.ask(CloseEntry(NEED, closed, "met"))
    async with unchanged(hall.core):
        for ref, into, why in (
            (need, need, Why.MERGE_ITSELF),
            (need, "n 1 b", Why.MERGE_ITSELF),
            (need, offer, Why.REFERENCE_WRONG_KIND),
            (offer, need, Why.REFERENCE_WRONG_KIND),
            (need, closed, Why.NOT_OPEN),
            (closed, need, Why.NOT_OPEN),
            (need, "N-9-T", Why.REFERENCE_NOT_FOUND),
            (need, "N-9-Z", Why.REFERENCE_CHECK),
        ):
            with refused(why):
                await hall.ask(Merge(NEED, ref, into))


@pytest.mark.parametrize("did", [(), (Did.HANDED_OVER,)])
async def test_what_is_promised_or_has_come_is_the_one_to_keep(
    hall: OneHall, did: tuple[Did, ...]
) -> None:
    matched, other = await hall.need(), await hall.need()
    offer = (await hall.ask(AddEntry(OFFER, "FOD", "Stew", "9"))).ref
    await match(hall, matched, offer, *did)
    with refused(Why.MERGE_OTHER_WAY) as why:
        await hall.ask(Merge(NEED, matched, other))
    assert why.value.facts == {"ref": matched, "into": other}
    await hall.ask(EditEntry(NEED, other, note="late"))
    assert (await hall.ask(Merge(NEED, other, matched))).note == "late"


async def test_what_fell_through_and_never_came_holds_nothing_up(hall: OneHall) -> None:
    matched, other = await hall.need(), await hall.need()
    await match(hall, matched, (await hall.ask(AddEntry(OFFER, "FOD", "Stew", "9"))).ref)
    ended = hall.core.event(Did.FELL_THROUGH, "M-1-G", "AK")
    await hall.core.save(also=lambda conn: hall.core.append(conn, ended))
    assert (await hall.ask(Merge(NEED, matched, other))).ref == other


async def test_what_other_halls_see_is_the_one_to_keep(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, _east):
        passed, other, third = await north.need(), await north.need(), await north.need()
        overflow = await north.pass_on(passed)
        with refused(Why.MERGE_OTHER_WAY):
            await north.ask(Merge(NEED, passed, other))
        second = await north.pass_on(other)
        with refused(Why.MERGE_BOTH_COUNTED_ON):
            await north.ask(Merge(NEED, passed, other))
        await north.ask(WithdrawOverflow(second.id))
        assert (await north.ask(Merge(NEED, other, passed))).overflows == (overflow.ref,)
        await north.ask(WithdrawOverflow(overflow.id))
        assert (await north.ask(Merge(NEED, passed, third))).ref == third


async def test_what_is_needed_once_does_not_come_again_because_a_duplicate_does(
    hall: OneHall,
) -> None:
    daily = (await hall.ask(AddEntry(Kind.NEED, "FOD", "Meals", "2", every="day"))).ref
    once = (await hall.ask(AddEntry(Kind.NEED, "FOD", "Meals", "2"))).ref
    assert (await hall.ask(Merge(Kind.NEED, daily, once))).every == ""
