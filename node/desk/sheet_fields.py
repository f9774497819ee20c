"""What a column of a spreadsheet may hold, and by which names people and HXL know it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from node.desk.sheet_kinds import asks_kind
from node.desk.sheet_words import HEADINGS, folded, spellings
from node.refusal import Refused, Why


class Field(StrEnum):
    """A column of a sheet; the value is what people give by hand (`--column "HEADER=field"`).

    In the order in which an export writes them.
    """

    REF = "ref"
    KIND = "kind"
    STATE = "state"
    BECAUSE = "because"
    CATEGORY = "category"
    TEXT = "text"
    QTY = "qty"
    UNIT = "unit"
    RECEIVED = "received"
    PROMISED = "promised"
    ZONE = "zone"
    BY = "by"
    AT = "at"
    DANGER = "danger"
    STANDING = "standing"
    EVERY = "every"
    LIMITS = "limits"
    CHANNEL = "channel"
    CONTACT = "contact"
    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    STREET = "street"
    BEHALF = "behalf"
    CONSENT = "consent"
    RING = "ring"
    SAFE = "safe"
    QUIET = "quiet"
    HOUSEHOLD = "household"
    DIET = "diet"
    ACCESS = "access"
    LANGUAGES = "languages"
    NOTE = "note"


CONTACT_PARTS: Final = (Field.NAME, Field.PHONE, Field.EMAIL, Field.STREET, Field.CONTACT)
"""Columns that together are how a person is found, in the order in which they are joined."""

JOINED: Final = frozenset((*CONTACT_PARTS, Field.NOTE))
"""Several columns may hold these; of all else the first column counts."""

NOT_READ: Final = frozenset({Field.REF, Field.BECAUSE, Field.RECEIVED, Field.PROMISED})
"""Known, so that nobody need wonder; but references and receipts are this hall's own to give."""

_SAID: Final = {
    Field.REF: "reference|id|need id|offer id|request id|record id|no|nr|number|row|slip|#",
    Field.KIND: "type|record type|direction",
    Field.STATE: "status|progress|done|closed",
    Field.BECAUSE: "closed because",
    Field.CATEGORY: "cat|code|category code|category of need|sector|type of need|need type|"
    "kind of need|type of help|type of request|request type|service type|need category|topic|"
    "type of support|support type|offer type|type of offer|type of assistance|kind of help|"
    "what type of help|what kind of help|cluster",
    Field.TEXT: "need|needs|offer|offers|what|item|items|description|request|details of need|"
    "what is needed|what do you need|what can you offer|what is offered|needed|help needed|"
    "request details|need description|details|summary|title|subject|goods|support needed|wanted|"
    "what do they need|what can they offer|what is your need|what help do you need|"
    "how can we help|what are you offering|i need|we need|i can offer|we can offer|i offer|"
    "what i need|what i can offer|can offer",
    Field.QTY: "quantity|amount|count|how many|how much|number of items|no of items|num|units|"
    "quantity needed|qty needed|number needed|number of meals|pieces|how many do you need",
    Field.UNIT: "unit of measure|uom|measure|counted in|currency|measured in",
    Field.RECEIVED: "qty received|delivered|given|supplied|fulfilled",
    Field.PROMISED: "qty promised|pledged|reserved",
    Field.ZONE: "area|district|neighbourhood|neighborhood|sector of town|ward|place|location|"
    "quarter|village|suburb|borough|town|city|parish|part of town",
    Field.BY: "by when|needed by|need by|due|due date|deadline|date needed|required by|until|"
    "available until|wanted by|when needed|when|expires|expiry|end date|needed before|"
    "date required",
    Field.AT: "date|timestamp|time|created|created at|date created|submitted|submitted at|"
    "date received|received at|received on|logged|entered|reported|date reported|request date|"
    "date of request|said at|taken at|asked on|opened|date and time|submission date",
    Field.DANGER: "danger to life|life in danger|life threatening|life at risk|risk to life",
    Field.STANDING: "standing offer|ongoing|permanent",
    Field.EVERY: "repeats|repeat|recurring|recurrence|frequency|how often",
    Field.LIMITS: "limit|limitations|can not|cannot do|cannot|restrictions",
    Field.CHANNEL: "source|came by|how received|received by|via|method",
    Field.CONTACT: "contact details|contact info|contact information|how to reach|reach at|"
    "how to contact|contacts|phone or email|phone/email|contact person",
    Field.NAME: "full name|first name|firstname|forename|given name|last name|lastname|surname|"
    "family name|person|who|requester|requested by|name of person|contact name|volunteer|donor|"
    "your name|applicant|resident|recipient",
    Field.PHONE: "telephone|tel|mobile|cell|phone number|mobile number|telephone number|cellphone|"
    "phone no|mobile phone|contact number|contact phone|whatsapp|cell phone|tel no|landline",
    Field.EMAIL: "e-mail|mail|email address|e-mail address|contact email",
    Field.STREET: "address|street address|home address|house|house number|flat|street name|"
    "postcode|zip|zip code|postal code|post code|address line 1|address line 2|postal address",
    Field.BEHALF: "on behalf|on behalf of|spoken for by|speaks for them|carer|caller|proxy|"
    "asked by|reported by|referrer|referred by",
    Field.CONSENT: "consent given|agreed|permission|consents|gdpr",
    Field.RING: "ring back|call back|callback|when to call|when to ring|best time to call|"
    "best time",
    Field.SAFE: "safe contact|safe to contact|safe ways|how to contact safely",
    Field.QUIET: "unsafe|do not list|confidential|do not call|do not contact|unlisted|private",
    Field.HOUSEHOLD: "household size|people in household|family size|family|people|persons|"
    "number of people|no of people|how many people|adults and children|people in the household",
    Field.DIET: "dietary|dietary needs|dietary requirements|allergies|allergy|food restrictions",
    Field.ACCESS: "accessibility|access needs|mobility|disability|access requirements",
    Field.LANGUAGES: "language|spoken|languages spoken|language spoken|preferred language",
    Field.NOTE: "notes|comment|comments|remark|remarks|other|other information|misc|"
    "additional information|more information|internal notes|anything else",
}  # fmt: skip
"""Names that people give to columns, in lower case. Urgent is no danger to life."""

