"""The tables of keys hold together: nothing is bound twice on one screen."""

import pytest

from tui import keys

SCREENS = {
    "board": (*keys.BOARD, *keys.SCREENS, *keys.EVERYWHERE),
    "overflow": (*keys.OVERFLOW, *keys.SCREENS, *keys.EVERYWHERE),
    "neighbours": (*keys.NEIGHBOURS, *keys.SCREENS, *keys.EVERYWHERE),
}


@pytest.mark.parametrize("name", SCREENS)
def test_no_key_means_two_things(name: str) -> None:
    bound = [key for binding in keys.bindings(SCREENS[name]) for key in binding.key.split(",")]
    assert len(bound) == len(set(bound))


def test_one_action_has_one_key() -> None:
    for table in SCREENS.values():
        actions = [key.action for key in table]
        assert len(actions) == len(set(actions))
