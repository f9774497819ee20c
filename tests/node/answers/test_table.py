"""Every request of the door has exactly one answer, and writing ones take turns."""

from __future__ import annotations

from node.answers.table import READING, WRITING
from node.api.requests import Stop
from node.control import REQUESTS


def test_every_request_is_answered_once() -> None:
    assert READING.keys().isdisjoint(WRITING)
    assert set(REQUESTS.values()) - {Stop} == READING.keys() | WRITING.keys()
