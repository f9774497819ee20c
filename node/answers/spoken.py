"""What somebody typed of a need or an offer, read into the words that are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from node.api.requests import AddEntry, EditEntry
from node.core import Core
from node.desk.categories import category_of, unit_of
from node.desk.quantity import ONE, parse_quantity
from node.desk.rounds import every_of
from node.desk.text import clean_text
from node.desk.when import parse_when
from node.desk.words import FREE_TEXTS, Channel, Words, channel_of
from node.refusal import Refused, Why
from protocol.limits import TEXT_BYTES_MAX

NO_CONSENT: Final = frozenset({"no", "none", "nein", "non"})
"""Typed for consent, these say that there is none: kept, they would count as one."""
FLAGS: Final = ("danger", "quiet", "standing")
OF_THE_PERSON: Final = (
    "zone", "contact", "behalf", "household", "diet", "access", "languages", "ring", "safe",
)  # fmt: skip
"""What is the same in everything that one person needs or offers."""


def words_in(core: Core, request: AddEntry, same: Words | None) -> Words:
    """What was typed; of `same`, the words of another entry of the person, what was not.

    Raises Refused.
    """
    category = category_of(request.category)
    qty, said_unit = parse_quantity(request.qty) if request.qty else (ONE, None)
    unit = unit_of(request.unit) if request.unit else said_unit or category.unit
    free_texts: dict[str, Any] = {
        name: short(getattr(request, name), limit, name) for name, limit in FREE_TEXTS.items()
    }
    flags: dict[str, Any] = {name: getattr(request, name) for name in FLAGS}
    words = Words(
        category=category.code,
        text=clean_text(request.text, TEXT_BYTES_MAX),
        qty=qty,
        unit=unit,
        by_ms=_time(core, request.by),
        channel=_channel(request),
        every=every_of(request.every) if request.every.strip() else "",
        **free_texts,
        **flags,
    )
    _refuse_no(words.consent)
    return words if same is None else _of_one_person(words, same)


def _refuse_no(consent: str) -> None:
    """Raises Refused(CONSENT_NO)."""
    if consent.casefold().strip(".! ") in NO_CONSENT:
        raise Refused(Why.CONSENT_NO, given=consent)


def _channel(request: AddEntry) -> str:
    """What stands on a slip came on paper, unless somebody says otherwise."""
    if request.channel.strip():
        return channel_of(request.channel).value
    return (Channel.PAPER if request.slip.strip() else Channel.DESK).value


def _of_one_person(words: Words, same: Words) -> Words:
    taken = {name: getattr(same, name) for name in OF_THE_PERSON if not getattr(words, name)}
    return replace(words, **taken)


def changes_in(core: Core, request: EditEntry) -> dict[str, Any]:
    """The fields that were given, read; an empty text takes a field away where it may be empty."""
    changes: dict[str, Any] = {}
    if request.category is not None:
        changes["category"] = category_of(request.category).code
    if request.text is not None:
        changes["text"] = clean_text(request.text, TEXT_BYTES_MAX)
    if request.qty is not None:
        changes["qty"], said_unit = parse_quantity(request.qty)
        changes |= {"unit": said_unit} if said_unit else {}
    if request.unit is not None:
        changes["unit"] = unit_of(request.unit)
    if request.by is not None:
        changes["by_ms"] = _time(core, request.by)
    if request.channel is not None:
        changes["channel"] = channel_of(request.channel).value
    if request.every is not None:
        changes["every"] = every_of(request.every) if request.every.strip() else ""
    for name, limit in FREE_TEXTS.items():
        typed: str | None = getattr(request, name)
        if typed is not None:
            changes[name] = short(typed, limit, name)
    _refuse_no(changes.get("consent", ""))
    flags = {name: getattr(request, name) for name in FLAGS}
    return changes | {name: flag for name, flag in flags.items() if flag is not None}


def short(typed: str, limit_bytes: int, name: str) -> str:
    """A text that may be empty, tidied; `name` is that of `clean_text`."""
    return clean_text(typed, limit_bytes, name) if typed.strip() else ""


def _time(core: Core, typed: str) -> int | None:
    return parse_when(typed, core.clock(), core.zone) if typed.strip() else None
