"""`hallway import`, on a real hall: the preview, the report, and what ends it in the middle."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from node.api.door import NodeApi, NodeGone, NodeSilent
from node.api.requests import Answer, Request
from node.api.sheets import ImportRows
from node.cli import wording
from node.cli.session import RealHouse
from node.cli.sheet_report import LISTED_MAX
from node.cli.sheets import HELD_S, ROWS_AT_FIRST, ROWS_MAX, ROWS_MIN, paced
from node.refusal import Refused, Why
from node.wording import SENTENCES
from tests.node.cli.real_hall import RealHallway, real_hallway

SHEET = """\
Needs of the week,,,,
Category,What do you need?,How many,Name,Phone
food,hot meals,40,Ana,077 123 4567
hats,a hat,1,Bo,
water,bottles,=1+1,Bo,
,,,,
FOD,hot meals,40 meals,Ana C.,+44 771234567
Total,,80,,
"""
CHANGED_NOTHING = SENTENCES[Why.NEEDS_CONFIRMATION]


@pytest.fixture
def hallway(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> RealHallway:
    return real_hallway(tmp_path / "hall", capsys, monkeypatch)


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., str]:
    def write(text: str | bytes = SHEET, name: str = "needs.csv") -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def listed(hallway: RealHallway, kind: str = "need") -> list[tuple[str, str]]:
    entries: Any = hallway(kind, "list", "--json").document
    return sorted((entry["text"], entry["state"]) for entry in entries)


def test_without_a_yes_it_shows_what_it_would_do_and_changes_nothing(
    hallway: RealHallway, sheet: Callable[..., str]
) -> None:
    ran = hallway("import", sheet(), "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.endswith(CHANGED_NOTHING + "\n")
    assert "What do you need?  text" in ran.err
    assert "row 3: need, 40 meals, FOD: hot meals; Ana, 077 123 4567\n" in ran.err
    assert "row 4: Category: There is no category “hats”" in ran.err
    counts = {"read": 2, "needs": 2, "offers": 0, "refused": 2, "left_out": 4}
    assert wording.IMPORT_COUNTS.format(**counts) in ran.err
    assert listed(hallway) == []


def test_every_row_is_reported(hallway: RealHallway, sheet: Callable[..., str]) -> None:
    ran = hallway("import", sheet(), "--yes", "--json", "--as", "AK")
    report: Any = ran.document
    assert (ran.code, ran.err) == (0, "")
    rows = report.pop("rows")
    assert report == {
        "read": 4, "saved": 1, "refused": 2, "duplicates": 1, "left_out": 4, "unlisted": 0,
        "also_quiet": [],
    }  # fmt: skip
    assert [(row["row"], row["outcome"], row["ref"]) for row in rows] == [
        (1, "left out", None),
        (2, "left out", None),
        (3, "saved", "N-1-B"),
        (4, "refused", None),
        (5, "refused", None),
        (6, "left out", None),
        (7, "duplicate", "N-1-B"),
        (8, "left out", None),
    ]
    assert [bool(row["why"]) for row in rows] == [row["outcome"] != "saved" for row in rows]
    assert rows[4]["why"].startswith("How many: “=1+1” is a formula")
    assert listed(hallway) == [("hot meals", "new")]


def test_a_person_reads_what_was_not_saved(hallway: RealHallway, sheet: Callable[..., str]) -> None:
    first, *lines = hallway("import", sheet(), "--yes").out.splitlines()
    assert first == wording.SHEET_SUMMARY[1].format(
        read=4, saved=1, duplicates=1, refused=2, left_out=4
    )
    assert [line[:6] for line in lines] == ["row 4:", "row 5:", "row 7:"]


def test_a_row_that_is_quiet_like_another_says_so(
    hallway: RealHallway, sheet: Callable[..., str]
) -> None:
    hallway("need", "add", "FOD", "soup", "--contact", "Ana, 077 123 4567", "--as", "AK")
    rows = "food,rice,Ana,077 123 4567,yes\nfood,bread,,077 123 4567,\nfood,tea,Bo,,\n"
    path = sheet("category,text,contact,phone,quiet\n" + rows)
    ran = hallway("import", path, "--yes", "--as", "AK")
    _summary, *lines = ran.out.splitlines()
    assert lines == [
        "row 3: " + wording.SHEET_QUIET_LIKE.format(like="N-2-D"),
        wording.ALSO_QUIET.format(refs="N-1-B"),
    ]
    assert "077 123" not in hallway("need", "list", "--json").out
    hallway("undo", "--as", "AK")
    document: Any = hallway("need", "list", "--json").document
    assert [each["quiet"] for each in document] == [False]


def test_the_whole_import_is_undone_by_whose_it_is(
    hallway: RealHallway, sheet: Callable[..., str]
) -> None:
    rows = "".join(f"food,rice {n},1\n" for n in range(2 * ROWS_AT_FIRST + 1))
    hallway("import", sheet("category,text,qty\n" + rows), "--yes", "--as", "AK")
    assert hallway("undo", "--as", "BO").code == 1
    assert len(listed(hallway)) == 2 * ROWS_AT_FIRST + 1
    assert hallway("undo", "--as", "AK").code == 0
    assert listed(hallway) == []


def test_what_is_guessed_can_be_said(hallway: RealHallway, sheet: Callable[..., str]) -> None:
    data = "what, if=any;colour;due\nжук;red;3/4/40\n".encode("cp1251")  # noqa: RUF001
    choices = (
        "--column", "what, if=any=text", "--column", "colour=note", "--column", "due=",
        "--category", "food", "--kind", "offer", "--encoding", "cp1251",
    )  # fmt: skip
    assert hallway("import", sheet(data), *choices, "--yes").code == 0
    assert listed(hallway, "offer") == [("жук", "new")]


def test_a_file_of_offers_is_of_offers(hallway: RealHallway, sheet: Callable[..., str]) -> None:
    file = sheet("category,text\nfood,rice\n", "Offers 2031.csv")
    assert wording.IMPORT_AS_OFFERS in hallway("import", file).err
    hallway("import", file, "--yes")
    assert (listed(hallway, "need"), listed(hallway, "offer")) == ([], [("rice", "new")])


def test_each_row_goes_to_where_it_says(hallway: RealHallway, sheet: Callable[..., str]) -> None:
    data = "Need/Offer,Category,Item\nneed,food,rice\nDonation,food,tea\nboth,food,jam\n"
    report: Any = hallway("import", sheet(data, "offers.csv"), "--yes", "--json").document
    assert (report["saved"], report["refused"]) == (2, 1)
    assert report["rows"][3]["why"].startswith("Need/Offer: “both” is neither")
    assert (listed(hallway), listed(hallway, "offer")) == ([("rice", "new")], [("tea", "new")])


def test_nothing_readable_is_nothing_to_ask_about(
    hallway: RealHallway, sheet: Callable[..., str]
) -> None:
    ran = hallway("import", sheet("category,text\nhats,x\n"))
    assert (ran.code, ran.err.splitlines()[-1]) == (1, wording.IMPORT_NOTHING)


def test_a_long_report_is_cut_and_says_so(hallway: RealHallway, sheet: Callable[..., str]) -> None:
    file = sheet("category,text\n" + "hats,x\n" * (LISTED_MAX + 5) + "food,rice\n")
    report: Any = hallway("import", file, "--yes", "--json").document
    assert (report["refused"], report["unlisted"]) == (LISTED_MAX + 5, 5)
    assert [row["row"] for row in report["rows"][-2:]] == [LISTED_MAX + 1, LISTED_MAX + 7]


class _Ends(RealHouse):
    """A house whose node ends when it is given the third batch."""

    def __init__(self, how: BaseException) -> None:
        self._how = how

    @asynccontextmanager
    async def open_node(self, data: Path) -> AsyncIterator[NodeApi]:
        async with super().open_node(data) as node:
            yield _Ending(node, self._how)  # type: ignore[misc]


class _Ending:
    def __init__(self, node: NodeApi, how: BaseException) -> None:
        self._node, self._how, self._batches = node, how, 0

    async def call(self, request: Request[Answer], *, initials: str = "") -> Answer:
        self._batches += isinstance(request, ImportRows)
        if self._batches == 3:
            raise self._how
        return await self._node.call(request, initials=initials)

    def now_ms(self) -> int:
        return self._node.now_ms()


@pytest.mark.parametrize(
    ("sent", "took_s", "follow"),
    [
        (40, HELD_S, 40),
        (120, 2 * HELD_S, 60),
        (40, HELD_S / 1.5, 60),
        (40, HELD_S / 100, 80),
        (150, HELD_S / 100, ROWS_MAX),
        (40, 100 * HELD_S, ROWS_MIN),
        (40, 0.0, 80),
    ],
)
def test_as_many_rows_follow_as_hold_the_node_up_for_a_moment(
    sent: int, took_s: float, follow: int
) -> None:
    assert paced(sent, took_s) == follow


@pytest.mark.parametrize(
    ("how", "code", "why"),
    [
        (KeyboardInterrupt(), 130, wording.INTERRUPTED),
        (NodeGone("gone"), 1, wording.NODE_GONE),
        (NodeSilent(4711), 1, wording.NODE_QUIET),
        (Refused(Why.DISK_FAILED, folder="F", problem="full"), 1, "Nothing was saved, the disk"),
    ],
)
def test_what_ends_in_the_middle_is_gone_on_with(
    hallway: RealHallway, sheet: Callable[..., str], how: BaseException, code: int, why: str
) -> None:
    rows = "".join(f"food,rice {n}\n" for n in range(3 * ROWS_AT_FIRST))
    file = sheet("category,text\n" + rows)
    ran = hallway("import", file, "--yes", "--json", house=_Ends(how))
    assert (ran.code, ran.out) == (code, "")
    assert f"saved: {2 * ROWS_AT_FIRST}" in ran.err
    assert why in ran.err
    assert len(listed(hallway)) == 2 * ROWS_AT_FIRST
    report: Any = hallway("import", file, "--yes", "--json").document
    assert (report["saved"], report["duplicates"]) == (ROWS_AT_FIRST, 2 * ROWS_AT_FIRST)
    assert len(listed(hallway)) == 3 * ROWS_AT_FIRST


@pytest.mark.parametrize(
    ("typed", "code", "told"),
    [
        (["{missing}"], 1, "There is no file"),
        (["{folder}"], 1, "is no file that can be read twice"),
        (["{pipe}"], 1, "is no file that can be read twice"),
        ([""], 1, wording.FILE_NOT_NAMED),
        (["{file}", "--kind", "wish"], 1, "neither a need nor an offer"),
        (["{file}", "--category", "hats"], 1, "no category “hats”"),
        (["{file}", "--encoding", "rot13"], 1, "no encoding “rot13”"),
        (["{file}", "--column", "colour=text"], 1, "no column “colour”"),
        (["{file}", "--column", "Name=hat"], 1, "nothing that a column can hold"),
        (["{file}", "--column", "Name"], 2, "does not say what a column holds"),
        (["{file}", "--day-first", "--month-first"], 2, wording.DAY_OR_MONTH),
    ],
)
def test_bad_input_is_one_sentence(
    hallway: RealHallway,
    sheet: Callable[..., str],
    tmp_path: Path,
    typed: list[str],
    code: int,
    told: str,
) -> None:
    os.mkfifo(tmp_path / "pipe")
    places = {
        "missing": str(tmp_path / "missing"),
        "folder": str(tmp_path),
        "pipe": str(tmp_path / "pipe"),
        "file": sheet(),
    }
    ran = hallway("import", *(each.format(**places) for each in typed), "--yes", "--json")
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert ran.err.count("\n") == 1
    assert listed(hallway) == []


def test_a_file_that_changed_while_it_was_looked_at_is_not_saved(
    hallway: RealHallway, sheet: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sheet()

    def changed(*_plan: object, yes: bool) -> None:
        Path(file).write_text("category,text\nfood,other\n", encoding="utf-8")

    monkeypatch.setattr("node.cli.sheets.confirm", changed)
    ran = hallway("import", file)
    assert (ran.code, ran.err) == (1, wording.FILE_CHANGED.format(file=file) + "\n")
    assert listed(hallway) == []


def test_nothing_in_a_sheet_acts_on_the_screen(
    hallway: RealHallway, sheet: Callable[..., str]
) -> None:
    file = sheet("category,text,\x1b[31mred\nfood,\x1b]0;t\x07x,y\nhats\x1b[2J,y,[bold]z[/]\n")
    for ran in (hallway("import", file), hallway("import", file, "--yes")):
        assert "\x1b" not in ran.out + ran.err
        assert "\x07" not in ran.out + ran.err
    assert "\\u001b" not in json.dumps(hallway("import", file, "--yes", "--json").document)
