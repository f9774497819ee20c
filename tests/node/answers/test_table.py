"""Every request of the door has exactly one answer, and writing ones take turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.answers.table import READING, WRITING
from node.api.requests import AddEntry, Stop
from node.api.views import Kind
from node.control import REQUESTS
from node.refusal import Why
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import one_hall


def test_every_request_is_answered_once() -> None:
    assert READING.keys().isdisjoint(WRITING)
    assert set(REQUESTS.values()) - {Stop} == READING.keys() | WRITING.keys()


@pytest.mark.asyncio
async def test_nobody_passes_for_the_node_itself(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall, unchanged(hall.core):
        for typed in ("*", " * "):
            with refused(Why.INITIALS_NOBODY_S):
                await hall.ask(AddEntry(Kind.NEED, "FOD", "Soup"), typed)
