"""Pairing by code between two real nodes on loopback."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path

import pytest

from node.api.requests import ListNeighbours, RemoveNeighbour
from node.refusal import Refused, Why
from node.services import dialer, listener, pairing
from node.services.wire import LinkEndedError, Wire
from node.store.neighbours import Address, all_invites, all_neighbours
from protocol.frames import Confirm, Frame, Paired, TurnAway
from protocol.invite import InviteCode, from_text, to_text
from protocol.limits import INVITES_MAX
from tests.eventually import eventually
from tests.node.refusals import refused, unchanged
from tests.node.services.running import (
    HOST,
    RunningHall,
    full_disk,
    linked,
    running_hall,
    street,
)
from tests.node.two_halls import HOUR_MS, of_one_mind

pytestmark = pytest.mark.asyncio


async def names(hall: RunningHall) -> list[str]:
    return [each.name for each in await hall.hall.ask(ListNeighbours())]


async def is_alone(hall: RunningHall) -> bool:
    """Neither the list, nor the peering that leaves the hall, names anybody."""
    graph = hall.hall.core.shelf.graph
    return not await names(hall) and not graph.named_by(hall.group)


async def test_two_halls_pair_by_code_and_are_linked_at_once(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        await east.join(await north.invite())
        assert await names(east) == ["Northgate Hall"]
        await linked(north, east)
        assert await names(north) == ["Eastside Centre"]
        made = await north.hall.pass_on(await north.hall.need())
        await of_one_mind(north.hall, east.hall)
        assert (await east.hall.overflow(made.id)).origin == "Northgate Hall"


async def test_a_code_that_was_used_is_the_same_device_s_only(tmp_path: Path) -> None:
    async with (
        street(tmp_path) as (north, east),
        running_hall(tmp_path / "west", "West Quay") as west,
    ):
        code = await north.invite()
        await east.join(code)
        await east.join(code)
        await linked(north, east)
        async with unchanged(west.hall.core):
            with refused(Why.CODE_USED) as raised:
                await west.join(code)
        assert raised.value.facts["name"] == "Eastside Centre"
        assert await is_alone(west)
        assert await names(north) == ["Eastside Centre"]


async def test_of_two_who_use_one_code_at_once_one_is_paired(tmp_path: Path) -> None:
    async with (
        street(tmp_path) as (north, east),
        running_hall(tmp_path / "west", "West Quay") as west,
    ):
        code = await north.invite()
        outcomes: list[str] = []

        async def join(hall: RunningHall) -> None:
            try:
                await hall.join(code)
                outcomes.append("paired")
            except Refused as late:
                outcomes.append(late.why)

        async with asyncio.TaskGroup() as tasks:
            for hall in (east, west):
                tasks.create_task(join(hall))
        assert sorted(outcomes) == ["code-used", "paired"]
        assert len(await names(north)) == 1


async def test_a_code_expires(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        code = await north.invite("2")
        north.hall.clock.put(north.hall.clock() + 2 * HOUR_MS + 1)
        async with unchanged(north.hall.core, east.hall.core):
            with refused(Why.CODE_EXPIRED):
                await east.join(code)
        assert await is_alone(north)


async def test_a_used_code_expires_for_its_device_too(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        code = await north.invite()
        await east.join(code)
        north.hall.clock.put(north.hall.clock() + 2 * HOUR_MS)
        with refused(Why.CODE_EXPIRED):
            await east.join(code)


async def test_a_removed_neighbour_does_not_come_back_by_its_old_code(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        code = await north.invite()
        await north.invite()
        await east.join(code)
        await linked(north, east)
        await north.hall.ask(RemoveNeighbour("Eastside Centre"))
        await eventually(lambda: not north.links.linked())
        with refused(Why.CODE_UNKNOWN):
            await east.join(code)
        assert await is_alone(north)


async def test_a_mistyped_code_names_its_group_and_asks_nobody(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        code = await north.invite()
        groups = code.split("-")
        wrong = "B" if groups[2][0] != "B" else "C"
        groups[2] = wrong + groups[2][1:]
        async with unchanged(north.hall.core, east.hall.core):
            with refused(Why.CODE_MISTYPED) as raised:
                await east.join("-".join(groups))
            assert raised.value.facts["group"] == 3
            for typed in ("", "hello", code[:-6], "x" * 10_000_000):
                with pytest.raises(Refused, match="code-"):
                    await east.join(typed)


async def test_our_own_code_is_for_the_other_hall(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, _):
        code = await north.invite()
        async with unchanged(north.hall.core):
            with refused(Why.CODE_OWN):
                await north.join(code)


async def test_a_code_that_nobody_gave_out_is_unknown(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        await north.invite()
        forged = to_text(InviteCode(HOST, north.port, bytes(16)))
        async with unchanged(north.hall.core, east.hall.core):
            with refused(Why.CODE_UNKNOWN):
                await east.join(forged)


async def test_where_nobody_answers_it_says_so(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        code = await north.invite()
        port = north.port
    async with running_hall(tmp_path / "east", "Eastside Centre") as east:
        assert port != east.port
        with refused(Why.CODE_UNANSWERED):
            await east.join(code)
        assert await is_alone(east)


async def test_a_hall_that_moved_is_found_where_it_is_seen(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        invite = from_text(await north.invite())
        moved = to_text(InviteCode(HOST, 9, invite.secret))
        east.strangers.append(Address(HOST, north.port))
        await east.join(moved)
        await linked(north, east)


class Lost:
    """A network that breaks in place of one kind of frame, once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, kind: type[Frame]) -> None:
        self.happened = False
        real = Wire.send_frame

        async def send_frame(wire: Wire, frame: Frame) -> None:
            if isinstance(frame, kind) and not self.happened:
                self.happened = True
                await wire.close()
                raise LinkEndedError("cut")
            await real(wire, frame)

        monkeypatch.setattr(Wire, "send_frame", send_frame)


