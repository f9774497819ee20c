"""Every reason has a sentence, and no fact can act on the screen that shows it."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.words import TEXTS
from node.refusal import Refused, Why
from node.sentences import TEXT_NAMES
from node.wording import FACT_CHARACTERS_MAX, SENTENCES, sentence


def fields_of(template: str) -> set[str]:
    return {name for _text, name, _spec, _turn in string.Formatter().parse(template) if name}


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Why)


@pytest.mark.parametrize("why", Why)
def test_a_sentence_takes_its_facts_and_is_one_sentence(why: Why) -> None:
    told = sentence(why, {name: f"<{name}>" for name in fields_of(SENTENCES[why])})
    assert all(f"<{name}>" in told for name in fields_of(SENTENCES[why]))
    assert told.endswith((".", "?"))
    assert told.count(". ") == 0
    assert not set("{}\n…") & set(told)


@pytest.mark.parametrize("why", Why)
def test_a_missing_fact_still_gives_a_sentence(why: Why) -> None:
    assert sentence(why, {})


@pytest.mark.parametrize("why", [Why.TEXT_TOO_LONG, Why.TEXT_CONTROL, Why.TEXT_MARKUP])
def test_a_text_is_called_by_its_name(why: Why) -> None:
    assert sentence(why, {"text": "safe"}).startswith("The text on safe ways to reach them ")
    assert sentence(why, {}).startswith("The text ")
    assert set(TEXTS) < set(TEXT_NAMES)


def test_codes_are_kebab_case() -> None:
    assert all(why.value == why.name.lower().replace("_", "-") for why in Why)


def test_a_long_fact_is_shortened() -> None:
    told = sentence(Why.TIME_UNREADABLE, {"given": "x" * 10_000_000})
    assert "x" * (FACT_CHARACTERS_MAX - 1) + "…" in told
    assert "x" * FACT_CHARACTERS_MAX not in told


@given(st.text())
def test_no_fact_brings_control_characters(fact: str) -> None:
    told = sentence(Why.TIME_UNREADABLE, {"given": fact})
    assert not {unicodedata.category(character) for character in told} & {"Cc", "Cf", "Zl", "Cs"}


def test_a_fact_is_not_a_template() -> None:
    assert "{near}" in sentence(Why.UNKNOWN_UNIT, {"given": "{near}", "near": "kg"})


def test_the_log_line_has_code_and_facts() -> None:
    assert str(Refused(Why.TIME_PAST, given="1999")) == "time-past given='1999'"
    assert str(Refused(Why.TEXT_EMPTY)) == "text-empty"
