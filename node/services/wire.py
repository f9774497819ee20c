"""An encrypted link over a WebSocket, up to the point where each end knows who the other is.

Noise handshake, then the introductions; the initiator speaks first, and a responder shows itself
only to a neighbour, or to who had the code. All of it within one deadline, so that a stranger who
says nothing costs one socket for ten seconds.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from typing import Final

from aiohttp import ClientWebSocketResponse, WSMsgType
from aiohttp.web import WebSocketResponse

from node.hall import Hall
from node.services.supervise import heed_cancellation
from protocol.channel import MESSAGE_BYTES_MAX, Channel, Handshake, Role
from protocol.errors import ChannelBroken, MalformedFrame
from protocol.frames import Frame, Introduce, TurnAway, TurnedAway, from_bytes, to_bytes
from protocol.introduction import Introduction, check_introduction, introduce
from protocol.record import Record

Socket = ClientWebSocketResponse | WebSocketResponse

LINK: Final = "hallway.1"
"""WebSocket subprotocol of a link between neighbours."""
PAIRING: Final = "hallway.1.pair"
"""WebSocket subprotocol of pairing by code."""
PATH: Final = "/hallway"
HANDSHAKE_S: Final = 10.0
"""Seconds for handshake and introductions together; a slow Pi needs less than one."""
HEARTBEAT_S: Final = 10.0
"""Seconds of silence before a ping; without an answer in half of that the link is down."""
CLOSE_S: Final = 1.0
"""Seconds for the other end to answer that the link is closed; then it is closed without."""
KEY_BYTES: Final = 32


class LinkEndedError(ConnectionError):
    """The other end closed the link, or the network did."""


class TurnedAwayError(ConnectionError):
    """The other end said why it does not want this link."""

    def __init__(self, frame: TurnAway) -> None:
        super().__init__(f"turned away, reason {frame.reason}")
        self.reason = frame.reason
        self.name = frame.name


class Wire:
    """A channel over its socket: frames in and out."""

    def __init__(self, socket: Socket, channel: Channel, host: str) -> None:
        self.host = host
        self.handshake_hash = channel.handshake_hash
        self._socket = socket
        self._channel = channel

    async def send(self, data: bytes) -> None:
        """Raises OSError when the link is down."""
        await self._socket.send_bytes(self._channel.seal(data))

    async def send_frame(self, frame: Frame) -> None:
        await self.send(to_bytes(frame))

    async def receive(self) -> bytes:
        """One frame. Raises LinkEndedError at the end of the link, PeerError for what is none."""
        return self._channel.open(await _receive(self._socket))

    async def receive_frame(self) -> Frame:
        """Raises TurnedAwayError when that is what the other end says."""
        frame = from_bytes(await self.receive())
        if isinstance(frame, TurnAway):
            raise TurnedAwayError(frame)
        if frame is None:
            raise MalformedFrame("a frame of a later version before the link is up")
        return frame

    async def turn_away(self, reason: TurnedAway, name: str = "") -> None:
        await self.send_frame(TurnAway(int(reason), name))
        await self.close()

    async def close(self) -> None:
        """Take leave, but not for long: the other end may be gone, or never stop talking."""
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._socket.close()
        except TimeoutError:
            return
        except asyncio.CancelledError:
            # All who wait for room in an aiohttp socket share one future: when the sender was
            # cancelled, so is our wait, though nobody cancelled us.
            heed_cancellation()


def fresh_static_key() -> bytes:
    """The Noise static private key of one boot: never stored, and never shown."""
    return secrets.token_bytes(KEY_BYTES)


async def initiate(
    socket: ClientWebSocketResponse,
    host: str,
    static_key: bytes,
    offered: str,
    psk: bytes | None = None,
) -> Wire:
    """Our side of the handshake when we have connected. Raises PeerError, OSError."""
    handshake = Handshake(
        Role.INITIATOR,
        static_private=static_key,
        ephemeral_private=secrets.token_bytes(KEY_BYTES),
        prologue=prologue((offered,), socket.protocol or ""),
        psk=psk,
    )
    await socket.send_bytes(handshake.write())
    handshake.read(await _receive(socket))
    await socket.send_bytes(handshake.write())
    return Wire(socket, handshake.split(), host)


async def respond(
    socket: WebSocketResponse,
    host: str,
    static_key: bytes,
    offered: Sequence[str],
    psks: Sequence[bytes | None],
) -> tuple[Wire, bytes | None]:
    """Our side when the other has connected: the wire, and the one of `psks` that it knew.

    The psk enters the handshake with its last message, so one handshake a psk runs beside the
    others over the same two messages.
    """
    ephemeral = secrets.token_bytes(KEY_BYTES)
    handshakes = [
        Handshake(
            Role.RESPONDER,
            static_private=static_key,
            ephemeral_private=ephemeral,
            prologue=prologue(offered, socket.ws_protocol or ""),
            psk=psk,
        )
        for psk in psks
    ]
    first = await _receive(socket)
    answers = [_answer(handshake, first) for handshake in handshakes]
    await socket.send_bytes(answers[0])
    last = await _receive(socket)
    for handshake, psk in zip(handshakes, psks, strict=True):
        try:
            handshake.read(last)
        except ChannelBroken:
            continue
        return Wire(socket, handshake.split(), host), psk
    raise ChannelBroken("none of the open codes")


def _answer(handshake: Handshake, first: bytes) -> bytes:
    handshake.read(first)
    return handshake.write()


async def introduce_to_responder(wire: Wire, hall: Hall, roster: Record) -> Introduction:
    """Say who we are, and learn who answers. Raises TurnedAwayError, PeerError, OSError."""
    own = introduce(Role.INITIATOR, roster, hall.device, hall.boot, wire.handshake_hash)
    await wire.send_frame(own)
    return _check(await wire.receive_frame(), Role.RESPONDER, wire)


async def hear_initiator(wire: Wire) -> Introduction:
    """Who has connected. It knows nothing of us yet."""
    return _check(await wire.receive_frame(), Role.INITIATOR, wire)


async def introduce_to_initiator(wire: Wire, hall: Hall, roster: Record) -> None:
    await wire.send_frame(
        introduce(Role.RESPONDER, roster, hall.device, hall.boot, wire.handshake_hash)
    )


def _check(frame: Frame, role: Role, wire: Wire) -> Introduction:
    if not isinstance(frame, Introduce):
        raise MalformedFrame("not an introduction")
    return check_introduction(frame, role, wire.handshake_hash)


def prologue(offered: Sequence[str], chosen: str) -> bytes:
    """Both ends saw the same offer and the same choice, or the handshake fails."""
    return "\n".join(["hallway", *offered, "", chosen]).encode()


async def _receive(socket: Socket) -> bytes:
    message = await socket.receive()
    if message.type is WSMsgType.BINARY:
        data: bytes = message.data
        if len(data) > MESSAGE_BYTES_MAX:
            raise MalformedFrame(f"a message of {len(data)} bytes")
        return data
    if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED}:
        raise LinkEndedError("closed")
    if message.type is WSMsgType.ERROR:
        raise LinkEndedError(str(socket.exception()))
    raise MalformedFrame("not a binary message")
