"""Halls to look at: an empty one, and one in the middle of its evening."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from node.api.views import (
    EntryView,
    Kind,
    NeighbourView,
    OverflowView,
    PledgeView,
    WaitingView,
)
from tests.tui.fake_node import HOUR_MS, NOW_MS, FakeHall, FakeNode, pledge_of
from tui.app import HallwayApp
from tui.clock import Clock
from tui.desk import Desk, Door


def app_of(node: FakeNode, *, initials: str = "AB", hall: FakeHall | None = None) -> HallwayApp:
    """The board of a hall, at a fixed time."""
    door = hall or FakeHall(node)
    clock = Clock(now_ms=lambda: NOW_MS, zone=UTC)
    return HallwayApp(Desk(door_of(door), clock, initials))


def need(ref: str, category: str, text: str, qty: float, unit: str, **more: object) -> EntryView:
    """A need as it stands on the board; `more` are further fields of the view."""
    plain = EntryView(
        kind=Kind.NEED,
        ref=ref,
        state="open",
        category=category,
        text=text,
        qty=qty,
        unit=unit,
        zone="",
        received=0,
        promised=0,
        danger=False,
        created_ms=NOW_MS - HOUR_MS,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def offer(ref: str, category: str, text: str, qty: float, unit: str, **more: object) -> EntryView:
    kept = {"kind": Kind.OFFER, "state": "available", **more}
    return need(ref, category, text, qty, unit, **kept)


def overflow(id_: str, ref: str, text: str, **more: object) -> OverflowView:
    """Eastside's overflow of forty meals, unless said otherwise."""
    plain = OverflowView(
        id=id_,
        ref=ref,
        origin="Eastside Centre",
        ours=False,
        state="open",
        category="FOD",
        text=text,
        qty=40,
        unit="meal",
        accepted=0,
        received=0,
        pledged=0,
        distance=1,
        area="Eastside",
        urgency="today",
        hops=2,
        changed_ms=NOW_MS - HOUR_MS,
        until_ms=NOW_MS + 24 * HOUR_MS,
        surplus=False,
        exercise=False,
        pledges=(),
        by_ms=NOW_MS + 2 * HOUR_MS,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def evening() -> FakeNode:
    """A hall at half past eight: a board with something of everything, and two neighbours."""
    node = FakeNode()
    known = {"zone": "Mill Lane", "contact": "Ana, 555 0100"}
    soon, late = NOW_MS + HOUR_MS, NOW_MS - HOUR_MS
    passed = {"overflows": ("NG V-12-K",), "promised": 25}
    entries = (
        need("N-417-K", "FOD", "Hot meals for tonight", 40, "meal", by_ms=soon, **known, **passed),
        need("N-421-D", "MED", "Insulin kept cold, two pens", 2, "each", danger=True, **known),
        need("N-409-T", "SHL", "Bed for the night, with a dog", 1, "person", by_ms=late),
        need("N-424-R", "WAT", "Drinking water, fourth floor without lift", 30, "litre", **known),
        need("N-430-B", "TRN", "Lift to the clinic", 1, "trip", by_ms=NOW_MS + 15 * HOUR_MS),
        need("N-433-A", "CLO", "Blankets", 12, "each", received=8, promised=12, zone="Hill"),
        offer("O-102-H", "FOD", "Soup kitchen, cooks for sixty", 60, "meal", **known),
        offer("O-105-P", "TRN", "Van with driver, evenings", 3, "trip", zone="Mill Lane"),
        offer("O-107-C", "SHL", "Two beds in a quiet flat", 2, "person", contact="Ben"),
        offer("O-110-M", "LAB", "Six hands for clean-up", 6, "person", state="reserved", **known),
    )
    node.entries = {(entry.kind, entry.ref): entry for entry in entries}
    taken = replace(
        pledge_of("ours-1", "Eastside Centre", 25, note="Lentil stew, warm in boxes"),
        state="accepted",
        accepted=25,
        details="Back door of the hall until 21:00, ask for Ruth",
        would_fall=25,
    )
    asking = pledge_of("ours-1", "Mill Lane School", 20, id_="pledge-2", ref="ML P-6-C")
    mine = replace(
        pledge_of("theirs-1", "Northgate Hall", 10, ours=True, id_="pledge-3", ref="NG P-8-D"),
        state="sent",
        accepted=10,
        reached=("Eastside Centre",),
        details="Ask for Tom at the gym entrance",
    )
    node.overflows = {
        each.id: each
        for each in (
            overflow(
                "ours-1",
                "NG V-12-K",
                "Hot meals for tonight",
                ours=True,
                origin="Northgate Hall",
                distance=0,
                accepted=25,
                pledged=45,
                pledges=(taken, asking),
                needs=("N-417-K",),
                held_by=2,
                reached=("Eastside Centre", "Mill Lane School"),
                read_by=2,
                by_ms=soon,
            ),
            overflow("theirs-1", "ES V-3-M", "Nappies, size 4", category="BAB", qty=10, unit="pack",
                     accepted=10, pledged=10, pledges=(mine,)),
            overflow("theirs-2", "FC V-7-A", "Camp beds until Sunday", category="SHL", qty=15,
                     unit="each", origin="Far Chapel", distance=2, through="Mill Lane School"),
        )
    }  # fmt: skip
    node.neighbours = {
        each.group_id: each
        for each in (
            NeighbourView("east", "Eastside Centre", "linked", "lan", NOW_MS - 5_000,
                          area="Eastside, Dock Road"),
            NeighbourView("mill", "Mill Lane School", "away", None, NOW_MS - 3 * HOUR_MS,
                          waiting=4, waiting_for=_waiting("NG V-12-K", details=("ML P-6-C",))),
        )
    }  # fmt: skip
    return node


def street() -> FakeNode:
    """The hall in the middle of a row of four, later: things of halls that are not next door."""
    node = evening()
    node.neighbours = {
        each.group_id: each
        for each in (
            NeighbourView("east", "Eastside", "linked", "lan", NOW_MS, area="Dock Road"),
            NeighbourView("mill", "Mill Lane", "away", None, NOW_MS - HOUR_MS, waiting=14,
                          waiting_for=_waiting(
                              "NG V-12-K", "NG V-13-T", "NG S-2-P", "NG P-8-D", "NG P-9-E",
                              details=("FC P-6-C", "ML P-2-B"))),
        )
    }  # fmt: skip
    far: dict[str, object] = {
        "origin": "Far Chapel", "distance": 2, "through": "Mill Lane", "area": "Chapel Hill",
    }  # fmt: skip
    ours: dict[str, object] = {"ours": True, "origin": "Northgate Hall", "distance": 0}
    node.overflows = {
        each.id: each
        for each in (
            overflow("new", "NG V-13-T", "Torches with batteries", qty=12, unit="each", **ours),
            overflow("rice", "NG S-2-P", "Rice, in sacks", qty=75, unit="kg", surplus=True,
                     accepted=15, pledged=35, read_by=2, sent=15, by_ms=None, held_by=1,
                     reached=("Eastside",), needs=("O-102-H",), pledges=(
                         replace(_asks("rice", "Eastside", 15, "ES P-4-A"), state="sent",
                                 accepted=15, details="Gate 2, ask for Ruth"),
                         replace(_asks("rice", "Far Chapel", 20, "FC P-6-C"), neighbour=False,
                                 through="Mill Lane", note="We can fetch it after six"),
                     ), **ours),
            overflow("drill", "ES V-4-R", "Stretchers for two streets", qty=6, unit="each",
                     exercise=True, origin="Eastside", pledged=4, pledges=(
                         pledge_of("drill", "Northgate Hall", 4, ours=True, id_="drill-1",
                                   ref="NG P-9-E"),
                     )),
            overflow("coats", "FC S-7-A", "Winter coats, all sizes", qty=40, unit="each",
                     category="CLO", surplus=True, by_ms=NOW_MS + 20 * HOUR_MS, pledged=10,
                     pledges=(
                         replace(_asks("coats", "Northgate Hall", 10, "NG P-8-D"), ours=True,
                                 reached=("Mill Lane",)),
                     ), **far),
        )
    }  # fmt: skip
    return node


def _waiting(*refs: str, details: tuple[str, ...]) -> tuple[WaitingView, ...]:
    about = (WaitingView(ref, details=True) for ref in details)
    return (*(WaitingView(ref) for ref in refs), *about)


def _asks(overflow: str, by: str, qty: int, ref: str) -> PledgeView:
    """A pledge on a surplus: a hall asks for part of it."""
    return pledge_of(overflow, by, qty, id_=ref, ref=ref)


def door_of(hall: FakeHall) -> Door:
    return Door(
        exists=hall.exists,
        make=hall.make,
        start=hall.start,
        connect=hall.connect,
        save_bug=hall.save_bug,
    )
