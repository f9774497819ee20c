"""The picture in the README is the board as it is."""

import os
import re
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
PICTURE = HOME / "docs" / "board.svg"

DRAW_S = 120
"""Drawing takes two seconds; a busy machine takes its time."""

NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
"""Says what kind of file it is (SVG 2, section 5.1); nothing is ever fetched from there."""


def test_the_picture_is_the_board(tmp_path: Path) -> None:
    drawn = tmp_path / "board.svg"
    done = subprocess.run(
        [sys.executable, str(HOME / "scripts" / "picture.py"), str(drawn)],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        timeout=DRAW_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    same = drawn.read_bytes() == PICTURE.read_bytes()
    assert same, "docs/board.svg shows an older board: run scripts/picture, and look at it"


def test_looking_at_the_picture_fetches_nothing() -> None:
    svg = PICTURE.read_text(encoding="utf-8")
    assert NAMESPACE in svg
    assert "://" not in svg.replace(NAMESPACE, "")
    assert re.search(r"url\((?!#)|@import|@font-face|href|<script", svg) is None
