"""Draws the board for the README: `python scripts/picture.py FILE` writes an SVG.

Two halls with real stores are set in the middle of an evening, joined by a pipe as in the tests;
the board is the app itself over the first of them, as wide as a usual terminal. The clock stands
still and nothing in the picture is left to chance, so that the same board gives the same bytes.
"""

import asyncio
import re
import sys
import tempfile
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from html import unescape
from pathlib import Path
from typing import Final

from node.api import entrance
from node.api.door import NodeApi
from node.api.requests import AcceptPledge, AddEntry, MakePledge, MarkSent, ReceivePledge
from node.api.views import InviteView, Kind
from node.core import Network
from protocol.ids import GroupId, UnixMs
from tests.node.two_halls import EVENING, OneHall, of_one_mind, two_halls
from tui.app import HallwayApp
from tui.clock import Clock
from tui.desk import Desk, Door

SIZE: Final = (100, 26)
"""Columns and rows: the least that shows both boards side by side with room to breathe."""

DEADLINE_S: Final = 30.0
"""For the board to stand complete; it takes one or two."""

MINUTE_MS: Final = 60_000

FONTS: Final = 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace'
"""What the reader's machine has; nothing is fetched to look at a picture."""


SPACE: Final = "&#160;"

PIECE: Final = re.compile(
    r'x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="(?P<length>[\d.]+)"(?P<rest>[^>]*)>'
    r"(?P<text>[^<]*)</text>"
)
"""What the terminal library writes for letters in one style (rich 14)."""


class Linked(Network):
    """The halls hear each other; what they say goes through the pipe."""

    address = "192.0.2.7:7425"

    def __init__(self, *groups: GroupId) -> None:
        self._groups = frozenset(groups)

    def linked(self) -> frozenset[GroupId]:
        return self._groups

    async def invite(self, until_ms: UnixMs) -> InviteView:
        raise NotImplementedError

    async def join(self, code: str) -> GroupId:
        raise NotImplementedError

    async def part(self, group: GroupId) -> None:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that came to the desk, `minute` minutes from the evening's start."""

    minute: int
    entry: AddEntry


def _need(minute: int, category: str, text: str, qty: str, **more: str | bool) -> Said:
    return Said(minute, AddEntry(Kind.NEED, category, text, qty, **more))  # type: ignore[arg-type]


def _offer(minute: int, category: str, text: str, qty: str, **more: str | bool) -> Said:
    return Said(minute, AddEntry(Kind.OFFER, category, text, qty, **more))  # type: ignore[arg-type]


DOOR: Final = "at the desk"
"""Stands in every contact field that is filled; the board shows only where it is empty."""

SAID: Final = (
    _need(0, "CLO", "Dry blankets", "12", zone="School gym", contact=DOOR),
    _need(4, "FOD", "Hot meals for tonight", "40", zone="Hall", by="21:30", contact=DOOR),
    _offer(6, "TRN", "Van with driver", "3", unit="trip", zone="Mill Lane", by="22:00"),
    _need(9, "TRN", "Lift to the clinic", "1", zone="Mill Lane", by="tomorrow 08:30"),
    _offer(11, "SPC", "Back room, heated", "1", zone="Chapel", contact=DOOR),
    _need(13, "BAB", "Nappies, size 4", "2", contact=DOOR, by="22:00"),
    _offer(15, "FOD", "Rice, in sacks", "75", unit="kg", zone="Mill Lane", contact=DOOR),
    _need(18, "CAR", "Company overnight", "10", zone="Weir Street", by="21:00", contact=DOOR),
    _need(21, "WAT", "Water, third floor", "20", zone="Weir Street"),
    _offer(23, "CLO", "Children\u2019s coats", "14", zone="School gym", contact=DOOR),
    _offer(24, "LAB", "Hands with shovels", "4", zone="Weir Street", contact=DOOR),
    _need(28, "FIX", "Tarp for a wet roof", "1", zone="Chapel", contact=DOOR),
    _offer(31, "PWR", "Generator, two sockets", "2", zone="Hall", contact=DOOR),
    _need(33, "PET", "Bed for a calm dog", "1", contact=DOOR),
    _offer(35, "LAN", "Polish and Ukrainian", "3", contact=DOOR, by="22:30"),
    _need(38, "PWR", "Oxygen needs power", "1", zone="Mill Lane", by="20:30", contact=DOOR,
          danger=True),
)  # fmt: skip
"""Needs and offers as they came."""

