"""Halls of earlier versions, as text."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from node.store.connection import APPLICATION_ID
from node.store.folder import FILE_NAME

OLD_HALLS: Final = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.sql")))


def put_back(name: str, folder: Path) -> None:
    """Make `folder` the data folder of that hall."""
    script = (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / FILE_NAME)) as conn:
        conn.executescript(script)
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
