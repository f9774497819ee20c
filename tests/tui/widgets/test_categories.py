import pytest

from tui.widgets.categories import fitting


@pytest.mark.parametrize(
    ("typed", "best"),
    [
        ("fod", "FOD"),
        ("FO", "FOD"),
        ("meals", "FOD"),
        ("water", "WAT"),
        ("bed", "SHL"),
        ("car", "CAR"),
        ("lift", "TRN"),
        (" nappies", None),
        ("zzz", None),
        ("", None),
        ("s", "SHL"),
    ],
)
def test_a_code_or_a_word_leads_to_its_category(typed: str, best: str | None) -> None:
    found = fitting(typed)
    assert (found[0] if found else None) == best


def test_what_begins_alike_is_all_marked() -> None:
    assert {"CLO", "CAR", "CHK", "COM"} <= set(fitting("c"))
