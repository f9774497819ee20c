"""Slips that are filled in by hand: one a page, with the reference that it will have.

Plain text of 80 columns, with room for handwriting, on A4 or A5: whatever prints can print it.
"""

from __future__ import annotations

from typing import Final

from node.desk.categories import CATEGORIES
from node.desk.large import large
from node.desk.references import Kind
from node.desk.text import inert
from node.wording import N_, _

COLUMNS: Final = 80
LINES_MAX: Final = 60
"""What an A4 page takes at six lines an inch, with its margins."""
CATEGORY_COLUMNS: Final = 4
GAP: Final = "  "

TITLES: Final = {Kind.NEED: N_("NEED"), Kind.OFFER: N_("OFFER")}

Field = tuple[str, int]
"""What is asked, and how large its share of the line's free room is."""

_FIRST: Final[tuple[Field, ...]] = ((N_("Day"), 3), (N_("Time"), 2), (N_("Written by"), 3))
_WHAT: Final = {Kind.NEED: N_("What is needed"), Kind.OFFER: N_("What can be given")}
_HOW_MUCH: Final[dict[Kind, tuple[Field, ...]]] = {
    Kind.NEED: ((N_("How much"), 2), (N_("Needed by: day"), 2), (N_("time of day"), 2)),
    Kind.OFFER: ((N_("How much"), 2), (N_("There until: day"), 2), (N_("time of day"), 2)),
}
_PERSON: Final[tuple[tuple[Field, ...], ...]] = (
    ((N_("Zone or street"), 1),),
    ((N_("How to find them (name, address, phone)"), 1),),
    (("", 1),),
    ((N_("Who speaks for them"), 3), (N_("Ring back between"), 1), (N_("and"), 1)),
    ((N_("Languages"), 1), (N_("Household"), 1)),
)
_MORE: Final[dict[Kind, tuple[tuple[Field, ...], ...]]] = {
    Kind.NEED: (((N_("Diet"), 1), (N_("Access (stairs, wheelchair)"), 1)),),
    Kind.OFFER: (((N_("What cannot be done (stairs, distance)"), 1),),),
}
_MARKS: Final = {
    Kind.NEED: N_("[ ] DANGER TO LIFE: take this slip to the desk at once"),
    Kind.OFFER: N_("[ ] It is there again after each time"),
}
_QUIET: Final = N_("[ ] QUIET: unsafe to ring, unsafe to list. Safe ways to reach them:")
_CONSENT: Final = N_("[ ] They agree that who helps is told how to find them. In their words:")


def slip(ref: str, kind: Kind, hall: str) -> str:
    """One page, without an end of line at its end. `kind` is NEED or OFFER, `hall` its name."""
    lines = [
        _head(hall, f"{_(TITLES[kind])} {ref}"),
        "",
        *large(ref),
        "",
        _blanks(_FIRST),
        "",
        *_categories(),
        "",
        *_spaced(_asked(kind)),
    ]
    return "\n".join(line.rstrip() for line in lines)


def _asked(kind: Kind) -> list[str]:
    return [
        _blanks(((_WHAT[kind], 1),)),
        _blanks((("", 1),)),
        _blanks(_HOW_MUCH[kind]),
        _(_MARKS[kind]),
        *(_blanks(fields) for fields in (*_PERSON, *_MORE[kind])),
        *_with_room(_QUIET),
        *_with_room(_CONSENT),
        _blanks(((N_("Note"), 1),)),
    ]


def _spaced(lines: list[str]) -> list[str]:
    """With an empty line above each, for the hand."""
    return [each for line in lines for each in ("", line)][1:]


def _with_room(text: str) -> list[str]:
    """A box to tick, and a line below it for what is said."""
    return [_(text), _blanks((("", 1),))]


def _head(hall: str, title: str) -> str:
    room = COLUMNS - len(title) - len(GAP)
    return inert(hall)[:room].ljust(room) + GAP + title


def _categories() -> list[str]:
    """Every category with a box to tick, read down the columns."""
    boxes = [f"[ ] {each.code} {_(each.word)}" for each in CATEGORIES.values()]
    rows = -(-len(boxes) // CATEGORY_COLUMNS)
    size = COLUMNS // CATEGORY_COLUMNS
    return ["".join(box[: size - 1].ljust(size) for box in boxes[row::rows]) for row in range(rows)]


def _blanks(fields: tuple[Field, ...]) -> str:
    """The fields on one line, each with a rule to write on; together as wide as the page."""
    labels = [f"{_(label)} " if label else "" for label, _share in fields]
    room = COLUMNS - sum(map(len, labels)) - len(GAP) * (len(fields) - 1)
    shares = [share for _label, share in fields]
    rules = [room * share // sum(shares) for share in shares]
    rules[-1] += room - sum(rules)
    told = (label + "_" * rule for label, rule in zip(labels, rules, strict=True))
    return GAP.join(told)
