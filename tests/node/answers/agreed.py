"""A need, an offer, and what is agreed between them: how most evenings of a match begin."""

from __future__ import annotations

from node.api.matches import HandOver, HandOverView, MakeMatch, MatchView, MoveMatch, Step
from node.api.requests import AddEntry, ShowEntry
from node.api.views import EntryView, Kind, Number
from tests.node.two_halls import OneHall


async def add(hall: OneHall, kind: Kind, qty: str = "40", **said: str | bool) -> str:
    """The reference of a new need, or offer, of meals."""
    request = AddEntry(kind, "FOD", "Hot meals", qty, **said)  # type: ignore[arg-type]
    return (await hall.ask(request)).ref


async def need_and_offer(hall: OneHall, lacks: str = "40", has: str = "30") -> tuple[str, str]:
    return await add(hall, Kind.NEED, lacks), await add(hall, Kind.OFFER, has)


async def agreed(hall: OneHall, need: str, offer: str, qty: str = "") -> str:
    return (await hall.ask(MakeMatch(need, offer, qty))).ref


async def say(hall: OneHall, match: str, step: Step) -> MatchView:
    return await hall.ask(MoveMatch(match, step))


async def came(hall: OneHall, ref: str, qty: str = "") -> HandOverView:
    return await hall.ask(HandOver(ref, qty))


async def not_came(hall: OneHall, ref: str, qty: str) -> HandOverView:
    return await hall.ask(HandOver(ref, qty, back=True))


async def stands(hall: OneHall, ref: str) -> EntryView:
    kind = Kind.NEED if ref.startswith("N") else Kind.OFFER
    return await hall.ask(ShowEntry(kind, ref))


async def free(hall: OneHall, ref: str) -> tuple[str, Number]:
    """Its state, and what no match has promised of it."""
    shown = await stands(hall, ref)
    return shown.state, shown.free
