"""Evenings of a town where nobody vouches for some of the clocks: they are behind, ahead, or right.

Time really passes for all halls alike; what a hall makes of it is its clock's. A machine that was
switched off goes on from the latest time that is on its disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from protocol.exchange import LetGo, Output
from protocol.ids import ObjectId, RecordId, UnixMs
from protocol.limits import DAY_MS, HOUR_MS, PURGE_STEP_MS
from protocol.record import Record, sign
from tests.protocol.disks import Node
from tests.protocol.evenings import Edge, Evening, Step
from tests.protocol.halls import NOW, Hall
from tests.protocol.towns import Machine


class Turn(Enum):
    """What happens to clocks."""

    HOURS = "hours pass, for everybody"
    VOUCH = "a hall is told the right time"
    DOUBT = "a hall has not been told the time for too long"
    POWER = "a machine is off for hours"


KNOWN = True
SET_BY_HAND_MS = (-400 * DAY_MS, 0, 10 * DAY_MS)
"""What a wall clock shows that nobody vouches for, less the right time."""


@dataclass(slots=True)
class Clock:
    """`ahead_ms`: of the right time. Whoever is trusted is right."""

    is_trusted: bool = True
    ahead_ms: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """Neither this version nor an earlier one comes back for six lifetimes."""

    version: int = 0
    until_ms: int = 0


@dataclass(frozen=True, slots=True)
class TurnStep:
    what: Turn
    who: int
    which: int
    much: int


AnyStep: TypeAlias = Step | TurnStep


class DoubtfulEvening(Evening):
    """`doubted`: the halls that come back after `off_days` without knowing for how long."""

    def __init__(
        self,
        halls: Sequence[Hall],
        edges: Iterable[Edge],
        seed: int,
        doubted: Iterable[int],
        off_days: int,
    ) -> None:
        super().__init__(halls, edges, seed)
        self.right_ms = NOW + off_days * DAY_MS
        self.clocks = {id(node): Clock() for node in self.nodes}
        self.heard_ms: dict[tuple[int, RecordId], int] = {}
        """When a hall really heard of each record that it holds."""
        self.past: dict[tuple[int, ObjectId], Past] = {}
        """What has had its time at a hall."""
        for number in doubted:
            self.come_back(self.nodes[number % len(self.nodes)], -400 * DAY_MS)
        self.tick_all()

    def time_of(self, node: Node) -> UnixMs:
        return UnixMs(self.right_ms + self.clocks[id(node)].ahead_ms)

    # What happens ---------------------------------------------------------------------------

    def turn(self, step: TurnStep) -> None:
        node = self.nodes[step.who % len(self.nodes)]
        match step.what:
            case Turn.HOURS:
                self.hours(step.much)
            case Turn.VOUCH:
                self.vouch(node)
            case Turn.DOUBT:
                self.clocks[id(node)].is_trusted = False
                self.tick_one(node)
            case Turn.POWER:
                node.ends.clear()
                self.hours(step.much, off=node)
                self.come_back(node, SET_BY_HAND_MS[0 if KNOWN else step.which % 3])
                self.tick_one(node)

    def restart(self, node: Node) -> None:
        """The power is back at once; who was told the time still is."""
        if self.clocks[id(node)].is_trusted:
            super().restart(node)
            self._forget_unsaved(node)
        else:
            self.come_back(node, -400 * DAY_MS)
        self.tick_one(node)

    def come_back(self, node: Node, ahead_ms: int) -> None:
        """Reckoned from what is on the disk, if that is later than what the wall clock shows."""
        super().restart(node)
        self._forget_unsaved(node)
        ahead_ms = max(ahead_ms, node.latest_ms - self.right_ms)
        self.clocks[id(node)] = Clock(is_trusted=False, ahead_ms=ahead_ms)

    def vouch(self, node: Node) -> None:
        self.clocks[id(node)] = Clock()
        self.tick_one(node)

    def hours(self, hours: int, off: Node | None = None) -> None:
        self.right_ms += hours * HOUR_MS
        self.tick_all(off)

    def tick_all(self, off: Node | None = None) -> None:
        for node in self.nodes:
            if node is not off:
                self.tick_one(node)

    def tick_one(self, node: Node) -> None:
        """Time passes, and the hall renews its cards when half of their time is over."""
        clock, now_ms = self.clocks[id(node)], self.time_of(node)
        self.tick(node, now_ms, is_trusted=clock.is_trusted)
        for record in node.exchange.shelf.own_directory():
            ends_ms = node.exchange.shelf.ends_ms(record)
            is_due = ends_ms is not None and now_ms >= ends_ms - record.header.lifetime_ms // 2
            if is_due or (not clock.is_trusted and not record.header.clock_unsure):
                header = replace(record.header, version=record.header.version + 1)
                self.publish(node, self.dated(node, sign(header, record.body, node.hall.device)))

    def _forget_unsaved(self, node: Node) -> None:
        for key in [each for each in self.heard_ms if each[0] == id(node)]:
            if key[1] not in node.disk:
                del self.heard_ms[key]
        for (holder, object_), past in list(self.past.items()):
            if holder == id(node) and node.over.get(object_, 0) < past.version:
                del self.past[holder, object_]

    def publish(self, machine: Machine, *records: Record) -> None:
        """What time did before is on disk first: what is signed now is later."""
        node = self._node(machine)
        passings = [at for at, each in enumerate(node.unsaved, 1) if isinstance(each, LetGo)]
        self.save(node, max(passings, default=0))
        super().publish(machine, *records)

    # What is signed -------------------------------------------------------------------------

    def dated(self, node: Node, record: Record) -> Record:
        """Made now, as its hall has it; no version ends before the one that it replaces."""
        now_ms, header = self.time_of(node), record.header
        is_unsure = not self.clocks[id(node)].is_trusted
        old = node.exchange.shelf.find(header.object)
        created_ms, left_ms = now_ms, 0
        if old is not None:
            created_ms = max(now_ms, old.header.created_ms)
            is_unsure |= old.header.created_ms > now_ms and old.header.clock_unsure
            left_ms = (old.header.expires_ms or 0) - created_ms
        lifetime_ms = max(header.lifetime_ms, left_ms)
        header = replace(
            header, created_ms=created_ms, lifetime_ms=lifetime_ms, clock_unsure=is_unsure
        )
        return sign(header, record.body, node.hall.device)

    # What is true at every moment -----------------------------------------------------------

    def _note(self, node: Node, record: Record) -> None:
        past = self.past.get((id(node), record.header.object), Past())
        if self.right_ms < past.until_ms:
            assert record.header.version > past.version, "it has risen again"
        else:
            node.newest.pop(record.header.object, None)
        super()._note(node, record)
        self.heard_ms.setdefault((id(node), record.id), self.right_ms)

    def _carry_out(self, machine: Machine, outputs: list[Output]) -> None:
        node = self._node(machine)
        for output in outputs:
            if isinstance(output, LetGo):
                for record in output.passing.over:
                    self._check_over(node, record)
                    self._let_go(node, record)
        super()._carry_out(machine, outputs)

    def _let_go(self, node: Node, record: Record) -> None:
        key, header = (id(node), record.header.object), record.header
        if header.version > self.past.get(key, Past()).version:
            until_ms = node.exchange.shelf.purged_ms + 6 * header.lifetime_ms
            self.past[key] = Past(header.version, until_ms)

    def _check_over(self, node: Node, record: Record) -> None:
        """No less than its lifetime has really passed."""
        header = record.header
        if header.clock_unsure:
            heard_ms = self.heard_ms[id(node), record.id]
            assert self.right_ms - heard_ms >= header.lifetime_ms - PURGE_STEP_MS, "too early"
        else:
            assert header.expires_ms is not None
            assert header.expires_ms <= self.right_ms, "too early"
