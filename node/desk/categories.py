"""Categories and units: the short tables that every need and offer is filed by.

Twenty categories, each with three letters that can be said on a radio. Danger to life is a flag,
never a category.
"""

import difflib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NewType

from node.refusal import Refused, Why
from node.wording import N_

CategoryCode = NewType("CategoryCode", str)
Unit = NewType("Unit", str)

NEAR_MAX: Final = 3
"""Suggestions in one refusal: more would not fit a line beside what to do."""

NEAR_REMEMBERED: Final = 256
"""Wrong words that come again and again, as in a spreadsheet, are compared once."""

TYPED_CHARACTERS_MAX: Final = 40
"""Longer words are no category or unit; comparing them with each would cost time for nothing."""


@dataclass(frozen=True, slots=True)
class Category:
    """One row of the table. `word` and `covers` are English; translate them where they are shown.

    `said` are the further words that people type for it, in lower case and the singular.
    """

    code: CategoryCode
    word: str
    covers: str
    unit: Unit
    said: tuple[str, ...] = ()


def _row(code: str, word: str, covers: str, unit: str, said: str = "") -> Category:
    return Category(CategoryCode(code), word, covers, Unit(unit), tuple(said.split()))


CATEGORIES: Final = {
    row.code: row
    for row in (
        _row("WAT", N_("water"), N_("water"), "litre", "drink"),
        _row("FOD", N_("food"), N_("food and meals"), "meal", "meal bread grocery"),
        _row(
            "MED",
            N_("medicine"),
            N_("medicine and health"),
            "each",
            "medical health nurse first-aid",
        ),
        _row("SHL", N_("shelter"), N_("place to stay"), "person", "accommodation bed housing stay"),
        _row("PWR", N_("power"), N_("power, heat, charging"), "each", "heat charging electricity"),
        _row("HYG", N_("hygiene"), N_("washing, toilets"), "each", "washing toilet shower soap"),
        _row("BAB", N_("baby"), N_("baby and child supplies"), "pack", "child nappy diaper"),
        _row(
            "CLO",
            N_("clothes"),
            N_("clothes, bedding, household"),
            "each",
            "clothing bedding blanket",
        ),
        _row(
            "TRN",
            N_("transport"),
            N_("lifts and deliveries"),
            "trip",
            "transportation lift delivery",
        ),
        _row("LAB", N_("hands"), N_("hands, clean-up"), "person", "labour labor clean-up cleaning"),
        _row("FIX", N_("repairs"), N_("repairs, tools"), "each", "repair tool"),
        _row("CAR", N_("care"), N_("child, elder, disability care"), "hour", "childcare caring"),
        _row("CHK", N_("check-in"), N_("check-in, company"), "each", "company visit"),
        _row("PET", N_("animals"), N_("animals"), "each", "animal dog cat"),
        _row("LAN", N_("language"), N_("language, forms, advice"), "hour", "form advice"),
        _row("COM", N_("contact"), N_("phone, internet, radio"), "each", "phone internet radio"),
        _row("SPC", N_("space"), N_("rooms, storage"), "room", "room storage"),
        # Money follows no currency by itself: one bill or one grant, unless a currency is said.
        _row("MON", N_("money"), N_("money"), "each", "cash rent bill"),
        _row("LRN", N_("teaching"), N_("teaching, training"), "hour", "training lesson school"),
        _row("OTH", N_("other"), N_("other"), "each", "else"),
    )
}
"""All categories by code, in the order in which lists and forms show them."""

UNITS: Final = {
    Unit("each"): (N_("{n}"), N_("{n}")),
    Unit("pack"): (N_("{n} pack"), N_("{n} packs")),
    Unit("kg"): (N_("{n} kg"), N_("{n} kg")),
    Unit("litre"): (N_("{n} litre"), N_("{n} litres")),
    Unit("meal"): (N_("{n} meal"), N_("{n} meals")),
    Unit("person"): (N_("{n} person"), N_("{n} people")),
    Unit("night"): (N_("{n} night"), N_("{n} nights")),
    Unit("hour"): (N_("{n} hour"), N_("{n} hours")),
    Unit("trip"): (N_("{n} trip"), N_("{n} trips")),
    Unit("room"): (N_("{n} room"), N_("{n} rooms")),
}
"""Every unit but money, with how one and many of it are written."""