async def test_when_the_last_word_is_lost_the_same_code_repairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with street(tmp_path) as (north, east):
        code = await north.invite()
        lost = Lost(monkeypatch, Paired)
        with refused(Why.CODE_BROKE_OFF):
            await east.join(code)
        assert lost.happened
        assert await names(north) == ["Eastside Centre"]
        assert await is_alone(east)
        peering = north.hall.core.shelf.own_directory()
        await east.join(code)
        await linked(north, east)
        assert await names(east) == ["Northgate Hall"]
        assert await names(north) == ["Eastside Centre"]
        assert north.hall.core.shelf.own_directory() == peering


async def test_when_the_confirmation_is_lost_neither_lists_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with street(tmp_path) as (north, east):
        code = await north.invite()
        Lost(monkeypatch, Confirm)
        with refused(Why.CODE_BROKE_OFF):
            await east.join(code)
        assert await is_alone(north)
        assert await is_alone(east)
        await east.join(code)
        await linked(north, east)


async def test_another_hall_nearby_does_not_speak_for_the_one_that_is_off(tmp_path: Path) -> None:
    with socket.socket() as off:
        off.bind((HOST, 0))  # taken, and nobody listens: whoever gave the code is switched off
        code = to_text(InviteCode(HOST, off.getsockname()[1], bytes(16)))
        async with street(tmp_path) as (nearby, east):
            await nearby.invite()
            east.strangers.append(Address(HOST, nearby.port))
            with refused(Why.CODE_UNANSWERED):
                await east.join(code)


async def test_a_reason_of_a_later_version_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def turn_away(wire: Wire, reason: int, name: str = "") -> None:
        await wire.send_frame(TurnAway(99, name))
        await wire.close()

    async with street(tmp_path) as (north, east):
        code = await north.invite()
        north.hall.clock.put(north.hall.clock() + 2 * HOUR_MS)
        monkeypatch.setattr(Wire, "turn_away", turn_away)
        with refused(Why.CODE_UNKNOWN):
            await east.join(code)


