"""The rules of the board, whatever a desk does and in whatever order.

No offer is promised beyond what it has; what came of a need is what arrived; every history replays
to the same board; and what is undone is as if it had never been. Asked of the answers themselves,
over the real store in memory.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from node.answers.decay import let_pass
from node.answers.matches import free_due
from node.answers.table import LocalNode
from node.api.decay import SayGone, SayStill
from node.api.finding import Merge
from node.api.history import Undo
from node.api.matches import HandOver, JobStep, MakeMatch, MoveJob, MoveMatch, PlanJob, Step
from node.api.requests import (
    AddEntry,
    CloseEntry,
    EditEntry,
    LetWait,
    OpenEntry,
    ReadEntry,
    Request,
)
from node.api.views import Kind
from node.core import Core, open_core
from node.desk.events import BY_ITSELF, Did
from node.desk.matches import RUNNING
from node.desk.references import Kind as Letter
from node.desk.references import make
from node.hall import make_hall
from node.refusal import Refused, Why
from node.store.board import rebuild
from node.store.connection import Database, open_existing
from node.store.entries import find_entry
from node.store.finding import OPEN
from node.store.folder import FILE_NAME
from node.store.macs import all_unsound, guard
from node.store.matches import all_running
from tests.node.two_halls import HOUR_MS, SetClock

Result = TypeVar("Result")
Rows = list[tuple[object, ...]]
INITIALS: Final = ("AK", "BL")
PLACES: Final = ("entry", "matching", "job", "passed")
KINDS: Final = {Kind.NEED: "N", Kind.OFFER: "O"}
NEED_ENDS: Final = ("met", "no longer needed", "cannot help", "duplicate of")
OFFER_ENDS: Final = ("used up", "withdrawn")


class InMemory(Database):
    """The store without a file and without a thread of its own."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._data = Path()

    async def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        return self._transact(work)

    async def read(self, query: Callable[[sqlite3.Connection], Result]) -> Result:
        return self._query(query)


@cache
def new_hall() -> bytes:
    """The file of a hall that was just made."""
    with TemporaryDirectory() as folder:
        make_hall(Path(folder), "Northgate Hall")
        with closing(open_existing(Path(folder))) as conn:
            conn.execute("PRAGMA journal_mode = DELETE")
        return (Path(folder) / FILE_NAME).read_bytes()


@dataclass(frozen=True)
class Move:
    """What an act is about: places among those that there are, how much, and which way."""

    first: int = 0
    second: int = 0
    qty: str = ""
    odd: bool = False
    kind: Kind = Kind.NEED
    again: str = ""


def _moved(move: Move) -> tuple[str, bool, str]:
    """How much, which way, and when, where that was earlier."""
    return move.qty, move.odd, {"day": "25h"}.get(move.again, move.again)


MOVES: Final = st.builds(
    Move,
    first=st.integers(0, 11),
    second=st.integers(0, 11),
    qty=st.sampled_from(["", "", "1", "2", "3", "6"]),
    odd=st.sampled_from([False, False, False, True]),
    kind=st.sampled_from(list(Kind)),
    again=st.sampled_from(["", "", "", "day", "2 days"]),
)
ACTS: Final = (
    *("match", "match", "match", "hand_over", "hand_over", "hand_over_anyhow", "hand_over_anyhow"),
    *("undo", "undo", "undo", "set_out", "go_on", "go_on", "edit", "edit", "close", "open", "add"),
    *("plan", "drive", "merge", "look_at", "say_more", "time_passes"),
)
"""What is done, the more often the more can go wrong."""


