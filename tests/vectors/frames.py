"""What two ends of a link say to each other: each frame, and each way in which it is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.vectors.plain import (
    ADA,
    NOW,
    REQUEST,
    REQUEST_BODY,
    VOUCH,
    Changes,
    Map,
    Signed,
    changed,
    pack,
    public,
    seed,
    sign,
    vouch_number,
)
from tests.vectors.vector import OK, Fields, Vector

SPEC: Final = "SPEC 13.1"
DEVICE: Final = ADA.device()
ROSTER: Final = ADA.roster()
RECORD: Final = sign(ADA.map(REQUEST, REQUEST_BODY, "meals"), DEVICE)
IDS: Final = [seed(f"record {number}") for number in range(1_501)]
ITEM: Final = NOW.to_bytes(8, "big") + IDS[0]
COUNT_BEYOND: Final = 2**32
TIME_BEYOND: Final = 2**53


def vouched() -> Signed:
    guest = public(ADA.device("guest"))
    return sign(ADA.map(VOUCH, {3: vouch_number(guest), 7: 3, 10: guest}), DEVICE)


@dataclass(frozen=True, slots=True)
class Kind:
    """A frame: its name here and in vectors, a good one as a map, and what is read of it."""

    name: str
    frame: str
    base: Map
    fields: Fields
    spec: str = SPEC

    def good(self) -> Vector:
        return self.also("", f"{self.frame}, whole", {}, self.fields)

    def also(self, name: str, comment: str, changes: Changes, fields: Fields) -> Vector:
        body = pack(changed(self.base, changes))
        given = (("frame", self.frame), *fields)
        return Vector(f"frames/{self.name}{name}", OK, self.spec, comment, given, body)

    def bad(self, name: str, comment: str, changes: Changes) -> Vector:
        body = pack(changed(self.base, changes))
        return Vector(
            f"frames/bad_{self.name}_{name}", "MalformedFrame", self.spec, comment, (), body
        )


INTRODUCE: Final = Kind(
    "introduce",
    "Introduce",
    {0: 1, 1: ROSTER.pair, 2: public(DEVICE), 3: 7, 4: bytes(16), 5: bytes(64)},
    (
        ("roster", " ".join(part.hex() for part in ROSTER.pair)),
        ("device", public(DEVICE).hex()),
        ("boot", "7"),
        ("boot_nonce", bytes(16).hex()),
        ("signature", bytes(64).hex()),
    ),
)
TURN_AWAY: Final = Kind("turn_away", "TurnAway", {0: 2, 1: 1}, (("reason", "1"), ("name", "")))
CONFIRM: Final = Kind("confirm", "Confirm", {0: 3, 1: "Ada's hall"}, (("name", "Ada's hall"),))
PAIRED: Final = Kind("paired", "Paired", {0: 4, 1: "Ada's hall"}, (("name", "Ada's hall"),))
WHEREABOUTS: Final = Kind(
    "whereabouts",
    "Whereabouts",
    {0: 5, 1: bytes(16), 2: 7_425},
    (("discovery_key", bytes(16).hex()), ("port", "7425")),
)
RECORDS: Final = Kind(
    "records",
    "Records",
    {0: 10, 1: [RECORD.pair]},
    (("envelopes", " ".join(part.hex() for part in RECORD.pair)),),
)
HELD: Final = Kind("held", "Held", {0: 11, 1: IDS[:1]}, (("ids", IDS[0].hex()),))
SUMMARY: Final = Kind(
    "summary",
    "Summary",
    {0: 12, 1: 1, 2: 3, 3: IDS[0][:16], 4: NOW},
    (
        ("shared", "others"),
        ("count", "3"),
        ("fingerprint", IDS[0][:16].hex()),
        ("purged_ms", str(NOW)),
    ),
    f"{SPEC}, SPEC 13.3",
)
AGREE: Final = Kind("agree", "Agree", {0: 13, 1: 1}, (("shared", "others"),), f"{SPEC}, SPEC 13.3")
DIFFER: Final = Kind(
    "differ",
    "Differ",
    {0: 14, 1: 1, 2: NOW, 3: 2_000},
    (("shared", "others"), ("purged_ms", str(NOW)), ("count", "2000")),
    f"{SPEC}, SPEC 13.3",
)
RECONCILE: Final = Kind(
    "reconcile",
    "Reconcile",
    {0: 15, 1: 0, 2: b"\x61\x00\x00\x02\x00"},
    (("shared", "directory"), ("message", "6100000200")),
)
WANT: Final = Kind(
    "want", "Want", {0: 16, 1: 1, 2: IDS[:1]}, (("shared", "others"), ("ids", IDS[0].hex()))
)
SENT: Final = Kind("sent", "Sent", {0: 17, 1: 0}, (("shared", "directory"),))
FETCH: Final = Kind(
    "fetch",
    "Fetch",
    {0: 18, 1: 1, 2: ITEM},
    (("shared", "others"), ("after", ITEM.hex())),
    f"{SPEC}, SPEC 13.6",
)
FETCHED: Final = Kind(
    "fetched",
    "Fetched",
    {0: 19, 1: 1, 2: ITEM},
    (("shared", "others"), ("at", ITEM.hex())),
    f"{SPEC}, SPEC 13.6",
)

KINDS: Final = (
    INTRODUCE,
    TURN_AWAY,
    CONFIRM,
    PAIRED,
    WHEREABOUTS,
    RECORDS,
    HELD,
    SUMMARY,
    AGREE,
    DIFFER,
    RECONCILE,
    WANT,
    SENT,
    FETCH,
    FETCHED,
)

OF_SET: Final = (SUMMARY, AGREE, DIFFER, RECONCILE, WANT, SENT, FETCH, FETCHED)

BAD: Final[tuple[tuple[Kind, str, str, Changes], ...]] = (
    (INTRODUCE, "roster", "no roster", {1: None}),
    (INTRODUCE, "roster_one", "an envelope of one byte string", {1: [ROSTER.body]}),
    (INTRODUCE, "roster_text", "an envelope with a text", {1: [ROSTER.body, "a" * 64]}),
    (INTRODUCE, "roster_bytes", "no list, but its bytes", {1: ROSTER.packed}),
    (INTRODUCE, "device", "a device's key has 32 bytes", {2: bytes(31)}),
    (INTRODUCE, "boot", "a boot is four bytes", {3: COUNT_BEYOND}),
    (INTRODUCE, "nonce", "the nonce of a boot has 16 bytes", {4: bytes(15)}),
    (INTRODUCE, "signature", "a signature has 64 bytes", {5: bytes(63)}),
    (INTRODUCE, "vouch", "a guest's vouch is an envelope", {6: [bytes(64)]}),
    (TURN_AWAY, "reason", "no reason", {1: None}),
    (TURN_AWAY, "reason_256", "a reason is one byte", {1: 256}),
    (TURN_AWAY, "name", "no name is no key, not an empty one", {2: ""}),
    (CONFIRM, "name", "no name", {1: None}),
    (CONFIRM, "name_empty", "a name of no letters", {1: ""}),
    (CONFIRM, "name_81", "a name of 81 bytes", {1: "a" * 81}),
    (PAIRED, "name", "no name", {1: None}),
    (PAIRED, "name_empty", "a name of no letters", {1: ""}),
    (WHEREABOUTS, "key", "a discovery key has 16 bytes", {1: bytes(17)}),
    (WHEREABOUTS, "port", "a port is two bytes", {2: 65_536}),
    (RECORDS, "list", "no list of records", {1: None}),
    (RECORDS, "envelope", "an envelope of three", {1: [[*RECORD.pair, b""]]}),
    (RECORDS, "flat", "body and signature, not in an envelope", {1: RECORD.pair}),
    (RECORDS, "401", "more records than fit a frame", {1: [[b"", b""]] * 401}),
    (HELD, "list", "no list of ids", {1: None}),
    (HELD, "id", "an id has 32 bytes", {1: [bytes(31)]}),
    (HELD, "text", "an id is bytes", {1: ["a" * 32]}),
    (SUMMARY, "count", "no count", {2: None}),
    (SUMMARY, "count_33_bits", "a count is four bytes", {2: COUNT_BEYOND}),
    (SUMMARY, "fingerprint", "a fingerprint has 16 bytes", {3: bytes(15)}),
    (SUMMARY, "mark", "no mark", {4: None}),
    (SUMMARY, "mark_late", "a time that not every language can say", {4: TIME_BEYOND}),
    (SUMMARY, "time_late", "a clock that not every language can say", {5: TIME_BEYOND}),
    (SUMMARY, "unsaved_0", "saved is said by no key, not by 0", {6: 0}),
    (SUMMARY, "unsaved_2", "the mark of what is unsaved is 1", {6: 2}),
    (AGREE, "time_late", "a clock that not every language can say", {2: TIME_BEYOND}),
    (AGREE, "unsaved_0", "saved is said by no key, not by 0", {3: 0}),
    (AGREE, "mark_late", "a time that not every language can say", {4: TIME_BEYOND}),
    (DIFFER, "mark", "no mark", {2: None}),
    (DIFFER, "count", "no count", {3: None}),
    (DIFFER, "time_late", "a clock that not every language can say", {4: TIME_BEYOND}),
    (RECONCILE, "empty", "a message of no bytes", {2: b""}),
    (RECONCILE, "list", "a message is bytes", {2: [97]}),
    (WANT, "list", "no list of ids", {2: None}),
    (WANT, "id", "an id has 32 bytes", {2: [bytes(33)]}),
    (FETCH, "after", "an item has 40 bytes", {2: bytes(39)}),
    (FETCHED, "at", "an item has 40 bytes", {2: bytes(41)}),
)
"""The frame, name, comment, changes."""


def vectors() -> Iterator[Vector]:
    for kind in KINDS:
        yield kind.good()
    for kind in OF_SET:
        yield kind.bad("set", "no set", {1: None})
        yield kind.bad("set_3", "there are three sets, 0 to 2", {1: 3})
    for kind, name, comment, changes in BAD:
        yield kind.bad(name, comment, changes)
    yield from _variants()
    yield from _codes()


def _variants() -> Iterator[Vector]:
    """What may be left out or added, and lists of no items."""
    time = (("time_ms", str(NOW)),)
    vouch = vouched().pair
    in_hex = " ".join(part.hex() for part in vouch)
    comment = "a guest shows who vouches for it"
    yield INTRODUCE.also("_guest", comment, {6: vouch}, (("vouch", in_hex),))
    used = (("reason", "2"), ("name", "Ada's hall"))
    yield TURN_AWAY.also("_name", "the code was used, and by whom", {1: 2, 2: "Ada's hall"}, used)
    yield WHEREABOUTS.also("_nowhere", "it listens nowhere", {2: 0}, (("port", "0"),))
    yield RECORDS.also("_none", "no records", {1: []}, (("envelopes", ""),))
    yield HELD.also("_none", "no ids", {1: []}, (("ids", ""),))
    backwards = " ".join(each.hex() for each in reversed(IDS[:3]))
    comment = "ids stand in any order"
    yield HELD.also("_order", comment, {1: IDS[:3][::-1]}, (("ids", backwards),))
    yield WANT.also("_1500", "as many ids as fit a frame", {2: IDS[:1_500]}, ())
    for kind, key in ((SUMMARY, 5), (AGREE, 2), (DIFFER, 4)):
        of_directory = (("shared", "directory"), *time)
        yield kind.also("_time", "with the sender's clock", {1: 0, key: NOW}, of_directory)
    both = (("shared", "all"),)
    yield SUMMARY.also("_all", "both sets as one", {1: 2}, both)
    yield AGREE.also("_all", "of both sets", {1: 2}, both)
    unsaved = (("is_unsaved", "yes"),)
    comment = "not all that is held is on disk yet"
    yield SUMMARY.also("_unsaved", comment, {6: 1}, unsaved)
    yield AGREE.also("_unsaved", comment, {3: 1}, unsaved)
    all_of_it = {1: 2, 2: NOW, 3: 1, 4: NOW - 600_000}
    said = (*both, *time, *unsaved, ("purged_ms", str(NOW - 600_000)))
    yield AGREE.also("_whole", "of both sets, with all that can be said", all_of_it, said)
    marked = (*both, ("time_ms", "none"), ("is_unsaved", "no"), ("purged_ms", str(NOW)))
    yield AGREE.also("_mark", "with the responder's mark", {1: 2, 4: NOW}, marked)
    yield FETCH.also("_start", "from the start", {2: None}, (("after", ""),))
    yield FETCHED.also("_end", "the end", {2: None}, (("at", ""),))


def _codes() -> Iterator[Vector]:
    later = (("frame", "none"),)
    for name, comment, frame in (
        ("unknown_code", "a frame of a later version is passed over", {0: 200, 1: "later"}),
        ("unknown_code_0", "code 0 is no frame yet", {0: 0}),
    ):
        spec = f"{SPEC}, SPEC 2.3"
        yield Vector(f"frames/{name}", OK, spec, comment, later, pack(frame))
    comment = "a key of a later version is passed over"
    fields = (("frame", "Sent"), ("rewritten", pack({0: 17, 1: 0}).hex()))
    body = pack({0: 17, 1: 0, 9: "later"})
    yield Vector("frames/unknown_key", OK, f"{SPEC}, SPEC 2.3", comment, fields, body)
    for name, comment, code in (
        ("code_missing", "no code", {}),
        ("code_256", "a code is one byte", {0: 256}),
        ("code_text", "a code is a number", {0: "1"}),
    ):
        bad = Vector(f"frames/bad_{name}", "MalformedFrame", SPEC, comment, (), pack(code))
        yield bad
