"""A spreadsheet someone else made: what is readable is read, all else is named by row with why."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from node.desk.sheet_writing import MARK
from node.refusal import Why
from node.wording import SENTENCES
from tests.e2e.horrors import BLOCK, MILLION, head, lines
from tests.node.cli.real_hall import RealHallway, real_hallway

pytestmark = pytest.mark.e2e

BLOCKS: Final = 60
HEAD: Final = 4
REFUSED: Final = {
    2: "Needed by: ",
    3: "Category: There is no category “hats”",
    5: "How many: “=1+1” is a formula",
    6: SENTENCES[Why.SHEET_QUOTE_OPEN],
    8: "The row has 9 cells where 7 have a name",
}
"""What is refused of each block, by its line in it, and how the sentence begins."""
READ: Final = {0, 1, 4, 7, 11}


@pytest.fixture
def hallway(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> RealHallway:
    return real_hallway(tmp_path / "hall", capsys, monkeypatch)


def test_a_spreadsheet_of_horrors(hallway: RealHallway, tmp_path: Path) -> None:
    file = tmp_path / "needs from the town.csv"
    today = datetime.now(UTC).date()
    file.write_bytes(b"\r\n".join([*head(), *lines(BLOCKS, today), MILLION]))

    shown = hallway("import", str(file))
    assert (shown.code, shown.out) == (1, "")
    assert hallway("need", "list", "--json").document == []

    ran = hallway("import", str(file), "--yes", "--json", "--as", "AK")
    report: Any = ran.document
    assert (ran.code, ran.err) == (0, "")
    assert report["saved"] == len(READ) * BLOCKS
    assert report["refused"] == len(REFUSED) * BLOCKS + 1
    assert report["left_out"] == HEAD + 2 * BLOCKS
    assert report["duplicates"] == report["unlisted"] == 0
    assert [row["row"] for row in report["rows"]] == list(range(1, HEAD + BLOCK * BLOCKS + 2))
    for row in report["rows"][HEAD:-1]:
        place = (row["row"] - 1 - HEAD) % BLOCK
        assert (row["outcome"] == "saved") == (place in READ)
        assert row["why"].startswith(REFUSED.get(place, ""))
    assert report["rows"][-1]["why"].endswith("say it in fewer words.")

    entries: Any = hallway("need", "list", "--json").document
    assert {entry["state"] for entry in entries} == {"new"}
    words = Counter(entry["text"].rpartition(" ")[0] for entry in entries)
    assert words["grüne Bohnen"] == words["für größere ☕"] == words["short"] == BLOCKS

    out = tmp_path / "out.csv"
    assert hallway("export", "needs", "--to", str(out)).code == 0
    rows = csv.DictReader(out.read_text(encoding="utf-8").removeprefix(MARK).splitlines())
    texts = [row["text"] for row in rows]
    assert sum(text.startswith("'=HYPERLINK") for text in texts) == BLOCKS
    assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)

    assert hallway("undo", "--as", "AK").code == 0
    assert hallway("need", "list", "--json").document == []
