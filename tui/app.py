"""The terminal app: it opens the hall, keeps the screens fresh and rings the bell."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Mapping
from functools import partial
from typing import ClassVar, Final

from rich.text import Text
from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from node.api.door import NodeGone, NodeSilent
from node.refusal import Refused
from node.wording import _, sentence
from tui import telling, theme, wording, wording_times
from tui.desk import Desk, Seen
from tui.news import News, in_lines
from tui.screens.about import About
from tui.screens.all_keys import AllKeys
from tui.screens.board import BoardScreen
from tui.screens.live import LiveScreen
from tui.screens.neighbours import NeighboursScreen
from tui.screens.overflow import OverflowScreen
from tui.screens.pairing import InviteSheet
from tui.screens.question import Question
from tui.screens.sheet import Field, Form, Sheet
from tui.screens.start import NameHall, RecoveryWords
from tui.widgets.bars import StatusLine

PACE_S: Final = 0.1
"""Between two looks at the node: fifty changes a second are ten looks, and nobody reads faster."""

TICK_S: Final = 20.0
"""Ages on the screen are told in minutes; this keeps them right without a change."""

SIDE_BY_SIDE_CELLS: Final = 100
"""From this width on both boards fit beside each other with their rows readable."""

TALL_CELLS: Final = 30
"""From this height on forms breathe; below it every line is needed."""


class HallwayApp(App[None]):
    CSS_PATH = "hallway.tcss"
    TITLE = "Hallway"
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 - Textual's own type
        (0, "-narrow"),
        (SIDE_BY_SIDE_CELLS, "-broad"),
    ]
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 - Textual's own type
        (0, "-short"),
        (TALL_CELLS, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", show=False, priority=True),
        Binding("f5", "start_node", show=False, priority=True),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._news = News()
        self._was_connected = False
        self._starting = False

    def _fatal_error(self) -> None:
        """Say a sentence where Textual would print a traceback with what people typed in it."""
        bug = sys.exception()
        file = self.desk.door.save_bug(bug) if bug else None
        told = _(wording.BUG).format(file=file) if file else _(wording.BUG_UNWRITTEN)
        self._exit_renderables.append(Text(told))
        self._close_messages_no_wait()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme.VARIABLES

    def on_mount(self) -> None:
        for each in (theme.DARK, theme.LIGHT):
            self.register_theme(each)
        self.theme = theme.DARK.name
        self.add_mode("board", lambda: BoardScreen(self.desk))
        self.add_mode("overflow", lambda: OverflowScreen(self.desk))
        self.add_mode("neighbours", lambda: NeighboursScreen(self.desk))
        self.open_hall()

    @work(group="open")
    async def open_hall(self) -> None:
        """The first start if there is no hall yet, then the board."""
        if not await asyncio.to_thread(self.desk.door.exists):
            made = await self.push_screen_wait(NameHall(self.desk.door.make))
            if made is None:
                self.exit()
                return
            await self.push_screen_wait(RecoveryWords(made))
        await self.switch_mode("board")
        self.action_start_node()
        self.keep_linked()
        self.keep_fresh()
        self.set_interval(TICK_S, self.desk.look_again)

    @work(group="link", exclusive=True)
    async def keep_linked(self) -> None:
        await self.desk.follow()

    @work(group="fresh", exclusive=True)
    async def keep_fresh(self) -> None:
        """Look again after each change, at most ten times a second."""
        while True:
            await self.desk.stale.wait()
            self.desk.stale.clear()
            await self._look()
            await asyncio.sleep(PACE_S)

    async def _look(self) -> None:
        try:
            seen = await self.desk.look()
            for screen in self.screen_stack:
                if isinstance(screen, LiveScreen):
                    await screen.reload()
                elif isinstance(screen, About | InviteSheet):
                    screen.draw()
        except NodeSilent as silent:
            self._tell(_(wording.NODE_SILENT).format(pid=silent.pid or "?"))
            self.desk.look_again()  # whoever goes on tells of no change
            return
        except NodeGone:
            self._stand()
            return
        except Refused as refused:
            self._tell(sentence(refused.why, refused.facts))
            return
        self._was_connected = True
        self._stand()
        self._ring(seen)

    def _ring(self, seen: Seen) -> None:
        """One bell for what someone here should see at once, and a line for each of it."""
        if news := self._news.since_last(seen.overflows):
            self.bell()
            self._tell(in_lines(news))

    @property
    def _live(self) -> LiveScreen | None:
        """The screen at the bottom of what is shown."""
        return next((each for each in self.screen_stack if isinstance(each, LiveScreen)), None)

    @property
    def _lines(self) -> list[StatusLine]:
        """The bottom lines of all that is open, the topmost window last."""
        return [line for screen in self.screen_stack for line in screen.query(StatusLine)]

    def _tell(self, text: str) -> None:
        for line in self._lines:
            line.tell(text)

    @on(StatusLine.Opened)
    def _stand(self) -> None:
        """Draw the lines that are always there."""
        for line in self._lines:
            line.stand(self._standing())
        if (live := self._live) is None:
            return
        now = self.desk.clock.local(self.desk.clock.now_ms())
        day = _(wording_times.WEEKDAYS[now.weekday()])
        aside = "  ".join(part for part in (self.desk.initials, f"{day} {now:%H:%M}") if part)
        live.stand(aside, self._counts())

    def _standing(self) -> str:
        if self._live is None:
            return ""
        if self._starting and not self.desk.connected:
            return _(wording.NODE_STARTING)
        if not self.desk.connected or self.desk.seen is None:
            return _(wording.NODE_GONE if self._was_connected else wording.OPENING)
        return telling.standing(self.desk.seen.status, self.desk.seen.neighbours, self.desk.clock)

    def _counts(self) -> tuple[str, str, str]:
        seen = self.desk.seen
        pledges = [p for each in seen.overflows if each.ours for p in each.pledges] if seen else []
        waiting = sum(pledge.state == "offered" for pledge in pledges)
        said = _(wording.TO_ANSWER).format(n=waiting) if waiting else ""
        return "", said, ""

    @work(group="start", exclusive=True)
    async def action_start_node(self) -> None:
        """Start the node unless one runs, and say so when it cannot be started."""
        if self._starting:
            return
        self._starting = True
        self._stand()
        try:
            await asyncio.to_thread(self.desk.door.start)
        except Refused as refused:
            self._tell(sentence(refused.why, refused.facts))
        except OSError:
            self._tell(_(wording.NODE_GONE_ASKING))
        finally:
            self._starting = False
            self.desk.look_again()

    def action_show(self, mode: str) -> None:
        if self.current_mode != mode:
            self.switch_mode(mode)

    def action_all_keys(self) -> None:
        warnings = self.desk.seen.status.warnings if self.desk.seen else ()
        self.push_screen(AllKeys(warnings))

    def action_initials(self) -> None:
        async def send(values: Mapping[str, str]) -> str:
            return values["initials"].strip()

        field = Field("initials", wording.YOUR_INITIALS, self.desk.initials)
        form = Form(_(wording.INITIALS), (field,), send, (_(wording.INITIALS_WHAT),))
        self.push_screen(Sheet(form), self._sit_down)

    def _sit_down(self, initials: str | None) -> None:
        if initials is not None:
            self.desk.initials = telling.told(initials, 12)
            self.desk.look_again()

    def action_leave(self) -> None:
        """The node goes on. What is half typed is asked about."""
        if any(isinstance(each, Sheet) and each.dirty for each in self.screen_stack):
            self.push_screen(Question(_(wording.LEAVE_WITH_TYPED)), self._left)
        else:
            self.exit()

    def _left(self, sure: str | None) -> None:
        if sure:
            self.exit()

    def action_help_quit(self) -> None:
        """Ctrl+C is a reflex: say how to leave rather than do nothing."""
        self._tell(_(wording.HOW_TO_LEAVE))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every key of this screen by its name, and the colours."""
        named = {}
        for active in screen.active_bindings.values():
            if active.binding.key_display and active.enabled:
                named[active.binding.action] = active
        for action, active in named.items():
            shown = active.binding.key_display or active.binding.key
            run = partial(self.run_action, action, active.node)
            yield SystemCommand(_(active.binding.description), shown, run)
        yield SystemCommand(_(wording.COLOURS), _(wording.COLOURS_WHAT), self.action_change_theme)
