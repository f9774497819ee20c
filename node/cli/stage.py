"""What the demo's story stands on: its halls, looking until something has arrived, and telling."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from node.api.requests import Answer, ListOverflows, Request, ShowOverflow, Whose
from node.api.views import OverflowView, PledgeView
from node.cli import story
from node.cli.scratch import ScratchHall, failed
from node.cli.session import House, Session

ARRIVES_S = 30
"""Records take milliseconds on loopback; a machine under load, and a node that comes back, may take
seconds."""

LOOK_EVERY_S = 0.05
"""Between looks at a hall: short enough that the time told is nearly the true one."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Promise:
    """A pledge and its overflow by their ids, which are the same at every hall.

    `qty` is what will be accepted of it and brought; `details` are what is sealed to its hall.
    """

    hall: ScratchHall
    id: str
    overflow: str
    qty: int
    details: str


@dataclass(frozen=True, slots=True)
class Stage:
    """Desks act through the command line; what arrived is looked up through the node's door."""

    house: House
    north: ScratchHall
    east: ScratchHall
    mill: ScratchHall
    far: ScratchHall
    say: Callable[[str], None]

    def tell(self, text: str, **facts: object) -> None:
        self.say(self.worded(text, **facts))

    def worded(self, text: str, **facts: object) -> str:
        """`text` with the halls' names in it."""
        return text.format(
            north=self.north.name,
            east=self.east.name,
            mill=self.mill.name,
            far=self.far.name,
            **facts,
        )

    def until(self, look: Callable[[], Found | None], what: str) -> Found:
        """What `look` finds in the end. Raises NotDone, which says `what`, after `ARRIVES_S`."""
        ends_s = time.monotonic() + ARRIVES_S
        while (found := look()) is None:
            if time.monotonic() > ends_s:
                waited = self.worded(what)
                raise failed(story.NOT_ARRIVED.format(seconds=ARRIVES_S, what=waited))
            time.sleep(LOOK_EVERY_S)
        return found

    def ask(self, hall: ScratchHall, request: Request[Answer]) -> Answer:
        return Session(self.house, hall.folder, initials="", yes=False).ask(request)

    def listed(self, hall: ScratchHall) -> tuple[OverflowView, ...]:
        """What other halls ask and give, as this one sees it."""
        return self.ask(hall, ListOverflows(Whose.THEIRS))

    def until_listed(self, hall: ScratchHall, overflow_id: str, what: str) -> OverflowView:
        def look() -> OverflowView | None:
            return next((seen for seen in self.listed(hall) if seen.id == overflow_id), None)

        return self.until(look, what)

    def until_pledge(
        self,
        hall: ScratchHall,
        promise: Promise,
        what: str,
        fits: Callable[[PledgeView], bool] = lambda _seen: True,
    ) -> PledgeView:
        """The pledge as this hall sees it, once it is there and fits."""

        def look() -> PledgeView | None:
            overflow = self.ask(hall, ShowOverflow(promise.overflow))
            named = (seen for seen in overflow.pledges if seen.id == promise.id)
            return next(filter(fits, named), None)

        return self.until(look, what)
