"""Reference numbers that this device has given out, and those that it has printed on slips."""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from node.desk.blocks import dealt
from node.desk.entries import written
from node.desk.references import Kind, make, parse
from node.refusal import Refused, Why


class Use(StrEnum):
    """What the numbers of a block are for."""

    DESK = "desk"
    PAPER = "paper"


def next_reference(conn: sqlite3.Connection, kind: Kind) -> str:
    """A reference that was never given out before, nor printed."""
    (ref,) = _take(conn, kind, Use.DESK, 1)
    return ref


def next_references(conn: sqlite3.Connection, kind: Kind, count: int) -> list[str]:
    """`count` of them."""
    refs: list[str] = []
    while len(refs) < count:
        refs += _take(conn, kind, Use.DESK, count - len(refs))
    return refs


def print_references(conn: sqlite3.Connection, kind: Kind, count: int) -> tuple[str, ...]:
    """`count` references for slips: the desk gives out none of them by itself.

    Where the desk has none yet, it is dealt its block first, for the shortest are said most often.
    """
    ordinal = _ordinal(conn)
    if _in_use(conn, kind, Use.DESK, ordinal) is None:
        _deal(conn, kind, Use.DESK, ordinal)
    refs: tuple[str, ...] = ()
    while len(refs) < count:
        refs += _take(conn, kind, Use.PAPER, count - len(refs))
    return refs


def take_reference(conn: sqlite3.Connection, kind: Kind, typed: str) -> str:
    """The reference that stands on a slip of ours, for what was written down on it.

    Raises Refused like `written`, and with SLIP_NOT_PRINTED or SLIP_USED.
    """
    ref = written(typed, kind)
    number = parse(ref)[1].number
    is_printed = conn.execute(
        "SELECT 1 FROM block WHERE letter = ? AND use = ? AND first <= ? AND next > ?",
        [kind, Use.PAPER, number, number],
    ).fetchone()
    if not is_printed:
        raise Refused(Why.SLIP_NOT_PRINTED, ref=ref)
    if conn.execute("SELECT 1 FROM entry WHERE ref = ?", [ref]).fetchone():
        raise Refused(Why.SLIP_USED, ref=ref)
    return ref


def _take(conn: sqlite3.Connection, kind: Kind, use: Use, count: int) -> tuple[str, ...]:
    """As many of `count` as the block has left that is in use, or a new one; at least one."""
    ordinal = _ordinal(conn)
    row = _in_use(conn, kind, use, ordinal) or _deal(conn, kind, use, ordinal)
    first, last, number = row
    end = min(last + 1, number + count)
    conn.execute("UPDATE block SET next = ? WHERE letter = ? AND first = ?", [end, kind, first])
    return tuple(make(kind, each) for each in range(number, end))


def _ordinal(conn: sqlite3.Connection) -> int:
    row = conn.execute("SELECT coalesce(max(ordinal), 0) FROM hall").fetchone()
    ordinal: int = row[0]
    return ordinal


def _in_use(
    conn: sqlite3.Connection, kind: Kind, use: Use, ordinal: int
) -> tuple[int, int, int] | None:
    """First, last and next number of the block that has some left; None: a new one is due."""
    row = conn.execute(
        "SELECT first, last, next FROM block WHERE letter = ? AND use = ? AND ordinal = ?"
        " AND next <= last ORDER BY first LIMIT 1",
        [kind, use, ordinal],
    ).fetchone()
    return tuple(row) if row else None


def _deal(conn: sqlite3.Connection, kind: Kind, use: Use, ordinal: int) -> tuple[int, int, int]:
    """A new block's first, last and next number."""
    block = dealt(ordinal, _highest_known(conn, kind))
    conn.execute(
        "INSERT INTO block (letter, first, last, next, ordinal, use) VALUES (?, ?, ?, ?, ?, ?)",
        [kind, block.first, block.last, block.first, ordinal, use],
    )
    return block.first, block.last, block.first


def _highest_known(conn: sqlite3.Connection, kind: Kind) -> int:
    """The highest number of this letter that stands in a block, or in an event of any device."""
    row = conn.execute(
        "SELECT max(coalesce((SELECT max(last) FROM block WHERE letter = ?1), 0),"
        " coalesce((SELECT max(CAST(substr(about, 3) AS INTEGER)) FROM event"
        " WHERE +about >= ?1 || '-' AND +about < ?1 || '.' AND n >= ?2), 0))",
        [kind, _counted_before(conn, kind)],
    ).fetchone()
    highest: int = row[0]
    return highest


def _counted_before(conn: sqlite3.Connection, kind: Kind) -> int:
    """The number of an event: all before it were counted when an earlier block was dealt. With
    100,000 of them, an import would count them a thousand times."""
    rows = conn.execute(
        "SELECT first FROM block WHERE letter = ? AND use = ? ORDER BY first DESC LIMIT 4",
        [kind, Use.DESK],
    ).fetchall()
    for row in rows:
        n = conn.execute(
            "SELECT min(n) FROM event WHERE about = ?", [make(kind, row[0])]
        ).fetchone()[0]
        if n is not None:
            return int(n)
    return 0
