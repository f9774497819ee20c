import pytest

from tests.tui.halls import need
from tui.rows import entry_progress

PASSED = {"overflows": ("NG V-12-K",)}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, ""),
        ({"received": 8}, "8 of 40 received"),
        (PASSED, "passed on"),
        ({**PASSED, "promised": 40}, "40 of 40 promised"),
        ({**PASSED, "promised": 40, "received": 8}, "passed, 8 of 40 received"),
    ],
)
def test_promised_is_not_come_and_what_came_still_says_that_it_was_passed_on(
    more: dict[str, object], said: str
) -> None:
    assert entry_progress(need("N-417-K", "FOD", "Meals", 40, "meal", **more)) == said
