"""What leaves the hall sealed: a pledge's note, and where and when to come and whom to ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nacl.public import PrivateKey

from node.answers.between_halls import is_over
from node.answers.views import name_of
from node.core import Core
from node.desk.consent import names_contact
from node.desk.entries import Entry
from node.desk.passing import LIFETIME_MS, personal_in
from node.desk.personal import LOOKS_WORDS, Finding
from node.desk.text import clean_text
from node.refusal import Refused, Why
from node.wording import _
from protocol.bodies import Details, Request
from protocol.errors import NobodyToSealTo
from protocol.ids import GroupId, ObjectId
from protocol.limits import SEALED_TEXT_BYTES_MAX
from protocol.overflow import OverflowFold, PledgeFold
from protocol.record import Record
from protocol.sealing import seal

Revision = tuple[Record | None, Record]
"""A record of our own and the version that it replaces."""


def sealed_note(core: Core, folded: OverflowFold, typed: str) -> bytes:
    """What the pledging hall tells the origin alone."""
    if not typed.strip():
        return b""
    note = clean_text(typed, SEALED_TEXT_BYTES_MAX, "note")
    refuse_found(personal_in(note, ()))
    return _seal(core, note, folded.origin, folded.id)


def refuse_found(findings: Sequence[Finding]) -> None:
    """Raises Refused(TEXT_PERSONAL) for the first piece that looks personal."""
    for finding in findings:
        kind = _(LOOKS_WORDS[finding.looks])
        raise Refused(Why.TEXT_PERSONAL, found=finding.found, kind=kind)


def details_for(
    core: Core, asked: Record, pledge: PledgeFold, typed: str, entries: list[Entry]
) -> list[Revision]:
    """What is sealed to the pledging hall: the words given, else our own place, else nothing.

    Accepted again without words, what was sealed before stands. `entries` are our needs in the
    overflow, or our offers: words of their contacts ask for consent.
    """
    text = words_for(core, pledge, typed, entries)
    if not text:
        return []
    before = core.shelf.details_of(pledge.id)
    body = Details(asked.header.object, pledge.id, _seal(core, text, pledge.by, pledge.id))
    if before is not None:
        return [(before, core.next_version(before, body))]
    now_ms = core.clock()
    lifetime_ms = max(LIFETIME_MS, (core.shelf.ends_ms(asked) or now_ms) - now_ms)
    return [(None, core.signer.new(body, now_ms, lifetime_ms, asked.header.reach))]


def words_for(core: Core, pledge: PledgeFold, typed: str, entries: list[Entry]) -> str:
    """The words that would be sealed now; empty where none are, or what was sealed stands."""
    text = typed.strip() or ("" if has_sealed(core, pledge.id) else core.hall.place)
    if not text:
        return ""
    text = clean_text(text, SEALED_TEXT_BYTES_MAX, "details")
    for entry in entries:
        named = names_contact(text, entry.words.who)
        if named and not entry.words.consent:
            raise Refused(Why.DETAILS_WITHOUT_CONSENT, found=named, ref=entry.ref)
    return text


def has_sealed(core: Core, pledge: ObjectId) -> bool:
    """Whether details of ours for this pledge can be read by its hall."""
    record = core.shelf.details_of(pledge)
    return record is not None and isinstance(record.body, Details) and bool(record.body.sealed)


def closed_details(core: Core, pledge: ObjectId) -> list[Revision]:
    """A version without seal: what was sealed is erased everywhere honest.

    What another device of this hall has sealed is left to that one.
    """
    record = core.shelf.details_of(pledge)
    if record is None or not isinstance(record.body, Details) or not has_sealed(core, pledge):
        return []
    if record.header.device != core.hall.device_key:
        return []
    return [(record, core.last_word(record, replace(record.body, sealed=b"")))]


def closed_with(core: Core, body: Request) -> list[Revision]:
    """The same of all that was sealed for a pledge that this version of the request ends."""
    over = (each for each in body.decisions if is_over(core, body, each))
    return [revision for each in over for revision in closed_details(core, each.pledge)]


def _seal(core: Core, text: str, group: GroupId, about: ObjectId) -> bytes:
    try:
        return seal(text, group, about, core.shelf.seal_keys_of(group), PrivateKey.generate())
    except NobodyToSealTo as error:
        raise Refused(Why.SEAL_KEY_UNKNOWN, name=name_of(core, group)) from error
