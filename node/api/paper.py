"""Paper: requests and their answers. Printing changes no state of anything."""

from __future__ import annotations

from dataclasses import dataclass

from node.api.requests import Request
from node.api.views import Kind


@dataclass(frozen=True, slots=True)
class SlipsView:
    """Slips to be filled in by hand: `pages` holds one a page, as plain text of 80 columns."""

    refs: tuple[str, ...]
    """Their references; the desk gives out none of them by itself any more."""
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintSlips(Request[SlipsView]):
    """Without `count` there are 20."""

    kind: Kind
    count: str = ""
