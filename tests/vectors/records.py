"""One record: its envelope, its signature, and every rule of its header."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.vectors.plain import (
    ADA,
    ADOPTION,
    BEA,
    DAY_MS,
    MALFORMED,
    NOW,
    PEERING,
    PROFILE,
    REQUEST,
    REQUEST_BODY,
    SEEN,
    VOUCH,
    Changes,
    Map,
    Signed,
    adoption_number,
    changed,
    object_of,
    pack,
    public,
    seed,
    seen_number,
    sign,
    sign_bytes,
    vouch_number,
)
from tests.vectors.signatures import edges
from tests.vectors.vector import OK, Fields, Vector

ENVELOPE: Final = "SPEC 5.1"
HEADER: Final = "SPEC 5.2"
DEVICE: Final = ADA.device()
OLD_DEVICE: Final = public(ADA.device("old desk"))
BASE: Final[Map] = ADA.map(REQUEST, REQUEST_BODY, "meals")
UNKNOWN_KIND: Final[Map] = ADA.map(20, {20: "of a later version"}, "unknown")
GOOD: Final[tuple[tuple[str, str, Changes, Fields], ...]] = (
    ("version_last", "the last version that there can be", {4: 2**32 - 1}, ()),
    ("created_0", "a clock that begins in 1970", {5: 0}, (("header.created_ms", "0"),)),
    ("created_last", "the latest time that every language can say", {5: 2**53 - 1}, ()),
    ("lifetime_1", "it lives a millisecond", {6: 1}, (("header.lifetime_ms", "1"),)),
    ("lifetime_14_days", "a message lives 14 days at most", {6: 14 * DAY_MS}, ()),
    ("reach_3", "as far as anything is carried", {7: 3}, (("header.reach", "3"),)),
    ("reach_4", "who asks for more is carried three halls", {7: 4}, (("header.reach", "3"),)),
    ("reach_255", "the most that can be asked for", {7: 255}, (("header.reach", "3"),)),
    ("clock_unsure", "nobody vouches for its time", {8: 1}, (("header.clock_unsure", "yes"),)),
    ("author", "an heir goes on with it: its id is its author's", {9: OLD_DEVICE}, ()),
    ("unknown_key", "a key of a later version is carried along", {60_000: "later"}, ()),
)
"""Name, comment, changes to a request, what is to be read."""

BAD: Final[tuple[tuple[str, str, Changes], ...]] = (
    ("kind_missing", "key 0 is missing", {0: None}),
    ("kind_text", "a kind that is no number", {0: "4"}),
    ("kind_negative", "a kind below zero", {0: -1}),
    ("kind_65536", "kinds are of two bytes", {0: 65_536}),
    ("key_missing", "key 1 is missing", {1: None}),
    ("group_31", "a group's id has 32 bytes", {1: bytes(31)}),
    ("group_33", "a group's id has 32 bytes, no more", {1: bytes(33)}),
    ("group_text", "a group's id is bytes, not a text of them", {1: "a" * 32}),
    ("device_missing", "key 2 is missing", {2: None}),
    ("device_31", "a device's key has 32 bytes", {2: bytes(31)}),
    ("device_text", "a device's key is bytes, not a text of them", {2: "a" * 32}),
    ("number_missing", "key 3 is missing", {3: None}),
    ("number_15", "a number has 16 bytes", {3: bytes(15)}),
    ("number_int", "a number is 16 bytes, no integer", {3: 7}),
    ("version_missing", "key 4 is missing", {4: None}),
    ("version_zero", "versions count from 1", {4: 0}),
    ("version_33_bits", "versions are of four bytes", {4: 2**32}),
    ("version_bytes", "a version is no bytes", {4: b"\x01"}),
    ("created_missing", "key 5 is missing", {5: None}),
    ("created_negative", "no time before 1970", {5: -1}),
    ("created", "a time that not every language can say", {5: 2**53}),
    ("lifetime_missing", "key 6 is missing", {6: None}),
    ("lifetime_zero", "only a roster lives for ever", {6: 0}),
    ("lifetime_negative", "no life ends before it begins", {6: -1}),
    ("lifetime_long", "a message lives 14 days, not a millisecond more", {6: 14 * DAY_MS + 1}),
    ("reach_missing", "key 7 is missing", {7: None}),
    ("reach_zero", "what goes nowhere is not signed", {7: 0}),
    ("reach_256", "a reach is one byte", {7: 256}),
    ("unsure_0", "a sure clock is said by no key, not by 0", {8: 0}),
    ("unsure_2", "the mark of an unsure clock is 1", {8: 2}),
    ("unsure_text", "the mark of an unsure clock is a number", {8: "1"}),
    ("author_31", "an author is a device's key of 32 bytes", {9: bytes(31)}),
    ("author_text", "an author is bytes, not a text of them", {9: "a" * 32}),
    ("author_self", "its own author is said by no key", {9: public(DEVICE)}),
    ("author_group", "the group's own key has no heir", {9: public(ADA.key)}),
)
"""Name, comment, changes to a request."""


def good(name: str, comment: str, body: Changes, fields: Fields = (), spec: str = HEADER) -> Vector:
    signed = sign(body, DEVICE)
    ids = (("id", signed.id.hex()), ("object", object_of(body).hex()))
    return Vector(f"record/{name}", OK, spec, comment, (*ids, *fields), signed.packed)


def bad(name: str, comment: str, signed: Signed, spec: str = HEADER) -> Vector:
    return Vector(f"record/bad_{name}", MALFORMED, spec, comment, (), signed.packed)


def vectors() -> Iterator[Vector]:
    yield good("request", "every key of a header", BASE, _header_of(BASE), f"{ENVELOPE}, {HEADER}")
    for name, comment, changes, fields in GOOD:
        spec = f"SPEC 2.3, {HEADER}" if name == "unknown_key" else HEADER
        yield good(name, comment, changed(BASE, changes), fields, spec)
    for name, comment, changes in BAD:
        yield bad(name, comment, sign(changed(BASE, changes), DEVICE), f"SPEC 2.2, {HEADER}")
    yield from _later_kinds()
    yield from _directory()
    yield from _numbers()
    yield from _envelopes()
    yield from _sizes()
    yield from edges()


def _header_of(body: Changes) -> Fields:
    return (
        ("header.kind", str(REQUEST)),
        ("header.group", ADA.group.hex()),
        ("header.device", public(DEVICE).hex()),
        ("header.number", seed("ada/meals")[:16].hex()),
        ("header.version", "1"),
        ("header.created_ms", str(NOW)),
        ("header.lifetime_ms", str(7 * DAY_MS)),
        ("header.reach", "2"),
        ("header.clock_unsure", "no"),
    )


def _later_kinds() -> Iterator[Vector]:
    """A kind that is not known may live as long as either sort of kind."""
    spec, unread = "SPEC 2.3, SPEC 5.2", (("understood", "no"),)
    for name, comment, changes in (
        ("unknown_kind", "a kind of a later version is held and passed on", {}),
        ("kind_0", "kind 0 is no kind yet", {0: 0}),
        ("kind_65535", "the last kind that there can be", {0: 65_535}),
        ("unknown_kind_lifetime", "it may be one that lives 30 days", {6: 30 * DAY_MS}),
        ("unknown_kind_author", "it may be one that an heir goes on with", {9: OLD_DEVICE}),
    ):
        yield good(name, comment, changed(UNKNOWN_KIND, changes), unread, spec)
    too_old = changed(UNKNOWN_KIND, {6: 30 * DAY_MS + 1})
    yield bad("unknown_kind_lifetime", "no kind lives longer", sign(too_old, DEVICE), spec)
    for kind in (127, 128, 255, 256):
        in_directory = 128 <= kind <= 255
        comment = "a directory kind of a later version" if in_directory else "a message kind"
        where = (("header.in_directory", "yes" if in_directory else "no"),)
        record = changed(UNKNOWN_KIND, {0: kind})
        yield good(f"kind_{kind}", comment, record, (*unread, *where), spec)
        by_heir = changed(record, {9: OLD_DEVICE})
        if in_directory:
            comment = "nobody goes on with what is of the directory"
            yield bad(f"kind_{kind}_author", comment, sign(by_heir, DEVICE), spec)
        else:
            yield good(f"kind_{kind}_author", "an heir goes on with it", by_heir, unread, spec)


def _directory() -> Iterator[Vector]:
    card = {10: "Ada's hall", 11: "K", 13: [bytes(ADA.seal_key().public_key)]}
    profile, peering = ADA.map(PROFILE, card), ADA.map(PEERING, {10: [BEA.group]})
    yield good("profile_30_days", "a card lives 30 days at most", profile)
    for name, comment, body, changes in (
        ("profile_31_days", "a card lives no longer", profile, {6: 30 * DAY_MS + 1}),
        ("profile_lifetime_0", "a card does not live for ever", profile, {6: 0}),
        ("author_kind", "nobody goes on with another device's card", profile, {9: OLD_DEVICE}),
        ("peering_author", "nor with its peering", peering, {9: OLD_DEVICE}),
    ):
        yield bad(name, comment, sign(changed(body, changes), DEVICE))


def _numbers() -> Iterator[Vector]:
    """Where a device has one object of a kind, its number is fixed."""
    request = seed("a request")[:16]
    card = {10: "Ada's hall", 11: "K", 13: [bytes(ADA.seal_key().public_key)]}
    guest, key = public(BEA.device("guest")), public(DEVICE)
    adopted = {10: OLD_DEVICE, 11: [seed("one")]}
    spec = "SPEC 3, SPEC 5.2"
    seen = ADA.map(SEEN, {3: seen_number(request, key), 10: request})
    adoption = ADA.map(ADOPTION, {3: adoption_number(OLD_DEVICE), 6: 30 * DAY_MS, 7: 3, **adopted})
    vouch = ADA.map(VOUCH, {3: vouch_number(guest), 7: 3, 10: guest})
    for kind, body in (
        ("profile", ADA.map(PROFILE, card)),
        ("peering", ADA.map(PEERING, {10: [BEA.group]})),
        ("seen", seen),
        ("adoption", adoption),
        ("vouch", vouch),
    ):
        yield good(f"{kind}_number", f"the number that a {kind} has", body, spec=spec)
        other = changed(body, {3: seed("any other number")[:16]})
        yield bad(f"{kind}_number", f"a {kind} under another number", sign(other, DEVICE), spec)


def _envelopes() -> Iterator[Vector]:
    signed = sign(BASE, DEVICE)
    for name, length in (("signature_none", 0), ("signature_length", 63), ("signature_65", 65)):
        cut = Signed(signed.body, (signed.signature + bytes(1))[:length])
        yield bad(name, f"a signature of {length} bytes instead of 64", cut, ENVELOPE)
    yield bad("body_empty", "a body of no bytes", sign_bytes(b"", DEVICE), ENVELOPE)
    yield bad("body_list", "a body that is a list", sign_bytes(pack([1]), DEVICE), ENVELOPE)
    swapped = pack(dict(reversed(BASE.items())))
    yield bad("body_order", "a body that is not canonical", sign_bytes(swapped, DEVICE), "SPEC 2.1")


def _sizes() -> Iterator[Vector]:
    """4,096 bytes: 64 of them the signature's, 6 at most the envelope's, the rest the body's."""
    filler = 4_026 - len(pack(changed(BASE, {60_000: bytes(300)}))) + 300
    for name, comment, length in (
        ("longest", "as large as a record can be", filler),
        ("too_long", "a byte too large", filler + 1),
    ):
        body = changed(BASE, {60_000: bytes(length)})
        if name == "longest":
            yield good(name, comment, body, spec=ENVELOPE)
        else:
            yield bad(name, comment, sign(body, DEVICE), ENVELOPE)
