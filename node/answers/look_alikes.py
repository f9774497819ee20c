"""What a new need or offer may be a duplicate of."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Final

from node.answers.views import KINDS
from node.api.finding import FindLookAlikes
from node.api.requests import AddEntry
from node.api.views import LookAlike
from node.core import Core
from node.desk import references
from node.desk.categories import find_category, find_unit
from node.desk.look_alikes import Known, look_alikes
from node.desk.quantity import ONE, parse_quantity
from node.desk.words import PRIVATE_BYTES_MAX, ZONE_BYTES_MAX, Words
from node.refusal import Refused
from node.store.entries import find_entry
from node.store.look_alikes import known_like
from protocol.ids import Thousandths
from protocol.limits import TEXT_BYTES_MAX

LETTERS: Final = {kind: letter for letter, kind in KINDS.items()}


async def find_look_alikes(
    core: Core, request: FindLookAlikes, initials: str
) -> tuple[LookAlike, ...]:
    """Raises nothing: what cannot be read yet looks like nothing."""
    said = _words(request.said)
    if not said.contact:
        said = await core.read(lambda conn: _of_same(conn, request.said.same_as, said))
    return await alike(core, LETTERS[request.said.kind], said)


async def alike(
    core: Core, kind: references.Kind, words: Words, ref: str = ""
) -> tuple[LookAlike, ...]:
    """Those that these words may be a duplicate of, other than `ref`, best first."""
    now_ms = core.clock()

    def query(conn: sqlite3.Connection) -> list[Known]:
        return known_like(conn, kind, words, now_ms)

    known = await core.read(query)
    found = look_alikes(words, (each for each in known if each.ref != ref))
    return tuple(LookAlike(each.ref, each.text, each.because, each.score) for each in found)


def _words(said: AddEntry) -> Words:
    """As much of what was typed as can be read."""
    category = find_category(said.category)
    qty, unit = _counted(said.qty)
    return Words(
        category=category.code if category else "",
        text=said.text[:TEXT_BYTES_MAX],
        qty=qty,
        unit=find_unit(said.unit) or unit or (category.unit if category else ""),
        zone=said.zone[:ZONE_BYTES_MAX],
        contact=said.contact[:PRIVATE_BYTES_MAX],
    )


def _counted(typed: str) -> tuple[Thousandths, str]:
    try:
        qty, unit = parse_quantity(typed)
    except Refused:
        return ONE, ""
    return qty, unit or ""


def _of_same(conn: sqlite3.Connection, typed: str, said: Words) -> Words:
    """The same words with the contact of another entry of the person, where that is named."""
    try:
        _, reference = references.parse(typed)
    except Refused:
        return said
    same = find_entry(conn, str(reference))
    if same is None:
        return said
    return replace(said, contact=same.words.contact, zone=said.zone or same.words.zone)
