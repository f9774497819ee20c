"""Finding, and what looks like the same: requests and their answers."""

from __future__ import annotations

from dataclasses import dataclass

from node.api.requests import AddEntry, Request
from node.api.views import EntryView, Kind, LookAlike, Number

FOUND_MAX = 50
"""How many are told unless more are asked for: two screens full."""


@dataclass(frozen=True, slots=True)
class FoundView:
    """One thing that was found.

    `kind`: need, offer, match, job, overflow, surplus or pledge; a front end is to expect others,
    as `person`. `text` is what it is about.
    """

    ref: str
    kind: str
    text: str
    state: str
    category: str = ""
    qty: Number = 0
    unit: str = ""
    zone: str = ""
    contact: str = ""
    """Who it is; empty where it is unsafe to list them."""
    danger: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Find(Request[tuple[FoundView, ...]]):
    """All that has these words, of each the beginning; what has this reference comes first.

    Open ones stand before closed ones, the newest first. `closed`: closed ones too. `count` of them
    from the one in place `first`, counted from 0; None: all. What has the reference comes besides,
    before the first of them; further on it may come again.
    """

    words: str
    closed: bool = True
    first: int = 0
    count: int | None = FOUND_MAX


@dataclass(frozen=True, slots=True)
class FindLookAlikes(Request[tuple[LookAlike, ...]]):
    """Those that what is being written down may be a duplicate of, before it is saved.

    Asked while somebody types: what is missing or cannot be read yet is passed over.
    """

    said: AddEntry


@dataclass(frozen=True, slots=True)
class Merge(Request[EntryView]):
    """`ref` is a duplicate of `into`: it is closed, and `into` gets what only `ref` says.

    Answered with `into`, as it is now.
    """

    kind: Kind
    ref: str
    into: str
