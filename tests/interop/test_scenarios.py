"""Our ends say what the public reference says, byte for byte, and so in no more rounds."""

from __future__ import annotations

import pytest

from protocol.item_set import ItemSet
from tests.interop.scenarios import SCATTERED, SCENARIOS, Item, Scenario, reconcile


def ids_of(items: list[Item]) -> set[bytes]:
    return {item_id for _, item_id in items}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_two_ends_say_the_same_bytes_as_two_of_the_reference(scenario: Scenario) -> None:
    ours, theirs = scenario.ends()
    dialogue = reconcile(ItemSet.from_items(ours), ItemSet.from_items(theirs), scenario.limits)
    assert set(dialogue.have) == ids_of(ours) - ids_of(theirs)
    assert set(dialogue.need) == ids_of(theirs) - ids_of(ours)
    assert dialogue.said == scenario.said
    for number, message in enumerate(dialogue.messages):
        limit = scenario.limits[number % 2]
        assert limit == 0 or len(message) <= limit


def test_ten_scattered_differences_are_ten() -> None:
    ours, theirs = map(ids_of, SCATTERED.ends())
    assert (len(ours - theirs), len(theirs - ours)) == (5, 5)
    assert len(ours | theirs) == 100_000