TAGS: Final = {
    Field.REF: "#meta+id",
    Field.KIND: "#meta+type",
    Field.STATE: "#status",
    Field.BECAUSE: "#status+reason",
    Field.CATEGORY: "#sector",
    Field.TEXT: "#item+name",
    Field.QTY: "#item+num",
    Field.UNIT: "#item+unit",
    Field.RECEIVED: "#output+num",
    Field.PROMISED: "#output+num+promised",
    Field.ZONE: "#loc+name",
    Field.BY: "#date+end",
    Field.AT: "#date+reported",
    Field.DANGER: "#severity+danger",
    Field.STANDING: "#item+standing",
    Field.EVERY: "#frequency",
    Field.LIMITS: "#capacity+limits",
    Field.CHANNEL: "#channel",
    Field.CONTACT: "#contact",
    Field.NAME: "#contact+name",
    Field.PHONE: "#contact+phone",
    Field.EMAIL: "#contact+email",
    Field.STREET: "#contact+address",
    Field.BEHALF: "#contact+behalf",
    Field.CONSENT: "#meta+consent",
    Field.RING: "#contact+ring",
    Field.SAFE: "#contact+safe",
    Field.QUIET: "#contact+quiet",
    Field.HOUSEHOLD: "#beneficiary+household",
    Field.DIET: "#beneficiary+diet",
    Field.ACCESS: "#access",
    Field.LANGUAGES: "#beneficiary+lang",
    Field.NOTE: "#description+note",
}
"""What an export writes: the core hashtags of HXL 1.1, with attributes of our own where the core
has none (HXL tagging conventions 1.1 allow any)."""

_MORE_TAGS: Final = {
    "#sector+name": Field.CATEGORY,
    "#sector+code": Field.CATEGORY,
    "#subsector": Field.CATEGORY,
    "#item": Field.TEXT,
    "#need": Field.TEXT,
    "#service": Field.TEXT,
    "#description": Field.TEXT,
    "#activity": Field.TEXT,
    "#item+qty": Field.QTY,
    "#item+quantity": Field.QTY,
    "#item+amount": Field.QTY,
    "#need+num": Field.QTY,
    "#capacity+num": Field.QTY,
    "#capacity": Field.LIMITS,
    "#value": Field.QTY,
    "#indicator+num": Field.QTY,
    "#currency": Field.UNIT,
    "#inneed": Field.HOUSEHOLD,
    "#affected": Field.HOUSEHOLD,
    "#loc": Field.ZONE,
    "#adm3": Field.ZONE,
    "#adm4": Field.ZONE,
    "#adm5": Field.ZONE,
    "#date": Field.AT,
    "#date+start": Field.AT,
    "#date+due": Field.BY,
    "#contact+mobile": Field.PHONE,
    "#contact+street": Field.STREET,
    "#respondee+name": Field.NAME,
    "#beneficiary+name": Field.NAME,
    "#beneficiary": Field.HOUSEHOLD,
    "#meta+comment": Field.NOTE,
}

