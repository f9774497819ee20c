"""Text on its way in, and on its way to the screen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.text import MARKS_MAX, clean_text, inert
from node.refusal import Refused, Why


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("forty hot meals", "forty hot meals"),
        ("  forty   hot  meals ", "forty hot meals"),
        ("cafe\u0301", "café"),
        ("zero\u200bwidth", "zerowidth"),
        ("نان گرم", "نان گرم"),
        ("نان\u200cگرم", "نان\u200cگرم"),
        ("place [2 adults]", "place [2 adults]"),
        ("[see note] [a] [1] [/see] []", "[see note] [a] [1] [/see] []"),
        ("meal[s] and coat[s]", "meal[s] and coat[s]"),
        ("[red coats] slip [417] [#417]", "[red coats] slip [417] [#417]"),
        ("[on] [not] [link] [email@hall]", "[on] [not] [link] [email@hall]"),
    ],
)
def test_ordinary_text_is_tidied(typed: str, clean: str) -> None:
    assert clean_text(typed, 200) == clean


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", Why.TEXT_EMPTY),
        ("   ", Why.TEXT_EMPTY),
        ("one\ntwo", Why.TEXT_CONTROL),
        ("one\ttwo", Why.TEXT_CONTROL),
        ("\u200b\u200d\u200e", Why.TEXT_EMPTY),
        ("x" * 201, Why.TEXT_TOO_LONG),
        ("é" * 101, Why.TEXT_TOO_LONG),
        ("x" * 10_000_000, Why.TEXT_TOO_LONG),
        (" " * 10_000_000, Why.TEXT_TOO_LONG),
        ("\x00" * 10_000_000, Why.TEXT_TOO_LONG),
        ("meals\x1b[31m", Why.TEXT_CONTROL),
        ("meals\x00", Why.TEXT_CONTROL),
        ("meals\x07", Why.TEXT_CONTROL),
        ("meals\x9b31m", Why.TEXT_CONTROL),
        ("meals \u202eslaem", Why.TEXT_CONTROL),
        ("meals \u2066x", Why.TEXT_CONTROL),
        ("meals \udcff", Why.TEXT_NOT_UTF8),
        ("[red]meals", Why.TEXT_MARKUP),
        ("[RED]meals", Why.TEXT_MARKUP),
        ("meals[/]", Why.TEXT_MARKUP),
        ("meals[/b]", Why.TEXT_MARKUP),
        ("[@click=app.quit]meals", Why.TEXT_MARKUP),
        ("[@click=app.bell('x')]meals", Why.TEXT_MARKUP),
        ("[bold]meals[/bold]", Why.TEXT_MARKUP),
        ("[red on blue]meals", Why.TEXT_MARKUP),
        ("[not bold]meals", Why.TEXT_MARKUP),
        ("[b bright_red on #fff]meals", Why.TEXT_MARKUP),
        ("[$primary]meals", Why.TEXT_MARKUP),
        ("[link=https://example.org]meals", Why.TEXT_MARKUP),
        ('[link="https://example.org"]meals', Why.TEXT_MARKUP),
    ],
)
def test_what_is_no_text_is_refused(typed: str, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        clean_text(typed, 200)
    assert refused.value.why is why


def test_too_long_says_both_numbers() -> None:
    with pytest.raises(Refused) as refused:
        clean_text("x" * 300, 200, "note")
    assert refused.value.facts == {"text": "note", "size": 300, "limit": 200}


@given(st.text())
def test_clean_text_is_clean_already(typed: str) -> None:
    try:
        clean = clean_text(typed, 100)
    except Refused:
        return
    assert clean_text(clean, 100) == clean
    assert len(clean.encode()) <= 100
    assert unicodedata.is_normalized("NFC", clean)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [red]text[/]", "plain [red]text[/]"),
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "alink"),
        ("a\x9b2Jb", "ab"),
        ("a\x1bcb", "ab"),
        ("a\x1b", "a\ufffd"),
        ("a\x00b", "a\ufffdb"),
        ("one\ntwo\r\u2028three", "one two  three"),
        ("a\u202eb\u2066c\u200bd", "abcd"),
        ("\ud800", "\ufffd"),
        ("a" + "\u0301" * 50, "a" + "\u0301" * MARKS_MAX),
        ("a" + "\u0301\u200b" * 50, "a" + "\u0301" * MARKS_MAX),
    ],
)
def test_what_is_shown_stays_in_its_cell(text: str, shown: str) -> None:
    assert inert(text) == shown


@given(st.text(alphabet=st.characters()))
def test_nothing_shown_can_act(text: str) -> None:
    kinds = {unicodedata.category(character) for character in inert(text)}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert inert(inert(text)) == inert(text)


@pytest.mark.parametrize("piece", ["\x1b]", "\x1b[0", "\x9d;", "\u0301\u200b"])
def test_a_long_hostile_text_is_shown_too(piece: str) -> None:
    assert inert("meals" + piece * 100_000 + "z").startswith("meals")
