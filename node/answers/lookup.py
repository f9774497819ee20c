"""What a person means by an id or a reference of an overflow or a pledge."""

from __future__ import annotations

from collections.abc import Iterable

from node.answers.views import name_of, sign_of
from node.core import Core
from node.desk import references
from node.refusal import Refused, Why
from protocol.bodies import Pledge, Request
from protocol.ids import ObjectId, from_text
from protocol.record import Record

OVERFLOW_KINDS = frozenset({references.Kind.OVERFLOW, references.Kind.SURPLUS})
OBJECT_ID_BYTES = 16


def find_overflow(core: Core, typed: str) -> Record:
    """The overflow that `typed` names, ours or another hall's. Raises Refused."""
    found = _by_id(core, typed)
    if found is None:
        _check_kind(typed, OVERFLOW_KINDS, "V-…")
        found = _only(core, typed, core.shelf.all_requests())
    if not isinstance(found.body, Request):
        raise Refused(Why.REFERENCE_WRONG_KIND, given=typed, wanted="V-…")
    return found


def our_overflow(core: Core, typed: str) -> tuple[Record, Request]:
    """The same, where only its origin may act."""
    record = find_overflow(core, typed)
    assert isinstance(record.body, Request)
    if record.header.group != core.hall.group:
        owner = name_of(core, record.header.group)
        raise Refused(Why.NOT_OURS, ref=record.body.ref, owner=owner)
    return record, record.body


def find_pledge(core: Core, typed: str) -> tuple[Record, Pledge]:
    """The pledge that `typed` names. Raises Refused."""
    found = _by_id(core, typed)
    if found is None:
        _check_kind(typed, frozenset({references.Kind.PLEDGE}), "P-…")
        pledges = [
            pledge
            for request in core.shelf.all_requests()
            for pledge in core.shelf.pledges_of(request.header.object)
        ]
        found = _only(core, typed, pledges)
    if not isinstance(found.body, Pledge):
        raise Refused(Why.REFERENCE_WRONG_KIND, given=typed, wanted="P-…")
    request = core.shelf.find(found.body.request)
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
    return found


def _check_kind(typed: str, kinds: frozenset[references.Kind], wanted: str) -> None:
    _, reference = references.parse(typed)
    if reference.kind not in kinds:
        raise Refused(Why.REFERENCE_WRONG_KIND, given=str(reference), wanted=wanted)


def _only(core: Core, typed: str, records: Iterable[Record]) -> Record:
    """The one that has this reference: with a call sign that hall's, without one ours first."""
    sign, reference = references.parse(typed)
    found = [r for r in records if _ref(r) == str(reference)]
    if sign is not None:
        found = [r for r in found if sign_of(core, r.header.group) == sign]
    ours = [r for r in found if r.header.group == core.hall.group]
    if len(ours) == 1 and sign is None:
        return ours[0]
    if not found:
        raise Refused(Why.REFERENCE_NOT_FOUND, given=typed)
    if len(found) > 1:
        example = f"{sign_of(core, found[0].header.group)} {reference}"
        raise Refused(Why.REFERENCE_AMBIGUOUS, ref=str(reference), example=example)
    return found[0]


def _ref(record: Record) -> str:
    body = record.body
    return body.ref if isinstance(body, Request | Pledge) else ""
