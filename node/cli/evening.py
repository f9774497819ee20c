"""The evening that the demo plays: one need, three halls in a row that can see it, and a fourth."""

from __future__ import annotations

import textwrap
import time
from dataclasses import dataclass
from itertools import pairwise

from node.api.requests import ShowEntry, ShowOverflow
from node.api.views import EntryView, Kind, Number, OverflowView, PledgeView
from node.cli import plain, story
from node.cli.scratch import ScratchHall, failed
from node.cli.stage import Promise, Stage
from node.desk.text import inert

ASKED, EAST_PLEDGES, MILL_PLEDGES, MILL_BRINGS = 40, 25, 30, 15
"""Of 40, 25 and 30 are not both wanted: 15 is what is left."""

LINE, INDENT = 78, "   "
"""Columns, and how the story is set in, for a sentence of the node's own."""


@dataclass(frozen=True, slots=True)
class Evening:
    """Each act leaves the story where the next one begins. All raise NotDone."""

    stage: Stage

    def play(self) -> Number:
        """How much was received in the end, as Northgate's need says."""
        self._pair()
        need = self._take_need()
        overflow = self._pass_on(need)
        east = self._pledge(overflow)
        mill = self._pledge_cut_off(overflow)
        self._accept_and_lose_power(east)
        self._catch_up(mill)
        self._accept_what_is_left(mill)
        self._open_sealed(east, mill)
        return self._bring(need, east, mill)

    def _pair(self) -> None:
        """Each with the next only."""
        stage = self.stage
        row = (stage.north, stage.east, stage.mill, stage.far)
        code = ""
        for invites, joins in pairwise(row):
            code = str(invites.run("neighbour", "invite")["code"])
            joins.run("neighbour", "join", *code.split())
        stage.tell(story.PAIRED, code=code)

    def _take_need(self) -> str:
        contact = f"{story.PERSON}, {story.PHONE}"
        details = ("--qty", str(ASKED), "--by", "5h", "--contact", contact)
        ref = str(self.stage.north.run("need", "add", "FOD", story.NEED, *details)["ref"])
        facts = {"words": story.NEED, "person": story.PERSON, "phone": story.PHONE}
        self.stage.tell(story.NEEDED, ref=ref, asked=ASKED, **facts)
        return ref

    def _pass_on(self, need: str) -> str:
        """The overflow's id."""
        stage = self.stage
        stage.tell(story.SHOWN)
        for line in stage.north.plan("pass", need):
            stage.say(f"   | {line}")
        began_s = time.monotonic()
        overflow = str(stage.north.run("pass", need, "--yes")["id"])
        stage.until_listed(stage.east, overflow, story.WAITED_NEED_EAST)
        east_s = time.monotonic() - began_s
        seen = stage.until_listed(stage.mill, overflow, story.WAITED_NEED_MILL)
        stage.tell(
            story.SEEN,
            east_s=east_s,
            mill_s=time.monotonic() - began_s,
            ref=inert(seen.ref),
            origin=plain.hall(seen.origin, seen.through),
            words=inert(seen.text),
            amount=plain.amount(seen.qty, seen.unit),
        )
        return overflow

    def _pledge(self, overflow: str) -> Promise:
        stage = self.stage
        id_ = _pledged(stage.east, overflow, EAST_PLEDGES)
        east = Promise(stage.east, id_, overflow, EAST_PLEDGES, story.EAST_DETAILS)
        seen = stage.until_pledge(stage.north, east, story.WAITED_EAST_PLEDGE)
        stage.tell(story.PLEDGED, ref=inert(seen.ref), qty=seen.qty)
        return east

    def _pledge_cut_off(self, overflow: str) -> Promise:
        """Without its node nothing comes to Mill Lane or goes out; what the desk says is saved."""
        stage = self.stage
        stage.mill.tell_to_end()
        stage.mill.await_end()
        id_ = _pledged(stage.mill, overflow, MILL_PLEDGES)
        stage.tell(story.CUT_OFF, qty=MILL_PLEDGES)
        return Promise(stage.mill, id_, overflow, MILL_BRINGS, story.MILL_DETAILS)

    def _accept_and_lose_power(self, east: Promise) -> None:
        """What was said to be saved has to be there afterwards."""
        stage = self.stage
        _accept(stage.north, east)
        stage.north.cut_power()
        stage.north.start()
        stage.north.await_ready()
        kept = stage.ask(stage.north, ShowOverflow(east.overflow))
        if kept.accepted != east.qty:
            raise failed(stage.worded(story.NOT_KEPT))
        stage.tell(story.POWER, qty=east.qty, accepted=plain.part(kept.accepted, kept.qty))

    def _catch_up(self, mill: Promise) -> None:
        stage = self.stage
        began_s = time.monotonic()
        stage.mill.start()
        stage.mill.await_ready()
        seen = stage.until_pledge(stage.north, mill, story.WAITED_MILL_PLEDGE)
        stage.tell(
            story.CAUGHT_UP,
            seconds=time.monotonic() - began_s,
            ref=inert(seen.ref),
            qty=seen.qty,
            hall=plain.hall(seen.by, seen.through),
        )

    def _accept_what_is_left(self, mill: Promise) -> None:
        north = self.stage.north
        sealed = ("--details", mill.details, "--yes")
        told = north.refusal("accept", mill.id, "--qty", str(MILL_PLEDGES), *sealed)
        _accept(north, mill)
        told = textwrap.fill(f"“{told}”", LINE, initial_indent=INDENT, subsequent_indent=INDENT)
        self.stage.tell(story.REFUSED, asked=MILL_PLEDGES, told=told)

    def _open_sealed(self, east: Promise, mill: Promise) -> None:
        self._open_own(east, mill)
        self._open_own(mill, east)
        facts = {"to_east": east.details, "to_mill": mill.details}
        self.stage.tell(story.OPENED, qty=mill.qty, **facts)

    def _open_own(self, own: Promise, other: Promise) -> None:
        """The hall of `own` opens what was sealed to it, and sees that there is more, sealed."""
        stage = self.stage
        stage.until_pledge(
            own.hall, own, story.WAITED_DETAILS, lambda seen: seen.details == own.details
        )
        theirs = stage.until_pledge(
            own.hall, other, story.WAITED_DETAILS, lambda seen: bool(seen.accepted)
        )
        if theirs.details is not None:
            raise failed(story.NOT_SEALED.format(hall=own.hall.name))

    def _bring(self, need: str, east: Promise, mill: Promise) -> Number:
        """How much of the need was received."""
        stage = self.stage
        for promise in (east, mill):
            promise.hall.run("sent", promise.id)
            stage.until_pledge(stage.north, promise, story.WAITED_SENT, _is_moving)
            stage.north.run("receive", promise.id, "--qty", str(promise.qty))
        met = stage.until(lambda: self._met(need), story.WAITED_MET)
        for hall in (stage.east, stage.mill):
            self._see_closed(hall, east.overflow)
        stage.tell(
            story.RECEIVED,
            first=east.qty,
            second=mill.qty,
            received=plain.part(met.received, met.qty),
            need=need,
        )
        return met.received

    def _met(self, need: str) -> EntryView | None:
        entry = self.stage.ask(self.stage.north, ShowEntry(Kind.NEED, need))
        return entry if (entry.because, entry.received) == ("met", ASKED) else None

    def _see_closed(self, hall: ScratchHall, overflow: str) -> OverflowView:
        def look() -> OverflowView | None:
            seen = self.stage.ask(hall, ShowOverflow(overflow))
            return seen if (seen.state, seen.because) == ("closed", "received") else None

        return self.stage.until(look, story.WAITED_CLOSED.format(hall=hall.name))


def _pledged(hall: ScratchHall, overflow: str, qty: int) -> str:
    """The id of the pledge."""
    return str(hall.run("pledge", overflow, "--qty", str(qty))["id"])


def _accept(north: ScratchHall, promise: Promise) -> None:
    """With --yes: where what is sealed goes to a hall that is no neighbour, the desk is asked."""
    sealed = ("--details", promise.details, "--yes")
    north.run("accept", promise.id, "--qty", str(promise.qty), *sealed)


def _is_moving(seen: PledgeView) -> bool:
    return seen.state == "sent"