_UNITS_SAID: Final = {
    "piece": "each", "pc": "each", "item": "each", "pk": "pack", "packet": "pack",
    "kilo": "kg", "kilogram": "kg", "kilogramme": "kg", "l": "litre", "liter": "litre",
    "people": "person", "hr": "hour", "h": "hour",
}  # fmt: skip

CURRENCIES: Final = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN
    BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
    GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW
    KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD
    NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES
    VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905 - as a list it is six times as long
)
"""ISO 4217 codes of money in use."""

_WORDS_TOO: Final = frozenset("ALL CUP GEL MOP PEN TOP".split())  # noqa: SIM905 - as above
"""Those that are also what people count: money in capitals only, so that `5 cup` is not read as
Cuban pesos."""


def category_of(typed: str) -> Category:
    """The category that someone typed as a code or a word (`fod`, `Food`, `meals`).

    Raises Refused(UNKNOWN_CATEGORY) with the nearest ones.
    """
    row = find_category(typed)
    if row is None:
        near = _near_categories(_plain(typed))
        raise Refused(Why.UNKNOWN_CATEGORY, given=_shown(typed), near=near)
    return row


def find_category(typed: str) -> Category | None:
    """The category that someone typed, or None; looks for no near ones, which takes a while."""
    word = _plain(typed)
    return _CATEGORY_BY_WORD.get(word) or _CATEGORY_BY_WORD.get(_singular(word))


def unit_of(typed: str) -> Unit:
    """The unit that someone typed (`meals`, `Liters`, `kg`, `EUR`, `eur`).

    Raises Refused(UNKNOWN_UNIT) with the nearest ones.
    """
    unit = find_unit(typed)
    if unit is None:
        raise Refused(Why.UNKNOWN_UNIT, given=_shown(typed), near=_near_units(_plain(typed)))
    return unit


def find_unit(typed: str) -> Unit | None:
    """The unit that someone typed, or None; looks for no near ones, which takes a while."""
    word = _plain(typed)
    money = word.upper()
    if money in CURRENCIES and (money not in _WORDS_TOO or money in typed):
        return Unit(money)
    return _UNIT_BY_WORD.get(word) or _UNIT_BY_WORD.get(_singular(word))


@lru_cache(maxsize=NEAR_REMEMBERED)
def _near_categories(word: str) -> str:
    """At most three categories as `FOD (food)`, best first; OTH when nothing is near."""
    words = difflib.get_close_matches(word, _CATEGORY_BY_WORD, n=2 * NEAR_MAX, cutoff=0.6)
    rows = list(dict.fromkeys(_CATEGORY_BY_WORD[near].code for near in words))[:NEAR_MAX]
    return ", ".join(f"{code} ({CATEGORIES[code].word})" for code in rows or [CategoryCode("OTH")])


@lru_cache(maxsize=NEAR_REMEMBERED)
def _near_units(word: str) -> str:
    near = difflib.get_close_matches(word, UNITS, n=NEAR_MAX, cutoff=0.5) or list(UNITS)
    return ", ".join(near)


def _plain(typed: str) -> str:
    return typed[: TYPED_CHARACTERS_MAX + 1].strip().casefold()


def _shown(typed: str) -> str:
    """What the refusal repeats: as typed, and not all of ten megabytes."""
    return typed[: 2 * TYPED_CHARACTERS_MAX].strip()


def _singular(word: str) -> str:
    """Good enough for the words in these tables; a wrong guess is only not found."""
    if word.endswith("ies"):
        return word.removesuffix("ies") + "y"
    return word.removesuffix("s")


_CATEGORY_BY_WORD: Final = {
    word: row
    for row in CATEGORIES.values()
    for word in (row.code.casefold(), row.word, row.covers, *row.said)
}
_UNIT_BY_WORD: Final = {str(unit): unit for unit in UNITS} | {
    said: Unit(unit) for said, unit in _UNITS_SAID.items()
}
