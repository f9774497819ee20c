"""Slips: what is asked on them, in the lines and columns of a page."""

from __future__ import annotations

import pytest

from node.desk.categories import CATEGORIES
from node.desk.large import large
from node.desk.references import NUMBER_MAX, Kind, make
from node.desk.slips import COLUMNS, LINES_MAX, slip

KINDS = [Kind.NEED, Kind.OFFER]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [1, NUMBER_MAX])
@pytest.mark.parametrize("hall", ["", "Northgate Hall", "N" * 80])
def test_a_slip_fits_its_page(kind: Kind, number: int, hall: str) -> None:
    lines = slip(make(kind, number), kind, hall).split("\n")
    assert len(lines) <= LINES_MAX
    assert max(map(len, lines)) <= COLUMNS


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_is_read_from_afar_and_close_by(kind: Kind) -> None:
    ref = make(kind, 417)
    page = slip(ref, kind, "Northgate Hall")
    assert page.splitlines()[0].endswith(ref)
    assert "\n".join(large(ref)) in page


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_the_desk_asks_for(kind: Kind) -> None:
    page = slip(make(kind, 417), kind, "Northgate Hall")
    for category in CATEGORIES:
        assert f"[ ] {category} " in page
    for asked in ("Day", "Written by", "How much", "time of day", "Zone", "How to find them",
                  "Ring back between", "Who speaks", "Languages", "Household", "QUIET",
                  "Safe ways", "They agree", "Note"):  # fmt: skip
        assert asked in page


def test_what_only_a_need_or_only_an_offer_has() -> None:
    need, offer = (slip(make(kind, 417), kind, "") for kind in KINDS)
    for asked in ("DANGER TO LIFE", "Diet", "Access", "Needed by"):
        assert asked in need
        assert asked not in offer
    for asked in ("cannot be done", "again after each time", "There until"):
        assert asked in offer
        assert asked not in need


def test_a_hall_s_name_cannot_act_on_a_printer() -> None:
    page = slip("N-417-K", Kind.NEED, "North\x1b[2J\ngate\f")
    assert not {"\x1b", "\f"} & set(page)
    assert page.splitlines()[2] == large("N-417-K")[0]
