"""What happened, taking it back, and forgetting: requests and their answers."""

from __future__ import annotations

from dataclasses import dataclass

from node.api.requests import Request


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
    """What it had happened to."""
    withdrawn: bool = False
    """It had left the hall: neighbours are told that it is withdrawn."""


@dataclass(frozen=True, slots=True)
class Undo(Request[UndoneView]):
    pass


@dataclass(frozen=True, slots=True)
class ForgetView:
    """A person who is, or is to be, forgotten: by all that is known of them here."""

    ref: str
    forgotten: bool
    also: tuple[str, ...]
    """References of what else is the same person's."""
    closes: tuple[str, ...]
    """References of those that are still open: they are closed with it."""


@dataclass(frozen=True, slots=True)
class PreviewForget(Request[ForgetView]):
    """What `Forget` would do. Changes nothing."""

    ref: str


@dataclass(frozen=True, slots=True)
class Forget(Request[ForgetView]):
    """Shred what is known of the person, here and now; how much of what it was remains."""

    ref: str
