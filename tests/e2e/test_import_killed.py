"""`kill -9` of the node, or of the command, in the middle of a long import: read again, all rows
are there, and each of them once."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from node.api.requests import Status
from tests.e2e.halls import COMMAND_S, Hall, Process, halls
from tests.e2e.refusals import assert_plain

pytestmark = pytest.mark.e2e

ROWS: Final = 6_000
SOME: Final = 500
"""Rows on the disk when it happens: past the first batch, far from the last."""


@pytest.mark.parametrize("victim", ["node", "command"])
def test_an_import_that_is_killed_is_done_again(tmp_path: Path, victim: str) -> None:
    with halls(tmp_path, "Northgate Hall") as (north,):
        north.start()
        sheet = tmp_path / "needs.csv"
        sheet.write_text(a_sheet(), encoding="utf-8")

        importing = north.begin("import", str(sheet), "--yes", "--as", "AK")
        north.until(Status(), lambda status: status.needs_open > SOME)
        if victim == "node":
            end_the_node(north, importing)
        else:
            importing.kill()
            importing.communicate(timeout=COMMAND_S)
        saved = north.ask(Status()).needs_open
        assert SOME < saved < ROWS

        report = north.json("import", str(sheet), "--yes", "--as", "AK")
        assert (report["saved"], report["duplicates"]) == (ROWS - saved, saved)
        texts = [need["text"] for need in north.json("need", "list")]
        assert len(texts) == len(set(texts)) == ROWS


def end_the_node(hall: Hall, importing: Process) -> None:
    """Without a word to anyone; the command says in one sentence that it is gone."""
    hall.kill()
    out, told = importing.communicate(timeout=COMMAND_S)
    assert (importing.returncode, out) == (1, "")
    assert_plain(told)
    hall.start()


def a_sheet() -> str:
    rows = (f"FOD,Meals for table {n},{n % 9 + 1},North Street {n}" for n in range(ROWS))
    return "\n".join(["Category,Need,Quantity,Address", *rows])
