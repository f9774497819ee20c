"""Halls that find one another by real mDNS, on loopback. Others may announce there meanwhile."""

import asyncio
import secrets
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from node.services.discovery import ADDRESSES_MAX, Discovery
from node.store.neighbours import Address
from protocol.beacon import SERVICE_TYPE, read_txt, tag, write_txt

LOOPBACK = "127.0.0.1"
NORTHGATE, EASTSIDE, WESTEND = b"northgate's key.", b"eastside's key..", b"west end's key.."
DEADLINE_S = 20
"""Seconds until a test gives up: far more than a find takes, on a machine with other work too."""

MDNS_GROUP, MDNS_PORT = "224.0.0.251", 5353


@pytest.fixture(scope="module", autouse=True)
def multicast() -> None:
    """Without it there is nothing to test here."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth,
    ):
        here = socket.inet_aton(LOOPBACK)
        group = socket.inet_aton(MDNS_GROUP)
        ear.settimeout(1)
        ear.bind(("", 0))
        try:
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group + here)
            mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)
            mouth.sendto(b"anyone?", (MDNS_GROUP, ear.getsockname()[1]))
            ear.recv(16)
        except OSError as error:
            pytest.skip(f"no multicast on loopback: {error}")


class Hall:
    """One node's discovery and what it was told. Its port is nobody's: nothing listens there."""

    def __init__(self, key: bytes) -> None:
        # Fresh keys, so that another run of these tests on this machine is a stranger.
        self.key = bytes(a ^ b for a, b in zip(key, RUN, strict=True))
        self.port = 1024 + secrets.randbelow(60_000)
        self.changes = 0
        self.discovery = Discovery(self.port, lambda: self.key, (LOOPBACK,), self._count)

    def _count(self) -> None:
        self.changes += 1

    @property
    def address(self) -> Address:
        return Address(LOOPBACK, self.port)

    def sees(self, *others: "Hall") -> bool:
        return all(self.discovery.addresses_of(each.key) == [each.address] for each in others)


RUN = secrets.token_bytes(16)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not holds():  # noqa: ASYNC110 - nobody tells when it holds
            await asyncio.sleep(0.02)


@asynccontextmanager
async def open_halls(*halls: Hall) -> AsyncIterator[None]:
    """Looking for one another; all say goodbye at the end."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(hall.discovery.run()) for hall in halls]
        yield
        for task in tasks:
            task.cancel()


@asynccontextmanager
async def other_software(*services: ServiceInfo) -> AsyncIterator[AsyncZeroconf]:
    """Something else on the network that speaks mDNS, and announces `services`."""
    zeroconf = AsyncZeroconf(interfaces=[LOOPBACK])
    try:
        for service in services:
            await (await zeroconf.async_register_service(service, cooperating_responders=True))
        yield zeroconf
    finally:
        await zeroconf.async_close()


def service(
    name: str, port: int, properties: dict[bytes, bytes], addresses: list[str] | None = None
) -> ServiceInfo:
    return ServiceInfo(
        SERVICE_TYPE,
        f"{name}.{SERVICE_TYPE}",
        port=port,
        properties=properties,
        server=f"{name}.local.",
        parsed_addresses=addresses or [LOOPBACK],
    )


def point_to(instance: str) -> int:
    """Say that there is a service of this name, and no more (RFC 1035, section 4). Bytes sent."""
    header = struct.pack("!6H", 0, 0x8400, 0, 1, 0, 0)
    alias = dns_name(instance)
    answer = dns_name(SERVICE_TYPE) + struct.pack("!HHIH", 12, 1, 120, len(alias)) + alias
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
        mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
        return mouth.sendto(header + answer, (MDNS_GROUP, MDNS_PORT))


def dns_name(name: str) -> bytes:
    labels = [label.encode() for label in name.rstrip(".").split(".")]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def beacon_of(hall: Hall) -> dict[bytes, bytes]:
    nonce = secrets.token_bytes(16)
    return write_txt(nonce, [tag(hall.key, nonce)])


