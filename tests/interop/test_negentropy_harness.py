"""The harness answers the lines that the public conformance suite sends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HARNESS = Path(__file__).with_name("negentropy_harness.py")
ITEM = f"item,12345,{'ee' * 32}"


def run_harness(*lines: str, limit: str = "", folder: Path) -> subprocess.CompletedProcess[str]:
    """Send lines to a harness started in a foreign folder, until it ends."""
    return subprocess.run(
        [sys.executable, str(HARNESS)],
        input="".join(line + "\n" for line in lines),
        env={**os.environ, "FRAMESIZELIMIT": limit},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_newer_version_is_answered_with_ours_and_can_go_down_to_it(tmp_path: Path) -> None:
    ended = run_harness(ITEM, "seal", "msg,62aabbccddeeff", "msg,6100000200", folder=tmp_path)
    assert ended.stdout.splitlines() == ["msg,61", "msg,6100000201" + "ee" * 32]


def test_an_initiator_says_what_it_has_and_needs_and_that_it_is_done(tmp_path: Path) -> None:
    answer = "msg,6100000201" + "dd" * 32
    ended = run_harness(ITEM, "seal", "initiate", answer, folder=tmp_path)
    assert ended.stdout.splitlines() == [
        "msg,6100000201" + "ee" * 32,
        "have," + "ee" * 32,
        "need," + "dd" * 32,
        "done",
    ]


def test_answers_keep_to_the_frame_limit(tmp_path: Path) -> None:
    items = [f"item,{time},{time:064x}" for time in range(1, 500)]
    question = "msg,6100000200"
    free = run_harness(*items, "seal", question, folder=tmp_path).stdout
    limited = run_harness(*items, "seal", question, limit="4096", folder=tmp_path).stdout
    assert len(free) > 2 * 499 * 32
    assert 2 * 3_000 < len(limited) <= 2 * 4_096 + len("msg,\n")


def test_a_line_that_is_none_ends_it_with_a_sentence(tmp_path: Path) -> None:
    for lines in (
        ["hello"],
        ["initiate"],
        ["seal", "msg,6g"],
        ["seal", "msg,61ff"],
        ["item,1,aa", "seal"],
    ):
        ended = run_harness(*lines, folder=tmp_path)
        assert ended.returncode == 1
        assert len(ended.stderr.splitlines()) == 1
