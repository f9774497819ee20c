"""What time it is here, who vouches for it, and a person who has looked at a watch."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from node.answers.table import LocalNode
from node.api.requests import AddEntry, PassOn, PreviewPass, ShowClock, Status, TellTime
from node.api.views import Kind
from node.core import Core
from node.desk.when import rfc3339_utc
from node.hall import make_hall
from node.opening import open_stopped
from node.refusal import Refused, Why
from node.services.upkeep import look_once
from node.standing import peering_with
from node.store.neighbours import Neighbour, add_neighbour
from protocol.clock import WRITTEN_MS, Reading
from protocol.ids import GroupId, UnixMs
from protocol.limits import DAY_MS, HOUR_MS, RECKONED_MS
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import EVENING

pytestmark = pytest.mark.asyncio

AT_2000 = EVENING + 90 * 60_000
"""20:00 on that evening."""


class Pi:
    """A machine that was started at half past six, whose kernel says what it is told to."""

    def __init__(self) -> None:
        self.wall_ms: int = EVENING
        self.boot_ms = 17_000
        self.synchronised = False

    def read(self) -> Reading:
        return Reading(UnixMs(self.wall_ms), self.boot_ms, self.synchronised)

    def go_on(self, ms: int) -> None:
        self.wall_ms += ms
        self.boot_ms += ms


class House:
    """A hall's folder on that machine. `start` names the machine's newest start."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "hall"
        make_hall(self.folder, "Northgate Hall")
        self.machine = Pi()
        self._boot_id = folder / "boot_id"
        self.start("first")
        monkeypatch.setenv("TZ", "UTC")
        monkeypatch.setattr("node.clock.BOOT_ID", self._boot_id)
        monkeypatch.setattr("node.clock.ThisMachine", lambda: self.machine)

    def start(self, name: str) -> None:
        self._boot_id.write_text(name)

    def opened(self) -> AbstractAsyncContextManager[Core]:
        return open_stopped(self.folder)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return House(tmp_path, monkeypatch)


async def test_at_first_nobody_vouches_for_it(house: House) -> None:
    async with house.opened() as core:
        shown = await LocalNode(core).call(ShowClock())
        assert (shown.now_ms, shown.trusted, shown.by) == (EVENING, False, "nobody")
        assert (shown.neighbours, shown.ahead_s) == (0, None)
        assert (await LocalNode(core).call(Status())).time_by == "nobody"


async def test_what_a_watch_shows_is_the_time_that_is_signed(house: House) -> None:
    async with house.opened() as core:
        node = LocalNode(core)
        told = await node.call(TellTime("2031-05-31T20:00:00Z"))
        assert (told.now_ms, told.trusted, told.by) == (AT_2000, True, "operator")
        assert core.shelf.now_ms == node.now_ms() == AT_2000
        assert (await node.call(Status())).time_by == "operator"
        need = await node.call(AddEntry(Kind.NEED, "FOD", "Soup"))
        shown = await node.call(PreviewPass((need.ref,)))
        await node.call(PassOn((need.ref,), shown.approval))
        (record,) = core.shelf.own_messages()
        assert record.header.created_ms == AT_2000
        assert not record.header.clock_unsure


async def test_it_counts_for_every_run_until_the_machine_is_started_anew(house: House) -> None:
    async with house.opened() as core:
        await LocalNode(core).call(TellTime("2031-05-31T20:00:00Z"))
    house.machine.go_on(HOUR_MS)
    async with house.opened() as core:
        shown = await LocalNode(core).call(ShowClock())
        assert (shown.now_ms, shown.by) == (AT_2000 + HOUR_MS, "operator")
    house.start("second")
    async with house.opened() as core:
        assert (await LocalNode(core).call(ShowClock())).by == "nobody"


async def test_after_a_week_it_counts_no_more_in_any_run(house: House) -> None:
    async with house.opened() as core:
        node = LocalNode(core)
        await node.call(TellTime("20:00"))
        house.machine.go_on(RECKONED_MS + 1)
        assert (await node.call(ShowClock())).by == "nobody"
    async with house.opened() as core:
        assert (await LocalNode(core).call(ShowClock())).by == "nobody"


