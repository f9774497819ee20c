"""Taking links: one WebSocket route, nothing else."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket as sockets
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from aiohttp import web

from node.core import Core
from node.refusal import Refused, Why
from node.services.links import Links
from node.services.pairing import welcome
from node.services.supervise import stop_taking
from node.services.wire import (
    HANDSHAKE_S,
    HEARTBEAT_S,
    LINK,
    PAIRING,
    PATH,
    Wire,
    hear_initiator,
    introduce_to_initiator,
    respond,
)
from node.standing import is_neighbour, own_roster
from node.store.neighbours import all_invites
from protocol.channel import MESSAGE_BYTES_MAX, Role
from protocol.errors import ChannelBroken, PeerError
from protocol.frames import TurnedAway
from protocol.introduction import Introduction
from protocol.invite import psk

log = logging.getLogger(__name__)

PORT: Final = 7425
"""Where a hall listens when nobody says; not assigned to anything else by IANA."""
CONNECTIONS_MAX: Final = 128
"""Sockets in the middle of a handshake, and links, at once."""
SHUTDOWN_S: Final = 1.0
"""Seconds for who is still in the middle of something when the node ends."""
ANY_HOST: Final = ""
PORT_MAX: Final = 65_535
PORT_DIGITS_MAX: Final = 5
"""More are no port, and are not made a number: Python refuses that from 4,300 digits on."""


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """`host` empty: every interface; `port` 0: any free one."""

    host: str
    port: int

    @property
    def is_everywhere(self) -> bool:
        return self.host in {ANY_HOST, "0.0.0.0", "::"}

    @property
    def is_loopback(self) -> bool:
        return self.host == "::1" or self.host.startswith("127.")


def parse_listen(typed: str) -> ListenAddress:
    """`ADDRESS:PORT` as a keeper types it. Raises Refused(ADDRESS_UNREADABLE)."""
    host, colon, port = typed.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    is_number = port.isascii() and port.isdigit() and len(port) <= PORT_DIGITS_MAX
    if not colon or not is_number or int(port) > PORT_MAX:
        raise Refused(Why.ADDRESS_UNREADABLE, given=typed)
    return ListenAddress(_host(host, typed), int(port))


def _host(host: str, typed: str) -> str:
    """A name would have to be looked up, and nobody may be there to ask.

    An address that means something on one interface only is not for others to dial.
    """
    if host == "localhost":
        return "127.0.0.1"
    if "%" in host:
        raise Refused(Why.ADDRESS_UNREADABLE, given=typed)
    try:
        return host and str(ip_address(host))
    except ValueError as error:
        raise Refused(Why.ADDRESS_UNREADABLE, given=typed) from error


def open_socket(wanted: ListenAddress) -> sockets.socket:
    """A listening socket there. Raises Refused when it cannot be had."""
    text = f"{wanted.host or '0.0.0.0'}:{wanted.port}"
    try:
        return _dual_stack(wanted.port) if wanted.host == ANY_HOST else _single_stack(wanted)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refused(Why.PORT_TAKEN, address=text) from error
        raise Refused(Why.ADDRESS_NOT_OURS, address=text) from error


def _dual_stack(port: int) -> sockets.socket:
    """IPv6 and IPv4 on one port; IPv4 alone where the kernel was told to leave IPv6 out."""
    if sockets.has_dualstack_ipv6():
        try:
            return sockets.create_server(("::", port), family=sockets.AF_INET6, dualstack_ipv6=True)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise
    return _single_stack(ListenAddress("0.0.0.0", port))


def _single_stack(wanted: ListenAddress) -> sockets.socket:
    family = sockets.AF_INET6 if ":" in wanted.host else sockets.AF_INET
    return sockets.create_server((wanted.host, wanted.port), family=family)


class Listener:
    def __init__(self, core: Core, links: Links, static_key: bytes) -> None:
        self._core = core
        self._links = links
        self._static_key = static_key
        self._connections = 0
        self._ending = False
        self._tasks = asyncio.TaskGroup()

    async def run(self, socket: sockets.socket) -> None:
        """Take links until cancelled; then end those that it took.

        They run in tasks of ours: a bug in one passes through here. The library would only log it.
        """
        app = web.Application()
        app.router.add_get(PATH, self._take)
        runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=SHUTDOWN_S,
            # Also what a half-sent request may take; by itself the library waits for an hour.
            keepalive_timeout=HANDSHAKE_S,
        )
        await runner.setup()
        try:
            async with self._tasks:
                await web.SockSite(runner, socket).start()
                try:
                    await asyncio.get_running_loop().create_future()
                finally:
                    self._ending = True
                    await stop_taking(socket)
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        if self._connections >= CONNECTIONS_MAX:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(
            protocols=(LINK, PAIRING),
            compress=False,
            heartbeat=HEARTBEAT_S,
            max_msg_size=MESSAGE_BYTES_MAX + 1,
        )
        self._connections += 1
        try:
            await socket.prepare(request)
            if not self._ending:
                serving = self._tasks.create_task(self._serve(socket, request))
                await _end_with(serving)
        except OSError as error:
            log.info("a connection from outside came to nothing: %s", error)
        finally:
            self._connections -= 1
            await socket.close()
        return socket

    async def _serve(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        try:
            await self._meet_and_link(socket, request)
        except TimeoutError:
            log.info("a connection from outside came to nothing: its handshake stalled")
        except (PeerError, OSError, Refused) as error:
            log.info("a connection from outside came to nothing: %s", error)

    async def _meet_and_link(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        offered = _offered(request)
        async with asyncio.timeout(HANDSHAKE_S):
            if socket.ws_protocol == PAIRING:
                wire, peer = await self._pair(socket, offered, request.remote or "")
            elif socket.ws_protocol == LINK:
                wire, peer = await self._meet(socket, offered, request.remote or "")
            else:
                return
        if peer is not None:
            await self._links.run(wire, peer, Role.RESPONDER)

    async def _pair(
        self, socket: web.WebSocketResponse, offered: Sequence[str], host: str
    ) -> tuple[Wire, Introduction | None]:
        invites = await self._core.read(all_invites)
        secrets = {psk(invite.secret): invite.secret for invite in invites}
        if not secrets:
            raise ChannelBroken("no code was ever given out")
        wire, known = await respond(socket, host, self._static_key, offered, list(secrets))
        return wire, await welcome(self._core, wire, secrets[known or b""])

    async def _meet(
        self, socket: web.WebSocketResponse, offered: Sequence[str], host: str
    ) -> tuple[Wire, Introduction | None]:
        wire, _ = await respond(socket, host, self._static_key, offered, [None])
        peer = await hear_initiator(wire)
        if not is_neighbour(self._core, peer):
            await wire.turn_away(TurnedAway.NOT_A_NEIGHBOUR)
            return wire, None
        if not self._links.may_hold(peer, Role.RESPONDER):
            await wire.turn_away(TurnedAway.ALREADY_LINKED)
            return wire, None
        await introduce_to_initiator(wire, self._core.hall, own_roster(self._core))
        return wire, peer


async def _end_with(task: asyncio.Task[None]) -> None:
    """Wait until it has ended, however that was; whoever cancels this cancels it."""
    try:
        await asyncio.wait([task])
    finally:
        task.cancel()
        await asyncio.wait([task])


def _offered(request: web.Request) -> list[str]:
    header = request.headers.get("Sec-WebSocket-Protocol", "")
    return [each.strip() for each in header.split(",") if each.strip()]