async def heard(port: int) -> AsyncServiceInfo:
    """What any software hears of the service on `port`."""
    found: list[AsyncServiceInfo] = []
    async with other_software() as ear:

        def listen(**event: object) -> None:
            info = AsyncServiceInfo(SERVICE_TYPE, str(event["name"]))
            if info.load_from_cache(ear.zeroconf) and info.port == port:
                found.append(info)

        browser = AsyncServiceBrowser(ear.zeroconf, SERVICE_TYPE, handlers=[listen])
        await until(lambda: bool(found))
        await browser.async_cancel()
    return found[-1]


@pytest.mark.asyncio
async def test_two_halls_find_each_other() -> None:
    northgate, eastside = Hall(NORTHGATE), Hall(EASTSIDE)
    async with open_halls(northgate, eastside):
        await until(lambda: northgate.sees(eastside) and eastside.sees(northgate))
        assert northgate.changes
        assert northgate.discovery.addresses_of(northgate.key) == []
        assert northgate.address not in northgate.discovery.strangers()


@pytest.mark.asyncio
async def test_the_one_that_comes_later_finds_and_is_found() -> None:
    northgate, eastside, westend = Hall(NORTHGATE), Hall(EASTSIDE), Hall(WESTEND)
    async with open_halls(northgate, eastside):
        await until(lambda: northgate.sees(eastside))
        async with open_halls(westend):
            await until(lambda: westend.sees(northgate, eastside))
            await until(lambda: northgate.sees(westend) and eastside.sees(westend))


@pytest.mark.asyncio
async def test_a_stranger_is_seen_and_not_known() -> None:
    northgate, stranger = Hall(NORTHGATE), Hall(WESTEND)
    async with open_halls(northgate, stranger):
        await until(lambda: stranger.address in northgate.discovery.strangers())
        assert northgate.discovery.addresses_of(Hall(EASTSIDE).key) == []


@pytest.mark.asyncio
async def test_goodbye_is_noticed() -> None:
    northgate, eastside = Hall(NORTHGATE), Hall(EASTSIDE)
    async with open_halls(northgate):
        async with open_halls(eastside):
            await until(lambda: northgate.sees(eastside))
            before = northgate.changes
        await until(lambda: not northgate.discovery.addresses_of(eastside.key))
        assert northgate.changes > before


@pytest.mark.asyncio
async def test_a_restarted_hall_is_first_found_where_it_is_now() -> None:
    northgate, before, after = Hall(NORTHGATE), Hall(EASTSIDE), Hall(EASTSIDE)
    async with open_halls(northgate, before):
        await until(lambda: northgate.sees(before))
        async with open_halls(after):
            await until(lambda: len(northgate.discovery.addresses_of(after.key)) > 1)
            found = northgate.discovery.addresses_of(after.key)
    assert found == [after.address, before.address]


@pytest.mark.asyncio
async def test_nothing_on_the_network_says_who_it_is_or_repeats() -> None:
    told: set[object] = set()
    for _boot in range(2):
        northgate = Hall(NORTHGATE)
        async with open_halls(northgate):
            info = await heard(northgate.port)
        assert set(info.properties) == {b"n", b"t"}
        beacon = read_txt(info.properties)
        assert beacon is not None
        assert beacon.is_from(northgate.key)
        assert info.server not in (None, f"{socket.gethostname()}.local.")
        told |= {info.name, info.server, *info.properties.values()}
    assert len(told) == 8


