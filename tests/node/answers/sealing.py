"""A name that was sealed to a neighbour, because its person agreed."""

from __future__ import annotations

from node.api.requests import AcceptPledge, MakePledge
from tests.node.two_halls import OneHall, of_one_mind


async def sealed(north: OneHall, east: OneHall) -> tuple[str, str]:
    """A need that was passed on, and its overflow, for which a name was sealed to Eastside."""
    ref = await north.need(contact="Quetzalina Wombat", consent="Eastside may know my name")
    return ref, await sealed_for(north, east, ref)


async def sealed_for(north: OneHall, east: OneHall, ref: str) -> str:
    """The overflow with which this need of Quetzalina's was passed on, and its details."""
    overflow = await north.pass_on(ref)
    await of_one_mind(north, east)
    pledge = await east.ask(MakePledge(overflow.id, "25"))
    await of_one_mind(north, east)
    await north.ask(AcceptPledge(pledge.id, details="Ask for Quetzalina"))
    await of_one_mind(north, east)
    return overflow.id
