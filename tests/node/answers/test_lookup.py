"""References that several halls have, and what a person means by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.api.requests import AcceptPledge, MakePledge, RenewOverflow, ShowOverflow
from node.refusal import Why
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import Pipe, of_one_mind, one_hall, pair, two_halls

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