@pytest.mark.asyncio
async def test_what_is_no_beacon_is_left_out() -> None:
    northgate, eastside = Hall(NORTHGATE), Hall(EASTSIDE)
    good = beacon_of(eastside)
    garbage = [
        service("empty", 1, {}),
        service("no tags", 2, {b"n": good[b"n"]}),
        service("short", 3, good | {b"n": b"short"}),
        service("huge", 4, {b"n": good[b"n"], b"t": bytes(250)}),
        service("bell \u2407 [@click=x]", 5, {b"n": b"\xff\x00", b"t": b"="}),
        service("no port", 0, good),
        service("elsewhere", 6, good, ["192.0.2.1", "224.0.0.251", "0.0.0.0"]),
        service("ourselves", northgate.port, good),
    ]
    async with open_halls(northgate), other_software(*garbage):
        for alias in ("x._http._tcp.local.", "x.local.", "a\x00b._hallway._tcp.local."):
            point_to(alias)
        # The good one comes last and on the same way: when it is there, the others were read.
        async with open_halls(eastside):
            await until(lambda: northgate.sees(eastside))
        ports = {address.port for address in northgate.discovery.strangers()}
        assert ports.isdisjoint({0, 1, 2, 3, 4, 5, 6, northgate.port})


@pytest.mark.asyncio
async def test_an_echo_of_ourselves_is_nobody() -> None:
    northgate, eastside, westend = Hall(NORTHGATE), Hall(EASTSIDE), Hall(WESTEND)
    async with open_halls(northgate):
        info = await heard(northgate.port)
        told = {name: value or b"" for name, value in info.properties.items()}
        async with other_software(service(secrets.token_hex(4), eastside.port, told)):
            async with open_halls(westend):
                await until(lambda: northgate.sees(westend))
            assert eastside.address not in northgate.discovery.strangers()


@pytest.mark.asyncio
async def test_of_what_a_hall_announces_only_what_can_be_dialled_is_taken() -> None:
    northgate, eastside = Hall(NORTHGATE), Hall(EASTSIDE)
    many = [f"127.0.0.{number}" for number in range(2, 40)]
    announced = service(
        secrets.token_hex(4), eastside.port, beacon_of(eastside), ["192.0.2.1", "fe80::1", *many]
    )
    async with open_halls(northgate), other_software(announced):
        await until(lambda: bool(northgate.discovery.addresses_of(eastside.key)))
        found = northgate.discovery.addresses_of(eastside.key)
    assert len(found) == ADDRESSES_MAX
    assert {address.host for address in found} < set(many)


@pytest.mark.asyncio
async def test_what_was_lost_of_an_announcement_is_asked_for() -> None:
    northgate, eastside = Hall(NORTHGATE), Hall(EASTSIDE)
    name = f"{secrets.token_hex(4)}.{SERVICE_TYPE}"
    # It answers questions about itself, and says by itself only that it is there.
    silent = ServiceInfo(
        f"_part._sub.{SERVICE_TYPE}",
        name,
        port=eastside.port,
        properties=beacon_of(eastside),
        server=f"{secrets.token_hex(4)}.local.",
        parsed_addresses=[LOOPBACK],
    )
    async with open_halls(northgate), other_software() as other:
        await other.zeroconf.async_wait_for_start()
        other.zeroconf.registry.async_add(silent)
        await until(lambda: point_to(name) > 0 and northgate.sees(eastside))


@pytest.mark.asyncio
async def test_without_an_address_it_waits_and_ends_when_told() -> None:
    lonely = Discovery(7000, lambda: NORTHGATE, ("192.0.2.250",), lambda: None)
    task = asyncio.ensure_future(lonely.run())
    await asyncio.sleep(0.1)
    assert not task.done()
    assert lonely.strangers() == []
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.asyncio
async def test_under_a_new_key_nothing_is_as_it_was() -> None:
    north, east, removed = Hall(NORTHGATE), Hall(EASTSIDE), Hall(WESTEND)
    old_key = north.key
    async with open_halls(north, east, removed):
        await until(lambda: removed.sees(north) and east.sees(north))
        old_guise = north.discovery._guise
        north.key = bytes(reversed(old_key))
        await until(lambda: east.sees(north))
        new = north.discovery._guise
        assert not {new.instance, new.host, new.nonce} & {
            old_guise.instance,
            old_guise.host,
            old_guise.nonce,
        }
        await until(lambda: removed.discovery.addresses_of(old_key) == [])
