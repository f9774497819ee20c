"""Finds the neighbours on the local network, and lets them find us: mDNS (RFC 6762, RFC 6763).

We announce a port and addresses under names that mean nothing and change with every run. A
neighbour is known by its beacon (protocol.beacon). Nothing here says that anyone is alive: who was
switched off without a goodbye stays in sight for up to 75 minutes.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from typing import Final

from zeroconf import BadTypeInNameException, NotRunningException, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from node.services.interfaces import LocalAddress, usable_addresses
from node.services.sightings import Sighting, Sightings
from node.store.neighbours import Address
from protocol.beacon import NONCE_BYTES, SERVICE_TYPE, read_txt, tag, write_txt

log = logging.getLogger(__name__)

POLL_S: Final = 2.0
"""Seconds between two looks at our own interfaces: a quarter of a millisecond each, and a cable
that is plugged in again is noticed well within 5 s."""

BROWSE_AGAIN_S: Final = 300.0
"""Seconds between two rounds of questions. An announcement that was lost, because a switch was off
just then, is found by asking; four small packets in five minutes."""

NAME_BYTES: Final = 8
"""Random bytes of a name on the network: 64 bits, so that no two are ever the same and nobody has
to be asked first whether a name is free."""

ADDRESSES_MAX: Final = 8
"""Addresses taken of one announcement; a hall has two or three."""

ASKERS: Final = 4
UNANSWERED_MAX: Final = 64
"""Announcements that came in part and are asked for the rest, four at a time. Most come whole. One
that finds no room is asked for in the next round."""

ANSWER_MS: Final = 3_000
"""Milliseconds to wait for the rest of an announcement: two questions and their answers."""


@dataclass(frozen=True, slots=True)
class _Guise:
    """What we announce ourselves as: names and a beacon that only who has the key can read."""

    discovery_key: bytes
    instance: str
    host: str
    nonce: bytes

    @classmethod
    def fresh(cls, discovery_key: bytes) -> _Guise:
        return cls(
            discovery_key,
            instance=f"{secrets.token_hex(NAME_BYTES)}.{SERVICE_TYPE}",
            host=f"{secrets.token_hex(NAME_BYTES)}.local.",
            nonce=secrets.token_bytes(NONCE_BYTES),
        )

    @property
    def txt(self) -> dict[bytes, bytes]:
        return write_txt(self.nonce, [tag(self.discovery_key, self.nonce)])


class Discovery:
    """Our names and beacon, and what is in sight.

    `discovery_key` is asked again every two seconds: under a new key we take new names as well, for
    whoever knows the old ones is not to know us any more.

    `interfaces`: the only addresses of ours that mDNS uses, None for all but loopback.

    `changed` is called in the event loop after every change of what is in sight.
    """

    def __init__(
        self,
        port: int,
        discovery_key: Callable[[], bytes],
        interfaces: tuple[str, ...] | None,
        changed: Callable[[], None],
    ) -> None:
        self._port = port
        self._interfaces = interfaces
        self._changed = changed
        self._discovery_key = discovery_key
        self._guise = _Guise.fresh(discovery_key())
        self._own_hosts: frozenset[str] = frozenset()
        self._on_loopback = False
        self._sightings = Sightings()
        self._unanswered: asyncio.Queue[str] = asyncio.Queue(UNANSWERED_MAX)

    def addresses_of(self, discovery_key: bytes) -> list[Address]:
        """Where the group of this key was seen, the newest sighting first.

        An IPv6 address that means something on one interface only names it: `fe80::1%3`.
        """
        return self._sightings.addresses_of(discovery_key)

    def strangers(self) -> list[Address]:
        """Where any hall was seen, neighbours among them, the newest sighting first."""
        return self._sightings.addresses()

    async def run(self) -> None:
        """Announce and look until cancelled; says goodbye then, which takes a quarter second.

        Interfaces may come and go, also all of them. A lost run costs what was in sight. Raises
        OSError where mDNS cannot be spoken at all.
        """
        # Its warnings hold addresses and names of whoever is on the network.
        logging.getLogger("zeroconf").setLevel(logging.CRITICAL)
        here = usable_addresses(self._interfaces)
        while True:
            if self._is_under_old_key():
                self._guise = _Guise.fresh(self._discovery_key())
            log.info("looking for neighbours from %d of our addresses", len(here))
            here = await (self._stay(here) if here else self._change_from(here))

    async def _stay(self, here: tuple[LocalAddress, ...]) -> tuple[LocalAddress, ...]:
        """Announce and look until our addresses or our key change; returns the addresses then."""
        self._own_hosts = frozenset(address.host for address in here)
        self._on_loopback = any(ip_address(host).is_loopback for host in self._own_hosts)
        network = _open(here)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._ask(network)) for _ in range(ASKERS)]
                tasks.append(group.create_task(self._browse(network)))
                tasks.append(group.create_task(self._announce(network, here)))
                here = await self._change_from(here)
                for task in tasks:
                    task.cancel()
        finally:
            await network.async_close()
            # What was seen from addresses that are gone may be out of reach, and is seen again
            # within a second where it is not.
            if self._sightings.clear():
                self._changed()
        return here

    async def _change_from(self, here: tuple[LocalAddress, ...]) -> tuple[LocalAddress, ...]:
        found = here
        while found == here and not self._is_under_old_key():
            await asyncio.sleep(POLL_S)
            found = usable_addresses(self._interfaces)
        return found

    def _is_under_old_key(self) -> bool:
        return self._discovery_key() != self._guise.discovery_key

    async def _announce(self, network: AsyncZeroconf, here: tuple[LocalAddress, ...]) -> None:
        info = AsyncServiceInfo(
            SERVICE_TYPE,
            self._guise.instance,
            port=self._port,
            properties=self._guise.txt,
            server=self._guise.host,
            parsed_addresses=[address.host for address in here],
        )
        try:
            await (await network.async_register_service(info, cooperating_responders=True))
        except NotRunningException as error:
            raise OSError(errno.ENETDOWN, "mDNS did not start") from error

    async def _browse(self, network: AsyncZeroconf) -> None:
        while True:
            browser = AsyncServiceBrowser(
                network.zeroconf, SERVICE_TYPE, handlers=[self._on_state_change]
            )
            try:
                await asyncio.sleep(BROWSE_AGAIN_S)
            finally:
                await browser.async_cancel()

    def _on_state_change(
        self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        """Called by the browser, in the event loop, for whatever anyone on the network sends."""
        if state_change is ServiceStateChange.Removed:
            self._forget(name)
            return
        try:
            info = AsyncServiceInfo(service_type, name)
        except BadTypeInNameException:
            return
        if info.load_from_cache(zeroconf):
            self._see(info)
        elif not self._unanswered.full():
            self._unanswered.put_nowait(name)

    async def _ask(self, network: AsyncZeroconf) -> None:
        """Ask for what announcements left out, one after the other."""
        while True:
            info = AsyncServiceInfo(SERVICE_TYPE, await self._unanswered.get())
            if await info.async_request(network.zeroconf, ANSWER_MS):
                self._see(info)

    def _see(self, info: AsyncServiceInfo) -> None:
        beacon = read_txt(info.properties)
        addresses = self._reachable(info)
        if beacon is None or beacon.nonce == self._guise.nonce or not addresses:
            self._forget(info.name)
        elif self._sightings.put(info.key, Sighting(beacon, addresses)):
            log.debug("in sight: %s", _short_id(info.key))
            self._changed()

    def _forget(self, name: str) -> None:
        if self._sightings.drop(name.lower()):
            log.debug("out of sight: %s", _short_id(name.lower()))
            self._changed()

    def _reachable(self, info: AsyncServiceInfo) -> tuple[Address, ...]:
        """IPv4 first. Without addresses that cannot be dialled from here, and without our own:
        halls that both have a bridge for containers announce the same address of it."""
        port = info.port or 0
        found: list[Address] = []
        for host in info.parsed_scoped_addresses():
            address = ip_address(host)
            bare, _percent, scope = host.partition("%")
            is_own = port == self._port and bare in self._own_hosts
            needs_scope = address.version == 6 and address.is_link_local and not scope
            is_elsewhere = address.is_loopback != self._on_loopback
            is_nowhere = address.is_multicast or address.is_unspecified
            if not (is_own or needs_scope or is_elsewhere or is_nowhere):
                found.append(Address(host, port))
        return tuple(found[:ADDRESSES_MAX]) if port else ()


def _open(here: tuple[LocalAddress, ...]) -> AsyncZeroconf:
    """Sockets for our IPv4 addresses, and for one IPv6 address of each interface."""
    ipv6_by_index: dict[int, LocalAddress] = {}
    for address in here:
        if address.is_ipv6 and (address.index not in ipv6_by_index or address.is_link_local):
            ipv6_by_index[address.index] = address
    chosen = [each for each in here if not each.is_ipv6] + list(ipv6_by_index.values())
    try:
        return AsyncZeroconf(interfaces=[address.host for address in chosen])
    except RuntimeError as error:
        # What it raises for an address that went away since we looked.
        raise OSError(errno.EADDRNOTAVAIL, "an address went away") from error


def _short_id(name: str) -> str:
    """For the log: tells two sightings apart, and is no name on the network."""
    return sha256(name.encode()).hexdigest()[:8]
