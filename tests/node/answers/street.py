"""Two neighbours, and what one of them asks or gives away."""

from __future__ import annotations

from dataclasses import dataclass

from node.api.requests import AddEntry, Answer, MakePledge, Request
from node.api.views import Kind
from tests.node.two_halls import OneHall, asked_and_pledged, of_one_mind


@dataclass(frozen=True)
class Street:
    """Northgate asks or gives away, Eastside pledges."""

    north: OneHall
    east: OneHall

    async def meet(self) -> None:
        await of_one_mind(self.north, self.east)

    async def do(self, hall: OneHall, request: Request[Answer]) -> Answer:
        """Ask one hall, and let the other hear of it."""
        view = await hall.ask(request)
        await self.meet()
        return view

    async def states(self, overflow: str) -> set[str]:
        """The state of the only pledge, as each hall shows it."""
        return {(await hall.only_pledge(overflow)).state for hall in (self.north, self.east)}

    async def offer(
        self, text: str = "Rice", qty: str = "40", by: str = "", contact: str = ""
    ) -> str:
        """The reference of a new offer of food at Northgate."""
        offer = AddEntry(Kind.OFFER, "FOD", text, qty, "kg", by=by, contact=contact)
        return (await self.north.ask(offer)).ref

    async def pledged(self, *, surplus: bool = False) -> tuple[str, str]:
        """The ids of an overflow of 40, or of a surplus, and of Eastside's pledge of 25."""
        if not surplus:
            return await asked_and_pledged(self.north, self.east)
        given = await self.north.pass_on(await self.offer())
        await self.meet()
        return given.id, (await self.do(self.east, MakePledge(given.id, "25"))).id
