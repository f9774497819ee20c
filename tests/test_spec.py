"""protocol/SPEC.md holds together: what cites it, what it cites, and the limits that it names."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from protocol import limits
from tests.vectors.vector import OK

HOME: Final = Path(__file__).resolve().parent.parent
SPEC: Final = HOME / "protocol" / "SPEC.md"
VECTORS: Final = HOME / "protocol" / "vectors"
ROOMS: Final = ("node", "protocol", "relay", "scripts", "tests", "tui")

HEADING: Final = re.compile(r"^#{2,3} (?P<number>\d+(?:\.\d+)?) ", re.MULTILINE)
RULE: Final = re.compile(r"^\*\*(?P<number>\d+(?:\.\d+)+)\*\*", re.MULTILINE)
CITED: Final = re.compile(r"\bSPEC (\d+(?:\.\d+)*)")
SHOWN: Final = re.compile(r"\(((?:vector|test) [^()]*)\)")
LIMIT: Final = re.compile(r"^\| `?(?P<name>[A-Z][A-Z_]+)`? \| (?P<value>[\d,_]+) \|", re.MULTILINE)
UNITS: Final = {"MINUTE_MS", "HOUR_MS", "DAY_MS"}
"""What other limits are reckoned in; rules say it in words."""
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINES_THE_WORDS: Final = "1.1"
"""The one rule that names MUST without asking for anything."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What stands between one number, or heading, and the next; `number` is empty for the rest."""

    number: str
    text: str

    @property
    def shown_by(self) -> list[str]:
        groups = SHOWN.findall(_joined(self.text))
        return [each.strip() for group in groups for each in group.split(", ")]

    @property
    def demands(self) -> bool:
        return re.search(r"\bMUST\b", self.text) is not None


def _joined(text: str) -> str:
    return " ".join(text.split())


@cache
def spec() -> str:
    return SPEC.read_text(encoding="utf-8")


def rules() -> list[Rule]:
    """In order, all of the page: what stands under a heading before its first rule as well."""
    marks = sorted(
        [*HEADING.finditer(spec()), *RULE.finditer(spec())], key=lambda mark: mark.start()
    )
    ends = [*(mark.start() for mark in marks[1:]), len(spec())]
    return [
        Rule(mark["number"] if mark.re is RULE else "", spec()[mark.start() : end])
        for mark, end in zip(marks, ends, strict=True)
    ]


def numbers() -> set[str]:
    return {mark["number"] for pattern in (HEADING, RULE) for mark in pattern.finditer(spec())}


def citing() -> list[Path]:
    """Whoever may name a section: code, tests, vectors and decisions."""
    code = [path for room in ROOMS for path in (HOME / room).rglob("*.py")]
    return sorted([*code, *VECTORS.rglob("*.txt"), *(SPEC.parent / "adr").glob("*.md")])


def functions_of(path: Path) -> set[str]:
    """The tests of a file, those of a class behind its name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.name for node in tree.body if isinstance(node, _FUNCTIONS)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}::{each.name}" for each in node.body if isinstance(each, _FUNCTIONS)
            }
    return found


def exists(shown: str) -> bool:
    kind, _, name = shown.partition(" ")
    if kind == "vector":
        return (VECTORS / f"{name}.txt").is_file()
    path, _, function = name.partition("::")
    return (HOME / path).is_file() and function in functions_of(HOME / path)


def test_every_number_stands_once() -> None:
    found = [mark["number"] for pattern in (HEADING, RULE) for mark in pattern.finditer(spec())]
    assert len(found) > 100
    assert sorted(found) == sorted(set(found))


def test_a_rule_stands_in_its_section() -> None:
    section = ""
    for mark in re.finditer(
        f"{HEADING.pattern}|{RULE.pattern.replace('number', 'rule')}", spec(), re.M
    ):
        if mark["number"]:
            section = mark["number"]
        else:
            assert mark["rule"].rpartition(".")[0] == section, mark["rule"]


def test_every_section_that_is_cited_exists() -> None:
    known = numbers()
    missing = {
        f"{path.relative_to(HOME)}: SPEC {number}"
        for path in citing()
        for number in CITED.findall(path.read_text(encoding="utf-8"))
        if number not in known
    }
    assert missing == set()


def test_every_must_stands_in_a_rule() -> None:
    loose = [_joined(rule.text)[:80] for rule in rules() if rule.demands and not rule.number]
    assert loose == []


@pytest.mark.parametrize(
    "rule", [rule for rule in rules() if rule.demands], ids=lambda rule: rule.number
)
def test_every_must_says_what_shows_it(rule: Rule) -> None:
    if rule.number == DEFINES_THE_WORDS:
        return
    assert rule.shown_by != []
    last = SHOWN.split(_joined(rule.text))[-1]
    assert not re.search(r"\bMUST\b", last), "a MUST behind what shows it"


@pytest.mark.parametrize(
    "rule", [rule for rule in rules() if rule.shown_by], ids=lambda r: r.number
)
def test_what_shows_it_exists(rule: Rule) -> None:
    assert [shown for shown in rule.shown_by if not exists(shown)] == []


def said(vector: Path) -> dict[str, str]:
    """What a vector begins with: `expect`, `spec`, `comment`."""
    lines = vector.read_text(encoding="utf-8").splitlines()[:3]
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}


def shows(vector: str, rule: str) -> bool:
    """Whether the vector says itself that it shows the section of the rule."""
    sections = CITED.findall(said(VECTORS / f"{vector}.txt")["spec"])
    return any(f"{rule}.".startswith(f"{section}.") for section in sections)


@pytest.mark.parametrize(
    "rule", [rule for rule in rules() if rule.shown_by], ids=lambda r: r.number
)
def test_a_vector_names_the_sections_that_cite_it(rule: Rule) -> None:
    cited = [shown.partition(" ") for shown in rule.shown_by]
    vectors = [name for kind, _, name in cited if kind == "vector"]
    assert [name for name in vectors if not shows(name, rule.number)] == []


def section(number: int) -> str:
    return spec().partition(f"\n## {number} ")[2].partition("\n## ")[0]


def test_every_error_that_a_vector_expects_is_in_the_table_of_errors() -> None:
    rows = [line for line in section(16).splitlines() if line.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"\w+", row.split(" | ")[-1])}
    expected = {said(path)["expect"] for path in VECTORS.rglob("*.txt")}
    assert expected - {OK} <= named


def test_every_limit_is_used_by_a_rule() -> None:
    rest = spec().replace(section(17), "")
    names = {mark["name"] for mark in LIMIT.finditer(section(17))}
    assert {name for name in names if f"`{name}`" not in rest} == UNITS


def test_the_table_of_limits_is_the_code() -> None:
    table = {
        mark["name"]: int(re.sub("[,_]", "", mark["value"])) for mark in LIMIT.finditer(section(17))
    }
    assert table == {name: value for name, value in vars(limits).items() if name.isupper()}
