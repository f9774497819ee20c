"""What leaves the hall: the draft, and the approval that stands for it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from node.desk.entries import Entry, State, Sums
from node.desk.passing import (
    HOPS,
    HOURS_MAX,
    LIFETIME_MS,
    NOTED,
    ONE_PERSON_CATEGORIES,
    SOON_MS,
    Draft,
    Wish,
    draft,
    parse_hours,
    personal_in,
)
from node.desk.references import Kind, make
from node.desk.words import Words
from node.refusal import Why
from protocol.bodies import Direction, Urgency
from protocol.ids import Thousandths, UnixMs
from protocol.limits import LIFETIME_MS_MAX, REACH_MAX, TEXT_BYTES_MAX
from tests.node.refusals import refused

NOW = UnixMs(1_938_018_600_000)
HOUR_MS = 3_600_000
USUAL = Wish()


def need(number: int = 1, **words: object) -> Entry:
    plain = Words("FOD", "Hot meals", Thousandths(40_000), "meal", contact="Ana, 555 0100")
    return Entry(
        ref=make(Kind.NEED, number),
        kind=Kind.NEED,
        words=replace(plain, **words),  # type: ignore[arg-type]
        created_ms=NOW,
        initials="AK",
        decided=State.OPEN,
    )


def offer(number: int = 1, **words: object) -> Entry:
    ref = make(Kind.OFFER, number)
    return replace(need(number, **words), ref=ref, kind=Kind.OFFER, decided=State.AVAILABLE)


def drafted(*needs: Entry, wish: Wish = USUAL) -> Draft:
    return draft(list(needs) or [need()], {}, wish, "Northgate", NOW)


def test_a_draft_says_what_and_never_who() -> None:
    private = need(contact="Ana Silva", note="third floor", zone="Mill Lane", consent="yes, Ana")
    left = str(drafted(private).request("V-1-E"))
    for word in ("Ana", "Silva", "third floor", "Mill Lane"):
        assert word not in left


def test_several_needs_become_one_aggregate() -> None:
    made = drafted(
        need(1),
        need(2, text="Soup", qty=Thousandths(2_500)),
        need(3),
    )
    assert (made.text, made.qty) == ("Hot meals; Soup", 82_500)


def test_only_what_is_outstanding_is_asked_for() -> None:
    assert drafted(replace(need(), direct=Thousandths(15_000))).qty == 25_000
    promised = Sums(reserved=Thousandths(25_000))
    assert drafted(replace(need(), sums=promised)).qty == 15_000
    again = need(every="day")
    with refused(Why.NOTHING_TO_PASS):
        drafted(replace(again, direct=again.words.qty))


def test_other_words_and_another_quantity_may_be_given() -> None:
    made = drafted(wish=Wish(qty="12", text=" Warm  soup "))
    assert (made.text, made.qty) == ("Warm soup", 12_000)
    with refused(Why.QUANTITY_OTHER_UNIT):
        drafted(wish=Wish(qty="12 kg"))
    with refused(Why.TEXT_MARKUP):
        drafted(wish=Wish(text="[bold red]soup"))


def test_one_category_and_one_unit_at_a_time() -> None:
    with refused(Why.PASS_MIXED):
        drafted(need(1), need(2, category="WAT"))
    with refused(Why.PASS_MIXED):
        drafted(need(1), need(2, unit="kg"))


def test_a_closed_need_is_not_passed_on() -> None:
    with refused(Why.NOT_OPEN):
        drafted(need(1), replace(need(2), decided=State.CLOSED))
    with refused(Why.NOT_OPEN):
        drafted(replace(need(), direct=Thousandths(40_000)))


def test_words_too_long_together_are_refused() -> None:
    half = "ä" * (TEXT_BYTES_MAX // 4)
    drafted(need(1, text=half))
    with refused(Why.PASS_TOO_LONG):
        drafted(need(1, text=half), need(2, text=half + "!"))


def test_what_looks_personal_is_found_in_the_words_that_leave() -> None:
    assert drafted().personal == ()
    assert drafted(need(text="Meals for Mrs Miller, 555 010 0199")).personal
    assert drafted(need(text="Meals for Mrs Miller"), wish=Wish(text="Meals")).personal == ()


@pytest.mark.parametrize("code", sorted(ONE_PERSON_CATEGORIES))
def test_one_of_these_is_one_person(code: str) -> None:
    one = need(category=code, qty=Thousandths(1_000))
    assert drafted(one).is_one_person
    assert not drafted(one, wish=Wish(qty="2")).is_one_person
    assert not drafted(replace(one, words=replace(one.words, category="FOD"))).is_one_person


@pytest.mark.parametrize("hops", range(1, REACH_MAX + 1))
def test_hops_as_wished(hops: int) -> None:
    assert drafted(wish=Wish(hops=hops)).hops == hops
    assert drafted().hops == HOPS


@pytest.mark.parametrize("hops", [0, -1, REACH_MAX + 1])
def test_hops_out_of_range_are_refused(hops: int) -> None:
    with refused(Why.HOPS_OUT_OF_RANGE):
        drafted(wish=Wish(hops=hops))


def test_it_lives_until_needed_else_as_usual_else_as_wished() -> None:
    assert drafted().lifetime_ms == LIFETIME_MS
    assert drafted(need(by_ms=NOW + 90_500)).lifetime_ms == 90_500
    assert drafted(need(by_ms=NOW + 90_500), wish=Wish(hours="5")).lifetime_ms == 5 * HOUR_MS
    assert drafted(need(by_ms=NOW + 400 * 24 * HOUR_MS)).lifetime_ms == LIFETIME_MS_MAX


@pytest.mark.parametrize("typed", ["0", "-1", "1e99", "forty", "336.001", "5 kg", "nan", ""])
def test_hours_out_of_range_are_refused(typed: str) -> None:
    with refused(Why.HOURS_OUT_OF_RANGE):
        parse_hours(typed, HOURS_MAX)


@pytest.mark.parametrize(
    ("typed", "hours"), [("336", 336), ("0.5", 0.5), ("2 hours", 2), ("0.0003", 0.0003)]
)
def test_hours_as_people_type_them(typed: str, hours: float) -> None:
    assert parse_hours(typed, HOURS_MAX) == hours


def test_the_first_time_still_to_come_counts() -> None:
    late, soon, later = NOW - 1, NOW + HOUR_MS, NOW + 9 * HOUR_MS
    made = drafted(need(1, by_ms=later), need(2, by_ms=soon), need(3, by_ms=late), need(4))
    assert made.needed_by_ms == soon
    assert drafted(need(by_ms=late)).needed_by_ms is None
    assert drafted(need(by_ms=NOW)).needed_by_ms is None


@pytest.mark.parametrize(
    ("needs", "urgency"),
    [
        ((need(),), Urgency.ROUTINE),
        ((need(by_ms=NOW + SOON_MS + 1),), Urgency.ROUTINE),
        ((need(by_ms=NOW + SOON_MS),), Urgency.SOON),
        ((need(1), need(2, danger=True)), Urgency.DANGER),
    ],
)
def test_how_urgent_it_is(needs: tuple[Entry, ...], urgency: Urgency) -> None:
    assert drafted(*needs).urgency is urgency


def test_offers_become_a_surplus_that_is_in_no_hurry() -> None:
    soon = UnixMs(NOW + SOON_MS)
    made = drafted(offer(1, by_ms=soon), offer(2, text="Soup"))
    left = made.request("S-1-B")
    assert (left.direction, left.urgency, left.needed_by_ms) == (
        Direction.SURPLUS,
        Urgency.ROUTINE,
        soon,
    )
    assert (made.lifetime_ms, left.text, left.qty) == (SOON_MS, "Hot meals; Soup", 80_000)
    assert drafted(offer(danger=True)).urgency is Urgency.DANGER
    assert drafted().direction is Direction.REQUEST


def test_needs_and_offers_are_never_one() -> None:
    for entries in ((need(), offer()), (offer(), need())):
        with refused(Why.PASS_NEEDS_AND_OFFERS):
            drafted(*entries)


def test_only_what_was_not_given_is_given_away() -> None:
    assert drafted(replace(offer(), direct=Thousandths(15_000))).qty == 25_000


OTHER = {
    "direction": Direction.SURPLUS,
    "category": "WAT",
    "text": "Cold meals",
    "qty": Thousandths(39_000),
    "unit": "kg",
    "urgency": Urgency.DANGER,
    "area": "Eastside",
    "needed_by_ms": UnixMs(NOW + HOUR_MS),
    "exercise": True,
    "hops": 1,
    "lifetime_ms": 60,
}


@pytest.mark.parametrize("name", OTHER)
def test_any_change_of_what_leaves_changes_the_approval(name: str) -> None:
    made = drafted()
    other = replace(made, **{name: OTHER[name]})  # type: ignore[arg-type]
    assert other.approval != made.approval


def test_every_field_of_a_draft_is_approved_or_cannot_leave() -> None:
    approved = {*OTHER, "personal", "until_needed"}
    assert {field.name for field in fields(Draft)} == approved


def test_an_approval_holds_while_only_the_minute_changes() -> None:
    by_noon = need(by_ms=NOW + 9 * HOUR_MS)
    before, later = (draft([by_noon], {}, USUAL, "", UnixMs(NOW + ms)) for ms in (0, 60_000))
    assert before.lifetime_ms != later.lifetime_ms
    assert before.approval == later.approval


def test_hours_that_are_wished_are_approved_also_where_there_is_a_needed_by() -> None:
    by_noon = need(by_ms=NOW + 9 * HOUR_MS)
    made = {drafted(by_noon, wish=Wish(hours=hours)).approval for hours in ("", "5", "6")}
    assert len(made) == 3


def test_an_approval_ends_when_it_becomes_urgent() -> None:
    needed = need(by_ms=NOW + SOON_MS + 1)
    before, later = (draft([needed], {}, USUAL, "", UnixMs(NOW + ms)) for ms in (0, 1))
    assert before.approval != later.approval


def test_a_request_says_what_the_draft_says() -> None:
    made = drafted(need(by_ms=NOW + HOUR_MS), wish=Wish(exercise=True))
    request = made.request("V-1-E")
    for name in ("category", "text", "qty", "unit", "urgency", "area", "needed_by_ms", "exercise"):
        assert getattr(request, name) == getattr(made, name)


def test_what_neighbours_were_asked_for_is_not_asked_again() -> None:
    one, other = need(1), need(2, qty=Thousandths(20_000))
    asked = {one.ref: Thousandths(30_000)}
    assert draft([one, other], asked, USUAL, "", NOW).qty == 30_000
    with refused(Why.NOTHING_TO_PASS):
        draft([one], {one.ref: Thousandths(40_000)}, USUAL, "", NOW)


def test_a_word_of_the_contact_bars_the_text() -> None:
    made = drafted(need(text="insulin, Meier, ring twice", contact="Meier, third floor"))
    assert [finding.found for finding in made.personal] == ["Meier"]


@pytest.mark.parametrize(
    ("text", "area", "found"),
    [
        ("Insulin for the old docks", "", ["Old Docks"]),
        ("Insulin", "", []),
        ("Insulin for the old docks", "between Old Docks and the river", []),
        ("Old docksides need paint", "", []),
    ],
)
def test_the_need_s_own_zone_stays_here_unless_everybody_may_read_it(
    text: str, area: str, found: list[str]
) -> None:
    entry = need(zone="Old Docks")
    assert [each.found for each in personal_in(text, [entry], area)] == found


@pytest.mark.parametrize("field", NOTED)
def test_a_name_that_the_desk_has_noted_looks_personal(field: str) -> None:
    plain = need()
    said = {field: "ask for Zerko, her son"}
    noted = replace(plain, words=replace(plain.words, **said))  # type: ignore[arg-type]
    assert [each.found for each in personal_in("Meals for two, and Zerko", [noted])] == ["Zerko"]
    assert personal_in("Zerko estate: meals", [noted], area="Zerko estate") == ()


def test_what_to_cook_and_in_which_language_may_be_said() -> None:
    spoken = need(diet="we eat Halal", languages="only Arabic")
    assert personal_in("Meals, Halal; somebody who speaks Arabic", [spoken]) == ()


def test_no_more_is_given_away_than_is_left() -> None:
    asked = {make(Kind.OFFER, 1): Thousandths(10_000)}
    with refused(Why.SURPLUS_TOO_MUCH):
        draft([offer()], asked, Wish(qty="31"), "", NOW)
    assert draft([offer()], asked, Wish(qty="30"), "", NOW).qty == 30_000
    assert draft([need()], {}, Wish(qty="41"), "", NOW).qty == 41_000
