"""The command line run in this process on a real hall whose node is stopped."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from node.__main__ import main
from node.cli.session import House, RealHouse
from tests.node.cli.conftest import Ran

RealHallway = Callable[..., Ran]


def real_hallway(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> RealHallway:
    """Make a hall; commands are run without a terminal, `house` stands in for the real one."""
    monkeypatch.setenv("HALLWAY_DATA", str(folder))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    RealHouse().make_hall(folder, "Northgate Hall", "", "")

    def run(*arguments: str, house: House | None = None) -> Ran:
        code = main(arguments, house)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run
