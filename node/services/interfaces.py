"""The addresses of this machine that a neighbour could reach right now."""

from __future__ import annotations

import fcntl
import socket
import struct
import sys
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

import ifaddr

ADDRESSES_MAX: Final = 16
"""Addresses taken, by interface in the kernel's order. A hall has two or three; a machine full of
containers has a hundred, and each costs a socket and a place in what is announced."""

SIOCGIFFLAGS: Final = 0x8913
IFF_RUNNING: Final = 0x40
"""Linux: asks an interface for its flags; whether it has a carrier (netdevice(7))."""

IFREQ_BYTES: Final = 40
IF_NAME_BYTES_MAX: Final = 15


@dataclass(frozen=True, slots=True, order=True)
class LocalAddress:
    """`index` is the interface's number; `host` has no scope."""

    index: int
    host: str

    @property
    def is_ipv6(self) -> bool:
        return ":" in self.host

    @property
    def is_link_local(self) -> bool:
        return ip_address(self.host).is_link_local


def usable_addresses(only: tuple[str, ...] | None) -> tuple[LocalAddress, ...]:
    """In the order of the interfaces; of those in `only`, or, with None, of all but loopback.

    Usable means: the cable is in, or the radio linked, and the kernel lets a socket have the
    address. It does not yet while it makes sure that nobody else has it (RFC 4862, section 5.4).
    """
    found: list[LocalAddress] = []
    for adapter in ifaddr.get_adapters():
        if not _has_carrier(adapter.name):
            continue
        for each in adapter.ips:
            host = each.ip if isinstance(each.ip, str) else each.ip[0]
            address = LocalAddress(adapter.index or 0, host.partition("%")[0])
            if _is_wanted(address.host, only) and _can_be_bound(address):
                found.append(address)
    return tuple(sorted(found)[:ADDRESSES_MAX])


def _is_wanted(host: str, only: tuple[str, ...] | None) -> bool:
    return not ip_address(host).is_loopback if only is None else host in only


def _has_carrier(name: str) -> bool:
    """Elsewhere than on Linux every interface counts as having one."""
    if sys.platform != "linux":
        return True
    asked = name.encode()[:IF_NAME_BYTES_MAX].ljust(IFREQ_BYTES, b"\0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            answer = fcntl.ioctl(any_socket, SIOCGIFFLAGS, asked)
        except OSError:
            return False
    (flags,) = struct.unpack_from("h", answer, IF_NAME_BYTES_MAX + 1)
    return bool(flags & IFF_RUNNING)


def _can_be_bound(address: LocalAddress) -> bool:
    family = socket.AF_INET6 if address.is_ipv6 else socket.AF_INET
    scope = address.index if address.is_link_local else 0
    where = (address.host, 0, 0, scope) if address.is_ipv6 else (address.host, 0)
    with socket.socket(family, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind(where)
        except OSError:
            return False
    return True
