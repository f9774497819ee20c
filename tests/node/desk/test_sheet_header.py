"""The line that names the columns is found, whatever stands around it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from node.desk.references import Kind
from node.desk.sheet_fields import Field
from node.desk.sheet_header import Header, Known, by_hand, find_header
from node.desk.sheet_records import split_records
from node.refusal import Refused, Why


def header_of(text: str, said: Mapping[str, str] | None = None) -> Header:
    return find_header(list(split_records(text.split("\n"), ",")), by_hand(said or {}))


def fields_of(text: str, said: Mapping[str, str] | None = None) -> list[Field | None]:
    return [column.field for column in header_of(text, said).columns]


@pytest.mark.parametrize(
    ("text", "last_line"),
    [
        ("category,text,qty\nfood,rice,1", 1),
        ("Needs in March,,\n,,\ncategory,text,qty\nfood,rice,1", 3),
        ("category,text,qty\n#sector,#item+name,#item+num\nfood,rice,1", 2),
        ("#sector,#item+name,#item+num\nfood,rice,1", 1),
        ("category,,amount\n,what,qty\nfood,rice,1", 2),
    ],
)
def test_the_header_is_found(text: str, last_line: int) -> None:
    header = header_of(text)
    assert header.last_line == last_line
    assert [each.field for each in header.columns] == [Field.CATEGORY, Field.TEXT, Field.QTY]


def test_a_row_of_needs_is_no_header() -> None:
    assert header_of("category,text,note\ncontact,phone,name\nfood,rice,").last_line == 1


def test_the_nearer_of_two_names_counts() -> None:
    text = "Contact,,Need,\nName,Phone,Category,Item\nAnna,1,food,rice"
    assert fields_of(text) == [Field.NAME, Field.PHONE, Field.CATEGORY, Field.TEXT]


def test_a_tag_counts_more_than_a_name() -> None:
    header = header_of("category,remarks,date\n#sector,#item+name,#date+end\nfood,rice,")
    assert [each.field for each in header.columns] == [Field.CATEGORY, Field.TEXT, Field.BY]
    assert header.columns[1].known is Known.TAGGED
    assert header.columns[1].header == "remarks"


def test_a_hand_counts_more_than_all() -> None:
    said = {"remarks": "text", "TEXT": "", "Colour": "zone"}
    fields = fields_of("category,text,remarks,colour\nfood,a,b,c", said)
    assert fields == [Field.CATEGORY, None, Field.TEXT, Field.ZONE]


def test_a_second_column_of_what_says_more_about_it() -> None:
    fields = fields_of("category,item,description,date,time\nfood,rice,long grain,,")
    assert fields == [Field.CATEGORY, Field.TEXT, Field.NOTE, Field.AT, None]


def test_cells_settle_a_name_that_means_two_things() -> None:
    assert fields_of("type,need\nneed,rice\noffer,tea", {"need": "text"})[0] is Field.KIND
    assert fields_of("type,need\nfood,rice\nwater,tea") == [Field.CATEGORY, Field.TEXT]
    assert fields_of("name,need,details\nA,Food,two bags") == [
        Field.NAME,
        Field.CATEGORY,
        Field.TEXT,
    ]


def test_a_name_that_asks_for_the_kind_needs_few_cells_that_say_it() -> None:
    rows = "Offering\nhats\nscarves\nneither\n"
    assert Field.KIND in fields_of("need/offer,x\n" + rows)
    assert Field.KIND not in fields_of("type,x,category\n" + rows)
    assert Field.KIND not in fields_of("need/offer,x,category\nbread\ntea\n")


def test_cells_tell_the_kind_by_themselves() -> None:
    header = header_of("What,Description,Category\nNeed,bread,food\noffers,van,transport")
    assert [each.field for each in header.columns] == [Field.KIND, Field.TEXT, Field.CATEGORY]
    assert header.columns[0].known is Known.SETTLED
    assert fields_of("request type,what,sector\nRequest,a,food\nOffer,b,food")[0] is Field.KIND
    assert fields_of("stock,category,text\navailable,food,rice\navailable,food,tea")[0] is None


def test_cells_tell_a_name_from_a_number() -> None:
    assert fields_of("nombre,text\nAna,x\nLuis,y")[0] is Field.NAME
    assert fields_of("Nombre,text\n3,x\n4 kg,y")[0] is Field.QTY
    assert fields_of("nombre,text\n3,x\nAna,y")[0] is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("what can you offer?,category\nbread,food", Kind.OFFER),
        ("needs,category\nbread,food", Kind.NEED),
        ("item,category\nbread,food", None),
    ],
)
def test_the_name_of_the_texts_tells_what_all_rows_are(text: str, kind: Kind | None) -> None:
    assert header_of(text).kind is kind


@pytest.mark.parametrize(
    ("text", "said", "why"),
    [
        ("1,2\n3,4", {}, Why.SHEET_NO_HEADER),
        ("", {}, Why.SHEET_NO_HEADER),
        ("category,text\nfood,x", {"colour": "zone"}, Why.SHEET_COLUMN_UNKNOWN),
        ("category,text\nfood,x", {"text": "colour"}, Why.SHEET_FIELD_UNKNOWN),
        ("a,b\nfood,x", {"a": "text", "b": "text"}, Why.SHEET_COLUMN_TWICE),
    ],
)
def test_what_cannot_be_is_refused(text: str, said: dict[str, str], why: Why) -> None:
    with pytest.raises(Refused) as refused:
        header_of(text, said)
    assert refused.value.why is why


@pytest.mark.parametrize(
    "cell", ["(Need/Offer)", "[need or offer]", "()", "🥫", "?!", "(need 🥫 offer"]
)
def test_a_cell_of_brackets_and_signs_ends_nothing(cell: str) -> None:
    above = header_of(f"{cell},,\ncategory,text,qty\nfood,rice,1")
    assert above.last_line == 2
    assert header_of(f"category,text,qty\nfood,{cell},1").last_line == 1
    assert header_of(f"{cell},category,text\nneed,food,rice").columns[0].header == cell


def test_a_name_in_brackets_is_a_name() -> None:
    text = "(Need/Offer),Item,Qty,\nneed,rice,3,x\noffer,beans,4,y"
    assert fields_of(text) == [Field.KIND, Field.TEXT, Field.QTY, None]
    assert fields_of(text, {"(Need/Offer)": "note"})[0] is Field.NOTE
    assert fields_of("(?),Item,Qty,\n1,rice,3,x", {"(?)": "note"})[0::3] == [Field.NOTE, None]
