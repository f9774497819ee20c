"""The street that other tests play on is what it says: joined, closed to the world, and cleared."""

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.namespaces import House, Street, wait_until

pytestmark = pytest.mark.e2e

PORT = 7000
GREETING = "a greeting in the clear"
FIND_S = 20
"""Seconds in which a hall must have seen another; it takes one or two."""

GREETER = f"""
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
with socket.create_server((sys.argv[1], {PORT}), family=family) as server:
    while True:
        caller, _address = server.accept()
        with caller:
            caller.sendall({GREETING.encode()!r})
"""

CALLER = f"""
import socket, sys
with socket.create_connection((sys.argv[1], {PORT}), timeout=1) as call:
    print(call.recv(99).decode())
"""

LOOKER = """
import asyncio, json, sys
from node.services.discovery import Discovery

def say() -> None:
    print(json.dumps([[seen.host, seen.port] for seen in hall.addresses_of(neighbour)]), flush=True)

port, key, neighbour = int(sys.argv[1]), bytes.fromhex(sys.argv[2]), bytes.fromhex(sys.argv[3])
hall = Discovery(port, lambda: key, None, say)
asyncio.run(hall.run())
"""

KEYS = {"north": bytes(16).hex(), "east": bytes(range(16)).hex()}


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with Street(tmp_path) as street:
        yield street


def greets(house: House, host: str = "0.0.0.0") -> None:
    """Answer every call with the greeting."""
    house.spawn([sys.executable, "-c", GREETER, host], house.folder / "greeter.out")


def call(house: House, host: str) -> str:
    return house.execute([sys.executable, "-c", CALLER, host]).stdout.strip()


def looks(house: House, own: str, neighbour: str) -> Path:
    """Look for `neighbour`; each line of the file is what is seen from then on."""
    out = house.folder / "seen"
    arguments = [str(PORT), KEYS[own], KEYS[neighbour]]
    house.spawn([sys.executable, "-c", LOOKER, *arguments], out)
    return out


def sees(seen: Path, *hosts: str) -> bool:
    lines = seen.read_text().splitlines()
    return bool(lines) and json.loads(lines[-1]) == [[host, PORT] for host in hosts]


def test_houses_reach_each_other_until_the_cable_is_pulled(street: Street) -> None:
    north, east = street.house("north"), street.house("east")
    greets(east)
    wait_until(lambda: call(north, east.address) == GREETING, FIND_S, "the call is answered")
    east.cut()
    assert call(north, east.address) == ""
    east.mend()
    wait_until(lambda: call(north, east.address) == GREETING, FIND_S, "the call is answered again")


def test_the_world_is_out_of_reach(street: Street) -> None:
    north = street.house("north")
    assert "default" not in north.execute(["ip", "route"]).stdout
    assert "inet6" not in north.execute(["ip", "address"]).stdout
    asked = north.execute(
        [sys.executable, "-c", "import socket; socket.gethostbyname('a.example')"]
    )
    assert "gaierror" in asked.stderr


def test_commands_know_nothing_of_whoever_runs_the_tests(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HALLWAY_DATA", "/nowhere")
    north = street.house("north")
    assert "HALLWAY" not in north.execute(["env"]).stdout
    done = north.run("status")
    assert done.returncode == 1
    assert str(north.data) in done.stderr


def test_what_is_said_is_captured_and_only_while_it_lasts(street: Street, tmp_path: Path) -> None:
    north, east = street.house("north"), street.house("east")
    greets(east)
    wait_until(lambda: call(north, east.address) == GREETING, FIND_S, "the call is answered")
    with street.capture(tmp_path / "quiet.pcap") as quiet:
        pass
    with street.capture(tmp_path / "call.pcap") as frames:
        assert call(north, east.address) == GREETING
    assert not any(GREETING.encode() in frame for frame in quiet())
    assert sum(GREETING.encode() in frame for frame in frames()) == 1


def test_halls_see_each_other_in_separate_namespaces(street: Street) -> None:
    north, east = street.house("north"), street.house("east")
    seen_by_north, seen_by_east = looks(north, "north", "east"), looks(east, "east", "north")
    wait_until(lambda: sees(seen_by_north, east.address), FIND_S, "north sees east")
    wait_until(lambda: sees(seen_by_east, north.address), FIND_S, "east sees north")


def test_halls_see_each_other_by_what_ipv6_gives_them(street: Street) -> None:
    north, east = street.house("north"), street.house("east")
    for house in (north, east):
        house.move_to_ipv6()
    seen = looks(north, "north", "east")
    looks(east, "east", "north")
    wait_until(lambda: "fe80::" in seen.read_text(), FIND_S, "north sees east")
    host = json.loads(seen.read_text().splitlines()[-1])[0][0]
    # The address says which way it goes, or nobody could call it.
    greets(east, "::")
    wait_until(lambda: call(north, host) == GREETING, FIND_S, "the call is answered")


def test_a_hall_that_starts_without_its_cable_is_seen_when_it_is_plugged_in(
    street: Street,
) -> None:
    north, east, west = (street.house(name) for name in ("north", "east", "west"))
    seen = looks(north, "north", "east")
    east.cut()
    looks(east, "east", "north")
    # Somebody else is seen meanwhile, so that east was not merely slow.
    seen_by_west = looks(west, "east", "north")
    wait_until(lambda: sees(seen, west.address), FIND_S, "north sees west")
    wait_until(lambda: sees(seen_by_west, north.address), FIND_S, "west sees north")
    east.mend()
    wait_until(lambda: sees(seen, east.address, west.address), FIND_S, "north sees east")


def test_a_hall_forgets_what_it_saw_through_a_cable_that_is_gone(street: Street) -> None:
    north, east = street.house("north"), street.house("east")
    seen = looks(north, "north", "east")
    looks(east, "east", "north")
    wait_until(lambda: sees(seen, east.address), FIND_S, "north sees east")
    north.cut()
    wait_until(lambda: sees(seen), FIND_S, "north sees nobody")
    north.mend()
    wait_until(lambda: sees(seen, east.address), FIND_S, "north sees east again")


def start_and_fail(street: Street) -> list[int]:
    """The process ids of what runs in a house that is left in the middle of things."""
    with suppress(ZeroDivisionError), street:
        north = street.house("north")
        greets(north)
        # A process that its parent left behind, like a node that a command started.
        orphan = "import os, time\nif os.fork() == 0: os.setsid(), time.sleep(600)"
        north.execute(["sh", "-c", f"{shlex.join([sys.executable, '-c', orphan])} >/dev/null 2>&1"])
        pids = north.processes()
        raise ZeroDivisionError
    return pids


def runs(pid: int) -> bool:
    """A process that ended and that nobody waited for has a number, and no command line."""
    line = Path("/proc", str(pid), "cmdline")
    return line.exists() and line.read_bytes() != b""


def test_everything_is_cleared_away_also_when_a_test_fails(tmp_path: Path) -> None:
    street = Street(tmp_path)
    pids = start_and_fail(street)
    assert len(pids) == 2
    assert not any(runs(pid) for pid in pids)
    left = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    assert street.name not in left.stdout
    assert list(Path("/etc").glob(f"netns/{street.name}*")) == []
