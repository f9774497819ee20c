"""Links between real nodes on loopback: one a neighbour, back after a break, and no way in else."""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from pathlib import Path

import pytest

from node.api.requests import ListNeighbours, RemoveNeighbour
from node.services import dialer, links, listener
from node.services.links import Link
from node.services.wire import (
    LINK,
    fresh_static_key,
    initiate,
)
from node.store.hall import find_hall
from node.store.neighbours import all_neighbours
from node.store.records import replace_record
from protocol.bodies import Profile, Request, Urgency
from protocol.channel import MESSAGE_BYTES_MAX, Role
from protocol.events import LinkId
from protocol.frames import Records, to_bytes
from protocol.ids import GroupId, Thousandths
from protocol.limits import DAY_MS
from tests.eventually import eventually
from tests.node.services.running import (
    introduced,
    is_closed,
    linked,
    paired,
    running_hall,
    socket_to,
    street,
)
from tests.node.two_halls import EVENING, of_one_mind, one_hall, pair

pytestmark = pytest.mark.asyncio


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts of a test's length."""
    monkeypatch.setattr(dialer, "PAUSE_FIRST_S", 0.02)
    monkeypatch.setattr(dialer, "PAUSE_MAX_S", 0.1)


# Up and down --------------------------------------------------------------------------------


async def test_a_link_that_broke_is_dialled_again(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        await paired(north, east)
        for hall in (north, east):
            (link,) = hall.links._by_group.values()
            link.end("cut")
            await eventually(lambda link=link: link not in north.links._by_group.values())  # type: ignore[misc]
            await linked(north, east)
        made = await north.hall.pass_on(await north.hall.need())
        await of_one_mind(north.hall, east.hall)
        assert (await east.hall.overflow(made.id)).state == "open"


async def test_a_neighbour_that_comes_back_is_linked_again(tmp_path: Path) -> None:
    async with running_hall(tmp_path / "east", "Eastside Centre") as east:
        async with running_hall(tmp_path / "north", "Northgate Hall") as north:
            await paired(north, east)
            port = north.port
        await eventually(lambda: not east.links.linked())
        (away,) = await east.hall.ask(ListNeighbours())
        assert (away.state, away.path, away.last_heard_ms) == ("away", None, EVENING)
        need = await east.hall.need()
        made = await east.hall.pass_on(need)
        async with running_hall(tmp_path / "north", "Northgate Hall", port) as north:
            await linked(north, east)
            await of_one_mind(north.hall, east.hall)
            assert (await north.hall.overflow(made.id)).origin == "Eastside Centre"


async def test_pauses_grow_and_end_at_once_when_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialer, "PAUSE_FIRST_S", 0.01)
    monkeypatch.setattr(dialer, "PAUSE_MAX_S", 3_600.0)
    async with running_hall(tmp_path / "east", "Eastside Centre") as east:
        async with running_hall(tmp_path / "north", "Northgate Hall") as north:
            await paired(north, east)
            port = north.port
        attempts = 0
        real = east.dialer._dial

        async def dial(group: GroupId) -> float:
            nonlocal attempts
            attempts += 1
            return await real(group)

        monkeypatch.setattr(east.dialer, "_dial", dial)
        await eventually(lambda: attempts >= 6)
        async with running_hall(tmp_path / "north", "Northgate Hall", port) as north:
            east.dialer.wake_all()
            await linked(north, east)


@pytest.mark.parametrize("_again", range(5))
async def test_when_both_dial_at_once_one_link_stays(tmp_path: Path, _again: int) -> None:
    async with street(tmp_path) as (north, east):
        await pair(north.hall, east.hall)
        await north.learn_address_of(east)
        await east.learn_address_of(north)
        for hall in (north, east):
            hall.dialer.wake_all()
        await linked(north, east)
        made = await north.hall.pass_on(await north.hall.need())
        await of_one_mind(north.hall, east.hall)
        await eventually(lambda: north.links_up == east.links_up == 1)
        (ours,), (theirs,) = (hall.links._by_group.values() for hall in (north, east))
        assert {ours.role, theirs.role} == {Role.INITIATOR, Role.RESPONDER}
        assert (await east.hall.overflow(made.id)).state == "open"


# Peers that misbehave -----------------------------------------------------------------------