BLANKETS, MEALS = 0, 1
"""Their places in SAID: these two are passed on."""

NOW_MINUTE: Final = 42


async def picture() -> str:
    """The board as SVG."""
    with tempfile.TemporaryDirectory(prefix="hallway-picture-") as folder:
        async with two_halls(Path(folder)) as (north, east):
            north.core.network = Linked(east.core.hall.group)
            refs = await _play(north, east)
            return _tidied(await _drawn(north, refs))


async def _play(north: OneHall, east: OneHall) -> list[str]:
    """The evening until now; the references of all that is on Northgate's board."""
    refs = []
    for said in SAID:
        _set_clocks(said.minute, north, east)
        refs.append((await north.ask(said.entry)).ref)
    blankets = await _promised(north, east, refs[BLANKETS], "8")
    await east.ask(MarkSent(blankets))
    await of_one_mind(north, east)
    await north.ask(ReceivePledge(blankets, "8"))
    await _promised(north, east, refs[MEALS], "25")
    _set_clocks(NOW_MINUTE, north, east)
    return refs


async def _promised(north: OneHall, east: OneHall, ref: str, qty: str) -> str:
    """Pass `ref` on; Eastside pledges `qty`, Northgate accepts. The pledge's id."""
    overflow = await north.pass_on(ref)
    await of_one_mind(north, east)
    pledge = await east.ask(MakePledge(overflow.id, qty))
    await of_one_mind(north, east)
    await north.ask(AcceptPledge(pledge.id))
    await of_one_mind(north, east)
    return pledge.id


def _set_clocks(minute: int, *halls: OneHall) -> None:
    for hall in halls:
        hall.clock.put(EVENING + minute * MINUTE_MS)


async def _drawn(hall: OneHall, refs: list[str]) -> str:
    clock = Clock(now_ms=hall.clock, zone=UTC)
    app = HallwayApp(Desk(_door_of(hall), clock, initials="AK"))
    async with app.run_test(size=SIZE) as pilot, asyncio.timeout(DEADLINE_S):
        # The bottom line is drawn last.
        while not all(piece in app.export_screenshot() for piece in (*refs, "linked")):
            await pilot.pause()
        await pilot.press("down", "down")
        await pilot.pause()
        return app.export_screenshot(title=hall.core.hall.name)


def _door_of(hall: OneHall) -> Door:
    def connect() -> AbstractAsyncContextManager[NodeApi]:
        return nullcontext[NodeApi](hall.node)

    def start() -> None:
        """It runs already, in this process."""

    return Door(
        exists=partial(entrance.hall_exists, hall.folder),
        make=partial(entrance.make_hall, hall.folder),
        start=start,
        connect=connect,
        save_bug=lambda bug: entrance.save_bug(bug, hall.folder),
    )


def _tidied(svg: str) -> str:
    """Without addresses to fetch fonts from, and with names that do not follow the contents."""
    svg = re.sub(r"\s*@font-face \{[^}]*\}|\s*<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+", "board", svg)
    svg = svg.replace("font-family: Fira Code, monospace", f"font-family: {FONTS}")
    svg = svg.replace("font-family: arial", "font-family: sans-serif")
    svg = svg.replace("</text><text", "</text>\n<text").replace("/><rect", "/>\n<rect")
    svg = PIECE.sub(_without_spaces_around, svg)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def _without_spaces_around(piece: re.Match[str]) -> str:
    """A piece of text set where its first letter stands: some programs drop the spaces before."""
    text = piece["text"].replace(SPACE, " ")
    letters = len(unescape(text))
    cell = float(piece["length"]) / letters
    x = float(piece["x"]) + cell * (len(text) - len(text.lstrip()))
    length = cell * len(unescape(text.strip()))
    told = text.strip().replace(" ", SPACE)
    return f'x="{x:g}" y="{piece["y"]}" textLength="{length:g}"{piece["rest"]}>{told}</text>'


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(asyncio.run(picture()), encoding="utf-8")
