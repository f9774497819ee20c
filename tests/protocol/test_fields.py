"""Each value is read as what it is, within its limits, or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from protocol.codec import Map
from protocol.errors import MalformedRecord
from protocol.fields import Fields, without_defaults
from protocol.limits import CREATED_MS_MAX

FIELDS = Fields(
    {0: 5, 1: b"abc", 2: "\u00e9\u00e9", 3: [b"a", b"b"], 4: [{0: 1}], 5: "", 6: b"", 7: {}, 8: [1]}
)


def test_what_fits_is_read() -> None:
    assert FIELDS.number(0, 5, least=5) == 5
    assert FIELDS.raw(1, 3) == b"abc"
    assert FIELDS.text(2, 4, least=4) == "\u00e9\u00e9"
    assert FIELDS.text(5, 4) == ""
    assert FIELDS.raws(3, 1, 2) == (b"a", b"b")
    assert [each.number(0, 1) for each in FIELDS.maps(4, 1)] == [1]
    assert FIELDS.optional_blob(1, 3) == b"abc"
    assert FIELDS.has(0)


def test_limits_are_within() -> None:
    edges = Fields({0: 0, 1: 7, 2: "a", 3: b"a"})
    assert edges.number(0, 5) == edges.optional_number(0, 5) == 0
    assert edges.optional_number(1, 7, least=7) == 7
    assert edges.optional_text(2, 1) == "a"
    assert edges.optional_blob(3, 1) == b"a"


def test_a_time_is_one_that_every_language_can_hold() -> None:
    times = Fields({0: CREATED_MS_MAX, 1: CREATED_MS_MAX + 1, 2: 0})
    assert times.optional_time(0) == CREATED_MS_MAX
    assert times.optional_time(2) == 0
    assert times.optional_time(99) is None
    with pytest.raises(MalformedRecord):
        times.optional_time(1)


def test_what_is_optional_may_be_absent() -> None:
    assert FIELDS.optional_number(99, 5) is None
    assert FIELDS.optional_text(99, 5) == ""
    assert FIELDS.optional_blob(99, 5) == b""
    assert not FIELDS.has(99)


@pytest.mark.parametrize(
    "read",
    [
        lambda: FIELDS.number(99, 5),
        lambda: FIELDS.number(0, 4),
        lambda: FIELDS.number(0, 9, least=6),
        lambda: FIELDS.number(1, 5),
        lambda: FIELDS.optional_number(0, 4),
        lambda: FIELDS.optional_number(0, 9, least=6),
        lambda: FIELDS.raw(1, 2),
        lambda: FIELDS.raw(1, 4),
        lambda: FIELDS.raw(2, 2),
        lambda: FIELDS.text(2, 3),
        lambda: FIELDS.text(2, 9, least=5),
        lambda: FIELDS.text(1, 3),
        lambda: FIELDS.optional_text(5, 5),
        lambda: FIELDS.optional_text(2, 3),
        lambda: FIELDS.optional_blob(6, 5),
        lambda: FIELDS.optional_blob(1, 2),
        lambda: FIELDS.optional_blob(2, 9),
        lambda: FIELDS.items(3, 1),
        lambda: FIELDS.items(7, 1),
        lambda: FIELDS.raws(3, 2, 2),
        lambda: FIELDS.raws(8, 1, 2),
        lambda: list(FIELDS.maps(3, 2)),
        lambda: list(FIELDS.maps(4, 0)),
    ],
)
def test_what_does_not_fit_is_malformed(read: Callable[[], object]) -> None:
    with pytest.raises(MalformedRecord):
        read()


@pytest.mark.parametrize("items", [[b"b", b"a"], [b"a", b"a"], [b"a", b"b", b"a"]])
def test_a_set_has_one_order(items: list[bytes]) -> None:
    with pytest.raises(MalformedRecord):
        Fields({0: [*items]}).raws(0, 1, 3)


def test_absence_is_how_defaults_are_written() -> None:
    kept: Map = {1: 0, 2: b"", 3: [], 4: "a"}
    assert without_defaults({0: None, **kept, 5: ""}) == kept
