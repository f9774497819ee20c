"""The driver: one commit for what came together, and no word of it before."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from threading import Event
from typing import TypeVar

import pytest

from node import driver
from node.core import open_core
from node.store.connection import Database, open_existing
from node.store.neighbours import addresses_of, all_neighbours
from node.store.records import all_hearings, all_records
from node.store.time import find_past, latest_time
from protocol.channel import Role
from protocol.events import FrameArrived, Input, KeepRecords, LinkId, LinkUp, Reached, Stored
from protocol.frames import Held, Records, Whereabouts, from_bytes, to_bytes
from protocol.ids import LinkEnd, RecordId, UnixMs
from protocol.limits import DAY_MS
from protocol.shelf import Placed
from tests.eventually import eventually
from tests.node import two_halls as two_halls_module
from tests.node.twice import signs_twice
from tests.node.two_halls import (
    EVENING,
    Pipe,
    SetClock,
    WatchedDatabase,
    of_one_mind,
    one_hall,
    opened,
    pair,
    two_halls,
)

pytestmark = pytest.mark.asyncio
Result = TypeVar("Result")


def kinds(pipe: Pipe) -> list[type]:
    return [type(from_bytes(frame)) for frame in pipe.frames]


async def test_what_arrives_is_acknowledged_after_its_commit(tmp_path: Path) -> None:
    held_up, go_on = Event(), Event()

    def hold(conn: sqlite3.Connection) -> None:
        held_up.set()
        assert go_on.wait(5)

    async with two_halls(tmp_path) as (north, east):
        pipe = north.pipes[0]
        await of_one_mind(north, east)
        holding = asyncio.ensure_future(east.core.database.run(hold))
        await eventually(held_up.is_set)
        pipe.frames.clear()
        made = await north.pass_on(await north.need())
        record = north.core.shelf.all_requests()[0]
        await eventually(lambda: record.id in east.core.shelf)
        assert Records in kinds(pipe)
        assert Held not in kinds(pipe)
        assert (await north.overflow(made.id)).held_by == 0
        go_on.set()
        await holding
        await of_one_mind(north, east)
        assert Held in kinds(pipe)
        assert record in await east.core.read(all_records)
        assert (await north.overflow(made.id)).held_by == 1


async def test_many_records_are_one_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with two_halls(tmp_path) as (north, east):
        north.pipes[0].cut()
        for n in range(60):
            await north.pass_on(await north.need(f"Soup {n}"))
        commits = 0

        async def run(
            database: WatchedDatabase, work: Callable[[sqlite3.Connection], Result]
        ) -> Result:
            nonlocal commits
            commits += database is east.core.database
            return await real(database, work)

        real = WatchedDatabase.run
        monkeypatch.setattr(WatchedDatabase, "run", run)
        Pipe(north, east)
        await of_one_mind(north, east)
        assert len(await east.core.read(all_records)) >= 60
        assert commits < 20


async def test_while_the_disk_refuses_it_is_tried_again_and_nobody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(driver, "DISK_PAUSE_S", 0.01)
    monkeypatch.setattr(driver, "UNSAVED_MAX", 3)
    is_full = True

    async with two_halls(tmp_path) as (north, east):
        real = WatchedDatabase.run

        async def run(
            database: WatchedDatabase, work: Callable[[sqlite3.Connection], Result]
        ) -> Result:
            def and_fail(conn: sqlite3.Connection) -> Result:
                before = conn.total_changes
                result = work(conn)
                if is_full and conn.total_changes != before:
                    raise sqlite3.OperationalError("database or disk is full")
                return result

            watched = database is east.core.database
            return await real(database, and_fail if watched else work)

        with monkeypatch.context() as during:
            during.setattr(WatchedDatabase, "run", run)
            made = [await north.pass_on(await north.need(f"Soup {n}")) for n in range(5)]
            await eventually(lambda: caplog.text.count("the disk refuses") > 2)
            assert [(await north.overflow(each.id)).held_by for each in made] == [0] * 5
            assert not east.core.driver._room.is_set()
            is_full = False
            await of_one_mind(north, east)
        assert [(await north.overflow(each.id)).held_by for each in made] == [1] * 5
        await east.core.driver.room()


async def test_where_a_neighbour_is_and_how_it_is_recognised_is_kept(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        await of_one_mind(north, east)
        group = east.core.hall.group
        (row,) = await north.core.read(all_neighbours)
        assert row.discovery_key == east.core.hall.discovery_key
        (address,) = await north.core.read(lambda conn: addresses_of(conn, group, 9))
        assert (address.host, address.port) == ("192.0.2.7", 7425)


async def test_a_neighbour_that_keeps_moving_costs_little(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        link = north.pipes[0].link
        for port in range(1, 2_000):
            frame = to_bytes(Whereabouts(b"k" * 16, port))
            north.core.driver.feed(FrameArrived(link, frame))
        await of_one_mind(north, east)
        group = east.core.hall.group
        found = await north.core.read(lambda conn: addresses_of(conn, group, 10_000))
        assert len(found) <= 16
        assert found[0].port == 1_999


async def test_the_log_names_records_by_a_few_letters_and_says_nothing_of_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with two_halls(tmp_path) as (north, east):
        need = await north.need("Marigold soup", contact="Peregrine, 555 0100")
        await north.pass_on(need)
        await of_one_mind(north, east)
        assert "Marigold" not in caplog.text
        assert "Peregrine" not in caplog.text


async def test_the_log_warns_of_what_was_signed_twice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with two_halls(tmp_path) as (north, east):
        made = await north.pass_on(await north.need("Marigold soup"))
        await of_one_mind(north, east)
        proof = await signs_twice(north, east, made.id)
        warned = [each for each in caplog.messages if proof.id.hex()[:8] in each]
        assert len(warned) == 2, "once at each hall"
        assert all(proof.header.object.hex()[:8] in each for each in warned)
        assert proof.id.hex()[:9] not in caplog.text
        assert "Marigold" not in caplog.text
        assert made.ref not in caplog.text


async def test_frames_for_a_link_that_is_gone_go_nowhere(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        await pair(north, east)
        roster = east.core.shelf.roster_of(east.core.hall.group)
        assert roster is not None
        link = LinkId(10_000)
        told = Whereabouts(bytes(16), 0)
        hall = east.core.hall
        end = LinkEnd(hall.group, hall.device_key)
        north.core.driver.feed(LinkUp(link, end, Role.INITIATOR, roster, told))
        north.core.driver.feed(FrameArrived(LinkId(10_001), to_bytes(Held(()))))
        await of_one_mind(north, east)


async def test_what_had_waited_for_a_record_of_our_own_is_kept_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_halls(tmp_path) as (north, east):
        await north.pass_on(await north.need())
        await of_one_mind(north, east)
        (record,) = north.core.shelf.all_requests()
        await east.core.database.run(
            lambda conn: conn.execute("DELETE FROM record WHERE id = ?", [record.id]).close()
        )
        fed: list[Input] = []
        monkeypatch.setattr(east.core.driver, "feed", fed.append)
        east.core.driver._carry_out(KeepRecords(None, (Placed(record, None),)))
        await east.core.driver.kept()
        assert record in await east.core.read(all_records)
        assert fed == [Stored(None, (record.id,))]


@pytest.mark.parametrize("kind", ["known", "reached"])
async def test_ids_count_against_what_may_wait_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(driver, "UNSAVED_MAX", 50)
    held_up, go_on = Event(), Event()

    def hold(conn: sqlite3.Connection) -> None:
        held_up.set()
        assert go_on.wait(5)

    async with two_halls(tmp_path) as (north, east):
        link, group = north.pipes[0].link, east.core.hall.group
        ids = tuple(RecordId(bytes([n]) * 32) for n in range(50))
        output = KeepRecords(link, (), ids) if kind == "known" else Reached(group, ids)
        few = KeepRecords(link, (), ids[:9]) if kind == "known" else Reached(group, ids[:9])
        holding = asyncio.ensure_future(north.core.database.run(hold))
        await eventually(held_up.is_set)
        north.core.driver.note_heard(group)  # the keeper waits with this one
        await eventually(lambda: not north.core.driver._something_to_keep.is_set())
        for _ in range(100):
            north.core.driver._carry_out(few)
        assert north.core.driver._room.is_set()
        north.core.driver._carry_out(output)
        assert not north.core.driver._room.is_set()
        go_on.set()
        await holding
        await asyncio.wait_for(north.core.driver.room(), 5)


# Time -----------------------------------------------------------------------------------------


async def test_what_time_took_is_off_the_disk_and_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor after a restart, when a neighbour brings it that nobody told what time it is."""
    async with two_halls(tmp_path) as (north, east):
        await north.pass_on(await north.need())
        await of_one_mind(north, east)
        (record,) = east.core.shelf.all_requests()
        assert record in await east.core.read(all_records)
        east.clock.put(EVENING + 20 * DAY_MS)
        east.core.driver.tick()
        await east.core.driver.kept()
        assert record not in await east.core.read(all_records)
        mark_ms = east.core.shelf.purged_ms
        assert (await east.core.read(find_past)).purged_ms == mark_ms > EVENING
    monkeypatch.setattr(two_halls_module, "EVENING", EVENING + 20 * DAY_MS)
    async with opened(tmp_path / "east") as east:
        assert east.core.shelf.purged_ms == mark_ms
        assert not east.core.shelf.is_news(record, north.core.hall.group)
        assert east.core.shelf.all_requests() == []


