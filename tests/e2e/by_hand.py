"""A hall that speaks for itself: links to real nodes, and says what no node of ours would say.

Its own node does not run; its keys are those in its folder.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass

from nacl.signing import SigningKey

from node.opening import open_stopped
from node.services.dialer import make_session
from node.services.wire import LINK, PATH, LinkEndedError, Wire, fresh_static_key, initiate
from node.store.hall import find_hall, next_boot
from protocol.bodies import Kind
from protocol.channel import Role
from protocol.codec import Map, encode
from protocol.events import FrameArrived, LinkId, LinkSettled, LinkUp, SendFrame
from protocol.frames import Frame, Held, Introduce, Records, Whereabouts, from_bytes, to_bytes
from protocol.ids import RECORD_TAG, DeviceKey, GroupId, LinkEnd, RecordId, record_id
from protocol.introduction import Boot, Introduction, check_introduction, introduce
from protocol.record import Record
from tests.e2e.evening import held_by
from tests.e2e.halls import ARRIVES_S, Hall


@dataclass(frozen=True, slots=True)
class Said:
    """A record as it goes over the wire, whatever stands in it: its signature is right."""

    id: RecordId
    envelope: list[bytes]


@dataclass(frozen=True, slots=True)
class Voice:
    """What a hall signs with. `boot` is a start of its own: no two links share one."""

    group: GroupId
    device: SigningKey
    roster: Record
    boot: Boot

    @property
    def key(self) -> DeviceKey:
        return DeviceKey(bytes(self.device.verify_key))

    def sign(self, body: Map) -> Said:
        """`body` as it is, but with its keys in order."""
        body_bytes = encode(dict(sorted(body.items())))
        signature = self.device.sign(RECORD_TAG + body_bytes).signature
        return Said(record_id(body_bytes), [body_bytes, signature])


def voice_of(hall: Hall) -> Voice:
    assert not hall.is_running, f"{hall.name} speaks for itself"
    with closing(sqlite3.connect(hall.folder / "hallway.db")) as conn, conn:
        conn.row_factory = sqlite3.Row
        row = find_hall(conn)
        assert row is not None
        boot = Boot(next_boot(conn), secrets.token_bytes(16))
    (roster,) = (
        record
        for record in held_by(hall).values()
        if (record.header.kind, record.header.group) == (Kind.ROSTER, row.group)
    )
    return Voice(row.group, SigningKey(row.device_seed), roster, boot)


def in_frame(*said: Said) -> bytes:
    return to_bytes(Records([each.envelope for each in said]))


def say(speaker: Hall, listener: Hall, *frames: bytes, last: Iterable[Said]) -> bool:
    """Link as `speaker`, say `frames` and then `last`.

    Whether the link lasted until the listener said that all of `last` is on its disk: it may end
    the link instead.
    """
    return asyncio.run(_say(voice_of(speaker), listener, frames, tuple(last)))


async def _say(
    voice: Voice, listener: Hall, frames: tuple[bytes, ...], last: tuple[Said, ...]
) -> bool:
    async with linked(voice, listener) as (wire, _), asyncio.timeout(ARRIVES_S):
        try:
            for frame in (*frames, in_frame(*last)):
                await wire.send(frame)
            await until_held(wire, {each.id for each in last})
        except (LinkEndedError, ConnectionError):
            return False
    return True


async def until_held(wire: Wire, ids: set[RecordId]) -> None:
    while ids:
        frame = from_bytes(await wire.receive())
        if isinstance(frame, Held):
            ids -= set(frame.ids)


@asynccontextmanager
async def linked(voice: Voice, listener: Hall) -> AsyncIterator[tuple[Wire, Introduction]]:
    """A link that `voice` has dialled, and who answered."""
    url = f"http://{listener.address}{PATH}"
    async with (
        make_session() as session,
        session.ws_connect(url, protocols=(LINK,), compress=0) as socket,
    ):
        wire = await initiate(socket, "127.0.0.1", fresh_static_key(), LINK)
        us = introduce(Role.INITIATOR, voice.roster, voice.device, voice.boot, wire.handshake_hash)
        await wire.send_frame(us)
        frame = await wire.receive_frame()
        assert isinstance(frame, Introduce)
        yield wire, check_introduction(frame, Role.RESPONDER, wire.handshake_hash)


def meet(speaker: Hall, listener: Hall) -> list[Frame]:
    """Link as `speaker` with all that it holds, as its node would; every frame until both ends have
    settled, of either end.
    """
    return asyncio.run(_meet(voice_of(speaker), speaker, listener))


async def _meet(voice: Voice, speaker: Hall, listener: Hall) -> list[Frame]:
    link, said = LinkId(1), []
    async with (
        open_stopped(speaker.folder) as core,
        linked(voice, listener) as (wire, peer),
        asyncio.timeout(ARRIVES_S),
    ):
        told = Whereabouts(core.hall.discovery_key, 0)
        exchange = core.driver.exchange
        due = exchange.handle(
            LinkUp(link, LinkEnd(peer.group, peer.device), Role.INITIATOR, peer.roster, told)
        )
        while True:
            for each in due:
                if isinstance(each, SendFrame):
                    said.append(each.data)
                    await wire.send(each.data)
            if any(isinstance(each, LinkSettled) for each in due):
                return [frame for frame in map(from_bytes, said) if frame is not None]
            said.append(await wire.receive())
            due = exchange.handle(FrameArrived(link, said[-1]))
