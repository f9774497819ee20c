"""A consent that ends, however it ends, erases what it allowed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.history import Undo
from node.api.requests import EditEntry
from node.api.views import Kind
from tests.node.answers.sealing import sealed, sealed_for
from tests.node.two_halls import OneHall, of_one_mind, two_halls

pytestmark = pytest.mark.asyncio
NEED = Kind.NEED
Halls = tuple[OneHall, OneHall]


@pytest_asyncio.fixture
async def halls(tmp_path: Path) -> AsyncIterator[Halls]:
    async with two_halls(tmp_path) as halls:
        yield halls


async def details(halls: Halls, overflow: str) -> str | None:
    """What Eastside can read of it."""
    await of_one_mind(*halls)
    return (await halls[1].only_pledge(overflow)).details


async def test_taken_back_by_the_person(halls: Halls) -> None:
    ref, overflow = await sealed(*halls)
    assert await details(halls, overflow) == "Ask for Quetzalina"
    edited = await halls[0].ask(EditEntry(NEED, ref, consent=""))
    assert (edited.also_changed, edited.consent_ended) == (("NG V-1-E",), False)
    assert await details(halls, overflow) is None


async def test_taken_back_by_undo(halls: Halls) -> None:
    north, _ = halls
    ref = await north.need(contact="Quetzalina Wombat")
    await north.ask(EditEntry(NEED, ref, consent="Eastside may know my name"), "KL")
    overflow = await sealed_for(*halls, ref)
    assert (await north.ask(Undo(), "KL")).erased == ("NG V-1-E",)
    assert await details(halls, overflow) is None


async def test_gone_with_the_contact_that_it_was_given_with(halls: Halls) -> None:
    ref, overflow = await sealed(*halls)
    edited = await halls[0].ask(EditEntry(NEED, ref, contact="Gwendolyn Pryce"))
    assert (edited.consent, edited.consent_ended) == ("", True)
    assert edited.also_changed == ("NG V-1-E",)
    assert await details(halls, overflow) is None


async def test_a_contact_that_is_completed_or_agreed_anew_keeps_it(halls: Halls) -> None:
    ref, overflow = await sealed(*halls)
    edited = await halls[0].ask(EditEntry(NEED, ref, contact="Quetzalina Wombat, 555 0100"))
    assert (edited.consent, edited.consent_ended) == ("Eastside may know my name", False)
    assert await details(halls, overflow) == "Ask for Quetzalina"
    anew = EditEntry(NEED, ref, contact="Gwendolyn Pryce", consent="Eastside may know my name")
    assert (await halls[0].ask(anew)).consent == "Eastside may know my name"
