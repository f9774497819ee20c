"""The command line run in this process, in a house that answers from a table."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.__main__ import main
from tests.node.cli.fake_house import FakeHouse


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def document(self) -> object:
        """The one JSON document on stdout."""
        return json.loads(self.out)


@pytest.fixture
def house() -> FakeHouse:
    return FakeHouse()


Hallway = Callable[..., Ran]


@pytest.fixture
def hallway(
    house: FakeHouse,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Hallway:
    """Run one command without a terminal."""
    monkeypatch.setenv("HALLWAY_DATA", str(tmp_path / "hall"))
    monkeypatch.setattr("sys.stdin", io.StringIO())

    def run(*arguments: str) -> Ran:
        code = main(arguments, house)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run
