"""What requests, pledges, details, seens and notices say, and every rule of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.vectors.bodies import DEVICE, Body
from tests.vectors.plain import (
    ADA,
    DETAILS,
    NOTICE,
    NOW,
    PLEDGE,
    REQUEST,
    REQUEST_BODY,
    SEEN,
    Changes,
    Map,
    changed,
    public,
    seed,
    seen_number,
)
from tests.vectors.vector import Fields, Vector

MOST: Final = 999_999_999_000
"""Thousandths: the largest quantity."""
ASKED, ANSWER, OTHER = (seed(name)[:16] for name in ("a request", "a pledge", "another pledge"))


def vectors() -> Iterator[Vector]:
    yield from _requests()
    yield from _decisions()
    yield from _pledges()
    yield from _details()
    yield from _seen()
    yield from _notices()


def _requests() -> Iterator[Vector]:
    kind = Body("request", "SPEC 6.4", ADA.map(REQUEST, REQUEST_BODY, "meals"))
    yield kind.good("", "the least that a request says", {}, _REQUEST_FIELDS)
    yield kind.good(
        "_full",
        "all that a request can say",
        {16: "old school", 17: NOW + 1, 18: 1, 19: 1, 20: 2},
        (
            ("body.area", "old school"),
            ("body.needed_by_ms", str(NOW + 1)),
            ("body.direction", "surplus"),
            ("body.exercise", "yes"),
            ("body.closed", "withdrawn"),
        ),
    )
    yield kind.good("_qty_1", "a thousandth of a meal", {13: 1}, (("body.qty", "1"),))
    yield kind.good("_qty_most", "the largest quantity", {13: MOST})
    yield kind.good("_text_400", "a text of 400 bytes", {12: "a" * 400})
    begins = (("body.needed_by_ms", "0"),)
    optional = replace(kind, spec=f"SPEC 2.2, {kind.spec}")
    yield optional.good(
        "_needed_by_0", "where the limit begins at 0, 0 is a value", {17: 0}, begins
    )
    for code, word in enumerate(("routine", "soon", "danger")):
        urgency = (("body.urgency", word),)
        yield kind.good(f"_urgency_{code}", f"its urgency is {word}", {15: code}, urgency)
    for code, word in enumerate(("received", "withdrawn", "expired"), start=1):
        closed = (("body.closed", word),)
        yield kind.good(f"_closed_{code}", f"it is closed: {word}", {20: code}, closed)
    for name, comment, changes in (
        ("_urgency_3", "an urgency of a later version", {15: 3}),
        ("_direction_2", "a direction of a later version", {18: 2}),
        ("_closed_4", "a reason of a later version", {20: 4}),
    ):
        yield kind.unread(name, comment, changes)
    yield from _ends_of_reading(kind.base)
    for name, comment, wrong in _BAD_REQUESTS:
        yield kind.bad(name, comment, wrong)


def _ends_of_reading(request: Map) -> Iterator[Vector]:
    """Keys are read in ascending order, up to the first code of a later version."""
    comment = "behind a code of a later version nothing is read"
    behind = Body("unknown_urgency", "SPEC 6.4", request)
    yield behind.unread("_then_bad", comment, {15: 3, 20: 0})
    unread: Map = {0: ANSWER, 1: 1, 2: 4}
    listed = Body("unknown_verdict", "SPEC 6.4", request)
    yield listed.unread("_then_bad", comment, {21: [unread, {**unread, 0: bytes(15)}]})
    yield listed.unread("_then_no_map", comment, {21: [unread, ANSWER]})
    before = Body("before_unknown_urgency", "SPEC 2.3, SPEC 6.4", request)
    yield before.bad("", "what is wrong before such a code is wrong", {10: "", 15: 3})


_REQUEST_FIELDS: Final[Fields] = (
    ("body.ref", "V-123456-K"),
    ("body.category", "FOO"),
    ("body.text", "sixty warm meals, by noon"),
    ("body.qty", "60000"),
    ("body.unit", "meals"),
    ("body.urgency", "soon"),
    ("body.area", ""),
    ("body.needed_by_ms", "none"),
    ("body.direction", "request"),
    ("body.exercise", "no"),
    ("body.closed", "none"),
    ("body.decisions", ""),
)

_BAD_REQUESTS: Final[tuple[tuple[str, str, Changes], ...]] = (
    ("_ref_missing", "key 10 is missing", {10: None}),
    ("_ref_empty", "a reference of no letters", {10: ""}),
    ("_ref_17", "a reference of 17 bytes", {10: "a" * 17}),
    ("_category_missing", "key 11 is missing", {11: None}),
    ("_category_2", "a category has three letters", {11: "FO"}),
    ("_category_4", "a category has three letters, no more", {11: "FOOD"}),
    ("_text_missing", "key 12 is missing", {12: None}),
    ("_text_empty", "a text of no letters", {12: ""}),
    ("_text_401", "a text of 401 bytes", {12: "a" * 401}),
    ("_qty_missing", "key 13 is missing", {13: None}),
    ("_qty_0", "nothing is asked for", {13: 0}),
    ("_qty_negative", "less than nothing is asked for", {13: -1}),
    ("_qty_beyond", "more than the largest quantity", {13: MOST + 1}),
    ("_qty_text", "a quantity is a number", {13: "60"}),
    ("_unit_missing", "key 14 is missing", {14: None}),
    ("_unit_empty", "a unit of no letters", {14: ""}),
    ("_unit_13", "a unit of 13 bytes", {14: "a" * 13}),
    ("_urgency_missing", "key 15 is missing", {15: None}),
    ("_urgency_256", "a code is one byte", {15: 256}),
    ("_area_empty", "no area is no key, not an empty one", {16: ""}),
    ("_area_81", "an area of 81 bytes", {16: "a" * 81}),
    ("_needed_by_late", "a time that not every language can say", {17: 2**53}),
    ("_direction_0", "the usual direction is said by no key, not by 0", {18: 0}),
    ("_exercise_0", "no exercise is said by no key, not by 0", {19: 0}),
    ("_exercise_2", "the mark of an exercise is 1", {19: 2}),
    ("_closed_0", "an open request is said by no key, not by 0", {20: 0}),
)


def _decisions() -> Iterator[Vector]:
    """What a request says of the pledges to it."""
    kind = Body("decision", "SPEC 6.4", ADA.map(REQUEST, REQUEST_BODY, "meals"))
    one: Map = {0: ANSWER, 1: 1, 2: 1, 3: 25_000}
    full: Map = {**one, 4: 20_000, 5: "warm"}
    yield kind.good("", "a pledge is accepted", {21: [one]}, (("body.accepted", "25000"),))
    moved = (("body.accepted", "25000"), ("body.moved", "20000"))
    yield kind.good("_full", "all that a decision can say", {21: [full]}, moved)
    all_of_it = {**one, 3: 60_000}
    exact = (("body.accepted", "60000"),)
    yield kind.good("_all", "exactly as much is accepted as is asked", {21: [all_of_it]}, exact)
    more = (("body.accepted", "25000"), ("body.moved", "30000"))
    yield kind.good("_more_came", "more came than was accepted", {21: [{**one, 4: 30_000}]}, more)
    many: list[Map] = [{0: seed(f"pledge {n}")[:16], 1: 1, 2: 2} for n in range(49)]
    yield kind.good("_48", "as many as there can be", {21: many[:48]})
    for code, word in ((2, "not_needed"), (3, "released")):
        declined: Map = {0: ANSWER, 1: 1, 2: code}
        yield kind.good(f"_{word}", f"a pledge is {word.replace('_', ' ')}", {21: [declined]})
    for code in (0, 4):
        unread = {**one, 2: code}
        yield kind.unread(f"_verdict_{code}", "a verdict of a later version", {21: [unread]})
    yield kind.bad("_none", "no decisions are said by no key, not by an empty list", {21: []})
    yield kind.bad("_49", "more than there can be", {21: many})
    yield kind.bad("_twice", "two decisions on one pledge", {21: [one, {**one, 3: 1}]})
    beyond = [{**one, 3: 60_000}, {**one, 0: OTHER, 3: 1}]
    yield kind.bad("_beyond", "more is accepted than is asked", {21: beyond})
    surplus = {18: 1, 21: beyond}
    yield kind.bad("_beyond_surplus", "more is promised than there is", surplus)
    yield kind.bad("_no_map", "a decision is a map", {21: [ANSWER]})
    yield kind.bad("_no_list", "one decision, not in a list", {21: one})
    for name, comment, changes in (
        ("_pledge_missing", "which pledge is not said", {0: None}),
        ("_pledge_15", "an object's id has 16 bytes", {0: bytes(15)}),
        ("_version_missing", "which version of the pledge is not said", {1: None}),
        ("_version_0", "versions count from 1", {1: 0}),
        ("_verdict_missing", "the verdict is missing", {2: None}),
        ("_verdict_256", "a code is one byte", {2: 256}),
        ("_accepted_0", "nothing accepted is said by no key, not by 0", {3: 0}),
        ("_accepted_large", "more than the largest quantity", {3: MOST + 1}),
        ("_moved_0", "nothing moved is said by no key, not by 0", {4: 0}),
        ("_moved_large", "more than the largest quantity moved", {4: MOST + 1}),
        ("_condition_empty", "no condition is no key, not an empty one", {5: ""}),
        ("_condition_81", "a condition of 81 bytes", {5: "a" * 81}),
    ):
        yield kind.bad(name, comment, {21: [changed(one, changes)]})


def _pledges() -> Iterator[Vector]:
    body: Map = {10: ASKED, 11: "P-654321-X", 12: 25_000}
    kind = Body("pledge", "SPEC 6.5", ADA.map(PLEDGE, body, "pledge"))
    yield kind.good(
        "",
        "the least that a pledge says",
        {},
        (
            ("body.request", ASKED.hex()),
            ("body.ref", "P-654321-X"),
            ("body.qty", "25000"),
            ("body.step", "offered"),
            ("body.note", ""),
            ("body.moved", "0"),
            ("body.condition", ""),
        ),
    )
    yield kind.good(
        "_full",
        "all that a pledge can say",
        {13: 1, 14: bytes(range(200)), 15: 20_000, 16: "warm"},
        (
            ("body.step", "sent"),
            ("body.note", bytes(range(200)).hex()),
            ("body.moved", "20000"),
            ("body.condition", "warm"),
        ),
    )
    yield kind.good("_withdrawn", "it is withdrawn", {13: 2}, (("body.step", "withdrawn"),))
    yield kind.unread("_step_3", "a step of a later version", {13: 3})
    nowhere = {10: None, 13: 3}
    yield kind.bad("_step_3", "a step of a later version, and no request", nowhere)
    for name, comment, changes in _BAD_PLEDGES:
        yield kind.bad(name, comment, changes)


_BAD_PLEDGES: Final[tuple[tuple[str, str, Changes], ...]] = (
    ("_request_missing", "key 10 is missing", {10: None}),
    ("_request_15", "an object's id has 16 bytes", {10: bytes(15)}),
    ("_ref_missing", "key 11 is missing", {11: None}),
    ("_ref_empty", "a reference of no letters", {11: ""}),
    ("_ref_17", "a reference of 17 bytes", {11: "a" * 17}),
    ("_qty_missing", "key 12 is missing", {12: None}),
    ("_qty_0", "nothing is promised", {12: 0}),
    ("_qty_beyond", "more than the largest quantity", {12: MOST + 1}),
    ("_step_0", "an offer is said by no key, not by 0", {13: 0}),
    ("_step_256", "a code is one byte", {13: 256}),
    ("_note_empty", "no note is no key, not an empty one", {14: b""}),
    ("_note_1601", "a sealed field of 1,601 bytes", {14: bytes(1_601)}),
    ("_note_text", "a note is sealed, no text", {14: "at the back door"}),
    ("_moved_0", "nothing moved is said by no key, not by 0", {15: 0}),
    ("_moved_beyond", "more than the largest quantity moved", {15: MOST + 1}),
    ("_condition_empty", "no condition is no key, not an empty one", {16: ""}),
    ("_condition_81", "a condition of 81 bytes", {16: "a" * 81}),
)


def _details() -> Iterator[Vector]:
    sealed = bytes(range(250))
    base = ADA.map(DETAILS, {10: ASKED, 11: ANSWER, 12: sealed}, "details")
    kind = Body("details", "SPEC 6.6", base)
    about = (("body.request", ASKED.hex()), ("body.pledge", ANSWER.hex()))
    yield kind.good("", "sealed for one pledge", {}, (*about, ("body.sealed", sealed.hex())))
    closed = (("body.sealed", ""),)
    yield kind.good("_closed", "nothing is left to read", {12: None}, closed)
    yield kind.good("_1600", "a sealed field of 1,600 bytes", {12: bytes(1_600)})
    for name, comment, changes in (
        ("_request_missing", "key 10 is missing", {10: None}),
        ("_request_17", "an object's id has 16 bytes", {10: bytes(17)}),
        ("_pledge_missing", "key 11 is missing", {11: None}),
        ("_pledge_text", "an object's id is bytes", {11: "a" * 16}),
        ("_sealed_empty", "nothing sealed is no key, not an empty one", {12: b""}),
        ("_sealed_1601", "a sealed field of 1,601 bytes", {12: bytes(1_601)}),
        ("_sealed_text", "what is sealed is bytes", {12: "at the back door"}),
    ):
        yield kind.bad(name, comment, changes)


def _seen() -> Iterator[Vector]:
    number = seen_number(ASKED, public(DEVICE))
    kind = Body("seen", "SPEC 6.7", ADA.map(SEEN, {3: number, 10: ASKED}))
    yield kind.good("", "somebody has opened it", {}, (("body.request", ASKED.hex()),))
    yield kind.bad("_request_missing", "key 10 is missing", {10: None})
    yield kind.bad("_request_15", "an object's id has 16 bytes", {10: bytes(15)})
    other = {10: seed("another request")[:16]}
    yield kind.bad("_other_request", "its number is of another request", other)


def _notices() -> Iterator[Vector]:
    kind = Body("notice", "SPEC 6.8", ADA.map(NOTICE, {10: "the bridge is closed"}, "notice"))
    yield kind.good(
        "",
        "a message to whoever is in reach",
        {},
        (
            ("body.text", "the bridge is closed"),
            ("body.confirmed", "no"),
            ("body.exercise", "no"),
        ),
    )
    both = (("body.confirmed", "yes"), ("body.exercise", "yes"))
    yield kind.good("_full", "seen for themselves, and an exercise", {11: 1, 12: 1}, both)
    yield kind.good("_withdrawn", "it is withdrawn", {10: None}, (("body.text", ""),))
    yield kind.good("_400", "a text of 400 bytes", {10: "a" * 400})
    for name, comment, changes in (
        ("_empty", "what is withdrawn has no text, not an empty one", {10: ""}),
        ("_401", "a text of 401 bytes", {10: "a" * 401}),
        ("_bytes", "a text, not its bytes", {10: b"the bridge"}),
        ("_confirmed_0", "not confirmed is said by no key, not by 0", {11: 0}),
        ("_confirmed_2", "the mark of what is confirmed is 1", {11: 2}),
        ("_exercise_0", "no exercise is said by no key, not by 0", {12: 0}),
    ):
        yield kind.bad(name, comment, changes)