_TAG: Final = re.compile(r"#[a-z][a-z0-9_]*(?: *\+ *[a-z][a-z0-9_]*)*", re.ASCII)
_NO_WORD: Final = re.compile(r"[^\w/#-]+|_+")
_ASIDE: Final = re.compile(r"[(\[][^)\]]*[)\]]?")
_FILLERS: Final = frozenset({"the", "a", "an", "your", "their", "please", "enter"})

_CLUES: Final = (
    (Field.PHONE, "phone telephone mobile whatsapp cellphone"),
    (Field.EMAIL, "email e-mail"),
    (Field.STREET, "address street postcode"),
    (Field.QTY, "quantity qty"),
    (Field.CATEGORY, "category"),
    (Field.BY, "deadline due"),
    (Field.NOTE, "notes note comments comment remarks"),
    (Field.LANGUAGES, "language languages"),
    (Field.DIET, "dietary allergies diet"),
    (Field.HOUSEHOLD, "household"),
    (Field.ZONE, "zone area neighbourhood neighborhood district"),
    (Field.NAME, "name surname"),
    (Field.AT, "timestamp submitted"),
    (Field.TEXT, "describe"),
)
"""Words that tell of a longer header what it is, the surest first."""


WORDS_MAX: Final = 10
"""Of a column's name; a longer cell is a sentence."""
_NEEDED: Final = frozenset({"need", "needed", "require", "required"})


def field_of(header: str) -> Field | None:
    """What a column of this name holds; None where nothing tells."""
    if is_tag(header):
        return tagged(header)
    words = _words(header)
    plain = " ".join(words)
    if plain in _BY_NAME:
        return _BY_NAME[plain]
    if len(words) > WORDS_MAX:
        return None
    if asks_kind(header) and words[:1] != ["what"]:
        return Field.KIND
    if "when" in words and not _NEEDED.isdisjoint(words):
        return Field.BY
    return _by_clue(set(words))


def is_tag(cell: str) -> bool:
    """Whether the cell is an HXL hashtag, with attributes or none."""
    return _TAG.fullmatch(cell.strip().casefold()) is not None


def tagged(tag: str) -> Field | None:
    """What a column of this hashtag holds: by the known tag that has most of its attributes."""
    hashtag, *attributes = re.split(r" *\+ *", tag.strip().casefold())
    said = set(attributes)
    known = [(each, field) for each, field in _TAGGED.get(hashtag, ()) if each <= said]
    return max(known, key=lambda pair: len(pair[0]))[1] if known else None


def named_field(typed: str) -> Field:
    """The field that someone names by hand. Raises Refused(SHEET_FIELD_UNKNOWN)."""
    said = typed.strip().casefold()
    if said not in set(Field):
        raise Refused(Why.SHEET_FIELD_UNKNOWN, given=typed[:80], choices=", ".join(Field))
    return Field(said)


def same_name(one: str, other: str) -> bool:
    """Whether both are one column's name, however it is written."""
    words = _words(one)
    return words == _words(other) if words else folded(one.strip()) == folded(other.strip())


def _words(header: str) -> list[str]:
    """What it says without what is said aside, where anything is left then; none in `(?)`."""
    said = folded(header[:200])
    plain = _NO_WORD.sub(" ", _ASIDE.sub(" ", said)).split() or _NO_WORD.sub(" ", said).split()
    words = [word.strip("-/") or word for word in plain]
    return [word for word in words if word not in _FILLERS] or words


def _by_clue(words: set[str]) -> Field | None:
    return next((field for field, clues in _CLUES if words & set(clues.split())), None)


def _all_tags() -> dict[str, list[tuple[frozenset[str], Field]]]:
    tags: dict[str, list[tuple[frozenset[str], Field]]] = {}
    for tag, field in ({tag: field for field, tag in TAGS.items()} | _MORE_TAGS).items():
        hashtag, *attributes = tag.split("+")
        tags.setdefault(hashtag, []).append((frozenset(attributes), field))
    return tags


_BY_NAME: Final = {
    " ".join(_words(spelling)): Field(name)
    for name, said in HEADINGS.items()
    for each in said.split("|")
    for spelling in spellings(each)
} | {
    " ".join(_words(name)): field
    for field in Field
    for name in (field.value, *_SAID[field].split("|"))
}
_TAGGED: Final = _all_tags()
