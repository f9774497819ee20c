"""The search of the other halls' files finds what is there, and says so when it is blind."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.cli import story
from node.cli.aftermath import holds_private, search_files
from node.cli.output import NotDone
from node.cli.scratch import ScratchHall
from node.cli.stage import Stage
from tests.node.cli.fake_house import FakeHouse

CAME = {"Eastside": story.NEED, "Mill Lane": story.NEED, "Far Chapel": story.SPARE}


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def stage(tmp_path: Path, told: list[str]) -> Stage:
    """Halls whose files hold what came to them, between bytes that are no text."""
    halls = [ScratchHall(name, tmp_path / str(at)) for at, name in enumerate(("North", *CAME))]
    for hall in halls:
        hall.folder.mkdir()
        hall.log.write_text("a line of the log\n")
    north, *others = halls
    (north.folder / "hall.db").write_text(f"{story.PERSON} {story.PHONE}")
    for hall in others:
        put(hall, CAME[hall.name], "hall.db")
    east, mill, far = others
    return Stage(FakeHouse(), north, east, mill, far, told.append)


def put(hall: ScratchHall, text: str, name: str) -> None:
    (hall.folder / name).write_bytes(b"\x00\xff" + text.upper().encode() + b"\xfe")


def test_a_clean_search_counts_all_files_of_the_others(stage: Stage, told: list[str]) -> None:
    search_files(stage)
    assert "All 6 files" in told[0]


@pytest.mark.parametrize("private", [story.PERSON, story.PHONE, story.PHONE.replace(" ", "")])
@pytest.mark.parametrize("hall", ["east", "mill", "far"])
def test_private_words_are_found_at_every_other_hall(stage: Stage, hall: str, private: str) -> None:
    put(getattr(stage, hall), private, "hall.db-wal")
    with pytest.raises(NotDone, match=r"private of North is in a file of .*: hall\.db-wal"):
        search_files(stage)


def test_private_words_are_found_in_a_log(stage: Stage) -> None:
    stage.mill.log.write_text(f"refused {story.PHONE}")
    with pytest.raises(NotDone, match=r"Mill Lane: 2\.log"):
        search_files(stage)


def test_what_was_not_to_travel_so_far_is_found(stage: Stage) -> None:
    put(stage.far, story.NEED, "hall.db-wal")
    with pytest.raises(NotDone, match="Far Chapel got what was not to travel so far"):
        search_files(stage)


@pytest.mark.parametrize("hall", ["east", "mill", "far"])
def test_a_search_that_finds_nothing_proves_nothing(stage: Stage, hall: str) -> None:
    put(getattr(stage, hall), "nothing", "hall.db")
    with pytest.raises(NotDone, match="found nothing at all"):
        search_files(stage)


def test_the_words_that_were_passed_on_are_not_private() -> None:
    assert not holds_private(story.NEED.lower().encode())
