"""What a running node can do on the network: who is linked, inviting, joining, parting."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
from collections.abc import Callable
from functools import partial
from typing import Final

from node.api.views import InviteView
from node.core import Core
from node.desk.pairing_codes import parse_code
from node.qr import qr_lines
from node.refusal import Refused, Why
from node.services.dialer import Dialer
from node.services.interfaces import usable_addresses
from node.services.links import Links
from node.services.listener import ListenAddress
from node.store.neighbours import (
    Address,
    InviteRow,
    add_invite,
    all_invites,
    delete_old_invites,
)
from protocol.channel import Role
from protocol.ids import GroupId, UnixMs
from protocol.invite import InviteCode, to_text
from protocol.limits import INVITES_MAX

SECRET_BYTES: Final = 16
ELSEWHERE: Final = ("192.0.2.1", 9)
"""An address that is nobody's (RFC 5737): the way there begins at the interface that leads out."""
JOIN_S: Final = 25.0
"""Seconds for joining: a person at the other end waits in front of the screen."""


class RunningNetwork:
    """`core.network` while the node runs.

    `strangers` are all halls that mDNS sees: an address in a code may be out of date. `tasks` keeps
    the link that pairing begins.
    """

    def __init__(
        self,
        core: Core,
        listening: ListenAddress,
        links: Links,
        dialer: Dialer,
        strangers: Callable[[], list[Address]],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self.address = f"{listening.host or '0.0.0.0'}:{listening.port}"
        self._core = core
        self._listening = listening
        self._links = links
        self._dialer = dialer
        self._strangers = strangers
        self._tasks = tasks

    def linked(self) -> frozenset[GroupId]:
        return self._links.linked()

    async def invite(self, until_ms: UnixMs) -> InviteView:
        secret = secrets.token_bytes(SECRET_BYTES)
        code = to_text(InviteCode(self._own_host(), self._listening.port, secret))
        async with self._core.writing:
            await self._core.database.run(partial(add_invite, invite=InviteRow(secret, until_ms)))
            await self._core.database.run(partial(delete_old_invites, most=INVITES_MAX))
        return InviteView(code, until_ms, qr_lines(code))

    async def join(self, code: str) -> GroupId:
        invite = await self._read_code(code)
        try:
            async with asyncio.timeout(JOIN_S):
                wire, inviter = await self._dialer.pair(invite, self._strangers())
        except TimeoutError as error:
            raise Refused(Why.CODE_UNANSWERED) from error
        finally:
            self._dialer.wake_all()  # it may be saved though the link broke: then it is dialled
        self._tasks.create_task(self._links.run(wire, inviter, Role.INITIATOR))
        return inviter.group

    async def part(self, group: GroupId) -> None:
        self._links.tell_whereabouts()
        await self._links.part(group)
        self._dialer.wake_all()

    async def _read_code(self, typed: str) -> InviteCode:
        invite = parse_code(typed)
        ours = await self._core.read(all_invites)
        if any(each.secret == invite.secret for each in ours):
            raise Refused(Why.CODE_OWN)
        return invite

    def _own_host(self) -> str:
        """The address for a code: where we listen, else this machine's on the local network."""
        if not self._listening.is_everywhere:
            return self._listening.host
        return _routed_host() or best_host([each.host for each in usable_addresses(None)])


def _routed_host() -> str | None:
    """Our address on the way to anywhere else, where there is such a way. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
        except OSError:
            return None
        host: str = probe.getsockname()[0]
        return host


def best_host(hosts: list[str]) -> str:
    """The most likely to be reached from next door: a private IPv4 address, then any, then IPv6."""
    addresses = [ipaddress.ip_address(host) for host in hosts]
    ranked = sorted(
        (each for each in addresses if not each.is_loopback and not each.is_link_local),
        key=lambda each: (each.version == 6, not each.is_private),
    )
    return str(ranked[0]) if ranked else "127.0.0.1"
