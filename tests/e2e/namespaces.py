"""A street to play on: houses in network namespaces of their own, on one bridge in another.

IPv4 and multicast, no gateway, no name service, and the machine's own network is not touched. A
house has a data folder, runs hallway's commands and a node, and can be cut off and joined again.
Everything is taken away at the end, whatever happened: processes by their number, then namespaces.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from node.interpreter import python_module
from tests.e2e.capture import PORT_PREFIX, frames_of

HOME = Path(__file__).resolve().parents[2]
NETWORK = "10.77.0"
NAME_SERVICE = Path("/etc/resolv.conf")
PER_NAMESPACE = Path("/etc/netns")
"""What `ip netns exec` lays over /etc (ip-netns(8))."""

IPV6 = Path("/proc/net/if_inet6")

COMMAND_S = 60
"""Seconds that one command may take before the test fails."""

START_S = 30
STOP_S = 20
"""Seconds until a node says its address, and until it has ended."""


def require_namespaces() -> None:
    """Skip the test where this machine does not let us make namespaces."""
    if shutil.which("ip") is None:
        pytest.skip("needs the command `ip` (iproute2)")
    if os.geteuid() != 0:
        pytest.skip("only root makes network namespaces")
    name = f"hallway-try-{secrets.token_hex(4)}"
    for arguments in (["add", name], ["exec", name, "true"], ["del", name]):
        done = _ask("ip", "netns", *arguments)
        if done.returncode:
            _ask("ip", "netns", "del", name)
            pytest.skip(f"network namespaces are refused here: {done.stderr.strip()}")


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Look until it holds; raises AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)


class House:
    """One hall's house. `address` is its IPv4 address, `data` its hall's folder, not yet made."""

    def __init__(self, namespace: str, port: str, street: str, folder: Path, address: str) -> None:
        self.namespace = namespace
        self.address = address
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "node.log"
        self._port = port
        self._street = street
        self._node: subprocess.Popen[bytes] | None = None
        self._started: list[subprocess.Popen[bytes]] = []

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A hallway command on this house's hall, as a person types it; any exit code."""
        return self.execute([*self._hallway(), *arguments], stdin=stdin)

    def execute(
        self, command: Sequence[str], *, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Any command, inside; any exit code."""
        return subprocess.run(
            self._inside(command),
            cwd=self.folder,
            env=self._environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            check=False,
        )

    def spawn(self, command: Sequence[str], out: Path) -> subprocess.Popen[bytes]:
        """Start a command that goes on; it ends with the street at the latest. Its pid is the
        command's own. What it says is added to `out`, what it complains of to the node's log."""
        with out.open("ab") as said, self.log.open("ab") as log:
            process = subprocess.Popen(
                self._inside(command),
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=log,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def start_node(self, *arguments: str) -> str:
        """Start the hall's node; returns what it says when it is ready, its address."""
        before = self.log.stat().st_size if self.log.exists() else 0
        said = self.folder / f"node-{secrets.token_hex(4)}.out"
        node = self._node = self.spawn([*self._hallway(), "node", *arguments], said)
        wait_until(
            lambda: said.read_bytes().endswith(b"\n") or node.poll() is not None,
            START_S,
            "the node is ready",
        )
        log_text = self.log.read_bytes()[before:].decode(errors="replace")
        assert node.poll() is None, f"the node ended with {node.returncode}: {log_text}"
        return said.read_text().strip()

    def stop_node(self) -> int:
        """End the node as a service manager does; returns its exit code."""
        assert self._node is not None, "no node was started"
        self._node.send_signal(signal.SIGTERM)
        code = self._node.wait(STOP_S)
        self._node = None
        return code

    def processes(self) -> list[int]:
        """The numbers of all that runs inside, whoever started it."""
        return _processes(self.namespace)

    def cut(self) -> None:
        """Pull the cable: address and routes stay, the carrier is gone."""
        ip("-n", self._street, "link", "set", self._port, "down")

    def mend(self) -> None:
        ip("-n", self._street, "link", "set", self._port, "up")

    def move_to_ipv6(self) -> None:
        """Nothing is left but the address that an interface gives itself (RFC 4862)."""
        if not IPV6.exists():
            pytest.skip("this machine has no IPv6")
        on = "for each in all eth0; do echo 0 > /proc/sys/net/ipv6/conf/$each/disable_ipv6; done"
        ip("netns", "exec", self.namespace, "sh", "-c", on)
        ip("-n", self.namespace, "-4", "address", "flush", "dev", "eth0")

    def close(self) -> None:
        """End what was started here; what does not end when asked is killed."""
        for process in self._started:
            process.terminate()
        for process in self._started:
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _hallway(self) -> list[str]:
        return [*python_module("node"), "--data", str(self.data)]

    def _inside(self, command: Sequence[str]) -> list[str]:
        return ["ip", "netns", "exec", self.namespace, *command]

    def _environment(self) -> dict[str, str]:
        """Nothing of whoever runs the tests, but where programs and our packages are."""
        return {
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(HOME),
        }


class Street:
    """The bridge and its houses; `with Street(tmp_path) as street`, or `street` as a fixture."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = f"hallway-{secrets.token_hex(4)}"
        self._houses: dict[str, House] = {}
        self._closing = ExitStack()

    def __enter__(self) -> "Street":
        require_namespaces()
        with ExitStack() as closing:
            closing.enter_context(_namespace(self.name))
            # A plain switch: what is sent to many goes to all.
            ip("-n", self.name, "link", "add", "bridge", "type", "bridge", "mcast_snooping", "0")
            ip("-n", self.name, "link", "set", "bridge", "up")
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._closing.close()

    def house(self, name: str) -> House:
        """The house of this name, built when first asked for."""
        if name not in self._houses:
            self._houses[name] = self._build(name, len(self._houses) + 1)
        return self._houses[name]

    @contextmanager
    def capture(self, file: Path) -> Iterator[Callable[[], list[bytes]]]:
        """Everything on the wire while inside goes into `file` (a packet viewer reads it); what is
        yielded gives the frames, when it is over."""
        program = Path(__file__).with_name("capture.py")
        ear = subprocess.Popen(
            ["ip", "netns", "exec", self.name, sys.executable, str(program), str(file)],
            stdout=subprocess.PIPE,
        )
        with ear:
            try:
                assert ear.stdout is not None
                assert ear.stdout.readline() == b"ready\n", "the capture did not start"
                yield lambda: frames_of(file)
            finally:
                ear.terminate()
                ear.wait(STOP_S)

    def _build(self, name: str, number: int) -> House:
        namespace, port = f"{self.name}-{name}", f"{PORT_PREFIX}{number}"
        address = f"{NETWORK}.{number}"
        self._closing.enter_context(_namespace(namespace))
        cable = ["type", "veth", "peer", "name", "eth0", "netns", namespace]
        ip("-n", self.name, "link", "add", port, *cable)
        ip("-n", self.name, "link", "set", port, "master", "bridge", "up")
        ip("-n", namespace, "address", "add", f"{address}/24", "broadcast", "+", "dev", "eth0")
        ip("-n", namespace, "link", "set", "eth0", "up")
        folder = self.folder / name
        folder.mkdir(parents=True)
        house = House(namespace, port, self.name, folder, address)
        self._closing.callback(house.close)
        return house


def ip(*arguments: str) -> None:
    done = _ask("ip", *arguments)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"


@contextmanager
def _namespace(name: str) -> Iterator[None]:
    """A namespace with loopback, without IPv6 and without a name service."""
    ip("netns", "add", name)
    with ExitStack() as closing:
        closing.callback(ip, "netns", "del", name)
        closing.callback(_end_processes, name)
        if NAME_SERVICE.exists():
            closing.enter_context(_no_name_service(name))
        if IPV6.exists():
            off = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6"
            ip("netns", "exec", name, "sh", "-c", off)
        ip("-n", name, "link", "set", "lo", "up")
        yield


@contextmanager
def _no_name_service(namespace: str) -> Iterator[None]:
    folder = PER_NAMESPACE / namespace
    folder.mkdir(parents=True)
    try:
        (folder / NAME_SERVICE.name).touch()
        yield
    finally:
        shutil.rmtree(folder)
        with suppress(OSError):  # other streets may be open
            PER_NAMESPACE.rmdir()


def _end_processes(namespace: str) -> None:
    """End what still runs inside: all of it is ours, since the namespace is."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in _processes(namespace):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        with suppress(AssertionError):
            wait_until(lambda: not _processes(namespace), 5, "its processes end")


def _processes(namespace: str) -> list[int]:
    """Those that run; what has ended and was not yet waited for is listed in no namespace."""
    return [int(line) for line in _ask("ip", "netns", "pids", namespace).stdout.split()]


def _ask(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_S, check=False)
