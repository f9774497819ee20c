"""The call-round: who is asked "still needed?", and what they said."""

from __future__ import annotations

from dataclasses import dataclass

from node.api.requests import Request
from node.api.views import Kind, Number


@dataclass(frozen=True, slots=True)
class CallView:
    """A need or an offer that nobody has renewed, and how to reach whose it is."""

    kind: Kind
    ref: str
    state: str
    waiting_since_ms: int
    """When somebody said last that it is still needed, or there."""
    category: str
    text: str
    qty: Number
    unit: str
    zone: str = ""
    contact: str = ""
    behalf: str = ""
    languages: str = ""
    ring: str = ""
    safe: str = ""
    danger: bool = False
    by_ms: int | None = None
    lapses_ms: int | None = None
    """When it lapses if nobody answers; None: it does not, or nobody can know yet."""
    because: str | None = None
    also_changed: tuple[str, ...] = ()
    """References of what was changed with it just now: asked for less, withdrawn, or freed."""


@dataclass(frozen=True, slots=True)
class RoundView:
    """Who waits longest comes first. `quiet` counts those whom it is unsafe to ring or to list."""

    calls: tuple[CallView, ...]
    quiet: int


@dataclass(frozen=True, slots=True)
class ListRound(Request[RoundView]):
    pass


@dataclass(frozen=True, slots=True)
class SayStill(Request[CallView]):
    """It is still needed, or still there."""

    ref: str


@dataclass(frozen=True, slots=True)
class SayGone(Request[CallView]):
    """It is no longer needed, or the offer is withdrawn."""

    ref: str