async def test_while_nobody_vouches_for_the_clock_nothing_leaves_the_disk(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        await north.pass_on(await north.need())
        await of_one_mind(north, east)
        before = await east.core.read(all_records)
        east.clock.is_trusted = False
        for days in (400, -400, 4_000):
            east.clock.put(EVENING + days * DAY_MS)
            east.core.driver.tick()
        await east.core.driver.kept()
        assert await east.core.read(all_records) == before
        assert (await east.core.read(find_past)).purged_ms == east.core.shelf.purged_ms <= EVENING


async def test_what_an_unsure_clock_has_signed_stays_buried_across_a_restart(
    tmp_path: Path,
) -> None:
    async with two_halls(tmp_path) as (north, east):
        north.clock.is_trusted = False
        await north.pass_on(await north.need())
        await of_one_mind(north, east)
        (record,) = east.core.shelf.all_requests()
        assert record.header.clock_unsure
        east.clock.put(EVENING + 15 * DAY_MS)
        east.core.driver.tick()
        await east.core.driver.kept()
        (buried,) = (await east.core.read(find_past)).buried
        assert buried.object == record.header.object
    async with opened(tmp_path / "east") as east:
        assert not east.core.shelf.is_news(record, north.core.hall.group)
        east.clock.put(buried.until_ms + DAY_MS)
        east.core.driver.tick()
        await east.core.driver.kept()
        assert buried not in (await east.core.read(find_past)).buried
        assert east.core.shelf.is_news(record, north.core.hall.group)


async def test_when_the_right_time_is_known_hearings_are_right_on_disk_as_well(
    tmp_path: Path,
) -> None:
    """400 days were missing: what was heard by the wrong clock is neither old nor forgotten."""
    later_ms = EVENING + 400 * DAY_MS
    async with two_halls(tmp_path) as (north, east):
        for hall in (north, east):
            hall.clock.is_trusted = False
            hall.core.driver.tick()
        await north.pass_on(await north.need())
        await of_one_mind(north, east)
        (record,) = east.core.shelf.all_requests()
        ends_ms = east.core.shelf.ends_ms(record)
        east.clock.put(later_ms)
        east.clock.is_trusted = True
        east.core.driver.tick()
        await east.core.driver.kept()
        assert record in await east.core.read(all_records)
        assert (await east.core.read(all_hearings))[record.id] == later_ms
        assert east.core.shelf.ends_ms(record) == (ends_ms or 0) + 400 * DAY_MS
    async with opened(tmp_path / "east") as east:
        assert east.core.shelf.ends_ms(record) == (ends_ms or 0) + 400 * DAY_MS


async def test_a_clock_that_was_ahead_leaves_no_time_to_come_on_disk(tmp_path: Path) -> None:
    """The next start that nobody vouches for would go on from there."""
    clock = SetClock()
    clock.put(EVENING + 400 * DAY_MS)
    clock.is_trusted = False
    async with one_hall(tmp_path / "east", "Eastside Centre") as east:
        async with one_hall(tmp_path / "north") as north:
            await pair(north, east)
        async with opened(tmp_path / "north", clock) as north:
            north.core.driver.tick()
            north.core.driver.note_heard(east.core.hall.group)
            await north.need()
            await north.core.driver.kept()
            assert await north.core.read(latest_time) == EVENING + 400 * DAY_MS
            clock.put(EVENING + DAY_MS)
            clock.is_trusted = True
            north.core.driver.tick()
            await north.core.driver.kept()
            assert await north.core.read(latest_time) <= EVENING + DAY_MS


async def test_what_came_and_went_before_the_disk_had_time_is_not_there(tmp_path: Path) -> None:
    held_up, go_on = Event(), Event()

    def hold(conn: sqlite3.Connection) -> None:
        held_up.set()
        assert go_on.wait(5)

    async with two_halls(tmp_path) as (north, east):
        holding = asyncio.ensure_future(east.core.database.run(hold))
        await eventually(held_up.is_set)
        east.core.driver.note_heard(north.core.hall.group)  # the keeper waits with this one
        await eventually(lambda: not east.core.driver._something_to_keep.is_set())
        await north.pass_on(await north.need())
        await eventually(east.core.shelf.all_requests)
        (record,) = east.core.shelf.all_requests()
        east.clock.put(EVENING + 20 * DAY_MS)
        east.core.driver.tick()
        go_on.set()
        await holding
        await east.core.driver.kept()
        assert record not in await east.core.read(all_records)
        assert all(each.id in east.core.shelf for each in await east.core.read(all_records))


async def test_a_tick_asks_first_whether_the_clock_is_trusted(tmp_path: Path) -> None:
    """Reading a clock can be what makes it trusted: then the time is a guess for the last time."""

    class Waking(SetClock):
        def __call__(self) -> UnixMs:
            self.is_trusted = True
            return super().__call__()

    async with one_hall(tmp_path) as hall:
        clock = Waking()
        clock.is_trusted = False
        clock.put(EVENING + 400 * DAY_MS)
        hall.core.driver._clock = clock
        before_ms = hall.core.shelf.purged_ms
        hall.core.driver.tick()
        assert hall.core.shelf.purged_ms == before_ms
        hall.core.driver.tick()
        assert hall.core.shelf.purged_ms > before_ms


async def test_what_starting_found_out_is_kept_before_anything_else(tmp_path: Path) -> None:
    """Else a power cut leaves records of an unsure clock, and not since when it is unsure."""
    async with one_hall(tmp_path / "north"):
        pass
    database = Database(open_existing(tmp_path / "north"), tmp_path / "north")
    clock = SetClock()
    clock.is_trusted = False
    try:
        core = await open_core(database, lambda _latest_ms: clock, UTC)
        await core.driver.keep_first()
        assert (await core.read(find_past)).unsure_since_ms == EVENING
    finally:
        database.close()
