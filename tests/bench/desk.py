"""A hall that has run for years: ten thousand open entries, a hundred thousand closed."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Final

from node.answers.table import LocalNode
from node.api.finding import Find, FindLookAlikes
from node.api.matches import MakeMatch, Suggest
from node.api.requests import AddEntry, ListEntries, ShowEntry
from node.api.views import Kind
from node.core import Core
from node.desk import references
from node.desk.categories import CATEGORIES
from node.desk.events import Did, Event
from node.desk.words import Words
from node.hall import make_hall
from node.opening import open_stopped
from node.store.connection import open_existing
from node.store.events import add_events
from node.store.hall import find_hall
from node.store.references import next_reference
from protocol.ids import DeviceKey, Thousandths
from tests.bench import sheets
from tests.bench.figures import Figure, median, percentile_99
from tests.e2e.halls import Hall

OPEN: Final = 10_000
CLOSED: Final = 100_000
AT_ONCE: Final = 1_000
ASKED: Final = 300
"""Questions of each kind: one in a hundred is three of them."""
LOOK_MS: Final = 30.0
"""Milliseconds that any list, search or match may take, 99 times in 100."""
ADD_MS: Final = 8.0
"""Milliseconds that adding a need may take, on disk with FULL."""
PAGE: Final = 200
START_MS: Final = 1_790_000_000_000
MINUTE_MS: Final = 60_000

THINGS: Final = (
    "hot meals", "bread and soup", "insulin", "blankets", "a bed for the night", "nappies size 3",
    "lift to the hospital", "van with driver", "somebody to clear mud", "phone charging", "rice",
    "drinking water", "wheelchair ramp", "help with a form", "dog food", "dry clothes", "a heater",
)  # fmt: skip
NAMES: Final = (
    "Ana", "Björn", "Chidi", "Duc", "Elif", "Fatou", "Goran", "Hana", "Ines", "José", "Kadri",
    "Lwam", "Mehmet", "Noor", "Oskar", "Priya", "Rosa", "Søren", "Tomás", "Uma", "Václav", "Zoë",
)  # fmt: skip
STREETS: Final = ("Mill Lane", "High Street", "Rue du Port", "Lindenweg", "Station Road")
ZONES: Final = ("north", "harbour", "old town", "mill side", "")


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="hallway-bench-") as folder:
        years = Path(folder, "years")
        make_hall(years, "Northgate Hall")
        fill(years, OPEN, CLOSED)
        began = perf_counter()
        open_existing(years).close()
        folded_s = perf_counter() - began
        measured = asyncio.run(_measured(years))
        hall = Hall("Northgate Hall", years)
        try:
            hall.start()
            imported = sheets.measure_import(hall, Path(folder))
            hall.stop()
        finally:
            hall.end()
        return [
            Figure(f"{OPEN + CLOSED:,} entries folded anew, by new rules", folded_s, "s"),
            *measured,
            *imported,
            *sheets.measure_horrors(),
        ]


def fill(hall: Path, count_open: int, count_closed: int) -> None:
    """Years of what happened, which the hall folds when it is opened next."""
    with closing(open_existing(hall)) as conn:
        row = find_hall(conn)
        assert row is not None
        device = DeviceKey(row.group)
        said = entries(random.Random(1), count_closed + count_open)
        for start in range(0, count_closed + count_open, AT_ONCE):
            conn.execute("BEGIN IMMEDIATE")
            for number, (kind, words) in enumerate(islice(said, AT_ONCE), start):
                ref = next_reference(conn, kind)
                at_ms = START_MS + number * MINUTE_MS
                add_events(conn, device, [Event(Did.ADDED, ref, at_ms, "AK", words.to_data())])
                if number < count_closed:
                    because = "met" if kind is references.Kind.NEED else "used up"
                    data = {"because": because}
                    add_events(conn, device, [Event(Did.CLOSED, ref, at_ms + 1, "AK", data)])
            conn.execute("COMMIT")
        conn.execute("UPDATE folded SET rules = ''")


def entries(chance: random.Random, count: int) -> Iterator[tuple[references.Kind, Words]]:
    """Needs and offers by turns, of people with names, streets and numbers."""
    categories = list(CATEGORIES.values())
    for number in range(count):
        category = chance.choice(categories)
        name, street = chance.choice(NAMES), chance.choice(STREETS)
        house, phone = chance.randint(1, 120), chance.randint(10**8, 10**9)
        contact = f"{name} {chance.choice(NAMES)}sen, {house} {street}, 0{phone}"
        words = Words(
            category=category.code,
            text=f"{chance.choice(THINGS)} for {chance.randint(1, 9)}",
            qty=Thousandths(1_000 * chance.randint(1, 40)),
            unit=category.unit,
            zone=chance.choice(ZONES),
            by_ms=START_MS + chance.randint(0, 10**10) if chance.random() < 0.3 else None,
            contact=contact,
            note="third floor, no lift" if chance.random() < 0.2 else "",
        )
        yield (references.Kind.NEED, references.Kind.OFFER)[number % 2], words


async def _measured(hall: Path) -> list[Figure]:
    async with open_stopped(hall) as core:
        node, chance = LocalNode(core), random.Random(2)
        refs = await _open_refs(core)
        needs = [ref for ref in refs if ref.startswith("N")]
        offers = [ref for ref in refs if ref.startswith("O")]
        looks: list[tuple[str, Callable[[], Awaitable[object]]]] = [
            ("first page of open needs", lambda: node.call(ListEntries(Kind.NEED, count=PAGE))),
            (
                "any page of needs, closed ones too",
                lambda: node.call(
                    ListEntries(Kind.NEED, True, chance.randrange(50_000), PAGE),
                ),
            ),
            ("find, as one types", lambda: node.call(Find(typed(chance)))),
            ("show one", lambda: node.call(ShowEntry(Kind.NEED, chance.choice(needs)))),
            ("what the other board has", lambda: node.call(Suggest(chance.choice(refs)))),
            (
                "what looks alike, while one types",
                lambda: node.call(FindLookAlikes(_asked(chance))),
            ),
        ]
        told = [
            _figure(what, await _timed(ASKED, look), LOOK_MS, "lists, searches, matches")
            for what, look in looks
        ]
        saves = await _timed(ASKED, lambda: _save(core, chance))
        adds = await _timed(ASKED, lambda: node.call(_asked(chance)))
        pairs = await _pairs(node, chance, needs, offers)
        return [
            *told,
            _figure("a need on disk with FULL", saves, ADD_MS, "through the store"),
            _figure("add a need, look-alikes and candidates told", adds, None, "the whole answer"),
            _figure("match two, on disk with FULL", pairs, LOOK_MS, "agreed"),
        ]


def typed(chance: random.Random) -> str:
    """What stands in the field while somebody types: a letter, a word, two, the end of a number."""
    word = chance.choice([*THINGS, *NAMES, *STREETS])
    return chance.choice(
        [
            word[:1],
            word[:2],
            word[: chance.randint(1, len(word))],
            word,
            f"{word} {chance.choice(NAMES)[:2]}",
            str(chance.randint(1_000, 9_999)),
            "nothing has this",
        ]
    )


def _asked(chance: random.Random) -> AddEntry:
    kind, words = next(entries(chance, 1))
    assert kind is references.Kind.NEED
    return AddEntry(
        Kind.NEED,
        words.category,
        words.text,
        str(words.qty // 1_000),
        zone=words.zone,
        contact=words.contact,
        note=words.note,
    )


async def _save(core: Core, chance: random.Random) -> None:
    """What adding one writes, without what is looked up for its answer."""
    kind, words = next(entries(chance, 1))

    def write(conn: sqlite3.Connection) -> None:
        ref = next_reference(conn, kind)
        core.append(conn, core.event(Did.ADDED, ref, "AK", **words.to_data()))

    await core.save(also=write)


async def _pairs(
    node: LocalNode, chance: random.Random, needs: Sequence[str], offers: Sequence[str]
) -> list[float]:
    """Milliseconds of each match that could be made of pairs chosen by suggestion."""
    spent: list[float] = []
    for need in chance.sample(list(needs), ASKED):
        candidates = await node.call(Suggest(need))
        for candidate in candidates[:1]:
            began = perf_counter()
            await node.call(MakeMatch(need, candidate.ref))
            spent.append(1_000 * (perf_counter() - began))
    return spent


async def _open_refs(core: Core) -> list[str]:
    rows = await core.read(
        lambda conn: conn.execute("SELECT ref FROM entry WHERE closed = 0").fetchall()
    )
    return [row[0] for row in rows]


async def _timed(times: int, look: Callable[[], Awaitable[object]]) -> list[float]:
    """Milliseconds of each."""
    spent = []
    for _ in range(times):
        began = perf_counter()
        await look()
        spent.append(1_000 * (perf_counter() - began))
    return spent


def _figure(what: str, ms: Sequence[float], target_ms: float | None, note: str) -> Figure:
    told = f"median {median(ms):.3g} ms, of {len(ms)}; {note}"
    return Figure(f"{what}: 99 in 100 within", percentile_99(ms), "ms", target_ms, told)
