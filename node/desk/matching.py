"""How well an offer fits a need: a score, and the reasons for it in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from node.desk.entries import Entry
from node.desk.quantity import as_words
from node.desk.when import in_words
from node.desk.words import PERSONAL, Words
from node.wording import N_, _
from protocol.ids import Thousandths
from protocol.limits import HOUR_MS

SCORE_MAX: Final = 100
UNIT_POINTS: Final = 15
AMOUNT_POINTS: Final = 25
TEXT_POINTS: Final = 20
ZONE_POINTS: Final = 15
TIME_POINTS: Final = 15
LANGUAGE_POINTS: Final = 10
"""Together SCORE_MAX: how much and in which words weighs more than where and when, which a desk
can talk over."""
UNKNOWN: Final = 0.5
"""The share of its points that something gets where one side has not said it."""
WORTH_SHOWING: Final = 40
"""The score from which a candidate is shown unasked: the same unit, and little against it."""
IN_TIME_MS: Final = 2 * HOUR_MS
"""Milliseconds that are time enough to arrange it: less scores lower."""
BARRED_POINTS: Final = -30
"""Where the limits of the offer speak of what the need says of stairs, food and the like."""

SAID_MAX: Final = 3
"""Words in one reason: as many as a person reads at a glance."""
LETTERS_MIN: Final = 3
STEM_LETTERS: Final = 6
EMPTY_WORDS: Final = frozenset(
    {"and", "the", "for", "with", "from", "per", "not", "only", "some", "little", "speaks"}
)

ALL_OF_IT: Final = N_("same unit, all of it")
SOME_OF_IT: Final = N_("only {has} of {lacks}")
OTHER_UNIT: Final = N_("other unit: offered in {has}, needed in {lacks}")
SAME_ZONE: Final = N_("same zone")
OTHER_ZONE: Final = N_("another zone")
THERE_UNTIL: Final = N_("there until {until}")
NEEDED_BY: Final = N_("needed by {by}")
UNTIL_AND_BY: Final = N_("there until {until}, needed by {by}")
BOTH_SPEAK: Final = N_("both speak {languages}")
NO_LANGUAGE: Final = N_("no language in common")
BOTH_SAY: Final = N_("both say {words}")
LIMITS: Final = N_("limits: {limits}")

_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared of a need or an offer; `left` is what it still lacks, or still has.

    `said`, `languages` and `bounds` are words as they are compared, with how they were written.
    """

    words: Words
    left: Thousandths
    said: dict[str, str]
    languages: dict[str, str]
    bounds: dict[str, str]
    """Of a need what may bar an offer, of an offer what it cannot do."""


@dataclass(frozen=True, slots=True)
class Fit:
    """`score` is 0 to SCORE_MAX."""

    score: int
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    need: Side
    offer: Side
    now_ms: int
    zone: tzinfo


_Weighed = tuple[float, str]
"""Points, and the reason; empty: nothing to say."""


def side_of(entry: Entry, left: Thousandths) -> Side:
    """Of a quiet person only what is needed or given is compared: a reason must not tell more."""
    words = entry.words
    if words.quiet:
        words = words.without(name for name in PERSONAL if name != "text")
    bounds = (words.limits, words.access, words.diet)
    return Side(
        words=words,
        left=left,
        said=_stems([words.text]),
        languages=_stems([words.languages]),
        bounds=_stems(bounds),
    )


def fit(need: Side, offer: Side, now_ms: int, zone: tzinfo) -> Fit:
    """How well `offer` fits `need`, both of one category. Raises nothing, whatever they say."""
    pair = _Pair(need, offer, now_ms, zone)
    weighed = [weigh(pair) for weigh in ASPECTS]
    points = round(sum(points for points, _reason in weighed))
    because = tuple(reason for _points, reason in weighed if reason)
    return Fit(min(SCORE_MAX, max(0, points)), because)


