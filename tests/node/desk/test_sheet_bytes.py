"""Bytes of any origin become lines of text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.desk.sheet_bytes import (
    LINE_BYTES_MAX,
    CodePages,
    Encoding,
    find_encoding,
    read_lines,
    split_lines,
)
from node.refusal import Refused, Why

WORDS = "Category,text\nfood,größe\n"


def lines_of(data: bytes, size: int = 7) -> list[str | None]:
    chunks = [data[n : n + size] for n in range(0, len(data), size)]
    encoding, whole = find_encoding(chunks)
    return list(read_lines(whole, encoding))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_the_usual_encodings_are_told_apart(encoding: str) -> None:
    assert lines_of(WORDS.encode(encoding)) == ["Category,text", "food,größe"]


def test_a_mark_is_no_letter_of_the_first_name() -> None:
    data = WORDS.encode("utf-16")
    assert next(read_lines([data], Encoding("utf-16-le"))) == "Category,text"


def test_cyrillic_in_utf_16_without_a_mark() -> None:
    assert lines_of("еда,мыло\nдрова,ужин\n".encode("utf-16-be")) == ["еда,мыло", "дрова,ужин"]  # noqa: RUF001 - Cyrillic is the point


def test_two_encodings_in_one_file() -> None:
    data = "größe ☕\n".encode() + "größe\n".encode("cp1252") + b"plain"
    assert lines_of(data) == ["größe ☕", "größe", "plain"]


def test_what_no_encoding_can_read_is_marked() -> None:
    assert lines_of(b"a\x81b") == ["a\ufffdb"]


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("café crème, señor, 5 m³ für £3, nº 4, ½ kg, 20 °C", "cp1252"),
        ("smørrebrød på gården, blåbær og øl", "cp1252"),
        ("à la crème brûlée, où, garçon", "cp1252"),
        ("São João, pão, avó, não", "cp1252"),
        ("mała łyżka, jeżówka, źródło, świeża żywność", "cp1250"),
        ("příliš žluťoučký kůň, děti, škola", "cp1250"),
        ("хлеб и вода для детей", "cp1251"),
        ("Ёлка, подъезд 3, кв. 5", "cp1251"),
    ],
)
def test_the_code_page_is_told_by_its_words(text: str, page: str) -> None:
    pages = CodePages()
    pages.look_at(text.encode(page))
    assert pages.best() == page


@pytest.mark.parametrize(
    "beginning",
    [
        *(b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"),
        *(b"\xef\xbb\xbf\r\n<TABLE border=1>", b'<?xml version="1.0"?>', b"<!DOCTYPE html>"),
    ],
)
def test_what_is_no_text_is_named(beginning: bytes) -> None:
    with pytest.raises(Refused) as refused:
        find_encoding([beginning[:2], beginning[2:] + b"rest"])
    assert refused.value.why is Why.SHEET_NOT_TEXT


def test_a_title_in_angles_is_no_web_page() -> None:
    encoding, chunks = find_encoding([b"<< Needs >>\ncategory,text\n"])
    assert list(read_lines(chunks, encoding)) == ["<< Needs >>", "category,text"]


@pytest.mark.parametrize("chunks", [[], [b""], [b"", b""]])
def test_nothing_is_refused(chunks: list[bytes]) -> None:
    with pytest.raises(Refused) as refused:
        find_encoding(chunks)
    assert refused.value.why is Why.SHEET_EMPTY


def test_a_line_without_end_costs_itself_alone() -> None:
    long = [b"x" * 65_536] * (LINE_BYTES_MAX // 65_536 + 2)
    assert list(split_lines([b"one\r", *long, b"\r", b"\nthree"])) == [b"one", None, b"three"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b"", b"bc"])), st.integers(1, 3))
def test_lines_are_the_same_however_they_arrive(pieces: list[bytes], size: int) -> None:
    data = b"".join(pieces)
    chunks = [data[n : n + size] for n in range(0, len(data), size)]
    assert list(split_lines(chunks)) == data.splitlines()
