"""What the README says can be typed, pressed and opened."""

import os
import re
import shlex
from contextlib import suppress
from pathlib import Path

import pytest

from node.cli.parser import HelpAsked
from node.cli.run import command_line
from tui import keys, wording
from tui.keys import Key

HOME = Path(__file__).resolve().parent.parent
README = (HOME / "README.md").read_text(encoding="utf-8")

SYSTEM = {"cd", "git", "rm", "sudo"}
"""What every system has, the first two lines of the README at the latest."""

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)]+)\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
QUOTED = re.compile(r"“([^”]+)”")
KEY = re.compile(r"<kbd>([^<]+)</kbd>(?: \*([^*]+)\*)?")


def pressed() -> set[tuple[str, str]]:
    """Every key that is named, with what it is called there, or nothing."""
    return {(shown, " ".join(label.split())) for shown, label in KEY.findall(README)}


def typed() -> list[str]:
    """All command lines: those that stand in blocks, and those within sentences."""
    lines = [line for block in BLOCK.findall(README) for line in block.splitlines()]
    return lines + [span for span in SPAN.findall(README) if span.startswith(("hallway ", "./"))]


def named_files() -> list[str]:
    """Links, and what is written as a path of this folder."""
    paths = [span for span in SPAN.findall(README) if re.fullmatch(r"[\w.-]+/[\w./-]*", span)]
    return LINK.findall(README) + [path for path in paths if not path.startswith("./")]


def checks() -> set[str]:
    """The names that `check` knows, by its own two lists."""
    lists = re.findall(r'^(?:every|long)="([^"]+)"', (HOME / "check").read_text(), re.MULTILINE)
    assert len(lists) == 2
    return {name for line in lists for name in line.split()}


def shown_keys() -> dict[str, set[str]]:
    """Every key as the screen writes it, with what it is called there."""
    found: dict[str, set[str]] = {}
    for table in vars(keys).values():
        rows = table if isinstance(table, tuple) else (table,)
        for key in rows:
            if isinstance(key, Key):
                found.setdefault(key.shown, set()).add(key.label)
    return found


def quoted() -> set[str]:
    """What the README says that the screen says."""
    return {" ".join(words.split()) for words in QUOTED.findall(FENCED.sub("", README))}


def said(value: object) -> set[str]:
    """Every text in a catalogue, however it is tabled there."""
    match value:
        case str():
            return {value}
        case tuple():
            return set().union(*map(said, value))
        case dict():
            return said(tuple(value.values()))
        case _:
            return set()


def test_there_is_something_to_check() -> None:
    assert {"./hallway", "./check", "./hallway demo"} <= set(typed())
    assert {"docs/board.svg", "CONTRIBUTING.md", "protocol/adr/", "tui/"} <= set(named_files())
    assert "Give a code to the other hall" in quoted()
    assert {"n", "p", "ctrl+s"} <= {shown for shown, _label in pressed()}


@pytest.mark.parametrize("line", sorted(set(typed())))
def test_a_command_line_exists(line: str) -> None:
    program, *arguments = shlex.split(line, comments=True)
    if program == "sh":
        program, *arguments = arguments
    match program.removeprefix("./"):
        case "hallway":
            with suppress(HelpAsked):
                command_line().parse(arguments)
        case "check":
            assert set(arguments[:1]) <= checks()
        case script if script.startswith("scripts/"):
            assert os.access(HOME / script, os.X_OK)
        case other:
            assert other in SYSTEM


@pytest.mark.parametrize("path", sorted(set(named_files())))
def test_a_file_is_there(path: str) -> None:
    assert "://" not in path
    assert (HOME / path).exists()


@pytest.mark.parametrize(("shown", "label"), sorted(pressed()))
def test_a_key_does_what_it_is_called(shown: str, label: str) -> None:
    assert shown in shown_keys()
    assert not label or label in shown_keys()[shown]


@pytest.mark.parametrize("words", sorted(quoted()))
def test_quoted_words_stand_on_the_screen(words: str) -> None:
    assert words in said(tuple(vars(wording).values()))
