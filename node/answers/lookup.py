"""What a person means by an id or a reference of an overflow or a pledge."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from node.answers.views import name_of, sign_of, spoken
from node.core import Core
from node.desk import references
from node.frozen import refs_of, refusal
from node.refusal import Refused, Why
from protocol.bodies import Pledge, Request
from protocol.ids import GroupId, ObjectId, as_text, from_text
from protocol.record import Proof, Record

OVERFLOW_KINDS = frozenset({references.Kind.OVERFLOW, references.Kind.SURPLUS})
OVERFLOWS = "V-… / S-…"
PLEDGE_KINDS = frozenset({references.Kind.PLEDGE})
PLEDGES = "P-…"
OBJECT_ID_BYTES = 16
CHOICES_MAX: Final = 4
"""Ids in one sentence: more halls of one call sign are not near each other."""
Meant = Callable[[Record], bool]
"""Whether what somebody wants to do can be done with this one at all."""


def find_overflow(core: Core, typed: str, meant: Meant | None = None) -> Record:
    """The overflow that `typed` names, ours or another hall's. Raises Refused.

    Two halls may have one call sign: where several are named so, those that are `meant` count.
    """
    found = _by_id(core, typed) or _only(core, typed, core.shelf.all_requests(), meant)
    if found is None:
        raise _unknown(core, typed, OVERFLOW_KINDS, OVERFLOWS)
    if not isinstance(found.body, Request):
        raise Refused(Why.REFERENCE_WRONG_KIND, given=typed, wanted=OVERFLOWS)
    return found


def find_either(core: Core, typed: str) -> Record:
    """The overflow or the pledge that an id names. Raises Refused."""
    found = _by_id(core, typed)
    if found is not None and isinstance(found.body, Pledge):
        return found
    return find_overflow(core, typed)


def our_overflow(core: Core, typed: str) -> tuple[Record, Request]:
    """The same, where only its origin may act."""
    record = find_overflow(core, typed, lambda record: record.header.group == core.hall.group)
    assert isinstance(record.body, Request)
    if record.header.group != core.hall.group:
        owner = name_of(core, record.header.group)
        raise Refused(Why.NOT_OURS, ref=spoken(core, record), owner=owner)
    return record, record.body


def find_pledge(core: Core, typed: str, meant: Meant | None = None) -> tuple[Record, Pledge]:
    """The pledge that `typed` names; `meant` as with overflows. Raises Refused."""
    pledges = (
        pledge
        for request in (*core.shelf.all_requests(), *core.shelf.proofs())
        for pledge in core.shelf.pledges_of(request.header.object)
    )
    found = _by_id(core, typed) or _only(core, typed, pledges, meant)
    if found is None:
        raise _unknown(core, typed, PLEDGE_KINDS, PLEDGES)
    if not isinstance(found.body, Pledge):
        raise Refused(Why.REFERENCE_WRONG_KIND, given=typed, wanted=PLEDGES)
    request = core.shelf.find(found.body.request)
    if request is not None and isinstance(request.body, Proof):
        raise refusal(core.shelf, request)
    if request is None or not isinstance(request.body, Request):
        # What was asked has been put in the words of a later version, which we cannot read.
        raise Refused(Why.REFERENCE_NOT_FOUND, given=typed)
    return found, found.body


def _by_id(core: Core, typed: str) -> Record | None:
    """None where nothing has such an id. Raises Refused where that was signed twice."""
    id_ = _id_in(typed)
    found = core.shelf.find(id_) if id_ is not None else None
    if found is not None and isinstance(found.body, Proof):
        raise refusal(core.shelf, found)
    return found


def _id_in(typed: str) -> ObjectId | None:
    raw = from_text(typed) if len(typed) <= 4 * OBJECT_ID_BYTES else None
    return ObjectId(raw) if raw is not None and len(raw) == OBJECT_ID_BYTES else None


def _only(core: Core, typed: str, records: Iterable[Record], meant: Meant | None) -> Record | None:
    """The one that has this reference: with a call sign that hall's, without one ours first.

    Raises Refused where it could be several.
    """
    held = list(records)
    found = _named(core, typed, held) or _shown_as(core, typed, held)
    if meant is not None:
        found = [each for each in found if meant(each)] or found
    if not references.has_call_sign(typed):
        found = [each for each in found if each.header.group == core.hall.group] or found
    if len(found) > 1:
        ref = references.written(typed)
        raise Refused(Why.REFERENCE_AMBIGUOUS, ref=ref, choices=_choices(core, found))
    return found[0] if found else None


def _named(core: Core, typed: str, records: list[Record]) -> list[Record]:
    """Those that a reference as our desks make them names; none where it is no such."""
    try:
        sign, reference = references.parse(typed)
    except Refused:
        return []
    named = [each for each in records if _ref(each) == str(reference)]
    return [each for each in named if sign in {None, sign_of(core, each.header.group)}]


def _shown_as(core: Core, typed: str, records: list[Record]) -> list[Record]:
    """Those that are shown so, whatever their hall calls a reference.

    Looked for only where nothing is named so, that nobody else's odd one stands in its place.
    """
    if len(typed) > references.TYPED_CHARACTERS_MAX:
        return []
    return [each for each in records if _reads(core, typed, each.header.group, _ref(each))]


def _reads(core: Core, typed: str, group: GroupId, ref: str) -> bool:
    """Whether a hall's reference is read so off a list, with its call sign or without."""
    shown = {references.written(f"{sign_of(core, group)} {ref}")}
    if not references.has_call_sign(typed):
        shown.add(references.written(ref))
    return references.written(typed) in shown - {""}


def _unknown(core: Core, typed: str, kinds: frozenset[references.Kind], wanted: str) -> Refused:
    """Why nothing is named so: it was signed twice, or mistyped, or is of another kind, or gone."""
    for frozen in core.shelf.proofs() if len(typed) <= references.TYPED_CHARACTERS_MAX else ():
        if any(_reads(core, typed, frozen.header.group, ref) for ref in refs_of(frozen)):
            return refusal(core.shelf, frozen)
    if _id_in(typed) is None:
        _, reference = references.parse(typed)  # raises with the sentence for what is none
        if reference.kind not in kinds:
            return Refused(Why.REFERENCE_WRONG_KIND, given=str(reference), wanted=wanted)
    return Refused(Why.REFERENCE_NOT_FOUND, given=typed)


def _choices(core: Core, records: list[Record]) -> str:
    """What to type instead: with the call sign, or the id where two halls have one call sign."""
    signs = [sign_of(core, record.header.group) for record in records]
    told = []
    for record, sign in zip(records[:CHOICES_MAX], signs, strict=False):
        is_clear = signs.count(sign) == 1
        name = f"{sign} {_ref(record)}" if is_clear else as_text(record.header.object)
        told.append(f"{name} ({name_of(core, record.header.group)})")
    return ", ".join(told)


def _ref(record: Record) -> str:
    body = record.body
    return body.ref if isinstance(body, Request | Pledge) else ""
