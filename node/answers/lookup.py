"""What a person means by an id or a reference of an overflow or a pledge."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from node.answers.views import name_of, sign_of, spoken
from node.core import Core
from node.desk import references
from node.frozen import has_ref, refusal
from node.refusal import Refused, Why
from protocol.bodies import Pledge, Request
from protocol.ids import ObjectId, as_text, from_text
from protocol.record import Proof, Record

OVERFLOW_KINDS = frozenset({references.Kind.OVERFLOW, references.Kind.SURPLUS})
OVERFLOWS = "V-… / S-…"
OBJECT_ID_BYTES = 16
CHOICES_MAX: Final = 4
"""Ids in one sentence: more halls of one call sign are not near each other."""
Meant = Callable[[Record], bool]
"""Whether what somebody wants to do can be done with this one at all."""


def find_overflow(core: Core, typed: str, meant: Meant | None = None) -> Record:
    """The overflow that `typed` names, ours or another hall's. Raises Refused.

    Two halls may have one call sign: where several are named so, those that are `meant` count.
    """
    found = _by_id(core, typed)
    if found is None:
        _check_kind(typed, OVERFLOW_KINDS, OVERFLOWS)
        found = _only(core, typed, core.shelf.all_requests(), meant)
    if not isinstance(found.body, Request):
        raise Refused(Why.REFERENCE_WRONG_KIND, given=typed, wanted=OVERFLOWS)
    return found


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
    found = _by_id(core, typed)
    if found is None:
        _check_kind(typed, frozenset({references.Kind.PLEDGE}), "P-…")
        pledges = [
            pledge
            for request in (*core.shelf.all_requests(), *core.shelf.proofs())
            for pledge in core.shelf.pledges_of(request.header.object)
        ]
        found = _only(core, typed, pledges, meant)
    if not isinstance(found.body, Pledge):
        raise Refused(Why.REFERENCE_WRONG_KIND, given=typed, wanted="P-…")
    request = core.shelf.find(found.body.request)
    if request is not None and isinstance(request.body, Proof):
        raise refusal(core.shelf, request)
    if request is None or not isinstance(request.body, Request):
        # What was asked has been put in the words of a later version, which we cannot read.
        raise Refused(Why.REFERENCE_NOT_FOUND, given=typed)
    return found, found.body


def _by_id(core: Core, typed: str) -> Record | None:
    """None where `typed` has the shape of a reference. Raises Refused where it has neither's."""
    if references.looks_like_reference(typed):
        return None
    raw = from_text(typed) if len(typed) <= 4 * OBJECT_ID_BYTES else None
    if raw is None or len(raw) != OBJECT_ID_BYTES:
        references.parse(typed)  # raises with the sentence for what is no reference
    found = core.shelf.find(ObjectId(raw or b""))
    if found is None:
        raise Refused(Why.REFERENCE_NOT_FOUND, given=typed)
    if isinstance(found.body, Proof):
        raise refusal(core.shelf, found)
    return found


def _check_kind(typed: str, kinds: frozenset[references.Kind], wanted: str) -> None:
    _, reference = references.parse(typed)
    if reference.kind not in kinds:
        raise Refused(Why.REFERENCE_WRONG_KIND, given=str(reference), wanted=wanted)


def _only(core: Core, typed: str, records: Iterable[Record], meant: Meant | None) -> Record:
    """The one that has this reference: with a call sign that hall's, without one ours first."""
    sign, reference = references.parse(typed)
    found = [r for r in records if _ref(r) == str(reference)]
    if sign is not None:
        found = [r for r in found if sign_of(core, r.header.group) == sign]
    if not found:
        _refuse_frozen(core, sign, str(reference))
        raise Refused(Why.REFERENCE_NOT_FOUND, given=typed)
    if meant is not None:
        found = [r for r in found if meant(r)] or found
    if sign is None:
        found = [r for r in found if r.header.group == core.hall.group] or found
    if len(found) > 1:
        raise Refused(Why.REFERENCE_AMBIGUOUS, ref=str(reference), choices=_choices(core, found))
    return found[0]


def _refuse_frozen(core: Core, sign: str | None, ref: str) -> None:
    """Raises Refused where what has this reference was signed in two contents as one version."""
    for frozen in core.shelf.proofs():
        if has_ref(frozen, ref) and sign in {None, sign_of(core, frozen.header.group)}:
            raise refusal(core.shelf, frozen)


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
