"""References that several halls have, and what a person means by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from node.api.requests import AcceptPledge, MakePledge, RenewOverflow, ShowOverflow
from node.desk.text import inert
from node.refusal import Why
from protocol.bodies import Pledge, Profile, Request
from tests.node.refusals import refused, unchanged
from tests.node.twice import held, signs_twice
from tests.node.two_halls import (
    OneHall,
    Pipe,
    all_overflows,
    asked_and_pledged,
    of_one_mind,
    one_hall,
    pair,
    two_halls,
)

pytestmark = pytest.mark.asyncio


async def test_without_a_call_sign_our_own_is_meant(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        ours = await north.pass_on(await north.need("North"))
        theirs = await east.pass_on(await east.need("East"))
        await of_one_mind(north, east)
        assert (await north.ask(ShowOverflow("V-1-E"))).id == ours.id
        assert (await east.ask(ShowOverflow("V-1-E"))).id == theirs.id
        for hall in (north, east):
            for view in (ours, theirs):
                assert (await hall.ask(ShowOverflow(view.ref.lower()))).id == view.id


async def test_what_could_be_several_is_refused_with_what_to_say(tmp_path: Path) -> None:
    async with (
        two_halls(tmp_path) as (north, east),
        one_hall(tmp_path / "west", "West Quay") as west,
    ):
        await pair(north, west)
        Pipe(north, west)
        overflow = await north.pass_on(await north.need())
        await of_one_mind(north, east)
        await of_one_mind(north, west)
        for hall in (east, west):
            await hall.ask(MakePledge(overflow.id, "5"))
            await of_one_mind(north, hall)
        async with unchanged(north.core):
            with refused(Why.REFERENCE_AMBIGUOUS) as raised:
                await north.ask(AcceptPledge("P-1-F"))
        choices = str(raised.value.facts["choices"])
        said = choices.split(" (", maxsplit=1)[0]
        assert (await north.ask(AcceptPledge(said))).state == "accepted"


async def test_two_halls_of_one_call_sign_are_told_apart(tmp_path: Path) -> None:
    async with (
        two_halls(tmp_path) as (north, _east),
        one_hall(tmp_path / "green", "Norgate Green") as green,
    ):
        await pair(north, green)
        Pipe(north, green)
        ours = await north.pass_on(await north.need())
        theirs = await green.pass_on(await green.need())
        await of_one_mind(north, green)
        assert ours.ref == theirs.ref == "NG V-1-E"
        # What only one of them can be meant by needs no more words.
        assert (await north.ask(MakePledge("NG V-1-E", "5"))).overflow == theirs.id
        assert (await north.ask(RenewOverflow("NG V-1-E"))).id == ours.id
        with refused(Why.REFERENCE_AMBIGUOUS) as raised:
            await north.ask(ShowOverflow("NG V-1-E"))
        choices = str(raised.value.facts["choices"])
        assert theirs.id in choices
        assert "Norgate Green" in choices
        assert (await north.ask(ShowOverflow(theirs.id))).id == theirs.id


async def asked_as(hall: OneHall, ref: str, sign: str = "") -> str:
    """The id of a new overflow that a hall of another make calls `ref`, and itself `sign`."""
    core = hall.core
    made = await hall.pass_on(await hall.need())
    record = held(hall, made.id)
    assert isinstance(record.body, Request)
    odd = core.next_version(record, replace(record.body, ref=ref))
    await core.save((record, odd), also=lambda conn: None)
    if sign:
        (card,) = [r for r in core.shelf.own_directory() if isinstance(r.body, Profile)]
        assert isinstance(card.body, Profile)
        body = replace(card.body, call_sign=sign)
        named = core.signer.next_in_directory(card, body, core.clock())
        await core.save((card, named), also=lambda conn: None)
    return made.id


@pytest.mark.parametrize(
    ("ref", "spoken"),
    [
        ("V-1-X", ["ES V-1-X", "V-1-X", "v1x", " es v 1 x ", "es v-01-x"]),  # wrong letter
        ("V-01-E", ["ES V-01-E", "V-01-E", "V-1-E"]),
        ("P-1-F", ["ES P-1-F", "P-1-F"]),  # a pledge's
        ("W-1-E", ["ES W-1-E", "w1e"]),  # no kind of ours
        ("soup for 7", ["ES soup for 7", "Soup  for 7"]),
        ("\x1b[31mred\u202e", ["ES red", "red"]),
        ("ES V-9-X", ["ES ES V-9-X"]),
    ],
)
async def test_whatever_a_hall_calls_it_it_is_found_by_what_is_shown(
    tmp_path: Path, ref: str, spoken: list[str]
) -> None:
    async with two_halls(tmp_path) as (north, east):
        theirs = await asked_as(east, ref)
        await of_one_mind(north, east)
        (shown,) = await all_overflows(north)
        for typed in (*spoken, inert(shown.ref), theirs):
            assert (await north.ask(ShowOverflow(typed))).id == theirs
        assert (await north.ask(MakePledge(inert(shown.ref), "5"))).overflow == theirs


async def test_what_several_halls_show_so_is_refused_with_what_to_say(tmp_path: Path) -> None:
    async with (
        two_halls(tmp_path) as (north, east),
        one_hall(tmp_path / "west", "West Quay") as west,
    ):
        await pair(north, west)
        Pipe(north, west)
        theirs = [await asked_as(hall, "V-1-X") for hall in (east, west)]
        await of_one_mind(north, east)
        await of_one_mind(north, west)
        with refused(Why.REFERENCE_AMBIGUOUS) as raised:
            await north.ask(ShowOverflow("v1x"))
        choices = [each.split(" (")[0] for each in str(raised.value.facts["choices"]).split(", ")]
        found = [(await north.ask(ShowOverflow(each))).id for each in choices]
        assert sorted(found) == sorted(theirs)


@pytest.mark.parametrize(
    ("ref", "sign"),
    [
        ("NG V-1-E", ""),
        ("V-1-E", "NG"),
        ("1-E", "V"),
        ("E", "V-1"),
        ("V-1-E", "NG "),
        ("-1-E", "V"),
    ],
)
async def test_no_hall_s_odd_reference_stands_in_the_place_of_ours(
    tmp_path: Path, ref: str, sign: str
) -> None:
    async with two_halls(tmp_path) as (north, east):
        ours = await north.pass_on(await north.need())
        theirs = await asked_as(east, ref, sign)
        await of_one_mind(north, east)
        assert (await north.ask(ShowOverflow("V-1-E"))).id == ours.id
        assert (await north.ask(RenewOverflow("NG V-1-E"))).id == ours.id
        assert (await north.ask(ShowOverflow(theirs))).id == theirs


async def test_a_pledge_is_found_by_what_is_shown_too_and_so_is_what_was_signed_twice(
    tmp_path: Path,
) -> None:
    async with two_halls(tmp_path) as (north, east):
        overflow, pledge = await asked_and_pledged(north, east)
        record = held(east, pledge)
        assert isinstance(record.body, Pledge)
        odd = east.core.next_version(record, replace(record.body, ref="P-1-X"))
        await east.core.save((record, odd), also=lambda conn: None)
        await of_one_mind(north, east)
        assert (await north.ask(AcceptPledge("es p1x"))).id == pledge
        for typed, why in (
            ("ES P-1-F", Why.REFERENCE_NOT_FOUND),
            ("P-1-Y", Why.REFERENCE_CHECK),
            ("V-1-E", Why.REFERENCE_WRONG_KIND),
            ("soup", Why.REFERENCE_UNREADABLE),
            ("x" * 1_000_000, Why.REFERENCE_UNREADABLE),
        ):
            with refused(why):
                await north.ask(AcceptPledge(typed))
        await signs_twice(east, north, pledge)
        for typed in ("ES P-1-X", "p1x"):
            with refused(Why.SIGNED_TWICE):
                await north.ask(AcceptPledge(typed))
        assert (await north.overflow(overflow)).accepted == 25
