"""Rows of what time has done to what is held, the latest time that this hall knows of, and the
first one after what was written by a clock that nobody vouched for."""

from __future__ import annotations

import sqlite3
from math import inf

from protocol.aging import Buried, Passing, Past
from protocol.ids import ObjectId, UnixMs
from protocol.limits import BURIED_MAX


def keep_passing(conn: sqlite3.Connection, passing: Passing, purged_ms: UnixMs) -> None:
    """Delete what is gone, and remember how far that went and what must not come back."""
    conn.execute(
        "UPDATE hall SET purged_ms = ?, unsure_since_ms = ?",
        [purged_ms, passing.unsure_since_ms],
    )
    conn.executemany("DELETE FROM record WHERE id = ?", [(each.id,) for each in passing.gone])
    conn.executemany(
        "INSERT OR REPLACE INTO buried VALUES (?, ?, ?)",
        [(each.object, each.version, each.until_ms) for each in passing.buried],
    )
    conn.execute("DELETE FROM buried WHERE until_ms <= ?", [purged_ms])
    conn.execute(
        "DELETE FROM buried WHERE rowid NOT IN"
        " (SELECT rowid FROM buried ORDER BY rowid DESC LIMIT ?)",
        [BURIED_MAX],
    )
    conn.executemany(
        "UPDATE record SET heard_ms = ? WHERE id = ?",
        [(heard_ms, each) for each, heard_ms in passing.reheard],
    )


def find_past(conn: sqlite3.Connection) -> Past:
    """What this hall knows of the time before."""
    row = conn.execute("SELECT purged_ms, unsure_since_ms FROM hall").fetchone()
    buried = conn.execute("SELECT object, version, until_ms FROM buried ORDER BY rowid")
    return Past(
        latest_time(conn),
        UnixMs(row["purged_ms"]),
        None if row["unsure_since_ms"] is None else UnixMs(row["unsure_since_ms"]),
        tuple(Buried(ObjectId(o), version, UnixMs(until_ms)) for o, version, until_ms in buried),
    )


def latest_time(conn: sqlite3.Connection) -> UnixMs:
    """The latest time that was put on disk here: it cannot be earlier now."""
    row = conn.execute(
        "SELECT max(coalesce((SELECT max(heard_ms) FROM record), 0),"
        " coalesce((SELECT max(at_ms) FROM event WHERE trusted), 0),"
        " coalesce((SELECT max(last_heard_ms) FROM neighbour), 0),"
        " (SELECT purged_ms FROM hall))"
    ).fetchone()
    return UnixMs(row[0])


class KnownTimes:
    """The first times that somebody vouched for, after nobody did, as they are known at `now_ms`.

    A time still to come says nothing: it was told wrong. Whenever somebody vouches for the clock
    after nobody did, a row of `event` says so (`Did.TIMED`). Each spell in which nobody knew is
    read once: what was imported in it has thousands of rows.
    """

    def __init__(self, conn: sqlite3.Connection, now_ms: int) -> None:
        self.conn = conn
        self.now_ms = now_ms
        self._spells: list[tuple[int, float, int | None]] = []
        """Its rows come after the first of these and up to the second; the third is the time."""

    def first_ms(self, n: int) -> int | None:
        """The first one of what was written from row `n` of `event` on; None: nobody has since."""
        for after, until, at_ms in self._spells:
            if after < n <= until:
                return at_ms
        spell = self._spell(n)
        if spell[1] > n:  # a row that is sure itself is no spell, and there are many
            self._spells.append(spell)
        return spell[2]

    def _spell(self, n: int) -> tuple[int, float, int | None]:
        before, first = (
            self.conn.execute(
                f"SELECT n, at_ms FROM event WHERE n {which} AND trusted = 1 AND at_ms <= ?"
                f" ORDER BY n {order} LIMIT 1",
                [n, self.now_ms],
            ).fetchone()
            for which, order in (("< ?", "DESC"), (">= ?", "ASC"))
        )
        after = 0 if before is None else before["n"]
        return (after, inf, None) if first is None else (after, first["n"], first["at_ms"])
