"""When a hand-over is over: the one rule that upkeep, receipts and sealed details go by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.answers.between_halls import has_ended
from protocol.bodies import Closed, Request, Urgency
from protocol.ids import Thousandths

ASKED = Request("V-1-E", "FOD", "Hot meals", Thousandths(40_000), "meal", Urgency.ROUTINE)


@pytest.mark.parametrize(
    ("closed", "ended"),
    [
        (None, False),
        (Closed.EXPIRED, False),
        (Closed.RECEIVED, True),
        (Closed.WITHDRAWN, True),
    ],
)
def test_only_what_nobody_comes_for_any_more_has_ended(closed: Closed | None, ended: bool) -> None:
    assert has_ended(replace(ASKED, closed=closed)) is ended
