"""When what goes wrong, and where: each kind that the seed switched on, some times in the day."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Final

from protocol.bodies import Details, Pledge, Request
from protocol.ids import UnixMs
from protocol.limits import ADOPTED_MAX, DAY_MS, MINUTE_MS, VOUCH_LIFETIME_MS_MAX
from protocol.notice import Notice
from protocol.record import Proof, Record
from protocol.roster import Adoption
from tests.sim.clocks import YEAR_MS
from tests.sim.events import START_MS
from tests.sim.faults import WRONG_CLOCKS, Fault

if TYPE_CHECKING:
    from tests.sim.node import Node
    from tests.sim.town import Town

TIMES: Final = (1, 3)
"""How often one kind of trouble comes in a day."""
OFTEN: Final = {Fault.DUPLICATE: 4, Fault.CARRY: 3}
"""How many times as often."""


class Troubles:
    def __init__(self, town: Town, rng: Random) -> None:
        self._town = town
        self._rng = rng

    def draw(self) -> None:
        """Put all of the day's troubles on the heap."""
        kinds: dict[Fault, Callable[[], None]] = {
            Fault.ONE_WAY: self._one_way,
            Fault.PARTITION: self._partition,
            Fault.PAIR: self._pair,
            Fault.UNPAIR: self._unpair,
            Fault.CRASH: lambda: self._crash(self._some_node()),
            Fault.LOST_WORD: self._lose_word,
            Fault.REMOVED: self._remove_device,
            Fault.TWO_ROSTERS: self._sign_two_rosters,
            Fault.CLOCK_LOST: self._lose_clock,
            Fault.DUPLICATE: self._town.network.say_again,
            Fault.CARRY: self._town.sticks.carry,
        }
        for kind, trouble in kinds.items():
            if kind in self._town.faults:
                for _ in range(OFTEN.get(kind, 1) * self._rng.randint(*TIMES)):
                    self._town.heap.at(self._some_time(), kind.name.lower(), trouble)

    def _some_time(self) -> int:
        return START_MS + self._rng.randint(MINUTE_MS, self._town.plan.span_ms)

    def _while_ms(self) -> int:
        return self._rng.randint(10_000, max(20 * MINUTE_MS, self._town.plan.span_ms // 4))

    def _some_node(self) -> Node:
        return self._rng.choice(self._town.all_nodes())

    # The network ----------------------------------------------------------------------------

    def _one_way(self) -> None:
        one, other = self._rng.sample(self._town.all_nodes(), 2)
        self._town.faults.fire(Fault.ONE_WAY)
        self._cut([(one.name, other.name)])

    def _partition(self) -> None:
        names = list(self._town.plan.names)
        side = set(self._rng.sample(names, self._rng.randint(1, len(names) - 1)))
        cut = [(a, b) for a in names for b in names if (a in side) != (b in side)]
        self._town.faults.fire(Fault.PARTITION)
        self._cut(cut)

    def _cut(self, directions: list[tuple[str, str]]) -> None:
        network = self._town.network
        for each in directions:
            network.cut[each] = None

        def mend() -> None:
            for each in directions:
                network.cut.pop(each, None)

        self._town.heap.after(self._while_ms(), "mended", mend)

    # Pairing --------------------------------------------------------------------------------

    def _pair(self) -> None:
        """Two people, two screens: each hall signs that the other is its neighbour."""
        one, other = self._rng.sample(self._town.desks(), 2)
        if not (self._is_free(one) and self._is_free(other)) or one.knows(other):
            return
        if one.hall.group == other.hall.group:
            return
        self._town.faults.fire(Fault.PAIR)
        one.pair_with(other.hall.group)
        other.pair_with(one.hall.group)

    def _unpair(self) -> None:
        """One removes the other, which gets the new peering last; later it does the same."""
        node = self._rng.choice(self._town.desks())
        others = [each for each in self._town.desks() if each.hall.group != node.hall.group]
        known = [each for each in others if self._is_free(node) and node.knows(each)]
        if not known:
            return
        self._town.faults.fire(Fault.UNPAIR)
        gone = self._rng.choice(known)
        self._remove(node, gone)
        wait_ms = self._while_ms()
        self._town.heap.after(wait_ms, "removed as well", lambda: self._remove(gone, node))

    def _remove(self, node: Node, gone: Node) -> None:
        if not (self._is_free(node) and node.knows(gone)):
            return

        def part() -> None:
            end = self._town.network.find(node, gone)
            if end is not None:
                self._town.network.close(end)

        node.part_from(gone.hall.group, part)

    # Devices --------------------------------------------------------------------------------

    def _remove_device(self) -> None:
        """Who has the words signs a roster without one device; the other is its heir."""
        heirs = [n for n in self._town.desks() if self._town.sibling_of(n) is not None]
        if not heirs:
            return
        heir = self._rng.choice(heirs)
        gone = self._town.sibling_of(heir)
        if gone is None or not self._is_free(heir):
            return
        self._town.faults.fire(Fault.REMOVED)
        roster = heir.hall.remove(heir.own_roster(), gone.hall.device_key, heir.clock())
        if Fault.STOLEN in self._town.faults:
            self._town.faults.fire(Fault.STOLEN)
        elif gone.is_on:
            gone.lose_power()
        # Whom only the other device had named would be no neighbour any more.
        named = heir.all_named()
        heir.save([(heir.held_roster(), roster), named], lambda: self._end_link(heir, gone))
        for _ in range(2):
            self._town.heap.after(
                self._while_ms(), f"{heir.name} adopts", lambda: self.adopt(heir, gone)
            )
        if Fault.VOUCHED_REMOVED in self._town.faults:
            when_ms = self._rng.choice([0, self._while_ms()])
            self._town.heap.after(when_ms, "vouched for", lambda: self._vouch_for(heir, gone))

    def _vouch_for(self, heir: Node, gone: Node) -> None:
        """It is no guest for that, for as long as the roster names it as removed."""
        if heir.is_on and not heir.is_writing:
            self._town.faults.fire(Fault.VOUCHED_REMOVED)
            vouch = heir.hall.vouch_for(gone.hall.device_key, VOUCH_LIFETIME_MS_MAX, heir.clock())
            heir.save([(None, vouch)])

    def _sign_two_rosters(self) -> None:
        """Both name the same devices, and are two contents all the same; a third one ends it."""
        pairs = [(n, self._town.sibling_of(n)) for n in self._town.desks()]
        both = [(n, s) for n, s in pairs if s is not None and self._is_free(n) and self._is_free(s)]
        if not both:
            return
        one, other = both[0]
        if one.own_roster().id != other.own_roster().id:
            return
        self._town.faults.fire(Fault.TWO_ROSTERS)
        roster = one.own_roster()
        self._town.checks.contested[roster.header.object] = None
        for seconds, node in enumerate((one, other)):
            now_ms = UnixMs(self._town.heap.now_ms + 1_000 * seconds)
            node.save([(node.held_roster(), node.hall.repeat(roster, now_ms))])
        self._town.heap.after(self._while_ms(), "words again", lambda: self._end_dispute(one))

    def _end_dispute(self, node: Node) -> None:
        is_there = self._is_free(node) and node in self._town.all_nodes()
        if is_there and isinstance(node.held_roster().body, Proof):
            roster = node.hall.repeat(node.own_roster(), self._town.heap.now_ms)
            node.save([(node.held_roster(), roster)])

    def _end_link(self, node: Node, gone: Node) -> None:
        end = self._town.network.find(node, gone)
        if end is not None:
            self._town.network.close(end)

    def adopt(self, heir: Node, gone: Node) -> None:
        """The heir stands for all that it has of the removed device, and for what it stood for."""
        if not self._is_free(heir):
            return
        device = gone.hall.device_key
        found = [each for each in heir.shelf.aside_of(heir.hall.group, device) if _is_left(each)]
        old = heir.own_adoption(device)
        ids = {each.id: None for each in found}
        if old is not None and isinstance(old.body, Adoption):
            ids |= dict.fromkeys(old.body.ids)
        if len(ids) > (len(old.body.ids) if old and isinstance(old.body, Adoption) else 0):
            version = 1 if old is None else old.header.version + 1
            page = tuple(ids)[:ADOPTED_MAX]
            now_ms = max(heir.clock(), old.header.created_ms if old else 0)
            heir.save([(old, heir.hall.adopt(device, page, version, UnixMs(now_ms)))])

    def _is_free(self, node: Node) -> bool:
        if node.is_on:
            node.notice_time()
        return node.is_on and not node.is_writing and not node.shelf.is_removed

    # Power and clocks -----------------------------------------------------------------------

    def _lose_word(self) -> None:
        """The power goes when the disk has it all, and before anybody is told."""
        node = self._some_node()
        node.at_next_write = lambda: self._crash(node)

    def _crash(self, node: Node) -> None:
        if not node.is_on or self._town.faults.is_healed:
            return
        self._town.faults.fire(Fault.CRASH)
        node.lose_power()
        run = node.run

        def restart() -> None:
            if not node.is_on and node.run == run:
                self._draw_clock(node)
                node.switch_on()

        self._town.heap.after(self._while_ms(), f"{node.name} on again", restart)

    def draw_first_clock(self, node: Node) -> None:
        self._draw_clock(node)

    def _draw_clock(self, node: Node) -> None:
        """What its wall shows when it starts; sooner or later somebody vouches for it again."""
        faults, board, now_ms = self._town.faults, node.board, self._town.heap.now_ms
        wrong = [each for each in WRONG_CLOCKS if each in faults]
        if not wrong or self._rng.random() < 0.4:
            board.synchronise()
            return
        kind = self._rng.choice(wrong)
        faults.fire(kind)
        match kind:
            case Fault.CLOCK_1970:
                board.set_wall(0)
            case Fault.CLOCK_BEHIND:
                board.set_wall(now_ms - self._rng.choice([MINUTE_MS, DAY_MS, 3 * YEAR_MS]))
            case _:
                board.set_wall(now_ms + self._rng.choice([MINUTE_MS, DAY_MS, 3 * YEAR_MS]))
        self._keep_right_later(node)

    def _lose_clock(self) -> None:
        node = self._some_node()
        if node.board.is_synchronised:
            self._town.faults.fire(Fault.CLOCK_LOST)
            node.board.unsynchronise()
            self._keep_right_later(node)

    def _keep_right_later(self, node: Node) -> None:
        self._town.heap.after(
            self._while_ms(), f"{node.name} knows the time", node.board.synchronise
        )


def _is_left(record: Record) -> bool:
    """Whether a device leaves it to its heir: what it said of itself it does not."""
    return isinstance(record.body, Request | Pledge | Details | Notice)
