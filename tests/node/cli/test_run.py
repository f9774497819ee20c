"""From what was typed to an exit code; no traceback ever reaches a person."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from node.api.door import NodeGone
from node.api.requests import AddEntry, Invite, Join, ListEntries, PassOn
from node.api.views import EntryView
from node.interpreter import own_environment, python_module
from node.refusal import Refused, Why
from node.version import VERSION
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import CODE, NEED, FakeHouse

WAIT_S = 30
"""A deadline for a process that never ends, not a measure of how long one takes."""


def test_what_the_node_refuses_is_one_sentence_and_1(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[AddEntry] = Refused(Why.QUANTITY_NOT_POSITIVE, given="-1")
    ran = hallway("need", "add", "FOD", "meals", "--qty", "-1", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "The quantity -1 is too small: it must be more than zero.\n"


@pytest.mark.parametrize(
    "typed",
    [
        ["need", "add", "FOD", "meals", "--qty", ""],
        ["need", "add", "FOD", "meals", "--by", " "],
        ["need", "edit", "N-417-K", "--qty="],
        ["pass", "N-417-K", "--yes", "--hops", "0"],
        ["pass", "N-417-K", "--yes", "--hops", "4"],
        ["pass", "N-417-K", "--yes", "--hops", "-1"],
        ["pass", "N-417-K", "--yes", "--hops", "two"],
        ["pass", "N-417-K", "--yes", "--text", ""],
        ["pass", "N-417-K", "--yes", "--for", ""],
        ["accept", "ES P-3-K", "--details", ""],
        ["neighbour", "invite", "--for", ""],
        ["init", "--name", ""],
        ["node", "--listen", ""],
        ["need", "add", "FOD", "caf\udce9"],
        ["need", "show", "\udcff"],
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(
    hallway: Hallway, house: FakeHouse, typed: list[str]
) -> None:
    ran = hallway(*typed)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    assert house.asked == []
    assert house.done == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["init", "--name", " "], "The hall has no name yet: say what your neighbours call it."),
        (
            ["need", "add", "FOD", "caf\udce9"],
            "The text is not readable as text (UTF-8) at character 4: type it again.",
        ),
    ],
)
def test_what_cannot_be_meant_is_named(hallway: Hallway, typed: list[str], told: str) -> None:
    assert hallway(*typed).err == told + "\n"


def test_the_version_is_a_document_too(hallway: Hallway) -> None:
    assert hallway("--version").out == f"hallway {VERSION}\n"
    assert hallway("--version", "--json").document == {"version": VERSION}
    assert hallway("--json", "--version").document == {"version": VERSION}


def test_ten_megabytes_arrive_at_the_node_which_refuses_them(
    hallway: Hallway, house: FakeHouse
) -> None:
    text = "x" * 10_000_000
    hallway("need", "add", "FOD", text)
    assert isinstance(house.asked[0], AddEntry)
    assert house.asked[0].text == text


def test_a_node_that_ends_meanwhile(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[PassOn] = NodeGone()
    ran = hallway("pass", "N-417-K", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "hallway status" in ran.err


def test_ctrl_c_is_silent_and_130(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[ListEntries] = KeyboardInterrupt()
    ran = hallway("need", "list")
    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_an_answer_is_not_written_out_by_the_way(hallway: Hallway, house: FakeHouse) -> None:
    """Python 3.11 does that to what `asyncio.run` is to return, which takes longer than to ask."""
    written: list[object] = []

    class Page(tuple[EntryView, ...]):
        __slots__ = ()

        def __repr__(self) -> str:
            written.append(self)
            return ""

    house.answers[ListEntries] = Page([NEED])
    assert hallway("need", "list").code == 0
    assert written == []


def test_a_bug_goes_to_a_file_and_not_to_the_person(
    hallway: Hallway, house: FakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    house.answers[ListEntries] = ZeroDivisionError("inside")
    ran = hallway("need", "list", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    (crash,) = tmp_path.glob("*.log")
    assert str(crash) in ran.err
    assert "ZeroDivisionError: inside" in crash.read_text()
    assert crash.stat().st_mode & 0o777 == 0o600


def test_in_a_hall_the_file_is_in_its_folder(
    hallway: Hallway, house: FakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "hall"
    data.mkdir()
    monkeypatch.setattr("node.store.folder.folder_is_hall", lambda folder: folder == data)
    house.answers[ListEntries] = ZeroDivisionError("inside")
    assert str(data / "crash.log") in hallway("need", "list").err
    assert "ZeroDivisionError" in (data / "crash.log").read_text()


def test_init_makes_the_hall(hallway: Hallway, house: FakeHouse, tmp_path: Path) -> None:
    ran = hallway("init", "--name", "Northgate Hall", "--place", "Side door")
    assert ran.code == 0
    assert house.done == [("make", tmp_path / "hall", "Northgate Hall", "Side door")]
    assert "word11" in ran.out


@pytest.mark.parametrize(
    ("typed", "listen", "mdns"),
    [("node", None, True), ("node --listen 127.0.0.1:0 --no-mdns", "127.0.0.1:0", False)],
)
def test_node_prints_one_line_with_its_address(
    hallway: Hallway, house: FakeHouse, tmp_path: Path, typed: str, listen: str, mdns: bool
) -> None:
    ran = hallway(*typed.split())
    assert (ran.code, ran.out, ran.err) == (0, "127.0.0.1:7411\n", "")
    assert house.done == [("run", tmp_path / "hall", listen, mdns)]


def test_invite_and_join_start_a_node_first(
    hallway: Hallway, house: FakeHouse, tmp_path: Path
) -> None:
    hallway("neighbour", "invite", "--for", "2")
    assert house.done[0] == ("start", tmp_path / "hall")
    assert house.asked == [Invite("2")]
    house.done.clear()
    hallway("neighbour", "join", *CODE.split("-"))
    assert house.done[0] == ("start", tmp_path / "hall")
    assert house.asked[1:] == [Join(CODE.replace("-", " "))]


def test_stop_says_whether_one_ran(hallway: Hallway, house: FakeHouse) -> None:
    ended = hallway("stop")
    house.running = False
    none_ran = hallway("stop")
    assert (ended.code, none_ran.code) == (0, 0)
    assert ended.out != none_ran.out


def test_without_hallway_data_the_folder_is_the_persons_own(
    hallway: Hallway, house: FakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HALLWAY_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    hallway("need", "list")
    assert house.done == [("open", tmp_path / "hallway")]


# In processes of their own, as a person starts them.


def command(*arguments: str | bytes) -> list[str | bytes]:
    return [sys.executable, "-m", "node", *arguments]


def test_without_a_terminal_hallway_says_what_to_run() -> None:
    ran = subprocess.run(
        command(), stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S, check=False
    )
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert b"hallway node" in ran.stderr


def test_bytes_that_are_no_text_and_a_terminal_without_letters() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "LANG": "C"}
    ran = subprocess.run(
        command("need", "add", "FOD", b"caf\xe9 \xff"),
        input=b"\xff\xfe",
        capture_output=True,
        env=environment,
        timeout=WAIT_S,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert ran.stderr.count(b"\n") == 1
    assert b"Traceback" not in ran.stderr


def test_a_reader_that_went_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        command("--help"), stdout=writing, stderr=subprocess.PIPE, timeout=WAIT_S, check=False
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_a_full_disk_is_one_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            command("--help"), stdout=full, stderr=subprocess.PIPE, timeout=WAIT_S, check=False
        )
    assert ran.returncode == 1
    assert ran.stderr.count(b"\n") == 1


def test_a_folder_without_a_hall_is_one_sentence(tmp_path: Path) -> None:
    ran = subprocess.run(
        command("--data", str(tmp_path / "none"), "status", "--json"),
        capture_output=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        timeout=WAIT_S,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert ran.stderr.decode().count("\n") == 1
    assert b"hallway init" in ran.stderr


OPENS_BOARD = """
import sys
from pathlib import Path
from node.__main__ import main
from tests.node.cli.fake_house import NEED, FakeHouse
house = FakeHouse()
main(["--data", "/hall", "--as", "ZO"], house)
sys.exit(house.done != [("board", Path("/hall"), "ZO")])
"""


def test_on_a_terminal_hallway_becomes_the_board() -> None:
    person, terminal = pty.openpty()
    ran = subprocess.run(
        [sys.executable, "-c", OPENS_BOARD],
        stdin=terminal,
        stdout=terminal,
        stderr=subprocess.PIPE,
        timeout=WAIT_S,
        check=False,
    )
    os.close(person)
    os.close(terminal)
    assert (ran.returncode, ran.stderr) == (0, b"")


ASKS = """
import sys
from node.__main__ import main
from tests.node.cli.fake_house import NEED, FakeHouse
sys.exit(main(["pass", "N-417-K"], FakeHouse()))
"""


@pytest.mark.parametrize(
    ("typed", "code", "told"),
    [(b"y\n", 0, b"Passed on as NG V-12-K"), (b"\n", 1, b"Nothing was"), (b"\x03", 130, b"^C")],
)
def test_a_question_at_a_real_terminal(typed: bytes, code: int, told: bytes) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", ASKS])
    read_until(terminal, b"[y/N] ")
    os.write(terminal, typed)
    shown = read_until(terminal, told)
    _pid, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == code
    assert b"Traceback" not in shown


def read_until(terminal: int, words: bytes) -> bytes:
    """What the terminal showed up to `words`; fails when it stays silent."""
    shown = b""
    while words not in shown:
        assert select.select([terminal], [], [], WAIT_S)[0], shown
        shown += os.read(terminal, 4096)
    return shown


HEAVY = {"aiohttp", "zeroconf", "sqlite_utils", "sqlite3", "textual", "segno", "nacl"}
OTHERS = {"node.cli.sheets", "node.cli.matches", "node.control", "node.core", "node.store.board"}
"""What other commands need, or the node itself."""

IMPORTED = """
import json, sys
from node.__main__ import main
from tests.node.cli.fake_house import NEED, FakeHouse
main(["need", "list"], FakeHouse())
import node.opening
print(json.dumps(sorted(sys.modules)))
"""


def test_a_plain_command_waits_for_no_heavy_library() -> None:
    told = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, timeout=WAIT_S, check=True
    )
    modules = set(json.loads(told.stdout.splitlines()[-1]))
    assert {"node.cli.entries", "node.opening"} <= modules
    assert {name.split(".")[0] for name in modules} & HEAVY == set()
    assert modules & OTHERS == set()


def test_our_own_programs_are_ours_wherever_a_person_stands(tmp_path: Path) -> None:
    """A folder called node is nothing unusual; what is in it must not run."""
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "__main__.py").write_text("print('theirs')")
    ran = subprocess.run(
        [*python_module("node"), "--version"],
        cwd=tmp_path,
        env=own_environment(),
        capture_output=True,
        timeout=WAIT_S,
        check=True,
    )
    assert ran.stdout.startswith(b"hallway ")
