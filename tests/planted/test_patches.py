"""The deliberate mistakes still fit the code; `./check planted` sees whether they are caught."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.planted.__main__ import apply, copy_house, find_patches

PATCHES: Final = find_patches([])
LEAST: Final = 10


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_house(tmp_path_factory.mktemp("planted") / "house")


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_every_mistake_can_still_be_made(patch: Path, house: Path) -> None:
    touched = {line[6:] for line in patch.read_text().splitlines() if line.startswith("+++ b/")}
    before = {name: (house / name).read_bytes() for name in touched}
    assert apply(patch, house) == ""
    assert all((house / name).read_bytes() != was for name, was in before.items())
    for name, was in before.items():
        (house / name).write_bytes(was)


def test_there_are_enough_of_them() -> None:
    assert len(PATCHES) >= LEAST