async def test_a_handshake_that_stalls_is_closed_at_the_deadline_and_the_log_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listener, "HANDSHAKE_S", 0.1)
    caplog.set_level(logging.INFO, logger=listener.__name__)
    async with running_hall(tmp_path / "north", "Northgate Hall") as north:
        async with socket_to(north) as silent:
            await is_closed(silent)
        async with socket_to(north) as halfway:
            await initiate(halfway, "127.0.0.1", fresh_static_key(), LINK)
            await is_closed(halfway)
        said = "a connection from outside came to nothing: its handshake stalled"
        await eventually(lambda: caplog.messages.count(said) == 2)


async def test_the_log_names_the_rule_that_was_broken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        running_hall(tmp_path / "north", "Northgate Hall") as north,
        one_hall(tmp_path / "west", "West Quay") as west,
    ):
        await pair(north.hall, west)
        (card,) = (r for r in west.core.shelf.own_directory() if isinstance(r.body, Profile))
        async with socket_to(north) as socket:
            wire = await introduced(socket, west)
            await wire.send(to_bytes(Records([[card.body_bytes, bytes(64)]])))
            await is_closed(socket)
        said = f"broken off: the signature of record {card.id.hex()[:8]} does not fit"
        await eventually(lambda: [line for line in caplog.messages if line.endswith(said)])


GARBAGE_ON_THE_SOCKET = [b"", b"x", noise(100), bytes(MESSAGE_BYTES_MAX)]


@pytest.mark.parametrize("garbage", GARBAGE_ON_THE_SOCKET, ids=len)
async def test_garbage_in_the_handshake_costs_the_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, garbage: bytes
) -> None:
    monkeypatch.setattr(listener, "HANDSHAKE_S", 0.3)  # some of it could be a beginning
    async with street(tmp_path) as (north, east):
        await paired(north, east)
        async with socket_to(north) as socket:
            await socket.send_bytes(garbage)
            await is_closed(socket)
        await linked(north, east)


GARBAGE_IN_A_FRAME = [b"", b"\xc1", b"\x80", noise(1_000), b"\x91" * 60_000]


@pytest.mark.parametrize("garbage", GARBAGE_IN_A_FRAME, ids=lambda garbage: str(garbage[:4]))
async def test_garbage_behind_the_handshake_costs_only_its_link(
    tmp_path: Path, garbage: bytes
) -> None:
    async with (
        street(tmp_path) as (north, east),
        one_hall(tmp_path / "west", "West Quay") as west,
    ):
        await paired(north, east)
        await pair(north.hall, west)
        good = north.links._by_group[east.group]
        async with socket_to(north) as socket:
            wire = await introduced(socket, west)
            await eventually(lambda: west.core.hall.group in north.links.linked())
            await wire.send(garbage)
            await is_closed(socket)
        await eventually(lambda: north.links.linked() == {east.group})
        assert north.links._by_group[east.group] is good
        assert north.links_up == 1


@pytest.mark.parametrize("kind", ["noise", "text", "too long"])
async def test_what_is_no_message_of_the_channel_ends_the_link(tmp_path: Path, kind: str) -> None:
    async with (
        running_hall(tmp_path / "north", "Northgate Hall") as north,
        one_hall(tmp_path / "west", "West Quay") as west,
    ):
        await pair(north.hall, west)
        async with socket_to(north) as socket:
            await introduced(socket, west)
            await eventually(north.links.linked)
            match kind:
                case "noise":
                    await socket.send_bytes(noise(500))
                case "text":
                    await socket.send_str("hello")
                case _:
                    await socket.send_bytes(bytes(MESSAGE_BYTES_MAX + 2))
            await is_closed(socket)
        await eventually(lambda: not north.links.linked())
        assert north.links_up == 0


async def test_a_peer_that_never_reads_costs_its_link_and_not_the_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "OUTBOX_BYTES_MAX", 1_000_000)
    async with (
        running_hall(tmp_path / "north", "Northgate Hall") as north,
        one_hall(tmp_path / "west", "West Quay") as west,
    ):
        await pair(north.hall, west)
        async with socket_to(north) as socket:
            await introduced(socket, west)
            await eventually(north.links.linked)
            (link,) = north.links._by_group.values()
            most = 0
            for _ in range(2_000):
                link.put(bytes(60_000))
                most = max(most, link._waiting.size_bytes)
                await asyncio.sleep(0)
                if not north.links.linked():
                    break
            assert most <= 1_000_000
            async with asyncio.timeout(5):
                await north.hall.need()
            await eventually(lambda: not north.links.linked())
            assert north.links_up == 0


