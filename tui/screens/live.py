"""What the three screens have in common: they look again whenever something changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from textual import work
from textual.screen import Screen

from node.api.door import NodeGone
from node.api.requests import Answer, Request
from node.api.views import PledgeView
from node.refusal import Refused
from node.wording import _, sentence
from tui import telling, wording
from tui.desk import Desk
from tui.widgets.bars import StatusLine, TopLine
from tui.widgets.ledger import Ledger

if TYPE_CHECKING:
    from tui.screens.window import Window

Result = TypeVar("Result")


class LiveScreen(Screen[None]):
    """A screen over the desk. `reload` asks the node and draws; it may raise what `ask` raises."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    async def reload(self) -> None:
        raise NotImplementedError

    @property
    def is_there(self) -> bool:
        """False while it is being left: a look at the node may come back after its widgets went."""
        return bool(self.query(TopLine)) and bool(self.query(Ledger))

    def on_screen_resume(self) -> None:
        self.desk.look_again()

    def tell(self, text: str) -> None:
        """Say what was done, or why not, in the line above the last."""
        for line in self.query(StatusLine):
            line.tell(text)

    def stand(self, aside: str, counts: tuple[str, str, str]) -> None:
        """Draw the line at the top."""
        if self.is_there:
            top = self.query_one(TopLine)
            top.aside, top.counts = aside, counts

    def open_sheet(
        self, sheet: Window[Result | None], then: Callable[[Result], object] | None = None
    ) -> None:
        """Show a sheet; `then` gets what came of it, unless the person went back."""
        self.tell("")

        def closed(result: Result | None) -> None:
            if result is not None and then is not None:
                then(result)
            self.desk.look_again()

        self.app.push_screen(sheet, closed)

    @work(group="named")
    async def run_named(self, action: str) -> None:
        """Do what was chosen while everything about one was open."""
        await self.app.run_action(action, default_namespace=self)

    @work(group="do")
    async def do(self, request: Request[Answer], then: Callable[[Answer], str]) -> None:
        """Carry out at once what needs no sheet, and tell what came of it."""
        self.tell(await told_outcome(self.desk.ask(request), then))
        self.desk.look_again()


async def told_outcome(asked: Awaitable[Result], then: Callable[[Result], str]) -> str:
    """The sentence for what came of a request, whatever came."""
    try:
        return then(await asked)
    except Refused as refused:
        return sentence(refused.why, refused.facts)
    except NodeGone:
        return _(wording.NODE_GONE_ASKING)


def pledge_said(text: str, pledge: PledgeView, **facts: str) -> str:
    """A sentence of the catalogue about one pledge; `who` is its hall where it goes on."""
    return _(text).format(
        ref=telling.told(pledge.ref, 20),
        hall=telling.hall(pledge.by, pledge.through),
        who=telling.who(pledge.by, pledge.through),
        **facts,
    )