def _amount(pair: _Pair) -> _Weighed:
    need, offer = pair.need, pair.offer
    unit = need.words.unit
    if unit != offer.words.unit:
        return 0, _(OTHER_UNIT).format(has=offer.words.unit, lacks=unit)
    if offer.left >= need.left:
        return UNIT_POINTS + AMOUNT_POINTS, _(ALL_OF_IT)
    has, lacks = as_words(offer.left, "each"), as_words(need.left, unit)
    points = UNIT_POINTS + AMOUNT_POINTS * offer.left / need.left
    return points, _(SOME_OF_IT).format(has=has, lacks=lacks)


def _zone(pair: _Pair) -> _Weighed:
    zones = {" ".join(_folded(side.words.zone).split()) for side in (pair.need, pair.offer)}
    if "" in zones:
        return ZONE_POINTS * UNKNOWN, ""
    return (ZONE_POINTS, _(SAME_ZONE)) if len(zones) == 1 else (0, _(OTHER_ZONE))


def _time(pair: _Pair) -> _Weighed:
    """Both are to meet before either is over."""
    by_ms, until_ms = pair.need.words.by_ms, pair.offer.words.by_ms
    ends = [each for each in (by_ms, until_ms) if each is not None]
    if not ends:
        return TIME_POINTS, ""
    share = min(1.0, max(0.0, (min(ends) - pair.now_ms) / IN_TIME_MS))
    by, until = (
        "" if each is None else in_words(each, pair.now_ms, pair.zone) for each in (by_ms, until_ms)
    )
    text = UNTIL_AND_BY if len(ends) == 2 else NEEDED_BY if by else THERE_UNTIL
    return TIME_POINTS * share, _(text).format(by=by, until=until)


def _language(pair: _Pair) -> _Weighed:
    ours, theirs = pair.need.languages, pair.offer.languages
    if not ours or not theirs:
        return LANGUAGE_POINTS * UNKNOWN, ""
    shared = _shared(ours, theirs)
    if not shared:
        return 0, _(NO_LANGUAGE)
    return LANGUAGE_POINTS, _(BOTH_SPEAK).format(languages=_listed(shared))


def _text(pair: _Pair) -> _Weighed:
    ours, theirs = pair.need.said, pair.offer.said
    shared = _shared(ours, theirs)
    if not shared:
        return 0, ""
    share = len(shared) / min(len(ours), len(theirs))
    return TEXT_POINTS * share, _(BOTH_SAY).format(words=_listed(shared))


def _limits(pair: _Pair) -> _Weighed:
    """What the offer cannot do is always said; it counts where the need speaks of the same."""
    limits = pair.offer.words.limits
    if not limits:
        return 0, ""
    is_barred = _shared(pair.offer.bounds, pair.need.bounds | pair.need.said)
    return BARRED_POINTS if is_barred else 0, _(LIMITS).format(limits=limits)


ASPECTS: Final[tuple[Callable[[_Pair], _Weighed], ...]] = (
    _limits,
    _amount,
    _text,
    _zone,
    _time,
    _language,
)
"""In the order in which a person wants the reasons: what speaks against it first."""


def _shared(ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """The words that both have, as ours writes them."""
    return [word for stem, word in ours.items() if stem in theirs]


def _listed(words: list[str]) -> str:
    return ", ".join(words[:SAID_MAX])


def _stems(texts: Iterable[str]) -> dict[str, str]:
    """The words of these by how they begin, so that `meal` and `meals` are one."""
    stems: dict[str, str] = {}
    for text in texts:
        for word in _WORD.findall(text) if text else ():
            folded = _folded(word)
            if len(folded) >= LETTERS_MIN and folded not in EMPTY_WORDS:
                stems[folded.removesuffix("s")[:STEM_LETTERS]] = word
    return stems


def _folded(text: str) -> str:
    """In small letters without accents."""
    if text.isascii():
        return text.lower()  # the same, and sooner
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))
