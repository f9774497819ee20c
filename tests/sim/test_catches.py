"""A town that is told to go wrong is caught: what never fails shows nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from protocol.admission import Admission
from protocol.aging import Aging, Passing
from protocol.ids import UnixMs
from protocol.reach import Reach
from protocol.sharing import Sharing
from tests.sim.counting import played
from tests.sim.disk import Batch, Disk

SEEDS = 40
"""In so many towns each of these mistakes shows."""
Mistake = Callable[[pytest.MonkeyPatch], None]


def everything_is_in_reach(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reach, "is_in_reach", lambda *_: True)


def nothing_is_old(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Admission, "is_old", lambda *_: False)


def every_clock_is_trusted(patch: pytest.MonkeyPatch) -> None:
    real = Aging.advance

    def advance(self: Aging, now_ms: UnixMs, *, is_trusted: bool) -> Passing:
        return real(self, now_ms, is_trusted=True)

    patch.setattr(Aging, "advance", advance)


def nothing_is_heard_anew(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Aging, "_hear_anew", lambda *_: ())


def no_signature_is_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("protocol.exchange.verify", lambda _: None)


def what_was_refused_is_not_counted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sharing, "claim", lambda *_: None)


def the_disk_loses_the_last_record(patch: pytest.MonkeyPatch) -> None:
    real = Disk.keep

    def keep(self: Disk, batch: Batch) -> None:
        real(self, batch)
        for each in batch.placed[-1:]:
            self._delete(each.record.id)

    patch.setattr(Disk, "keep", keep)


@pytest.mark.parametrize(
    ("mistake", "says", "first"),
    [
        (everything_is_in_reach, "from beyond its reach", 0),
        (nothing_is_old, "goes back to", 0),
        (every_clock_is_trusted, "for over, too early", 20),
        (nothing_is_heard_anew, "ms, too early", 34),
        (no_signature_is_looked_at, "what nobody said", 12),
        (what_was_refused_is_not_counted, "never comes to rest", 20),
        (the_disk_loses_the_last_record, "to be on the disk of", 0),
    ],
)
def test_a_mistake_is_caught(
    mistake: Mistake, says: str, first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mistake(monkeypatch)
    failures = (played(seed).failure for seed in range(first, first + SEEDS))
    assert any(failure and says in failure for failure in failures)