class Board(RuleBasedStateMachine):
    """Two people at one board; `acts` are what counts of what they did, each with the rows from
    before it; None where something from before it was taken back since."""

    def __init__(self) -> None:
        super().__init__()
        self.conn = sqlite3.connect(":memory:", isolation_level=None)
        self.conn.row_factory = sqlite3.Row
        self.conn.deserialize(new_hall())
        guard(self.conn)
        self.clock = SetClock()
        self.loop = asyncio.new_event_loop()
        self.core: Core = self.wait(
            open_core(InMemory(self.conn), lambda _latest_ms: self.clock, UTC)
        )
        self.node = LocalNode(self.core)
        self.acts: list[tuple[str, Rows | None]] = []

    def teardown(self) -> None:
        self.loop.close()
        with closing(self.conn):
            assert list(all_unsound(self.conn)) == []
            self.conn.execute(
                "CREATE VIRTUAL TABLE temp.term USING fts5vocab(main, finding, instance)"
            )
            kept = self.indexed()
            rebuild(self.conn)
            assert self.indexed() == kept

    def wait(self, coming: Any) -> Any:
        return self.loop.run_until_complete(coming)

    # What there is ----------------------------------------------------------------------

    def rows(self) -> Rows:
        """The board, but for its own numbers."""
        found: Rows = []
        for table in PLACES:
            names = [row[1] for row in self.conn.execute(f"PRAGMA table_info({table})")]
            kept = [name for name in names if name not in {"n", "mac"}]
            found += sorted(
                (table, *map(repr, row))
                for row in self.conn.execute(f"SELECT {', '.join(kept)} FROM {table}")
            )
        return found

    def indexed(self) -> set[tuple[str, str, bool]]:
        """Which word leads to what, and whether as something open."""
        rows = self.conn.execute("SELECT ref, n FROM entry")
        by_number = {row["n"]: row["ref"] for row in rows}
        found = self.conn.execute("SELECT term, doc FROM term")
        return {(term, by_number[doc % OPEN], doc > OPEN) for term, doc in found}

    def refs(self, table: str, letters: str = "NOMJ") -> list[str]:
        rows = self.conn.execute(f"SELECT ref FROM {table} ORDER BY n").fetchall()
        return [row[0] for row in rows if row[0][0] in letters]

    def one(self, number: int, table: str, letters: str = "NOMJ") -> str:
        """One of those that there are; where there is none, one that was never given out."""
        refs = self.refs(table, letters) or [make(Letter(letters[0]), 999)]
        return refs[number % len(refs)]

    def last_event(self) -> int:
        return int(self.conn.execute("SELECT coalesce(max(n), 0) FROM event").fetchone()[0])

    # What is done -----------------------------------------------------------------------

    def ask(self, initials: str, request: Request[Any]) -> bool:
        """Whether it was done; what is refused has changed nothing."""
        self.clock.put(self.clock.now_ms + 60_000)
        with self.noted(initials):
            before = self.rows()
            try:
                self.wait(self.node.call(request, initials=initials))
            except Refused:
                assert self.rows() == before
                return False
        return True

    @contextmanager
    def noted(self, initials: str) -> Iterator[None]:
        before, events = self.rows(), self.last_event()
        yield
        if self.last_event() != events:
            self.acts.append((initials, before))

    @initialize(quantities=st.lists(st.integers(2, 9), min_size=4, max_size=4))
    def open_the_hall(self, quantities: list[int]) -> None:
        """Two needs and two offers, so that there is something to do at once."""
        for kind, qty in zip((*Kind, *Kind), quantities, strict=True):
            self.add("AK", Move(kind=kind, qty=str(qty)))

    @rule(initials=st.sampled_from(INITIALS), what=st.sampled_from(ACTS), move=MOVES)
    def at_the_desk(self, initials: str, what: str, move: Move) -> None:
        getattr(self, what)(initials, move)

    def add(self, initials: str, move: Move) -> None:
        standing = move.kind is Kind.OFFER and move.again == "2 days"
        every = "" if standing else move.again
        channel = "paper" if move.odd else ""
        assert self.ask(
            initials,
            AddEntry(
                *(move.kind, "CLO", "Blankets", move.qty or "1"),
                every=every,
                standing=standing,
                channel=channel,
            ),
        )

    def edit(self, initials: str, move: Move) -> None:
        kind, ref = self.entry(move.first)
        self.ask(initials, EditEntry(kind, ref, qty=move.qty or "3"))

    def say_more(self, initials: str, move: Move) -> None:
        kind, ref = self.entry(move.first)
        contact = "Ana, 555 0100" if move.odd else ""
        self.ask(initials, EditEntry(kind, ref, note=f"{move.second}", contact=contact))

    def close(self, initials: str, move: Move) -> None:
        kind, ref = self.entry(move.first)
        ends = NEED_ENDS if kind is Kind.NEED else OFFER_ENDS
        self.ask(initials, CloseEntry(kind, ref, ends[move.second % len(ends)]))

    def open(self, initials: str, move: Move) -> None:
        kind, ref = self.entry(move.first)
        self.ask(initials, OpenEntry(kind, ref, "there is more", move.qty))

    def look_at(self, initials: str, move: Move) -> None:
        kind, ref = self.entry(move.first)
        looks: tuple[Request[Any], ...] = (
            ReadEntry(kind, ref),
            SayStill(ref),
            SayGone(ref),
            LetWait(ref),
        )
        self.ask(initials, looks[move.second % len(looks)])

    def match(self, initials: str, move: Move) -> None:
        need, offer = self.one(move.first, "entry", "N"), self.one(move.second, "entry", "O")
        self.ask(initials, MakeMatch(need, offer, qty=move.qty, asked=move.odd))

    def go_on(self, initials: str, move: Move) -> None:
        """With a match."""
        steps = list(Step)
        step = steps[move.second % len(steps)]
        self.ask(initials, MoveMatch(self.one(move.first, "matching", "M"), step))

    def set_out(self, initials: str, move: Move) -> None:
        self.ask(initials, MoveMatch(self.one(move.first, "matching", "M"), Step.STARTED))

    def hand_over(self, initials: str, move: Move) -> None:
        self.hand(initials, HandOver(self.one(move.first, "matching", "M"), *_moved(move)))

    def hand_over_anyhow(self, initials: str, move: Move) -> None:
        """Nobody says for which match, or for any."""
        self.hand(initials, HandOver(self.one(move.first, "entry"), *_moved(move)))

    def hand(self, initials: str, request: HandOver) -> None:
        before = self.overdrawn()
        self.ask(initials, request)
        assert self.overdrawn() <= before, "no offer gives more than it has"

    def overdrawn(self) -> set[str]:
        """Offers that have given more than they say: only an edit makes one so."""
        offers = [find_entry(self.conn, ref) for ref in self.refs("entry", "O")]
        return {
            offer.ref
            for offer in offers
            if offer and not offer.words.standing and offer.received > offer.words.qty
        }

    def plan(self, initials: str, move: Move) -> None:
        matches = [self.one(number, "matching", "M") for number in (move.first, move.second)]
        self.ask(initials, PlanJob(tuple(dict.fromkeys(matches)), "Jo"))

    def drive(self, initials: str, move: Move) -> None:
        steps = list(JobStep)
        step = steps[move.second % len(steps)]
        self.ask(initials, MoveJob(self.one(move.first, "job", "J"), step))

    def merge(self, initials: str, move: Move) -> None:
        kind, ref = self.entry(move.first)
        self.ask(initials, Merge(kind, ref, self.one(move.second, "entry", KINDS[kind])))

    def time_passes(self, initials: str, move: Move) -> None:
        """What follows by itself is nobody's."""
        hours = (1, 25, 80, 600)[move.second % 4]
        self.clock.put(self.clock.now_ms + hours * HOUR_MS)
        with self.noted(BY_ITSELF):
            self.wait(free_due(self.core))
            self.wait(let_pass(self.core))
        for match in all_running(self.conn):
            for ref in (match.need, match.offer):
                entry = find_entry(self.conn, ref)
                assert entry is not None
                assert not entry.is_closed or match.moving, "somebody waits for what is over"

    def undo(self, initials: str, move: Move) -> None:
        places = [n for n, (by, _) in enumerate(self.acts) if by == initials]
        before = self.rows()
        why = self.refused_undo(initials)
        if why is not None:
            assert self.rows() == before
            assert why is (Why.UNDO_BUILT_ON if places else Why.UNDO_NOTHING)
            is_last = bool(places) and places[-1] == len(self.acts) - 1
            assert not is_last or self.acts[-1][1] is None, "nothing is built on the last act"
            return
        _, rows = self.acts.pop(places[-1])
        later = self.acts[places[-1] :]
        self.acts[places[-1] :] = [(by, None) for by, _ in later]
        if not later and rows is not None:
            assert self.rows() == rows

    def refused_undo(self, initials: str) -> Why | None:
        try:
            self.wait(self.node.call(Undo(), initials=initials))
        except Refused as refused:
            return refused.why
        return None

    def entry(self, number: int) -> tuple[Kind, str]:
        ref = self.one(number, "entry")
        return Kind.NEED if ref[0] == "N" else Kind.OFFER, ref

    # What holds -------------------------------------------------------------------------

    @invariant()
    def no_offer_is_promised_beyond_what_it_has(self) -> None:
        for ref in self.refs("entry"):
            entry = find_entry(self.conn, ref)
            assert entry is not None
            assert entry.sums.reserved >= entry.sums.moving >= 0
            assert entry.direct >= 0
            assert entry.sums.moved >= 0
            if ref[0] == "O":
                assert entry.sums.reserved <= entry.outstanding, ref

    @invariant()
    def what_came_is_what_arrived(self) -> None:
        """Counted from the events alone."""
        came: dict[str, int] = {}
        sides: dict[str, tuple[str, str]] = {}
        for about, did, data in self.conn.execute(
            "SELECT about, did, data FROM event WHERE undone IS NULL ORDER BY n"
        ):
            said = json.loads(data)
            if did == Did.MATCHED:
                sides[about] = said["need"], said["offer"]
            elif did == Did.HANDED_OVER:
                for ref in sides[about]:
                    came[ref] = came.get(ref, 0) + said["qty"]
            elif did in {Did.RECEIVED, Did.GIVEN}:
                came[about] = came.get(about, 0) + said["qty"]
        for ref in self.refs("entry"):
            entry = find_entry(self.conn, ref)
            assert entry is not None
            assert entry.direct + entry.sums.moved == came.get(ref, 0), ref
            assert entry.received == came.get(ref, 0) - entry.before

    @invariant()
    def every_history_replays_to_the_same_board(self) -> None:
        before = self.rows()
        self.conn.execute("BEGIN")
        rebuild(self.conn)
        after = self.rows()
        self.conn.execute("ROLLBACK")
        assert after == before

    @invariant()
    def what_is_promised_is_promised_on_both_sides(self) -> None:
        promised: dict[str, int] = {}
        for match in all_running(self.conn):
            assert match.state in RUNNING
            for ref in (match.need, match.offer):
                promised[ref] = promised.get(ref, 0) + match.reserved
        for ref in self.refs("entry"):
            entry = find_entry(self.conn, ref)
            assert entry is not None
            assert entry.sums.reserved == promised.get(ref, 0), ref


TestBoard = Board.TestCase
TestBoard.settings = settings(
    max_examples=80,
    stateful_step_count=30,
    deadline=None,
    # Without shrinking: of histories as long as these it takes minutes. Its steps tell enough.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
