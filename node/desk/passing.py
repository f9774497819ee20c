"""What leaves the hall when needs or offers are passed on: an aggregate, with no person in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from node.desk.consent import names_contact, names_private
from node.desk.entries import Entry, refuse_closed
from node.desk.personal import Finding, Looks, personal_looking
from node.desk.quantity import ONE, as_words, quantity_in
from node.desk.references import Kind
from node.desk.text import clean_text
from node.refusal import Refused, Why
from protocol.bodies import Direction, Request, Urgency
from protocol.ids import Thousandths, UnixMs
from protocol.limits import HOUR_MS, LIFETIME_MS_MAX, REACH_MAX, TEXT_BYTES_MAX

HOPS: Final = 2
"""Halls that an overflow travels unless someone says otherwise."""
LIFETIME_MS: Final = 72 * HOUR_MS
"""Milliseconds that it lives without a needed-by time: three days."""
HOURS_MAX: Final = LIFETIME_MS_MAX // HOUR_MS
SOON_MS: Final = 6 * HOUR_MS
"""Needed within this: it is marked as soon."""
HOURS: Final = re.compile(r"(\d{1,4}(?:[.,]\d{1,9})?) ?(?:h|hour|hours)?", re.ASCII)
ONE_PERSON_CATEGORIES: Final = frozenset({"MED", "CAR", "SHL"})
APPROVAL_CHARACTERS: Final = 16
NOTED: Final = ("note", "household", "access", "limits", "ring", "consent")
"""What the desk has noted of a person, and no text has to say: not so which diet, or language."""
BETWEEN_TEXTS: Final = "; "


@dataclass(frozen=True, slots=True)
class Wish:
    """How the desk wants it passed on, as typed; empty: as usual."""

    qty: str = ""
    hops: int | None = None
    hours: str = ""
    text: str = ""
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """All that would leave, and what bars it or asks for a second look."""

    direction: Direction
    category: str
    text: str
    qty: Thousandths
    unit: str
    urgency: Urgency
    area: str
    needed_by_ms: UnixMs | None
    exercise: bool
    hops: int
    lifetime_ms: int
    until_needed: bool
    """It lives until `needed_by_ms`, so that `lifetime_ms` gets less by the minute."""
    personal: tuple[Finding, ...]

    @property
    def is_one_person(self) -> bool:
        return self.qty == ONE and self.category in ONE_PERSON_CATEGORIES

    @property
    def approval(self) -> str:
        """Stands for these words and fields; what depends on the minute is left out."""
        leaves = [
            int(self.direction),
            self.category,
            self.text,
            self.qty,
            self.unit,
            int(self.urgency),
            self.area,
            self.needed_by_ms,
            self.exercise,
            self.hops,
            None if self.until_needed else self.lifetime_ms,
        ]
        return sha256(json.dumps(leaves).encode()).hexdigest()[:APPROVAL_CHARACTERS]

    def request(self, ref: str) -> Request:
        return Request(
            ref=ref,
            category=self.category,
            text=self.text,
            qty=self.qty,
            unit=self.unit,
            urgency=self.urgency,
            area=self.area,
            needed_by_ms=self.needed_by_ms,
            direction=self.direction,
            exercise=self.exercise,
        )


def draft(
    entries: list[Entry],
    asked: Mapping[str, Thousandths],
    wish: Wish,
    area: str,
    now_ms: UnixMs,
) -> Draft:
    """What would leave. Raises Refused when these cannot be passed on so.

    `asked` is what neighbours have been asked for already, or of an offer shown, by reference.
    """
    first = entries[0]
    _refuse_mixed(entries)
    direction = Direction.SURPLUS if first.kind is Kind.OFFER else Direction.REQUEST
    text = _text(entries, wish.text)
    by_ms = _earliest(entries, now_ms)
    return Draft(
        direction=direction,
        category=first.words.category,
        text=text,
        qty=_quantity(entries, asked, wish.qty),
        unit=first.words.unit,
        urgency=_urgency(entries, direction, by_ms, now_ms),
        area=area,
        needed_by_ms=by_ms,
        exercise=wish.exercise,
        hops=_hops(wish.hops),
        lifetime_ms=_lifetime_ms(wish.hours, by_ms, now_ms),
        until_needed=by_ms is not None and not wish.hours,
        personal=personal_in(text, entries, area),
    )


def personal_in(text: str, entries: Sequence[Entry], area: str = "") -> tuple[Finding, ...]:
    """What looks personal in a text about `entries` that is to leave the hall.

    Words of a contact may look like anything: the desk knows them, so it can tell, and it knows the
    names in its notes. A zone is finer than the hall's `area`, which everybody may read, and stays
    in the hall.
    """
    found = personal_looking(text)
    for entry in entries:
        private = "\n".join(getattr(entry.words, name) for name in NOTED)
        named = names_contact(text, entry.words.who) or names_private(text, private)
        if named and not _contains(area, named):
            found.append(_found(Looks.NAME, named, text))
        zone = entry.words.zone.strip()
        if zone and _contains(text, zone) and not _contains(area, zone):
            found.append(_found(Looks.ADDRESS, zone, text))
    return tuple(found)


def _found(looks: Looks, piece: str, text: str) -> Finding:
    at = max(text.casefold().find(piece.casefold()), 0)
    return Finding(looks, at, at + len(piece), piece)


def _contains(text: str, words: str) -> bool:
    """Whether these words stand in `text` as a whole, in any case."""
    pattern = rf"(?<!\w){re.escape(words.casefold())}(?!\w)"
    return re.search(pattern, text.casefold()) is not None


def _refuse_mixed(entries: list[Entry]) -> None:
    first = entries[0]
    for entry in entries:
        if entry.kind is not first.kind:
            raise Refused(Why.PASS_NEEDS_AND_OFFERS, first=first.ref, second=entry.ref)
    for entry in entries:
        refuse_closed(entry)
        counted_as = (entry.words.category, entry.words.unit)
        if counted_as != (first.words.category, first.words.unit):
            raise Refused(Why.PASS_MIXED, first=first.ref, second=entry.ref)


def _text(entries: list[Entry], typed: str) -> str:
    if typed:
        return clean_text(typed, TEXT_BYTES_MAX)
    text = BETWEEN_TEXTS.join(dict.fromkeys(entry.words.text for entry in entries))
    size = len(text.encode())
    if size > TEXT_BYTES_MAX:
        raise Refused(Why.PASS_TOO_LONG, size=size, limit=TEXT_BYTES_MAX)
    return text


def _quantity(entries: list[Entry], asked: Mapping[str, Thousandths], typed: str) -> Thousandths:
    """What was said, else all that is left. More may be asked for than the needs say, for the desk
    knows best; nobody gives away more than there is."""
    each_left = (entry.free - asked.get(entry.ref, 0) for entry in entries)
    left = Thousandths(sum(max(0, each) for each in each_left))
    first = entries[0]
    if not typed and left == 0:
        raise Refused(Why.NOTHING_TO_PASS, ref=first.ref)
    if not typed:
        return left
    qty = quantity_in(first.words.unit, typed)
    if first.kind is Kind.OFFER:
        refuse_more_than_left(qty, left, entries)
    return qty


def refuse_more_than_left(qty: Thousandths, left: Thousandths, offers: Sequence[Entry]) -> None:
    """Raises Refused(SURPLUS_TOO_MUCH) where neighbours would be shown more than is left of these
    offers together."""
    if qty > left:
        unit = offers[0].words.unit
        raise Refused(
            Why.SURPLUS_TOO_MUCH,
            given=as_words(qty, unit),
            left=as_words(left, unit),
            offers=", ".join(offer.ref for offer in offers),
        )


def _earliest(entries: list[Entry], now_ms: UnixMs) -> UnixMs | None:
    """The first needed-by time that is still to come."""
    times = [entry.words.by_ms for entry in entries if entry.words.by_ms is not None]
    return min((UnixMs(time) for time in times if time > now_ms), default=None)


def _urgency(
    entries: list[Entry], direction: Direction, by_ms: UnixMs | None, now_ms: UnixMs
) -> Urgency:
    """What is given away ends soon and is not needed soon."""
    if any(entry.words.danger for entry in entries):
        return Urgency.DANGER
    if direction is Direction.SURPLUS:
        return Urgency.ROUTINE
    if by_ms is not None and by_ms - now_ms <= SOON_MS:
        return Urgency.SOON
    return Urgency.ROUTINE


def _hops(wanted: int | None) -> int:
    if wanted is None:
        return HOPS
    if not 1 <= wanted <= REACH_MAX:
        raise Refused(Why.HOPS_OUT_OF_RANGE, given=wanted, limit=REACH_MAX)
    return wanted


def _lifetime_ms(hours: str, by_ms: UnixMs | None, now_ms: UnixMs) -> int:
    if hours:
        return int(parse_hours(hours, HOURS_MAX) * HOUR_MS)
    if by_ms is not None:
        return min(by_ms - now_ms, LIFETIME_MS_MAX)
    return LIFETIME_MS


def parse_hours(typed: str, most: int) -> float:
    """A number of hours above 0 and at most `most`. Raises Refused(HOURS_OUT_OF_RANGE)."""
    found = HOURS.fullmatch(typed.strip())
    hours = float(found[1].replace(",", ".")) if found else 0.0
    if not 0 < hours <= most:
        raise Refused(Why.HOURS_OUT_OF_RANGE, given=typed, limit=most)
    return hours
