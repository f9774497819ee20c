"""Slips to be filled in by hand."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from node.answers.entries import LETTERS
from node.api.paper import PrintSlips, SlipsView
from node.core import Core
from node.desk.slips import slip
from node.refusal import Refused, Why
from node.store.references import print_references

SLIPS: Final = 20
"""How many where nobody says: a clipboard for an evening."""
SLIPS_MAX: Final = 500
"""A ream of paper; more is a slip of the hand."""


async def print_slips(core: Core, request: PrintSlips, initials: str) -> SlipsView:
    """Raises Refused(SLIPS_OUT_OF_RANGE)."""
    kind = LETTERS[request.kind]
    count = _count(request.count) if request.count.strip() else SLIPS
    refs = await core.save(also=partial(print_references, kind=kind, count=count))
    return SlipsView(refs, tuple(slip(ref, kind, core.hall.name) for ref in refs))


def _count(typed: str) -> int:
    said = typed.strip()
    count = int(said) if re.fullmatch(r"\d{1,9}", said, re.ASCII) else 0
    if not 1 <= count <= SLIPS_MAX:
        raise Refused(Why.SLIPS_OUT_OF_RANGE, given=said, limit=SLIPS_MAX)
    return count
