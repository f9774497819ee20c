"""What a refusal looks like: one plain sentence, an exit code above 0, and a hall as it was."""

from __future__ import annotations

import re
import sqlite3
import string
from contextlib import closing
from typing import Final

from node.cli import wording
from node.refusal import Why
from node.wording import SENTENCES
from tests.e2e.halls import Hall, Ran, until

LONG: Final = "forty hot meals " * 6_400
"""About 100 kB: a command line takes 128 KiB in one argument on Linux."""


def contents(hall: Hall) -> list[str]:
    """All that a hall's folder holds, once its node writes nothing by itself any more."""
    held = _held(hall)

    def unchanged() -> list[str] | None:
        nonlocal held
        before, held = held, _held(hall)
        return held if held == before else None

    return until(unchanged, f"{hall.name}: its node comes to rest")


def _held(hall: Hall) -> list[str]:
    """All that its database holds, and which other files there are."""
    with closing(sqlite3.connect(f"file:{hall.folder}/hallway.db?mode=ro", uri=True)) as conn:
        dumped = list(conn.iterdump())
    passing = {"hallway.db-wal", "hallway.db-shm"}
    return dumped + sorted({path.name for path in hall.folder.iterdir()} - passing)


def assert_refused(ran: Ran, why: Why | None, code: int = 1) -> None:
    """One plain sentence, of the reason expected, and nothing for a script to take as an answer."""
    assert ran.returncode == code, ran.stderr
    assert ran.stdout == ""
    assert_plain(ran.stderr)
    if why is not None:
        assert worded(why).fullmatch(ran.stderr.strip()), ran.stderr


def assert_plain(told: str) -> None:
    assert told.count("\n") == 1, told
    assert re.fullmatch(r"[“\w-].*[.?]\n", told), told
    assert len(told) < 320
    assert "Traceback" not in told
    assert wording.BUG.split(";")[0] not in told
    assert told.rstrip("\n").isprintable()


def worded(why: Why) -> re.Pattern[str]:
    """The catalogue's sentence, with anything where it has a fact."""
    parsed = string.Formatter().parse(SENTENCES[why])
    return re.compile(
        "".join(re.escape(text) + (".*" if name else "") for text, name, *_ in parsed)
    )
