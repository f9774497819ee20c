"""Saving: on disk first, then on the shelf and on its way; all of it or nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from threading import Event
from typing import TypeVar

import pytest

from node.api.requests import AddEntry, CloseEntry, ListEntries, PassOn, PreviewPass, ShowOverflow
from node.api.views import Changed, Kind
from node.refusal import Refused, Why
from node.store import board
from node.store.entries import save_entry
from node.store.records import all_records
from protocol.bodies import Request
from protocol.record import prove
from tests.eventually import eventually
from tests.node.refusals import refused, unchanged
from tests.node.twice import hand, signs_twice, twin
from tests.node.two_halls import (
    OneHall,
    Pipe,
    WatchedDatabase,
    all_overflows,
    of_one_mind,
    one_hall,
    opened,
    two_halls,
)

pytestmark = pytest.mark.asyncio
Result = TypeVar("Result")


class FailingCommit:
    """A disk that takes everything but the commit."""

    def __init__(self, hall: OneHall, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hall = hall
        self.monkeypatch = monkeypatch

    def __enter__(self) -> None:
        async def run(
            database: WatchedDatabase, work: Callable[[sqlite3.Connection], Result]
        ) -> Result:
            def and_fail(conn: sqlite3.Connection) -> Result:
                before = conn.total_changes
                result = work(conn)
                if conn.total_changes != before:
                    raise sqlite3.OperationalError("disk I/O error")
                return result

            return await real(database, and_fail)

        real = WatchedDatabase.run
        self.monkeypatch.setattr(WatchedDatabase, "run", run)

    def __exit__(self, *raised: object) -> None:
        self.monkeypatch.undo()


async def test_a_record_leaves_only_after_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_halls(tmp_path) as (north, east):
        pipe = Pipe(north, east)
        await of_one_mind(north, east)
        need = await north.need()
        shown = await north.ask(PreviewPass((need,)))
        sent = len(pipe.frames)
        async with unchanged(north.core, east.core):
            with FailingCommit(north, monkeypatch), refused(Why.DISK_FAILED):
                await north.ask(PassOn((need,), shown.approval))
            assert await all_overflows(north) == ()
        assert len(pipe.frames) == sent
        made = await north.ask(PassOn((need,), shown.approval))
        await of_one_mind(north, east)
        assert (await east.ask(ShowOverflow(made.id))).ref == made.ref


async def test_while_the_transaction_runs_nothing_leaves(tmp_path: Path) -> None:
    committing, may_commit = Event(), Event()

    def slowly(conn: sqlite3.Connection) -> None:
        committing.set()
        assert may_commit.wait(5)

    async with two_halls(tmp_path) as (north, east):
        made = await north.pass_on(await north.need())
        await of_one_mind(north, east)
        record = north.core.shelf.all_requests()[0]
        assert isinstance(record.body, Request)
        after = north.core.signer.next(record, record.body, north.clock())
        async with asyncio.TaskGroup() as tasks:
            saving = tasks.create_task(north.core.save((record, after), also=slowly))
            await eventually(committing.is_set)
            assert north.core.shelf.all_requests() == [record]
            assert (north.coming, east.coming) == (0, 0)
            may_commit.set()
            await saving
        await of_one_mind(north, east)
        assert east.core.shelf.find(record.header.object) == after
        assert (await east.ask(ShowOverflow(made.id))).state == "open"


async def test_a_cancelled_command_is_done_or_not_begun(tmp_path: Path) -> None:
    committing, may_commit = Event(), Event()

    def slowly(conn: sqlite3.Connection) -> None:
        committing.set()
        assert may_commit.wait(5)

    async with one_hall(tmp_path / "north") as north:
        await north.pass_on(await north.need())
        record = north.core.shelf.all_requests()[0]
        assert isinstance(record.body, Request)
        after = north.core.signer.next(record, record.body, north.clock())

        async def save() -> None:
            async with north.core.writing:
                await north.core.save((record, after), also=slowly)

        async with asyncio.TaskGroup() as tasks:
            saving = tasks.create_task(save())
            await eventually(committing.is_set)
            saving.cancel()
            await asyncio.sleep(0)
            assert north.core.writing.locked(), "the next command would sign this version again"
            may_commit.set()
        assert saving.cancelled()
        assert north.core.shelf.all_requests() == [after]
        assert after in await north.core.read(all_records)


async def test_a_cancelled_command_that_fails_is_quiet(tmp_path: Path) -> None:
    committing, may_fail = Event(), Event()

    def slowly(conn: sqlite3.Connection) -> None:
        committing.set()
        assert may_fail.wait(5)
        raise sqlite3.OperationalError("disk I/O error")

    async with one_hall(tmp_path / "north") as north, unchanged(north.core):
        async with asyncio.TaskGroup() as tasks:
            saving = tasks.create_task(north.core.save(also=slowly))
            await eventually(committing.is_set)
            saving.cancel()
            may_fail.set()
        assert saving.cancelled()


@pytest.mark.parametrize("nth", range(3))
async def test_half_of_a_command_is_never_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    async with one_hall(tmp_path / "north") as north:
        refs = [await north.need(f"Soup {n}") for n in range(3)]
        shown = await north.ask(PreviewPass(tuple(refs)))
        written = 0

        def save(*given: object) -> None:
            nonlocal written
            if written == nth:
                raise sqlite3.OperationalError("disk I/O error")
            written += 1
            real(*given)  # type: ignore[arg-type]

        real = save_entry
        monkeypatch.setattr(board, "save_entry", save)
        before = await north.core.read(_but_references)
        with refused(Why.DISK_FAILED):
            await north.ask(PassOn(tuple(refs), shown.approval))
        assert await north.core.read(_but_references) == before
        assert await all_overflows(north) == ()


def _but_references(conn: sqlite3.Connection) -> list[str]:
    """A reference that was handed out for nothing is not given again, and that is all."""
    return [line for line in conn.iterdump() if 'INTO "block"' not in line]


async def test_commands_at_once_never_see_half(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "north") as north:
        ref = await north.need()
        outcomes: list[str] = []

        async def close() -> None:
            try:
                outcomes.append((await north.ask(CloseEntry(Kind.NEED, ref, "met"))).state)
            except Refused as late:
                outcomes.append(late.why)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(8):
                tasks.create_task(close())
        assert sorted(outcomes) == ["closed"] + ["not-open"] * 7


async def test_who_follows_hears_of_every_change(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "north") as north:
        changes = north.node.changes()
        assert await anext(changes) == Changed()
        await north.need()
        await north.need()
        async with asyncio.timeout(5):
            await anext(changes)
        later = asyncio.ensure_future(anext(changes))
        await asyncio.sleep(0)
        assert not later.done()
        await north.ask(AddEntry(Kind.OFFER, "TRN", "Van"))
        async with asyncio.timeout(5):
            await later
        await changes.aclose()  # type: ignore[attr-defined]
        assert north.core._watchers == set()


async def test_boots_rise_and_are_on_disk_first(tmp_path: Path) -> None:
    numbers = []
    async with one_hall(tmp_path / "north") as north:
        await north.core.boot()
        numbers.append(north.core.hall.boot)
    async with opened(tmp_path / "north") as north:
        await north.core.boot()
        numbers.append(north.core.hall.boot)
        assert await north.ask(ListEntries(Kind.NEED)) == ()
    assert [boot.number for boot in numbers] == [1, 2]
    assert numbers[0].nonce != numbers[1].nonce


async def test_what_this_device_has_signed_twice_takes_no_next_version(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        made = await north.pass_on(await north.need())
        await of_one_mind(north, east)
        (before,) = north.core.shelf.all_requests()
        assert isinstance(before.body, Request)
        await signs_twice(north, east, made.id)
        after = north.core.signer.next(before, before.body, north.clock())

        def also(conn: sqlite3.Connection) -> None:
            raise AssertionError("nothing is written")

        async with unchanged(north.core):
            with refused(Why.SIGNED_TWICE_HERE):
                await north.core.save((before, after), also=also)


async def test_a_proof_that_comes_during_a_commit_wins_on_disk_as_well(tmp_path: Path) -> None:
    committing, may_commit = Event(), Event()

    def slowly(conn: sqlite3.Connection) -> None:
        committing.set()
        assert may_commit.wait(5)

    async with two_halls(tmp_path) as (north, east):
        await north.pass_on(await north.need())
        await of_one_mind(north, east)
        (before,) = north.core.shelf.all_requests()
        assert isinstance(before.body, Request)
        after = north.core.signer.next(before, before.body, north.clock())
        other = north.core.signer.new(before.body, north.clock(), 3_600_000, 2)
        proof = prove(after, twin(north, after))
        async with asyncio.TaskGroup() as tasks:
            saving = north.core.save((before, after), (None, other), also=slowly)
            saved = tasks.create_task(refused_so(saving))
            await eventually(committing.is_set)
            for hall in (north, east):
                hand(hall, proof)
            may_commit.set()
        assert saved.result()
        await of_one_mind(north, east)
        assert east.core.shelf.find(other.header.object) == other
        on_disk = await north.core.read(all_records)
        assert {proof, other} <= set(on_disk)
        assert {before, after}.isdisjoint(on_disk)
    async with opened(tmp_path / "north") as north:
        assert north.core.shelf.find(proof.header.object) == proof


async def refused_so(saving: Coroutine[object, object, object]) -> bool:
    with refused(Why.SIGNED_TWICE_HERE):
        await saving
    return True
