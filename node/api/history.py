"""What happened, taking it back, and forgetting: requests and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from node.api.requests import Request
from node.api.views import Number

REFS_TOLD: Final = 10
"""A sheet has 100,000 rows: nobody reads as many references."""


@dataclass(frozen=True, slots=True)
class HappenedView:
    """One thing that happened. `by`: whose hands; empty where nobody said, or no person did it."""

    ref: str
    """What it happened to."""
    at_ms: int
    by: str
    did: str
    what: str
    """How much, why, which fields: a few words."""
    by_itself: bool = False
    """The node did it without a person."""
    undone: bool = False
    unsure: bool = False
    """Nobody vouched for the clock that `at_ms` was read from."""
    said_ms: int | None = None
    """When it happened, where it was written down later, at `at_ms`; None: nobody said."""


@dataclass(frozen=True, slots=True)
class ShowHistory(Request[tuple[HappenedView, ...]]):
    """All that happened to what is named, and to its matches and jobs, the first first."""

    ref: str


@dataclass(frozen=True, slots=True)
class UndoneView:
    """What was taken back: the last thing that these initials did."""

    at_ms: int
    by: str
    did: str
    refs: tuple[str, ...]
    """What it had happened to: the first REFS_TOLD of `count`."""
    withdrawn: bool = False
    """It had left the hall: neighbours are told that it is withdrawn."""
    count: int = 0
    was_over: bool = False
    """It had left the hall and had ended there: nothing was left to withdraw."""
    accepted: Number | None = None
    """How much of a pledge is accepted again, as before; None: it was nothing."""
    stays: tuple[str, ...] = ()
    """Overflows that were withdrawn with it, or ask for less: that stays so."""
    erased: tuple[str, ...] = ()
    """Overflows for which a name was sealed while the person agreed: the other hall is asked to
    forget it."""
    left: tuple[str, ...] = ()
    """Of a sheet, what others have gone on with, and was left: the first REFS_TOLD."""
    left_count: int = 0
    unmarked: tuple[str, ...] = ()
    """The same person's others that lost the quiet mark with it: the first REFS_TOLD."""
    kept_quiet: tuple[str, ...] = ()
    """What stays quiet, or is again, as another of the same person is: the first REFS_TOLD."""


@dataclass(frozen=True, slots=True)
class Undo(Request[UndoneView]):
    pass


@dataclass(frozen=True, slots=True)
class ForgetView:
    """A person who is, or is to be, forgotten: by all that is known of them here."""

    ref: str
    forgotten: bool
    """No file of this hall has a word of them any more."""
    also: tuple[str, ...]
    """References of what else is the same person's."""
    closes: tuple[str, ...]
    """References of those that are still open: they are closed with it."""
    jobs: tuple[str, ...] = ()
    """Trips still to come: what was noted for them goes too, also about the other doors."""
    perhaps: tuple[str, ...] = ()
    """References of what may be theirs, and stays: whether it is, people have to look. The newest
    REFS_TOLD of `perhaps_count`."""
    perhaps_count: int = 0
    traces_left: bool = False
    """They are forgotten on the board, and words of them may still stand in parts of the file that
    nobody reads: the file could not be written anew yet, and it is tried again by itself."""


@dataclass(frozen=True, slots=True)
class PreviewForget(Request[ForgetView]):
    """What `Forget` would do. Changes nothing."""

    ref: str


@dataclass(frozen=True, slots=True)
class Forget(Request[ForgetView]):
    """Shred what is known of the person, here and now; how much of what it was remains.

    `refs` are all that the preview showed to be theirs: `ref` and `also`.
    """

    ref: str
    refs: tuple[str, ...]
