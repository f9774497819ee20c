"""What stands on the board and what somebody types become the same words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.entries import Entry, State
from node.desk.finding import TYPED_BYTES_MAX, folded_words, index_of, query_of
from node.desk.references import Kind
from node.desk.words import PERSONAL, Words
from node.refusal import Refused, Why
from protocol.ids import Thousandths

ANA = Words(
    "MED",
    "Insulin, needs a fridge",
    Thousandths(1000),
    "each",
    zone="Mill Lane",
    contact="Ana Müller-Łopez, 07700 900123, 12 Mill Lane",
    note="third floor",
)
HELP = Words("OTH", "help", Thousandths(1), "each")


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    with closing(empty_index()) as conn:
        yield conn


def empty_index() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:")
    conn.execute(
        "CREATE VIRTUAL TABLE finding USING fts5 (words, content = '', prefix = '1 2 3',"
        " detail = none, tokenize = 'ascii')"
    )
    return conn


def entry(words: Words) -> Entry:
    return Entry("N-417-K", Kind.NEED, words, 1, "AK", State.OPEN)


def finds(conn: sqlite3.Connection, typed: str, words: Words) -> bool:
    """Whether what is typed finds these words, alone in the index."""
    conn.execute("INSERT INTO finding (finding) VALUES ('delete-all')")
    conn.execute("INSERT INTO finding (rowid, words) VALUES (1, ?)", [index_of(entry(words))])
    query = query_of(typed)
    if not query:
        return False
    row = conn.execute("SELECT 1 FROM finding WHERE finding MATCH ?", [query]).fetchone()
    return row is not None


@pytest.mark.parametrize(
    "typed",
    [
        "i", "insul", "INSULIN", "fridge insulin", "muller", "MÜLLER", "mu\u0308ller", "lopez",
        "łopez", "müller-ł", "mill", "12 mill", "med", "medicine", "third",
        "n417k", "N-417-K", "n 417 k", "N–417", "n4", "n 4", "417", "417k", "ana 417",  # noqa: RUF001
        "123", "0123", "900123", "07700", "07700 900123", "+44 7700 900123", "07700-900-123",
        "(insulin)", "insulin*", '"insulin"', "insu+",
    ],
)  # fmt: skip
def test_it_is_found(index: sqlite3.Connection, typed: str) -> None:
    assert finds(index, typed, ANA)


@pytest.mark.parametrize(
    "typed",
    [
        "nsulin", "insulin bread", "insulinx", "ridge", "23", "4567", "n418", "n417l", "k",
        "o417", "+44 7700 900124", "NEAR", "insulin OR bread", "words:insulin", "*", "(", '"', "🔥",
    ],
)  # fmt: skip
def test_it_is_not_found(index: sqlite3.Connection, typed: str) -> None:
    assert not finds(index, typed, ANA)


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("straße", "STRASSE"),
        ("smørrebrød", "smorrebrod"),
        ("Æbleskiver", "aeble"),
        ("İstanbul I\u015f\u0131k", "istanbul isik"),
        ("Þórður", "thordur"),
        ("O\u2019Brien", "obrien"),
        ("O\u2019Brien", "o'br"),
        ("O\u2019Brien", "brien"),
        ("l'école", "ecole"),
        *((f"O{mark}Brien", "obrien") for mark in "'`´ʹʼʾʿˈ՚׳‘’‛′ꞌ＇"),  # noqa: RUF001
        ("Rosa\u00b4s soup", "rosas"),
        ("Ó Súilleabháin", "osuilleabhain"),
        ("Ó Súilleabháin", "o'suilleabhain"),
        ("OSuilleabhain", "ó súilleabháin"),
        ("O Brien", "obrien"),
        ("O' Brien", "o\u2019brien"),
        ("Mc Donald", "mcdonald"),
        ("McDonald", "mc donald"),
        ("Mac Gabhann", "macgabhann"),
        ("D Arcy", "d'arcy"),
        ("Ana de la Cruz", "delacruz"),
        ("Ana de la Cruz", "lacruz ana"),
        ("Ana Delacruz", "de la cruz"),
        ("Anne-Marie", "annemarie"),
        ("Anne-Marie", "anne-marie"),
        ("Anne-Marie", "anne marie"),
        ("Anne-Marie", "marie"),
        ("Annemarie", "Anne-Marie"),
        ("Anne Marie", "anne-marie"),
        ("Élise\u2011Zoé", "elisezoe"),
        ("Jones-O'Brien", "obrien"),
        ("Jones-O'Brien", "jonesobrien"),
        ("Rosa Mc Donald", "mcdonald rosa"),
        ("東京都港区のホール", "港区"),
        ("東京都港区のホール", "東京都港区のホ"),
        ("東京都港区のホール", "ホール"),
        ("ｶﾀｶﾅ", "カタ"),
        ("ต้องการน้ำดื่ม", "น้ำ"),
        ("한국어 도움", "한국"),
        ("हिन्दी मदद", "हिन्दी"),
        ("٤٠ وجبة", "40"),
        ("fish＆chips", "chips"),  # noqa: RUF001 - other widths are the point
    ],
)
def test_accents_case_and_scripts(index: sqlite3.Connection, said: str, typed: str) -> None:
    assert finds(index, typed, replace(HELP, text=said))


def test_only_names_in_parts_are_put_together(index: sqlite3.Connection) -> None:
    for text, typed in (
        ("Rosa Marques", "rosamarques"),
        ("from 5-6 pm", "56"),
        ("o 5", "o5"),
        ("o o o o brien", "oooobrien"),
        ("van de la der cruz", "vandeladercruz"),
    ):
        assert not finds(index, typed, replace(HELP, text=text))


def test_a_text_of_lone_letters_alone_costs_nothing() -> None:
    words = replace(HELP, note="o " * 1_000)
    assert len(index_of(entry(words))) < 200


def test_scripts_without_spaces_are_looked_for_by_what_stands_together(
    index: sqlite3.Connection,
) -> None:
    words = replace(HELP, text="東京都港区のホール")
    assert not finds(index, "東港", words)
    assert not finds(index, "東京都港区のビル", words)


@pytest.mark.parametrize("name", [name for name in PERSONAL if name not in {"consent", "ring"}])
def test_every_text_of_a_person_is_found_and_of_a_quiet_one_none(
    index: sqlite3.Connection, name: str
) -> None:
    said = Words(**{**HELP.to_data(), name: "Zebediah"})
    assert finds(index, "zeb", said)
    assert finds(index, "zeb", replace(said, quiet=True)) == (name == "text")


def test_of_a_quiet_person_there_is_what_is_needed(index: sqlite3.Connection) -> None:
    quiet = Words("MED", "Insulin", Thousandths(1), "each", contact="Ana 07700900123", quiet=True)
    assert index_of(entry(quiet)) == "insulin med medicine №417k №n417k"
    assert not finds(index, "0123", quiet)


def test_as_much_as_somebody_types_is_looked_at() -> None:
    for typed, why in (
        ("", Why.FIND_EMPTY),
        (" \n", Why.FIND_EMPTY),
        ("a" * 10_000_000, Why.TEXT_TOO_LONG),
        ("é" * TYPED_BYTES_MAX, Why.TEXT_TOO_LONG),
    ):
        with pytest.raises(Refused) as refused:
            query_of(typed)
        assert refused.value.why is why


def test_words_that_say_nothing_more_are_not_looked_for() -> None:
    assert query_of("meal meals me meals") == '"meals"*'
    assert query_of("a b c d e f g h i j k lm").count("*") == 8


@given(st.text(max_size=120))
def test_the_plain_way_and_the_quick_way_fold_alike(text: str) -> None:
    plain = text.encode("ascii", "ignore").decode()
    assert folded_words(plain) == folded_words(plain + " é")[:-1]


@given(st.text(max_size=120))
def test_nothing_that_is_typed_breaks_the_index(typed: str) -> None:
    with closing(empty_index()) as conn:
        if typed.strip() and len(typed.encode("utf-8", "replace")) <= TYPED_BYTES_MAX:
            assert finds(conn, typed, ANA) in {True, False}


WORDS = st.text(min_size=1, max_size=12).filter(lambda text: not text.isspace())


@given(st.lists(WORDS, min_size=1, max_size=5), st.data())
def test_every_beginning_of_every_word_finds_it(said: list[str], data: st.DataObject) -> None:
    words = replace(HELP, text=" ".join(said))
    word = data.draw(st.sampled_from(words.text.split()))
    typed = word[: data.draw(st.integers(1, len(word)))]
    with closing(empty_index()) as conn:
        assert finds(conn, typed, words) or not query_of(typed)
