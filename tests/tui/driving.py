"""Sitting at the desk: open the board over a fake node, press keys, read the screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from textual import events
from textual.pilot import Pilot

from tests.tui.fake_node import FakeHall, FakeNode
from tests.tui.halls import app_of
from tui.app import HallwayApp

DEADLINE_S = 10.0
"""For anything that should come at once; long, because the machine may be busy."""

STEP_S = 0.02


@dataclass(frozen=True)
class Desk:
    app: HallwayApp
    pilot: Pilot[None]
    node: FakeNode

    @property
    def text(self) -> str:
        """The screen as a person reads it, window over window."""
        # Textual has no public way to read the screen as text; its pictures come from here too.
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    async def keys(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def typed(self, text: str) -> None:
        await self.pilot.press(*text)

    def at_once(self, *keys: str) -> None:
        """Press keys without a breath between them, as a slow line delivers what was typed."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait until `seen`; fails with the screen when it never comes."""
        waited_s = 0.0
        while not seen():
            assert waited_s < DEADLINE_S, f"it never came; the screen:\n{self.text}"
            await self.pilot.pause(STEP_S)
            waited_s += STEP_S

    async def reads(self, *pieces: str) -> None:
        """Wait until all these stand on the screen."""
        await self.until(lambda: all(piece in self.text for piece in pieces))


@asynccontextmanager
async def at_the_desk(
    node: FakeNode,
    *,
    size: tuple[int, int] = (80, 24),
    hall: FakeHall | None = None,
    initials: str = "AB",
) -> AsyncIterator[Desk]:
    """The board, open and filled."""
    app = app_of(node, hall=hall, initials=initials)
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot, node)
        if hall is None or hall.exists():
            await desk.until(lambda: app.desk.seen is not None)
            await desk.reads(node.name)
        yield desk
