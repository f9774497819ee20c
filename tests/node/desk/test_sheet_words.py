"""Words of other languages: each of them one thing, in every spelling."""

# ruff: noqa: RUF001 - letters of other alphabets are what it is about

from __future__ import annotations

from collections import Counter

import pytest

from node.desk.categories import CATEGORIES as OURS
from node.desk.categories import UNITS as OUR_UNITS
from node.desk.categories import find_category, find_unit
from node.desk.sheet_fields import Field, field_of
from node.desk.sheet_words import (
    CATEGORIES,
    HEADINGS,
    NEEDED,
    OFFERED,
    UNITS,
    by_word,
    folded,
    spellings,
)


def twice(table: dict[str, str], between: str) -> list[str]:
    counts = Counter(
        spelling
        for said in table.values()
        for spelling in {each for word in said.split(between) for each in spellings(word)}
    )
    return [word for word, count in counts.items() if count > 1]


def test_no_word_means_two_things() -> None:
    assert twice(HEADINGS, "|") == []
    assert twice(UNITS, " ") == []
    assert twice(CATEGORIES, " ") == []
    assert by_word({"need": NEEDED}).keys().isdisjoint(by_word({"offer": OFFERED}))


def test_no_word_means_another_thing_in_english() -> None:
    headings = [(name, each) for name, said in HEADINGS.items() for each in said.split("|")]
    assert [each for name, each in headings if field_of(each) is not Field(name)] == []
    for word, unit in by_word(UNITS).items():
        assert find_unit(word) in {None, unit}
    for word, code in by_word(CATEGORIES).items():
        found = find_category(word)
        assert found is None or found.code == code


def test_the_tables_name_what_there_is() -> None:
    assert CATEGORIES.keys() <= OURS.keys()
    assert UNITS.keys() <= OUR_UNITS.keys()


@pytest.mark.parametrize(
    ("heads", "fields"),
    [
        ("Kategorie;Was;Menge;Straße", "category text qty street"),
        ("Benötigt bis;Stückzahl;Bemerkungen", "by qty note"),
        ("Catégorie;Besoin;Quantité;Téléphone", "category text qty phone"),
        ("Categoría;Necesidad;Teléfono;Fecha límite", "category text phone by"),
        ("Categoria;Descrição;Endereço;Observações", "category text street note"),
        ("Unità di misura;Indirizzo;Scadenza;Lingua", "unit street by languages"),
        ("Ilość;Dzielnica;Imię i nazwisko;Uwagi", "qty zone name note"),
        ("Ім’я;Кількість;Адреса;Загроза життю", "name qty street danger"),
        ("الاسم;الهاتف;الكمية;ملاحظات", "name phone qty note"),
        ("İhtiyaç;Adı Soyadı;Cep telefonu;Son tarih", "text name phone by"),
    ],
)
def test_a_column_is_known_in_its_language(heads: str, fields: str) -> None:
    assert [field_of(head) for head in heads.split(";")] == [*map(Field, fields.split())]


def test_letters_that_no_keyboard_has_are_left_out() -> None:
    plain = ["Telefono", "Beduerftig", "Stueckzahl", "ILOSC", "Kategori", "IMIE I NAZWISKO"]
    assert [field_of(head) for head in plain] == [
        *(Field.PHONE, None, Field.QTY, Field.QTY, Field.CATEGORY, Field.NAME)
    ]
    assert folded("ŁÓDŹ łódź İstanbul ım’ʼ") == "lodz lodz istanbul im''"


@pytest.mark.parametrize("head", ["Nombre", "Via", "Secteur", "Dringend", "Urgence", "Número"])
def test_what_may_be_two_things_is_not_guessed(head: str) -> None:
    assert field_of(head) in {None, Field.CHANNEL}