async def test_a_second_word_takes_the_place_of_the_first(house: House) -> None:
    for typed, shown_ms in (("2032-05-31T20:00:00Z", AT_2000 + 366 * DAY_MS), ("20:00", AT_2000)):
        async with house.opened() as core:
            await LocalNode(core).call(TellTime(typed))
        async with house.opened() as core:
            shown = await LocalNode(core).call(ShowClock())
            assert shown.by == "operator"
            assert typed == "20:00" or shown.now_ms == shown_ms


async def test_a_synchronised_clock_takes_no_other_time(house: House) -> None:
    house.machine.synchronised = True
    async with house.opened() as core, unchanged(core):
        with refused(Why.CLOCK_SYNCHRONISED) as raised:
            await LocalNode(core).call(TellTime("20:00"))
        assert raised.value.facts["shown"] == "Sat 31 May 2031 18:30"
        assert (await LocalNode(core).call(ShowClock())).by == "synchronised"


async def test_what_synchronisation_has_overtaken_does_not_come_back(house: House) -> None:
    async with house.opened() as core:
        await LocalNode(core).call(TellTime("2031-06-15T20:00:00Z"))
        await look_once(core)
    async with house.opened() as core:
        assert (await LocalNode(core).call(ShowClock())).by == "operator"
        house.machine.synchronised = True
        await look_once(core)
        await look_once(core)
    house.machine.synchronised = False
    async with house.opened() as core:
        assert (await LocalNode(core).call(ShowClock())).by == "nobody"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", Why.CLOCK_UNREADABLE),
        ("soon", Why.CLOCK_UNREADABLE),
        ("2031-05-31", Why.CLOCK_UNREADABLE),
        ("1970-01-01 00:00", Why.CLOCK_TOO_EARLY),
        (rfc3339_utc(WRITTEN_MS - 1), Why.CLOCK_TOO_EARLY),
        ("2041-07-01 20:00", Why.TIME_TOO_FAR),
        ("9999-12-31T23:59:59-23:59", Why.TIME_TOO_FAR),
    ],
)
async def test_what_cannot_be_is_refused(house: House, typed: str, why: Why) -> None:
    async with house.opened() as core, unchanged(core):
        with refused(why):
            await LocalNode(core).call(TellTime(typed))
        shown = await LocalNode(core).call(ShowClock())
        assert (shown.now_ms, shown.by) == (EVENING, "nobody")


async def test_ten_years_later_than_1970_is_counted_from_when_this_was_written(
    house: House,
) -> None:
    house.machine.wall_ms = 17_000
    async with house.opened() as core:
        told = await LocalNode(core).call(TellTime("2031-05-31T20:00:00Z"))
        assert told.now_ms == AT_2000


async def test_a_word_that_is_not_on_disk_does_not_count(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_work: object) -> None:
        raise Refused(Why.DISK_FAILED, problem="no space", folder="here")

    async with house.opened() as core:
        with monkeypatch.context() as patched, refused(Why.DISK_FAILED):
            patched.setattr(core.database, "run", refuse)
            await LocalNode(core).call(TellTime("20:00"))
        assert (await LocalNode(core).call(ShowClock())).by == "nobody"


async def test_three_neighbours_vouch_for_it_and_are_shown(house: House) -> None:
    groups = [GroupId(bytes([number]) * 32) for number in range(1, 4)]
    async with house.opened() as core:
        for group in groups:
            neighbour = Neighbour(group, "A hall", EVENING)
            also = partial(add_neighbour, neighbour=neighbour)
            await core.save(peering_with(core, group), also=also)
        core.driver.tick()
        for told, group in enumerate(groups, start=1):
            assert (await LocalNode(core).call(ShowClock())).by == "nobody"
            core.clock.hear(group, UnixMs(AT_2000))
            shown = await LocalNode(core).call(ShowClock())
            assert shown.neighbours == told
            assert shown.ahead_s == (0 if told == 3 else 90 * 60)
        assert (shown.now_ms, shown.by) == (AT_2000, "neighbours")
        core.clock.pair([])
        assert (await LocalNode(core).call(ShowClock())).neighbours == 0
