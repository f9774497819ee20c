"""`hallway demo`: one evening between two halls, played by real nodes and told as a story."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from node.api.requests import ListOverflows, ShowEntry, ShowOverflow, Whose
from node.api.views import Kind, OverflowView, PledgeView
from node.cli import story
from node.cli.output import Output, write
from node.cli.parser import CommandLine
from node.cli.scratch import ScratchHall, failed, scratch_halls
from node.cli.session import House, Session
from node.desk.text import inert

ARRIVES_S = 30
"""Records take milliseconds on loopback; a machine under load may take seconds."""

LOOK_EVERY_S = 0.05
"""Between looks at the other hall: short enough that the time told is nearly the true one."""

ASKED, PLEDGED = 40, 25

Found = TypeVar("Found")


def add_commands(line: CommandLine) -> None:
    line.add("demo", demo)


def demo(given: Namespace, session: Session) -> Output:
    """Raises NotDone with what did not arrive."""

    def say(text: str) -> None:
        if not given.json:
            write(text + "\n")

    say(story.OPENING)
    halls = (
        (story.NORTHGATE, story.NORTH_PLACE, story.NORTH_AREA),
        (story.EASTSIDE, story.EAST_PLACE, story.EAST_AREA),
    )
    with scratch_halls(*halls) as (north, east):
        evening = Evening(session.house, north, east, say)
        received = evening.play()
    return Output({"received": received, "asked": ASKED}, (story.ENDING,))


class Promise(NamedTuple):
    """A pledge's id, and that of its overflow: the same at both halls."""

    id: str
    overflow: str


@dataclass(frozen=True, slots=True)
class Evening:
    """Desks act through the command line; what arrived is looked up through the node's door."""

    house: House
    north: ScratchHall
    east: ScratchHall
    say: Callable[[str], None]

    def play(self) -> int | float:
        """How much was received in the end, as Northgate's need says."""
        self._pair()
        need = self._take_need()
        overflow = self._pass_on(need)
        promise = self._pledge(overflow)
        self._accept(promise)
        self._send(promise)
        received = self._receive(promise, need)
        self._search_private()
        return received

    def _pair(self) -> None:
        code = str(self.north.run("neighbour", "invite")["code"])
        self.east.run("neighbour", "join", *code.split())
        self._tell(story.PAIRED, code=code)

    def _take_need(self) -> str:
        contact = f"{story.PERSON}, {story.PHONE}"
        details = ("--qty", str(ASKED), "--by", "5h", "--contact", contact)
        ref = str(self.north.run("need", "add", "FOD", story.NEED, *details)["ref"])
        self._tell(story.NEEDED, ref=ref, words=story.NEED, person=story.PERSON, phone=story.PHONE)
        return ref

    def _pass_on(self, need: str) -> OverflowView:
        """The overflow as Eastside sees it."""
        self._tell(story.SHOWN)
        for line in self.north.plan("pass", need):
            self.say(f"   | {line}")
        began_s = time.monotonic()
        passed = str(self.north.run("pass", need, "--yes")["id"])
        seen = self._until(lambda: self._theirs(passed), story.WAITED_NEED)
        self._tell(
            story.SEEN,
            seconds=time.monotonic() - began_s,
            ref=seen.ref,
            origin=inert(seen.origin),
            words=inert(seen.text),
            qty=seen.qty,
        )
        return seen

    def _pledge(self, overflow: OverflowView) -> Promise:
        pledged = self.east.run("pledge", overflow.id, "--qty", str(PLEDGED))
        promise = Promise(str(pledged["id"]), overflow.id)
        seen = self._until(lambda: self._at(self.north, promise, _any), story.WAITED_PLEDGE)
        self._tell(story.PLEDGED, ref=seen.ref)
        return promise

    def _accept(self, promise: Promise) -> None:
        self.north.run("accept", promise.id, "--details", story.DETAILS)

        def opened(seen: PledgeView) -> bool:
            return seen.details == story.DETAILS

        seen = self._until(lambda: self._at(self.east, promise, opened), story.WAITED_DETAILS)
        self._tell(story.ACCEPTED, details=inert(seen.details or ""))

    def _send(self, promise: Promise) -> None:
        self.east.run("sent", promise.id)

        def moving(seen: PledgeView) -> bool:
            return seen.state == "sent"

        self._until(lambda: self._at(self.north, promise, moving), story.WAITED_SENT)
        self._tell(story.SENT)

    def _receive(self, promise: Promise, need: str) -> int | float:
        self.north.run("receive", promise.id, "--qty", str(PLEDGED))

        def came(seen: PledgeView) -> bool:
            return seen.received == PLEDGED

        self._until(lambda: self._at(self.east, promise, came), story.WAITED_RECEIPT)
        received = self._until(lambda: self._received(need), story.WAITED_COUNT)
        overflow = self._door(self.north).ask(ShowOverflow(promise.overflow))
        self._tell(story.RECEIVED, received=overflow.received, need=received)
        return received

    def _search_private(self) -> None:
        """Raises NotDone when what was typed for the desk alone is in a file of Eastside's.

        The words that were passed on must be there: a search that finds nothing proves nothing.
        """
        files = [file for file in self.east.folder.rglob("*") if file.is_file()]
        held = {file.name: file.read_bytes().lower() for file in files}
        if not any(story.NEED.lower().encode() in content for content in held.values()):
            raise failed(self._worded(story.SEARCH_BLIND))
        for name, content in held.items():
            if holds_private(content):
                raise failed(self._worded(story.PRIVATE_FOUND, file=name))
        self._tell(story.PRIVATE, files=len(held), person=story.PERSON, phone=story.PHONE)

    def _theirs(self, overflow_id: str) -> OverflowView | None:
        listed = self._door(self.east).ask(ListOverflows(Whose.THEIRS))
        return next((overflow for overflow in listed if overflow.id == overflow_id), None)

    def _at(
        self, hall: ScratchHall, promise: Promise, fits: Callable[[PledgeView], bool]
    ) -> PledgeView | None:
        """The pledge as `hall` sees it, once it fits."""
        overflow = self._door(hall).ask(ShowOverflow(promise.overflow))
        named = (seen for seen in overflow.pledges if seen.id == promise.id)
        return next(filter(fits, named), None)

    def _received(self, need: str) -> int | float | None:
        received = self._door(self.north).ask(ShowEntry(Kind.NEED, need)).received
        return received if received == PLEDGED else None

    def _until(self, look: Callable[[], Found | None], what: str) -> Found:
        """What `look` finds in the end. Raises NotDone after `ARRIVES_S`."""
        ends_s = time.monotonic() + ARRIVES_S
        while (found := look()) is None:
            if time.monotonic() > ends_s:
                waited = self._worded(what)
                raise failed(story.NOT_ARRIVED.format(seconds=ARRIVES_S, what=waited))
            time.sleep(LOOK_EVERY_S)
        return found

    def _door(self, hall: ScratchHall) -> Session:
        return Session(self.house, hall.folder, initials="", yes=False)

    def _tell(self, text: str, **facts: object) -> None:
        self.say(self._worded(text, **facts))

    def _worded(self, text: str, **facts: object) -> str:
        return text.format(north=self.north.name, east=self.east.name, **facts)


def _any(_pledge: PledgeView) -> bool:
    return True


def holds_private(content: bytes) -> bool:
    """`content` is in small letters. The number is found with its spaces and without."""
    number = story.PHONE.encode()
    surname = story.PERSON.split()[-1].lower().encode()
    return any(private in content for private in (surname, number, number.replace(b" ", b"")))
