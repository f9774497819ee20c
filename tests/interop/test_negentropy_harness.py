"""The harness answers the lines that the public conformance suite sends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.interop.scenarios import Said, Scenario

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


def test_a_limit_in_which_no_split_would_fit_ends_it_with_a_sentence(tmp_path: Path) -> None:
    ended = run_harness(ITEM, "seal", "initiate", limit="4095", folder=tmp_path)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1


def test_no_limit_may_be_said_as_nought(tmp_path: Path) -> None:
    items = [f"item,{time},{time:064x}" for time in range(1, 500)]
    lines = [*items, "seal", "msg,6100000200"]
    unsaid = run_harness(*lines, folder=tmp_path).stdout
    assert run_harness(*lines, limit="0", folder=tmp_path).stdout == unsaid


@contextmanager
def started(limit: int, folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, str(HARNESS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "FRAMESIZELIMIT": str(limit)},
        cwd=folder,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def tell(process: subprocess.Popen[str], *lines: str) -> None:
    assert process.stdin is not None
    process.stdin.writelines(f"{line}\n" for line in lines)
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "it ended before it answered"
    return line.strip()


@pytest.mark.parametrize("limits", [(0, 0), (4_096, 5_000)])
def test_two_of_them_find_every_difference_line_by_line(
    limits: tuple[int, int], tmp_path: Path
) -> None:
    """As the public suite starts them: each answers as soon as it is told, and what one has and
    needs is said before the message that goes on."""
    scenario = Scenario("lines", 1_000, 30, (200, 100), limits, Said(0, 0, ""))
    ours, theirs = scenario.ends()
    found: dict[str, set[str]] = {"have": set(), "need": set()}
    with started(limits[0], tmp_path) as one, started(limits[1], tmp_path) as other:
        for process, items in ((one, ours), (other, theirs)):
            tell(process, *(f"item,{created},{item_id.hex()}" for created, item_id in items))
            tell(process, "seal")
        tell(one, "initiate")
        while (line := hear(one)) != "done":
            word, _, value = line.partition(",")
            if word == "msg":
                tell(other, line)
                tell(one, hear(other))
            else:
                found[word].add(value)
    held = [{item_id.hex() for _, item_id in items} for items in (ours, theirs)]
    assert found == {"have": held[0] - held[1], "need": held[1] - held[0]}
