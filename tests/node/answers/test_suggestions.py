"""What the other board has, best first; and a few of it as soon as something new is saved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.answers.suggestions import SHOWN_UNASKED
from node.api.matches import Step, Suggest
from node.api.requests import AddEntry, CloseEntry
from node.api.views import Candidate, EntryView, Kind
from node.refusal import Why
from tests.node.answers.agreed import add, agreed, came, say, stands
from tests.node.refusals import refused
from tests.node.two_halls import OneHall, one_hall, two_halls

pytestmark = pytest.mark.asyncio
NEED, OFFER = Kind.NEED, Kind.OFFER


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def suggested(hall: OneHall, ref: str) -> list[str]:
    return [each.ref for each in await hall.ask(Suggest(ref))]


async def saved(hall: OneHall, kind: Kind, qty: str = "40", unit: str = "") -> EntryView:
    return await hall.ask(AddEntry(kind, "FOD", "Hot meals", qty, unit))


async def test_the_best_comes_first_with_its_reasons(hall: OneHall) -> None:
    need = await add(hall, NEED, "40", zone="North")
    some, all_of_it = await add(hall, OFFER, "10"), await add(hall, OFFER, "50", zone="north")
    best, other = await hall.ask(Suggest(need))
    assert best == Candidate(
        ref=all_of_it,
        text="Hot meals",
        because=("same unit, all of it", "both say Hot, meals", "same zone"),
        score=95,
        qty=50,
        unit="meal",
        zone="north",
    )
    assert (other.ref, other.qty) == (some, 10)
    assert other.score < best.score
    assert await suggested(hall, "o 2 e") == [need]


async def test_only_what_is_open_free_and_of_the_category_is_suggested(hall: OneHall) -> None:
    need = await add(hall, NEED)
    closed, given, promised, there = [await add(hall, OFFER, "10") for _ in range(4)]
    await hall.ask(CloseEntry(OFFER, closed, "withdrawn"))
    await came(hall, given, "10")
    match = await agreed(hall, await add(hall, NEED), promised)
    await hall.ask(AddEntry(OFFER, "WAT", "Hot meals", "40", "meal"))
    assert await suggested(hall, need) == [there]
    await say(hall, match, Step.FELL_THROUGH)
    assert sorted(await suggested(hall, need)) == sorted([promised, there])


async def test_what_is_closed_or_all_promised_needs_nothing(hall: OneHall) -> None:
    need, offer = await add(hall, NEED, "10"), await add(hall, OFFER, "40")
    assert await suggested(hall, need) == [offer]
    await agreed(hall, need, offer)
    assert await suggested(hall, need) == []
    await hall.ask(CloseEntry(NEED, need, "referred"))
    assert await suggested(hall, need) == []


async def test_only_a_need_or_an_offer_has_candidates(hall: OneHall) -> None:
    for ref, why in (("M-1-G", Why.REFERENCE_WRONG_KIND), ("N-1-B", Why.REFERENCE_NOT_FOUND)):
        with refused(why):
            await hall.ask(Suggest(ref))


async def test_what_neighbours_were_shown_is_not_suggested(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, _east):
        need, offer = await add(north, NEED, "40"), await add(north, OFFER, "40")
        await north.pass_on(offer, qty="25")
        (candidate,) = await north.ask(Suggest(need))
        assert candidate.qty == 15
        await north.pass_on(offer, qty="15")
        assert await suggested(north, need) == []


async def test_a_quiet_person_can_be_helped_and_nothing_says_who_it_is(hall: OneHall) -> None:
    hidden = {"zone": "Mill Lane", "contact": "Ana", "languages": "Tigrinya", "access": "stairs"}
    need = await add(hall, NEED, **hidden, quiet=True)
    offer = await add(hall, OFFER, zone="Mill Lane", languages="Tigrinya", limits="no stairs")
    (candidate,) = await hall.ask(Suggest(offer))
    assert (candidate.ref, candidate.text, candidate.zone) == (need, "Hot meals", "")
    assert not [text for text in hidden.values() if text in str(candidate).replace("no stairs", "")]


async def test_what_is_new_is_saved_with_the_best_of_the_other_board(hall: OneHall) -> None:
    offers = [(await saved(hall, OFFER, qty)).ref for qty in ("10", "20", "30", "40")]
    need = await saved(hall, NEED, "40")
    assert [each.ref for each in need.candidates] == offers[: -1 - SHOWN_UNASKED : -1]
    assert (await stands(hall, need.ref)).candidates == ()


async def test_what_hardly_fits_is_not_shown_unasked(hall: OneHall) -> None:
    need = await hall.ask(AddEntry(NEED, "FOD", "Rice", "4 kg"))
    offer = await saved(hall, OFFER)
    assert offer.candidates == ()
    assert await suggested(hall, offer.ref) == [need.ref]


async def test_an_offer_of_the_same_person_takes_who_and_where_and_nothing_else(
    hall: OneHall,
) -> None:
    who = {
        "zone": "Mill Lane",
        "contact": "Ana, 555 0100",
        "behalf": "her son",
        "household": "two adults",
        "diet": "no pork",
        "access": "third floor",
        "languages": "Tigrinya",
        "ring": "after five",
        "safe": "through the school",
    }
    more = {"by": "20:00", "note": "a private word", "consent": "yes", "every": "week"}
    need = await add(hall, NEED, danger=True, quiet=True, **more, **who)
    offer = await hall.ask(AddEntry(OFFER, "TRN", "Lift", contact="the same", same_as="n1b"))
    for name, said in (who | {"contact": "the same"}).items():
        assert getattr(offer, name) == said
    assert offer.quiet
    assert (offer.text, offer.qty, offer.unit, offer.category) == ("Lift", 1, "trip", "TRN")
    assert (offer.by_ms, offer.note, offer.consent, offer.danger, offer.every) == (
        None, "", "", False, "",
    )  # fmt: skip
    assert need == "N-1-B"
    with refused(Why.REFERENCE_NOT_FOUND):
        await hall.ask(AddEntry(OFFER, "TRN", "Lift", same_as="N-2-D"))
