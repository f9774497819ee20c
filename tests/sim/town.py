"""A town and its day: who lives there, who is paired, what people do and what goes wrong.

All of it is drawn from the seed. The day ends by healing: every fault is off, every machine on,
every clock right, everybody linked; and after enough time the town is compared hall by hall.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from protocol.ids import DeviceKey, GroupId
from protocol.limits import MINUTE_MS, PURGE_STEP_MS
from tests.sim.checks import Broken, Checks
from tests.sim.ending import check_ending, finds_a_difference, is_idle
from tests.sim.events import START_MS, Heap, Trace, chance
from tests.sim.faults import Fault, drawn_faults
from tests.sim.halls import Hall
from tests.sim.hostile import Hostile
from tests.sim.network import End, Network
from tests.sim.node import Node
from tests.sim.people import Desk
from tests.sim.plan import drawn_halls, drawn_plan
from tests.sim.sticks import Sticks
from tests.sim.troubles import Troubles

DIAL_MS: Final = 60_000
"""Between two looks for neighbours that are not linked."""
ASK_AGAIN_MS: Final = 10 * MINUTE_MS
"""Between two looks at whether both ends hold the same, a quarter more or less."""
LOOKS: Final = 2
"""Looks that a healed town is given before anybody listens whether it is quiet."""
QUIET_BY: Final = 8
"""Windows of two looks each; in one of them nobody may have any news."""
ACTS: Final = 12
"""Deeds of each desk in a day, most of which find something to do."""


class Town:
    def __init__(self, seed: int, write: Callable[[str], None] | None = None) -> None:
        self.seed = seed
        self.trace = Trace(write)
        self.heap = Heap(seed, self.trace)
        self.faults = drawn_faults(seed)
        self.plan = drawn_plan(seed, self.faults)
        self.network = Network(self.heap, self.faults, chance(seed, "network"))
        self.checks = Checks(self.heap, self.faults, self._ask_now_and_then, self._remove)
        self._rng = chance(seed, "desks")
        self._dials = chance(seed, "dials")
        halls = drawn_halls(seed, self.plan)
        self.nodes = {hall.name: self._new_node(hall) for hall in halls}
        self._gone: dict[str, None] = {}
        self.end_ms = START_MS + self.plan.span_ms
        self.sticks = Sticks(self, chance(seed, "sticks"))
        self.troubles = Troubles(self, chance(seed, "troubles"))
        self._desks = {
            node.name: Desk(node.hall, chance(seed, f"desk {node.name}"), self.plan.span_ms)
            for node in self.all_nodes()
        }
        self.hostile: Hostile | None = None

    def _new_node(self, hall: Hall) -> Node:
        rng = chance(self.seed, f"node {hall.name}")
        node = Node(hall, self.heap, self.network, self.faults, rng, self.checks)
        self.checks.add_node(node)
        return node

    def all_nodes(self) -> list[Node]:
        """Not those that were removed; guests while they are there."""
        return [node for node in self.nodes.values() if node.name not in self._gone]

    def desks(self) -> list[Node]:
        """Those of them that are on their hall's roster."""
        return [node for node in self.all_nodes() if node.hall.vouch is None]

    def removed_nodes(self) -> list[Node]:
        return [self.nodes[name] for name in self._gone]

    def nodes_of(self, group: GroupId) -> list[Node]:
        return [node for node in self.all_nodes() if node.hall.group == group]

    def sibling_of(self, node: Node) -> Node | None:
        """The other device of its hall."""
        group = node.hall.group
        return next((n for n in self.desks() if n.hall.group == group and n is not node), None)

    def _remove(self, device: DeviceKey) -> None:
        """A roster that removes it is on a disk: it is none of the town's any more, whatever it
        does."""
        node = next(n for n in self.nodes.values() if n.hall.device_key == device)
        if node.name in self._gone:
            return
        self._gone[node.name] = None
        self.checks.gone[device] = None
        guests = [n.hall.vouch for n in self.all_nodes() if n.hall.vouch]
        if any(vouch.header.device == device for vouch in guests):
            self.faults.fire(Fault.VOUCHER_REMOVED)

    def _see_off(self, guest: Node) -> None:
        """Nobody waits for it any more; what it has said stays as long as its vouch."""
        if guest.is_on:
            guest.lose_power()
        self._gone[guest.name] = None

    # The day --------------------------------------------------------------------------------

    def run(self) -> None:
        """Raises Broken, or whatever else a machine raised that nobody may see."""
        self._begin()
        self.heap.run_until(self.end_ms)
        self.heal()
        self.heap.run_until(self._rest_ms())
        self._wait_for_quiet()
        self._look_once_more()
        check_ending(self)

    def _wait_for_quiet(self) -> None:
        """Within a few looks there is one at which nobody has news for anybody.

        Not always the first: what an unsure clock signed leaves each hall in its own time.
        """
        for _ in range(QUIET_BY):
            heard: list[bytes] = []
            self.network.heard = heard
            self.heap.run_until(self.heap.now_ms + 2 * PURGE_STEP_MS)
            if all(is_idle(frame) for frame in heard):
                return
        raise Broken("the town never comes to rest")

    def _look_once_more(self) -> None:
        """Everybody at once: since its last look a hall may have let go of what another one holds
        on to, where an unsure clock signed it; then each link settles without it, for good."""
        for heard in (None, list[bytes]()):
            self.network.heard = heard
            for node in self.all_nodes():
                for end in self.network.ends_of(node):
                    node.ask_again(end)
            self.heap.run_until(self.heap.now_ms + MINUTE_MS)
            if any(finds_a_difference(frame) for frame in heard or []):
                raise Broken("a town at rest finds that two of its halls differ")

    def _begin(self) -> None:
        if self.plan.hostile is not None:
            node = self.nodes[self.plan.hostile]
            self.checks.mark_hostile(node)
            self.hostile = Hostile(self, node, chance(self.seed, "hostile"))
        for node in self.all_nodes():
            self.troubles.draw_first_clock(node)
            self.heap.after(self._rng.randint(0, 5_000), f"{node.name} on", node.switch_on)
            self._live(node)
            for _ in range(ACTS):
                when_ms = START_MS + self._rng.randint(10_000, self.plan.span_ms)
                self.heap.at(when_ms, f"{node.name} acts", partial(self._act, node))
        self.troubles.draw()
        if self.hostile is not None:
            self.hostile.draw()

    def _act(self, node: Node) -> None:
        if node.is_on and not node.is_writing:
            node.notice_time()
            desk = self._desks[node.name]
            revisions = desk.act(node.shelf, node.signer, node.clock())
            node.save(revisions)
            if revisions and node.hall.vouch is not None:
                is_over = node.shelf.is_past(node.hall.vouch)
                self.faults.fire(Fault.VOUCH_OVER if is_over else Fault.GUEST)

    def _live(self, node: Node) -> None:
        """What a node does again and again. By day the pauses are as long as the day allows."""
        self._dial_now_and_then(node)
        self._look_now_and_then(node)
        for end in self.network.ends_of(node):
            self._ask_now_and_then(end)

    def _dial_now_and_then(self, node: Node) -> None:
        def dial() -> None:
            for end in self.network.ends_of(node):
                if not node.knows(end.other.node):
                    self.network.close(end)  # another device of ours has removed it
            linked = {end.other.node.hall.group for end in self.network.ends_of(node)}
            wanted = node.named() - linked if node.is_on else set()
            for peer in self.all_nodes() if wanted else []:
                is_there = peer is not node and peer.is_on and peer.hall.group in wanted
                if is_there and node.knows(peer):
                    self.network.dial(node, peer)
            self._dial_now_and_then(node)

        pause_ms = max(DIAL_MS, self.plan.span_ms // 50) if self._is_day else DIAL_MS
        self._later(pause_ms, f"{node.name} looks for neighbours", dial)

    def _look_now_and_then(self, node: Node) -> None:
        """Time passes at a node, and what follows without a person is signed."""

        def look() -> None:
            if node.is_on:
                node.tick()
                node.look_after()
            self._look_now_and_then(node)

        pause_ms = max(ASK_AGAIN_MS, self.plan.span_ms // 16) if self._is_day else 2 * MINUTE_MS
        self._later(pause_ms, f"{node.name} looks at its clock", look)

    def _ask_now_and_then(self, end: End) -> None:
        """From now on this end asks again from time to time."""

        def ask() -> None:
            if end.is_up:
                end.node.ask_again(end)
                self._ask_now_and_then(end)

        pause_ms = max(ASK_AGAIN_MS, self.plan.span_ms // 12) if self._is_day else ASK_AGAIN_MS
        self._later(pause_ms, f"{end.node.name} asks again on {end.link}", ask)

    def _later(self, pause_ms: int, what: str, deed: Callable[[], None]) -> None:
        """A quarter sooner or later; what was to happen by day does not happen in the evening."""
        is_day = self._is_day

        def unless_evening() -> None:
            if is_day == self._is_day:
                deed()

        wait_ms = self._dials.randint(pause_ms * 3 // 4, pause_ms * 5 // 4)
        self.heap.after(wait_ms, what, unless_evening)

    @property
    def _is_day(self) -> bool:
        return not self.faults.is_healed

    # The evening ----------------------------------------------------------------------------

    def heal(self) -> None:
        """No fault happens any more, every machine is on and every clock is right."""
        self.trace.note("healed")
        self.faults.is_healed = True
        self.network.cut.clear()
        for node in self.removed_nodes():
            if node.is_on:
                node.lose_power()
        for guest in [each for each in self.all_nodes() if each.hall.vouch]:
            self._see_off(guest)
        for node in self.all_nodes():
            node.board.synchronise()
            if not node.is_on:
                node.switch_on()
            self._live(node)

    def _rest_ms(self) -> int:
        """When it must be quiet: in the middle of a step of the purge mark, for all clocks one."""
        rest_ms = self.end_ms + LOOKS * ASK_AGAIN_MS * 5 // 4
        return rest_ms - rest_ms % PURGE_STEP_MS + PURGE_STEP_MS + PURGE_STEP_MS // 2
