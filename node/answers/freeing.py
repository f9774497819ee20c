"""What follows from a consent that is taken back: what it allowed is withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from node.answers.passed import our_overflows
from node.answers.sealed import Revision, closed_details
from node.answers.shrinking import Shrunk
from node.answers.views import spoken
from node.core import Core
from node.desk.entries import Entry
from node.store.board import Refolded
from protocol.ids import ObjectId

NOTHING_FREED: Final = Shrunk((), ())


async def freed(core: Core, entry: Entry, changes: Mapping[str, Any]) -> Shrunk:
    """The details that were sealed while the person agreed, erased; none where they still do.

    What the other hall has read it has read: it is asked to forget, as with every hand-over.
    """
    is_withdrawn = entry.words.consent and changes.get("consent") == ""
    return await without_details(core, entry) if is_withdrawn else NOTHING_FREED


async def freed_by_undo(core: Core, refolded: Iterable[Refolded]) -> Shrunk:
    """The same of what undo takes the consent away from."""
    refs: dict[str, None] = {}
    revisions: dict[ObjectId, Revision] = {}
    for each in refolded:
        if each.before is None:
            continue
        left = {"consent": each.after.words.consent if each.after else ""}
        shrunk = await freed(core, each.before, left)
        refs |= dict.fromkeys(shrunk.refs)
        revisions |= {new.header.object: (old, new) for old, new in shrunk.revisions}
    return Shrunk(tuple(refs), tuple(revisions.values()))


async def without_details(core: Core, entry: Entry) -> Shrunk:
    """All that was sealed for hand-overs of what this entry was passed on with, erased."""
    refs: list[str] = []
    revisions: list[Revision] = []
    for record, entries in await our_overflows(core):
        if entry.ref in {each.ref for each in entries}:
            erased = [
                revision
                for pledge in core.shelf.pledges_of(record.header.object)
                for revision in closed_details(core, pledge.header.object)
            ]
            refs += [spoken(core, record)] if erased else []
            revisions += erased
    return Shrunk(tuple(refs), tuple(revisions))
