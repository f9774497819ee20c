"""The table of parts names what there is."""

from __future__ import annotations

import pytest

from tests.mirrored import HOME, PARTS, Part, find_parts


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_is_made_of_modules_and_tests_that_exist(part: Part) -> None:
    missing = [path for path in (*part.sources, *part.test_files) if not (HOME / path).is_file()]
    assert missing == []


def test_no_module_is_in_two_parts() -> None:
    modules = [module for part in PARTS for module in part.modules]
    assert len(modules) == len(set(modules))


def test_a_part_is_found_by_its_name_or_a_modules() -> None:
    assert [part.name for part in find_parts(["cipher", "channel", "codec"])] == [
        "channel",
        "codec",
    ]
    assert find_parts([]) == list(PARTS)
    with pytest.raises(KeyError):
        find_parts(["nonsense"])
