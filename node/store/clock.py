"""What a person here has said about the time: kept for as long as the machine stays on."""

from __future__ import annotations

import sqlite3

from protocol.clock import Word
from protocol.ids import UnixMs


def set_word(conn: sqlite3.Connection, word: Word, boot: str) -> None:
    """`boot` names the start of the machine that the word's boot-time clock counts from."""
    conn.execute(
        "UPDATE hall SET told_ms = ?, told_boot_ms = ?, told_boot = ?",
        [word.time_ms, word.boot_ms, boot],
    )


def delete_word(conn: sqlite3.Connection) -> None:
    conn.execute("UPDATE hall SET told_ms = NULL, told_boot_ms = NULL, told_boot = NULL")


def find_word(conn: sqlite3.Connection, boot: str) -> Word | None:
    """The last word, if it was said since `boot`. Where no system names that, nobody can tell."""
    row = conn.execute("SELECT told_ms, told_boot_ms, told_boot FROM hall").fetchone()
    if row["told_ms"] is None or not boot or row["told_boot"] != boot:
        return None
    return Word(UnixMs(row["told_ms"]), row["told_boot_ms"])
