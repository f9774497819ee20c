"""`hallway export`, on a real hall: into a file or printed, and back again."""

from __future__ import annotations

import csv
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from node.cli import wording
from node.desk.sheet_writing import MARK
from tests.node.cli.real_hall import RealHallway, real_hallway

FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\uff1d1+1")
COLUMNS = (
    "ref,kind,state,because,category,text,qty,unit,received,promised,by,at,danger,standing,every,"
    "channel"
)


@pytest.fixture
def hallway(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> RealHallway:
    return real_hallway(tmp_path / "hall", capsys, monkeypatch)


def add(hallway: RealHallway, text: str, *more: str, kind: str = "need") -> str:
    entry: Any = hallway(kind, "add", "FOD", text, "--json", *more).document
    return str(entry["ref"])


def test_printed_it_is_a_spreadsheet(hallway: RealHallway) -> None:
    ref = add(
        hallway, "Rice, brown", "--qty", "2.5", "--unit", "kg", "--contact", "Ana", "--danger"
    )
    ran = hallway("export", "needs")
    head, row = csv.reader(ran.out.splitlines())
    assert head == COLUMNS.split(",")
    told = dict(zip(head, row, strict=True))
    assert (told["ref"], told["text"], told["qty"]) == (ref, "Rice, brown", "2.5")
    assert (told["danger"], told["standing"], told["state"]) == ("yes", "", "open")
    assert (ran.code, ran.err) == (0, "")


def test_with_json_it_is_one_document(hallway: RealHallway) -> None:
    ref = add(hallway, "Rice", kind="offer")
    report: Any = hallway("export", "offers", "--json").document
    assert [(row["ref"], row["qty"]) for row in report["rows"]] == [(ref, 1)]
    assert (report["read"], report["saved"], report["refused"]) == (1, 1, 0)
    none = {"read": 0, "saved": 0, "refused": 0, "rows": []}
    assert hallway("export", "needs", "--json").document == none


def test_no_formula_is_live_in_a_spreadsheet(hallway: RealHallway, tmp_path: Path) -> None:
    for formula in FORMULAS:
        hallway("need", "add", "--", "FOD", formula)
    file = tmp_path / "needs.csv"
    hallway("export", "needs", "--to", str(file))
    text = file.read_text(encoding="utf-8")
    assert text.startswith(MARK + "ref,")
    rows = list(csv.DictReader(text.removeprefix(MARK).splitlines()))
    assert [row["text"] for row in rows] == [f"'{formula}" for formula in FORMULAS]


def test_what_is_exported_is_imported_as_it_was(
    hallway: RealHallway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = (
        "--contact", "Ana, 077 123 4567", "--note", "=2", "--consent", "yes", "--behalf", "Bo",
        "--household", "2", "--diet", "none", "--access", "stairs", "--language", "fr", "--ring",
        "at 5", "--safe", "-text", "--limits", "@home", "--zone", "North", "--by", "20h",
    )  # fmt: skip
    add(hallway, '\'Rice; "brown"', "--qty", "2.5", "--unit", "kg", "--danger", *said)
    add(hallway, "=Van", "--every", "3 days", "--channel", "phone", kind="offer")
    add(hallway, "+Bus", "--standing", kind="offer")
    files = [str(tmp_path / f"{kind}.csv") for kind in ("needs", "offers")]
    for kind, file in zip(("needs", "offers"), files, strict=True):
        assert hallway("export", kind, "--private", "--hxl", "--to", file).code == 0
    before = [_rows(hallway, kind) for kind in ("needs", "offers")]
    monkeypatch.undo()
    other = tmp_path / "other"
    monkeypatch.setenv("HALLWAY_DATA", str(other))
    hallway("init", "--name", "Other")
    for file in files:
        assert hallway("import", file, "--yes").code == 0
    after = [_rows(hallway, kind) for kind in ("needs", "offers")]
    kept = {"state", "written", "initials"}
    assert [_without(kept, rows) for rows in after] == [_without(kept, rows) for rows in before]


def _rows(hallway: RealHallway, kind: str) -> Any:
    report: Any = hallway("export", kind, "--private", "--json").document
    return report["rows"]


def _without(names: set[str], rows: Any) -> list[dict[str, Any]]:
    return [{name: row[name] for name in row if name not in names} for row in rows]


def test_private_only_if_asked_and_then_it_is_said(hallway: RealHallway, tmp_path: Path) -> None:
    add(hallway, "Rice", "--contact", "Ana 077 123 4567", "--zone", "North", "--note", "stairs")
    add(hallway, "Milk", "--contact", "Hidden Person", "--quiet")
    public, private = tmp_path / "public.jsonl", tmp_path / "private.jsonl"
    assert hallway("export", "all", "--to", str(public)).err == ""
    ran = hallway("export", "all", "--private", "--to", str(private), "--json")
    assert ran.err == wording.EXPORT_PRIVATE + "\n"
    report = {"read": 4, "saved": 4, "refused": 0, "file": str(private), "private": True}
    assert ran.document == report
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    words = ("Ana", "North", "stairs")
    assert not any(each in public.read_text(encoding="utf-8") for each in (*words, "Hidden"))
    assert all(each in private.read_text(encoding="utf-8") for each in words)
    assert "Hidden" not in private.read_text(encoding="utf-8")


def test_a_text_that_looks_personal_is_counted(hallway: RealHallway) -> None:
    ref = add(hallway, "Call 077 123 4567")
    add(hallway, "Rice")
    told = wording.EXPORT_PERSONAL[0].format(count=1, refs=ref)
    assert hallway("export", "needs").err == told + "\n"


def test_all_is_json_lines_of_everything(hallway: RealHallway) -> None:
    need, offer = add(hallway, "Rice"), add(hallway, "Rice", kind="offer")
    match: Any = hallway("match", need, offer, "--json").document
    hallway("pass", add(hallway, "Milk", "--qty", "3"), "--yes")
    hallway("need", "close", add(hallway, "Bread"), "--because", "met")
    rows = [json.loads(line) for line in hallway("export", "all").out.splitlines()]
    types = {row["type"] for row in rows}
    assert types == {"need", "offer", "match", "event", "overflow"}
    assert [row["ref"] for row in rows if row["type"] == "match"] == [match["ref"]]
    assert [row["state"] for row in rows if row["type"] == "need"][-1] == "closed"
    overflow = next(row for row in rows if row["type"] == "overflow")
    assert (overflow["text"], overflow["pledges"]) == ("Milk", [])


def test_overflows_are_a_spreadsheet_too(hallway: RealHallway) -> None:
    hallway("pass", add(hallway, "Milk", "--qty", "3"), "--yes")
    head, tags, row = csv.reader(hallway("export", "overflow", "--hxl").out.splitlines())
    told = dict(zip(head, row, strict=True))
    assert (told["text"], told["qty"], told["state"]) == ("Milk", "3", "open")
    assert all(tag.startswith("#") for tag in tags)
    assert told["until"].endswith("Z")


def test_a_file_that_is_there_makes_way_only_with_a_yes(
    hallway: RealHallway, tmp_path: Path
) -> None:
    add(hallway, "Rice")
    file = tmp_path / "needs.csv"
    file.write_text("old", encoding="utf-8")
    ran = hallway("export", "needs", "--to", str(file), "--json")
    assert (ran.code, ran.out, file.read_text(encoding="utf-8")) == (1, "", "old")
    assert hallway("export", "needs", "--to", str(file), "--yes").code == 0
    assert "Rice" in file.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hall", "needs.csv"]


@pytest.mark.parametrize(
    ("typed", "code", "told"),
    [
        (["hats"], 2, "“hats” is no list"),
        (["needs", "--format", "xlsx"], 2, "“xlsx” is no format"),
        (["all", "--format", "csv"], 2, wording.EXPORT_ALL_CSV),
        (["all", "--hxl"], 2, wording.EXPORT_HXL_JSONL),
        (["all", "--to", "{folder}/x.csv"], 2, wording.EXPORT_ALL_CSV),
        (["all", "--to", "{folder}/x.CSV", "--format", "jsonl"], 2, "ends like csv"),
        (["needs", "--to", "{folder}/x.csv", "--format", "jsonl"], 2, "--format says jsonl"),
        (["needs", "--to", "{folder}/x.ndjson", "--format", "csv"], 2, "ends like jsonl"),
        (["needs", "--to", "{folder}/x.xlsx"], 2, "neither csv nor jsonl"),
        (["all", "--to", "{folder}/x.json", "--format", "jsonl"], 2, "neither csv nor jsonl"),
        (["needs", "--to", ""], 1, ""),
        (["needs", "--to", "/nowhere/needs.csv"], 1, "cannot be written"),
        (["needs", "--to", os.devnull, "--yes"], 1, "cannot be written"),
    ],
)
def test_bad_input_is_one_sentence(
    hallway: RealHallway, tmp_path: Path, typed: list[str], code: int, told: str
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    ran = hallway("export", *(each.format(folder=folder) for each in typed), "--json")
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert ran.err.count("\n") == 1
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "format_", "begins"),
    [
        ("needs.csv", [], "\ufeff"),
        ("needs.CSV", ["--format", "csv"], "\ufeff"),
        ("needs", [], "\ufeff"),
        ("needs.JSONL", [], "{"),
        ("needs.txt", ["--format", "jsonl"], "{"),
    ],
)
def test_the_format_is_as_the_file_is_called(
    hallway: RealHallway, tmp_path: Path, name: str, format_: list[str], begins: str
) -> None:
    hallway("need", "add", "food", "rice")
    assert hallway("export", "needs", "--to", str(tmp_path / name), *format_).code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
