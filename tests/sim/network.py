"""Links between nodes: frames take their time, stay in order, and now and then do not arrive.

Beneath every link lies the channel, which numbers its frames: a frame that is lost, comes twice or
in another order ends its link. So what happens to frames shows as links that end and are dialled
again, and as old records that come once more over another link.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Final

from protocol.channel import Role
from protocol.events import LinkId
from tests.sim.events import Heap
from tests.sim.faults import Fault, Faults

if TYPE_CHECKING:
    from tests.sim.node import Node

NOTICED_MS: Final = (5_000, 45_000)
"""Milliseconds until a node notices that nothing arrives any more: its keep-alive fails."""
SAME_TIME_MS: Final = 5_000
"""Two links within this were dialled at the same time from both ends (`node/services/links.py`)."""
RECORDS_CODE: Final = b"\x82\x00\x0a"
"""How a frame of records begins: a map of two, key 0 is 10."""
REMEMBERED: Final = 6
"""Frames of records of each direction that may come once more."""


@dataclass(eq=False, slots=True)
class End:
    """One end of a link. `is_deaf`: something was lost on the way to it, so nothing more comes.
    `is_garbled`: something came twice or in another order, so its peer seems to break the rules."""

    link: LinkId
    node: Node
    role: Role
    since_ms: int = 0
    last_ms: int = 0
    is_up: bool = False
    is_over: bool = False
    is_deaf: bool = False
    is_garbled: bool = False
    other: End = field(init=False)


class Network:
    """`cut` are directions in which nothing arrives, by the names of both nodes."""

    def __init__(self, heap: Heap, faults: Faults, rng: Random) -> None:
        self.cut: dict[tuple[str, str], None] = {}
        self.frames = 0
        self.heard: list[bytes] | None = None
        """While this is a list, every frame that is sent stands in it."""
        self._heap = heap
        self._faults = faults
        self._rng = rng
        self._numbers = count(1)
        self._ends: dict[LinkId, End] = {}
        self._said: dict[tuple[str, str], deque[bytes]] = {}

    # Links ----------------------------------------------------------------------------------

    def ends_of(self, node: Node) -> Iterator[End]:
        """Its links that are up, as far as it knows."""
        return (each for each in list(self._ends.values()) if each.node is node and each.is_up)

    def find(self, node: Node, peer: Node) -> End | None:
        return next((each for each in self.ends_of(node) if each.other.node is peer), None)

    def find_group(self, node: Node, peer: Node) -> End | None:
        """The link to any device of that group: there is one at a time."""
        group = peer.hall.group
        return next((e for e in self.ends_of(node) if e.other.node.hall.group == group), None)

    def end_of(self, link: LinkId) -> End | None:
        return self._ends.get(link)

    def dial(self, caller: Node, callee: Node) -> None:
        """Introduce the two to each other; the callee answers only whom it knows."""
        if self._is_cut(caller, callee) or self._is_cut(callee, caller):
            return
        here = End(LinkId(next(self._numbers)), caller, Role.INITIATOR)
        there = End(LinkId(next(self._numbers)), callee, Role.RESPONDER)
        here.other, there.other = there, here
        self._ends[here.link], self._ends[there.link] = here, there
        run = caller.run

        def accept() -> None:
            if caller.run == run and self._take_up(there):
                self._schedule(here, "introduced", lambda: self._answered(here, run))
                there.node.link_up(there)
            else:
                self._forget(here)

        self._schedule(there, "dialled", accept)

    def _answered(self, here: End, run: int) -> None:
        if here.node.run == run and not here.is_over and self._take_up(here):
            here.node.link_up(here)
        else:
            self.close(here)

    def _take_up(self, end: End) -> bool:
        """One link a neighbour: of two dialled at once that of the smaller device key stays, and
        another device of the group is not needed."""
        node, peer = end.node, end.other.node
        if not (node.is_on and node.knows(peer)):
            return False
        old = self.find_group(node, peer)
        if old is not None and old.other.node is not peer:
            return False
        if old is not None:
            is_fresh = self._heap.now_ms - old.since_ms <= SAME_TIME_MS
            if is_fresh and _dialler(old) <= _dialler(end):
                return False
            # As `node/services/links.py` does: the new link is up before the old one is down.
            wait_ms = self._rng.randint(1, 60)
            self._heap.after(wait_ms, f"{node.name} replaces {old.link}", lambda: self.close(old))
        end.is_up, end.since_ms = True, self._heap.now_ms
        return True

    def close(self, end: End) -> None:
        """This end is over; the other one hears of it after what is under way, or notices."""
        self._down(end)
        if end.other.is_over:
            return
        if self._is_cut(end.node, end.other.node) or end.other.is_deaf:
            self._notice(end.other)
        else:
            self._schedule(end.other, "closed", lambda: self._down(end.other))

    def end(self, link: LinkId) -> None:
        """A node ends one of its links, if it is up still."""
        end = self._ends.get(link)
        if end is not None and end.is_up:
            self.close(end)

    def lose_power(self, node: Node) -> None:
        """Its links are gone without a word; who is at the other end notices by itself."""
        for end in [each for each in self._ends.values() if each.node is node]:
            end.is_up, end.is_over = False, True
            if end.other.is_over:
                self._forget(end)
            else:
                self._notice(end.other)

    def _down(self, end: End) -> None:
        if end.is_over:
            return
        was_up, end.is_up, end.is_over = end.is_up, False, True
        if was_up and end.node.is_on:
            end.node.link_down(end)
        if end.other.is_over:
            self._forget(end)

    def _forget(self, end: End) -> None:
        for each in (end, end.other):
            each.is_over = True
            self._ends.pop(each.link, None)

    def _notice(self, end: End) -> None:
        wait_ms = self._rng.randint(*NOTICED_MS)
        self._heap.after(wait_ms, f"{end.node.name} misses {end.link}", lambda: self._down(end))

    # Frames ---------------------------------------------------------------------------------

    def send(self, link: LinkId, data: bytes) -> None:
        """What a node says on one of its links."""
        here = self._ends.get(link)
        if here is None or not here.is_up:
            return
        self.frames += 1
        if self.heard is not None:
            self.heard.append(data)
        there = here.other
        if data.startswith(RECORDS_CODE):
            pair = (here.node.name, there.node.name)
            self._said.setdefault(pair, deque(maxlen=REMEMBERED)).append(data)
        if self._is_lost(here):
            self._break(there)
            return
        self._schedule(there, "frame", lambda: self._arrive(there, data))
        if Fault.GARBLE in self._faults and self._rng.random() < 0.01:
            self._garble(there, data)

    def say_again(self) -> None:
        """A frame of records that some hall sent long ago comes once more from it."""
        pairs = [pair for pair, frames in self._said.items() if frames]
        if not pairs:
            return
        pair = self._rng.choice(pairs)
        data = self._rng.choice(list(self._said[pair]))
        for end in list(self._ends.values()):
            if end.is_up and (end.other.node.name, end.node.name) == pair and not end.is_deaf:
                self._faults.fire(Fault.DUPLICATE)
                again = partial(self._arrive, end, data)
                self._schedule(end, "once more", again)
                return

    def _arrive(self, end: End, data: bytes) -> None:
        if end.is_up and not end.is_deaf:
            end.node.receive(end, data)

    def _is_lost(self, here: End) -> bool:
        if self._is_cut(here.node, here.other.node):
            return True
        if Fault.DROP in self._faults and self._rng.random() < 0.01:
            self._faults.fire(Fault.DROP)
            return True
        return False

    def _break(self, end: End) -> None:
        """What comes after a frame that was lost cannot be read: both ends come to notice."""
        if not end.is_deaf:
            end.is_deaf = True
            self._notice(end)
            self._notice(end.other)

    def _garble(self, end: End, data: bytes) -> None:
        """It comes once more, before the channel finds out: the state must not be harmed by it."""

        def arrive() -> None:
            if end.is_up and not end.is_deaf:
                self._faults.fire(Fault.GARBLE)
                end.is_garbled = True
                end.node.receive(end, data)
                self.close(end)

        self._schedule(end, "garbled", arrive, is_in_order=self._rng.random() < 0.5)

    def _schedule(
        self, end: End, what: str, deed: Callable[[], None], *, is_in_order: bool = True
    ) -> None:
        """Let it come to this end after all that is under way to it."""
        wait_ms = self._rng.randint(1, 60)
        if Fault.DELAY in self._faults and self._rng.random() < 0.02:
            self._faults.fire(Fault.DELAY)
            wait_ms += self._rng.randint(1_000, 60_000)
        arrives_ms = self._heap.now_ms + wait_ms
        if is_in_order:
            end.last_ms = arrives_ms = max(arrives_ms, end.last_ms + 1)
        self._heap.at(arrives_ms, f"{end.node.name} {what} on {end.link}", deed)

    def _is_cut(self, one: Node, other: Node) -> bool:
        return (one.name, other.name) in self.cut


def _dialler(end: End) -> bytes:
    caller = end if end.role is Role.INITIATOR else end.other
    return caller.node.hall.device_key
