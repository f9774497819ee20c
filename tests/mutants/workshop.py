"""A scratch copy of the protocol in which mutmut works, and what it found there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mirrored import HOME, Part
from tests.mutants.survivors import Change, change_of

WORDS_ONLY: Final = r"^\s*raise \w+\("
"""Not changed: what an error says is for the log and promised to nobody."""

UNNOTICED: Final = {"survived", "no tests"}
NOTICED: Final = {"killed", "timeout", "suspicious", "caught by type check", "segfault"}

SEED: Final = "--hypothesis-seed=0"
"""The same examples in every run, so that the list of survivors stays true."""


PATIENCE: Final = 5
"""Times as long as without a change, then a change counts as noticed: it made an endless loop."""

UNSTARTED: Final = "unstarted"
"""Where a run says that it found no test at all: for mutmut it has failed, as if it had noticed."""

HURRY: Final = f"""

from pathlib import Path

import pytest
from hypothesis import Phase

settings.register_profile(
    "hurried", settings.get_profile("busy"), phases=[Phase.explicit, Phase.generate], database=None
)
settings.load_profile("hurried")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if session.testscollected == 0:
        with Path({UNSTARTED!r}).open("a", encoding="utf-8") as told:
            print(f"No test was found (pytest ended with {{exitstatus:d}}).", file=told)
            print(*session.config.args, file=told)
"""
"""Goes behind the conftest in the copy: nobody needs the smallest example of what was noticed."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """`failure`: what mutmut said when it could not do its work, empty otherwise."""

    killed: int
    survived: list[Change]
    failure: str = ""


def mutate(part: Part, workshop: Path, home: Path = HOME) -> Verdicts:
    """Change `part` in every way, in a copy of `home` inside the new folder `workshop`."""
    _copy(part, workshop, home)
    ran = _mutmut(workshop, "run", "--max-children", str(os.cpu_count() or 1))
    told = _mutmut(workshop, "results", "--all", "true")
    verdicts = dict(re.findall(r"^\s*(protocol\.\S+): (.+?)\s*$", told.stdout, re.MULTILINE))
    unknown = set(verdicts.values()) - NOTICED - UNNOTICED
    unstarted = _read_if_there(workshop / "mutants" / UNSTARTED)
    if ran.returncode != 0 or not verdicts or unknown or unstarted:
        said = [ran.stdout[-2_000:], *sorted(unknown), unstarted[:2_000]]
        return Verdicts(0, [], "\n".join(said))
    killed, survived = 0, []
    for name, verdict in verdicts.items():
        if verdict in NOTICED:
            killed += 1
        else:
            survived.append(_look_up(workshop, name))
    return Verdicts(killed, survived)


def _read_if_there(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _copy(part: Part, workshop: Path, home: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "__snapshots__")
    for room in ("protocol", "tests"):
        shutil.copytree(home / room, workshop / room, ignore=ignored)
    with (workshop / "tests" / "protocol" / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write(HURRY)
    table: dict[str, list[str] | int] = {
        "source_paths": ["protocol"],
        "only_mutate": [*part.sources],
        "do_not_mutate_patterns": [WORDS_ONLY],
        "also_copy": ["tests"],
        "timeout_multiplier": PATIENCE,
        "pytest_add_cli_args": [SEED, "-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": [*part.test_files],
    }
    # Lists of texts are the same in JSON and TOML, and numbers.
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    project = (home / "pyproject.toml").read_text(encoding="utf-8")
    (workshop / "pyproject.toml").write_text(
        "\n".join([project, "[tool.mutmut]", *lines, ""]), encoding="utf-8"
    )


def _look_up(workshop: Path, name: str) -> Change:
    """What the change of mutmut's `name` is: `protocol.codec.x_encode__mutmut_7`."""
    _, module, mangled = name.split(".")
    function = mangled.rpartition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ")
    return change_of(module, function.replace("ǁ", "."), _mutmut(workshop, "show", name).stdout)


def _mutmut(workshop: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=workshop,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