async def test_a_hall_with_as_many_neighbours_as_it_can_have_takes_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "NEIGHBOURS_MAX", 1)
    async with (
        street(tmp_path) as (north, east),
        running_hall(tmp_path / "west", "West Quay") as west,
    ):
        await east.join(await north.invite())
        code = await north.invite()
        with refused(Why.NEIGHBOURS_FULL):
            await west.join(code)
        assert await is_alone(west)
        with refused(Why.NEIGHBOURS_FULL):
            await east.join(await west.invite())
        assert await is_alone(west)


async def test_joining_two_at_once_does_not_pass_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "NEIGHBOURS_MAX", 1)
    async with (
        street(tmp_path) as (north, east),
        running_hall(tmp_path / "west", "West Quay") as west,
    ):
        codes = [await hall.invite() for hall in (north, west)]
        joining = [asyncio.ensure_future(east.join(code)) for code in codes]
        async with east.hall.core.writing:  # both are past the first question before one is saved
            for hall in (north, west):
                await eventually(lambda hall=hall: hall.hall.core.shelf.graph.named_by(hall.group))  # type: ignore[misc]
        done, _ = await asyncio.wait(joining, timeout=5)
        failed = [each.exception() for each in done if each.exception()]
        assert len(done) == 2
        assert [isinstance(each, Refused) and each.why for each in failed] == [Why.NEIGHBOURS_FULL]
        assert len(east.hall.core.shelf.graph.named_by(east.group)) == 1


async def test_a_disk_that_refuses_ends_a_pairing_and_not_the_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with street(tmp_path) as (north, east):
        code = await north.invite()
        with monkeypatch.context() as during:
            full_disk(during, north)
            with refused(Why.CODE_BROKE_OFF):
                await east.join(code)
        assert await is_alone(north)
        await east.join(code)
        await linked(north, east)


async def test_old_codes_make_way(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        first = await north.invite()
        for _ in range(INVITES_MAX):
            await north.invite()
        assert len(await north.hall.core.read(all_invites)) == INVITES_MAX
        with refused(Why.CODE_UNKNOWN):
            await east.join(first)


async def test_paired_halls_are_paired_after_a_restart(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        await east.join(await north.invite())
        await linked(north, east)
        port = north.port
    async with (
        running_hall(tmp_path / "north", "Northgate Hall", port) as north,
        running_hall(tmp_path / "east", "Eastside Centre") as east,
    ):
        await linked(north, east)


async def test_a_removed_neighbour_is_parted_from_and_can_come_back(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        await east.join(await north.invite())
        await linked(north, east)
        await north.hall.ask(RemoveNeighbour("Eastside Centre"))
        await eventually(lambda: not north.links.linked() and not east.links.linked())
        assert await is_alone(north)
        await east.join(await north.invite())
        await linked(north, east)


async def test_a_stalled_pairing_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialer, "HANDSHAKE_S", 0.2)

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with street(tmp_path) as (north, east):
        invite = from_text(await north.invite())
        silent = await asyncio.start_server(silence, HOST, 0)
        port = silent.sockets[0].getsockname()[1]
        monkeypatch.setattr(dialer, "CONNECT_S", 0.2)
        async with silent, unchanged(east.hall.core):
            with refused(Why.CODE_UNANSWERED):
                await east.join(to_text(InviteCode(HOST, port, invite.secret)))


async def test_an_inviter_that_is_busy_too_long_leaves_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "HANDSHAKE_S", 0.3)
    async with street(tmp_path) as (north, east):
        code = await north.invite()
        async with north.hall.core.writing:
            with refused(Why.CODE_BROKE_OFF):
                await east.join(code)
        await eventually(lambda: north.hall.is_quiet)
        assert await is_alone(north)
        assert await is_alone(east)
        await east.join(code)


async def test_no_code_and_no_key_is_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with street(tmp_path) as (north, east):
        code = await north.invite()
        await east.join(code)
        with refused(Why.CODE_OWN):
            await north.join(code)
        await linked(north, east)
        secret = from_text(code).secret
        assert await north.hall.core.read(all_neighbours)
    for told in (code, code.split("-")[3], secret.hex(), str(secret)):
        assert told not in caplog.text