async def test_an_outbox_never_holds_more_than_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stuck:
        host = "127.0.0.1"

        async def send(self, data: bytes) -> None:
            await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(links, "OUTBOX_BYTES_MAX", 1_000)
    link = Link(LinkId(1), Stuck(), None, Role.INITIATOR)  # type: ignore[arg-type]
    sending = asyncio.ensure_future(link.run_sender())
    ending = asyncio.ensure_future(link.run_to_end())
    for _ in range(10):
        link.put(bytes(300))
        await asyncio.sleep(0)
    with pytest.raises(ConnectionError, match="too slow"):
        await ending
    assert link._waiting.size_bytes <= 1_000
    sending.cancel()


async def test_a_peer_that_talks_on_is_left_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        running_hall(tmp_path / "north", "Northgate Hall") as north,
        one_hall(tmp_path / "west", "West Quay") as west,
    ):
        await pair(north.hall, west)
        async with socket_to(north) as socket:
            await introduced(socket, west)
            await eventually(north.links.linked)
            socket._autoclose = False
            (link,) = north.links._by_group.values()
            link.end("no neighbour any more")
            await eventually(lambda: not north.links.linked())


async def test_what_the_driver_cannot_keep_holds_up_its_link_only(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        await paired(north, east)
        north.hall.core.driver._room.clear()
        made = await east.hall.pass_on(await east.hall.need())
        await east.hall.pass_on(await east.hall.need("Soup"))
        async with asyncio.timeout(5):
            await north.hall.need()
        north.hall.core.driver._room.set()
        await of_one_mind(north.hall, east.hall)
        assert (await north.hall.overflow(made.id)).state == "open"


async def test_raw_garbage_on_the_port_harms_nobody(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        await paired(north, east)
        for garbage in (b"\x00" * 100_000, b"GET " + b"x" * 100_000, noise(5_000)):
            reader, writer = await asyncio.open_connection("127.0.0.1", north.port)
            writer.write(garbage)
            async with asyncio.timeout(5):
                with suppress(ConnectionError):
                    await reader.read()
            writer.close()
        await linked(north, east)


async def test_a_link_that_breaks_while_the_node_ends_does_not_keep_it(tmp_path: Path) -> None:
    async with running_hall(tmp_path / "north", "Northgate Hall") as north:
        async with running_hall(tmp_path / "east", "Eastside Centre") as east:
            await paired(north, east)
            (link,) = east.links._by_group.values()
            assert link.role is Role.INITIATOR
        await eventually(lambda: not north.links.linked())


async def test_who_stays_is_told_the_new_key_and_who_was_removed_is_not(tmp_path: Path) -> None:
    async with (
        street(tmp_path) as (north, east),
        running_hall(tmp_path / "west", "West Quay") as west,
    ):
        for other in (east, west):
            await paired(north, other)
        before = north.hall.core.hall.discovery_key
        await eventually(lambda: west.hall.is_quiet and east.hall.is_quiet)
        await north.hall.ask(RemoveNeighbour("West Quay"))
        after = north.hall.core.hall.discovery_key
        assert after != before
        assert (await north.hall.core.read(find_hall)).discovery_key == after  # type: ignore[union-attr]
        # The next that Eastside is told comes behind the key; West Quay's last frames are drained.
        await north.hall.pass_on(await north.hall.need())
        await of_one_mind(north.hall, east.hall)
        await eventually(lambda: not west.links.linked())
        for hall, key in ((east, after), (west, before)):
            await hall.hall.core.driver.kept()
            (row,) = await hall.hall.core.read(all_neighbours)
            assert row.discovery_key == key
        assert east.group in north.links.linked()


@pytest.mark.parametrize("leads", [True, False])
async def test_what_gossip_has_missed_arrives_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leads: bool
) -> None:
    """A record that was put on one end's shelf and disk, and never passed on."""
    monkeypatch.setattr(links, "ASK_AGAIN_S", 0.02)
    async with street(tmp_path) as (north, east):
        await paired(north, east)
        here, there = (east, north) if leads else (north, east)
        core = here.hall.core
        request = Request("V-1", "FOD", "Soup", Thousandths(1_000), "meal", Urgency.SOON)
        record = core.signer.new(request, EVENING, DAY_MS, reach=1)
        await core.database.run(lambda conn: replace_record(conn, None, record, EVENING))
        core.shelf.place_own(record)
        await eventually(lambda: record.id in there.hall.core.shelf)
        await eventually(lambda: core.driver.exchange.holders_of(record.id) == {there.group})
        assert north.links_up == east.links_up == 1
