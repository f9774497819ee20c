"""What mutmut says is believed only where the tests could run: with it, and in each change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mirrored import HOME, Part
from tests.mutants.survivors import Change
from tests.mutants.workshop import mutate

PART = Part("doubling", ("doubling",), ("test_doubling",))
SOURCE = """\
def double(number):
    return number + number
"""
TEST = """\
from protocol.doubling import double


def test_double():
    assert double(2) == 4
"""
BLIND = """\
from protocol.doubling import double


def test_double():
    assert double(0) == 0
"""
NAMED_BY_WHAT_IS_CHANGED = """\
from protocol.doubling import double


def pytest_generate_tests(metafunc):
    metafunc.parametrize("doubled", [double(2)])


def test_double(doubled):
    assert doubled
"""


def home_with(test: str, home: Path) -> Path:
    """A project of one small part, with `test` as its only test module."""
    for room in ("protocol", "tests/protocol"):
        (home / room).mkdir(parents=True)
    for package in ("protocol", "tests", "tests/protocol"):
        (home / package / "__init__.py").touch()
    (home / "pyproject.toml").touch()
    (home / "protocol" / "doubling.py").write_text(SOURCE, encoding="utf-8")
    conftest = (HOME / "tests" / "protocol" / "conftest.py").read_text(encoding="utf-8")
    (home / "tests" / "protocol" / "conftest.py").write_text(conftest, encoding="utf-8")
    (home / "tests" / "protocol" / "test_doubling.py").write_text(test, encoding="utf-8")
    return home


def test_a_change_that_is_noticed_is_counted(tmp_path: Path) -> None:
    verdicts = mutate(PART, tmp_path / "workshop", home_with(TEST, tmp_path / "home"))
    assert (verdicts.killed, verdicts.survived, verdicts.failure) == (1, [], "")


def test_a_change_that_is_not_noticed_is_told(tmp_path: Path) -> None:
    verdicts = mutate(PART, tmp_path / "workshop", home_with(BLIND, tmp_path / "home"))
    change = Change("doubling", "double", "return number + number", "return number - number")
    assert (verdicts.killed, verdicts.survived, verdicts.failure) == (0, [change], "")


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (TEST.replace("== 4", "== 5"), "assert 4 == 5"),
        (TEST.replace("import double", "import halve"), "cannot import name 'halve'"),
        (TEST.replace("def test", "def no_test"), "No test was found"),
        (NAMED_BY_WHAT_IS_CHANGED, "No test was found (pytest ended with 4)"),
    ],
    ids=["fails", "breaks", "has none", "finds none where it is changed"],
)
def test_tests_that_cannot_run_notice_nothing(test: str, said: str, tmp_path: Path) -> None:
    verdicts = mutate(PART, tmp_path / "workshop", home_with(test, tmp_path / "home"))
    assert (verdicts.killed, verdicts.survived) == (0, [])
    assert said in verdicts.failure
