"""What each kind of record may say, and what it may not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.bodies import (
    KINDS,
    READERS,
    Body,
    Closed,
    Decision,
    Details,
    Direction,
    Kind,
    Peering,
    Pledge,
    PledgeStep,
    Profile,
    Request,
    Seen,
    Unknown,
    Urgency,
    Verdict,
    read_body,
)
from protocol.codec import Map, decode_frame, encode
from protocol.errors import MalformedRecord
from protocol.fields import Fields
from protocol.ids import DeviceKey, GroupId, ObjectId, Thousandths, UnixMs
from protocol.kinds import PROOF_KINDS
from protocol.limits import (
    CONDITION_BYTES_MAX,
    CREATED_MS_MAX,
    DECISIONS_MAX,
    DEVICES_MAX,
    NEIGHBOURS_MAX,
    QUANTITY_MAX,
    SEALED_BYTES_MAX,
    TEXT_BYTES_MAX,
    VERSION_MAX,
)
from protocol.roster import Roster

REQUEST = Request("V-123456-K", "FOO", "60 meals", Thousandths(60_000), "meals", Urgency.SOON)
PLEDGE = Pledge(ObjectId(bytes(16)), "P-654321-X", Thousandths(25_000))
SEEN = Seen(ObjectId(bytes(16)))
DETAILS = Details(ObjectId(bytes(16)), ObjectId(bytes(16)))
PROFILE = Profile("St Anna", "K", "", (bytes(32),))

quantities = st.integers(1, QUANTITY_MAX).map(Thousandths)
amounts = st.integers(0, QUANTITY_MAX).map(Thousandths)
object_ids = st.binary(min_size=16, max_size=16).map(ObjectId)


def keys_of(count_max: int) -> st.SearchStrategy[tuple[bytes, ...]]:
    found = st.sets(st.binary(min_size=32, max_size=32), max_size=count_max)
    return found.map(lambda each: tuple(sorted(each)))


def texts(bytes_max: int, least: int = 1) -> st.SearchStrategy[str]:
    found = st.text(min_size=least, max_size=bytes_max)
    return found.filter(lambda each: len(each.encode()) <= bytes_max)


decisions = st.builds(
    Decision,
    object_ids,
    st.integers(1, VERSION_MAX),
    st.sampled_from(Verdict),
    st.integers(0, 50).map(Thousandths),
    amounts,
    texts(CONDITION_BYTES_MAX, least=0),
)
requests = st.builds(
    Request,
    ref=texts(16),
    category=st.text("ABCXYZ", min_size=3, max_size=3),
    text=texts(60),
    qty=quantities.filter(lambda qty: qty >= 50 * 4),
    unit=texts(12),
    urgency=st.sampled_from(Urgency),
    area=texts(80, least=0),
    needed_by_ms=st.none() | st.integers(0, CREATED_MS_MAX).map(UnixMs),
    direction=st.sampled_from(Direction),
    exercise=st.booleans(),
    closed=st.none() | st.sampled_from(Closed),
    decisions=st.lists(decisions, max_size=4, unique_by=lambda each: each.pledge).map(tuple),
)
bodies: st.SearchStrategy[Body] = st.one_of(
    st.builds(Roster, keys_of(DEVICES_MAX).map(lambda keys: tuple(map(DeviceKey, keys)))),
    st.builds(Peering, keys_of(NEIGHBOURS_MAX).map(lambda keys: tuple(map(GroupId, keys)))),
    st.builds(
        Profile,
        texts(80),
        texts(3),
        texts(80, least=0),
        st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=4).map(tuple),
    ),
    requests,
    st.builds(
        Pledge,
        object_ids,
        texts(16),
        quantities,
        st.sampled_from(PledgeStep),
        st.binary(max_size=9),
        amounts,
        texts(CONDITION_BYTES_MAX, least=0),
    ),
    st.builds(Details, object_ids, object_ids, st.binary(max_size=9)),
    st.builds(Seen, object_ids),
)


def written(body: Body) -> Map:
    assert not isinstance(body, Unknown)
    return body.write()


def reread(body: Body, changes: Map | None = None) -> Body:
    """`body` as it is read from its bytes, with some keys changed."""
    fields = dict(sorted({**written(body), **(changes or {})}.items()))
    return read_body(KINDS[type(body)], Fields(decode_frame(encode(fields))))


@given(bodies)
def test_what_is_written_is_read(body: Body) -> None:
    assert reread(body) == body


@pytest.mark.parametrize("closed", Closed)
def test_every_reason_why_an_overflow_is_over_is_read(closed: Closed) -> None:
    body = replace(REQUEST, closed=closed)
    assert reread(body) == body


@pytest.mark.parametrize(
    "body", [replace(REQUEST, qty=Thousandths(1)), replace(PLEDGE, qty=Thousandths(1))]
)
def test_a_thousandth_is_the_least_there_is(body: Body) -> None:
    assert reread(body) == body


def test_every_kind_is_read_and_written() -> None:
    assert set(READERS) == set(KINDS.values()) == set(Kind) - PROOF_KINDS


@pytest.mark.parametrize(
    "body",
    [REQUEST, PLEDGE, PROFILE, DETAILS, SEEN, Roster(()), Peering(())],
    ids=lambda body: type(body).__name__,
)
def test_what_is_not_optional_has_to_be_there(body: Body) -> None:
    for key in written(body):
        fields = written(body)
        del fields[key]
        with pytest.raises(MalformedRecord):
            read_body(KINDS[type(body)], Fields(fields))


def decision(number: int, accepted: int) -> Decision:
    pledge = ObjectId(number.to_bytes(16, "big"))
    return Decision(pledge, 1, Verdict.ACCEPTED, Thousandths(accepted))


def test_accepting_all_that_is_asked_is_the_most() -> None:
    full = replace(REQUEST, decisions=(decision(1, 35_000), decision(2, 25_000)))
    assert reread(full) == full
    assert full.accepted == full.qty
    over = replace(REQUEST, decisions=(decision(1, 35_000), decision(2, 25_001)))
    with pytest.raises(MalformedRecord):
        reread(over)


def test_more_may_come_than_was_accepted() -> None:
    generous = replace(decision(1, 10_000), moved=Thousandths(70_000))
    request = replace(REQUEST, decisions=(generous,))
    assert reread(request) == request
    assert request.moved == 70_000


def test_no_more_of_a_surplus_is_promised_than_there_is() -> None:
    full = replace(REQUEST, direction=Direction.SURPLUS, decisions=(decision(1, 60_000),))
    assert reread(full) == full
    with pytest.raises(MalformedRecord):
        reread(replace(full, qty=Thousandths(59_999)))


def test_one_decision_a_pledge() -> None:
    twice = replace(REQUEST, decisions=(decision(1, 1_000), decision(1, 2_000)))
    with pytest.raises(MalformedRecord):
        reread(twice)
    many = tuple(decision(number, 1) for number in range(DECISIONS_MAX))
    reread(replace(REQUEST, decisions=many))
    with pytest.raises(MalformedRecord):
        reread(replace(REQUEST, decisions=(*many, decision(DECISIONS_MAX, 1))))


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        (REQUEST, {10: ""}),
        (REQUEST, {10: "x" * 17}),
        (REQUEST, {11: "FO"}),
        (REQUEST, {11: "FOOD"}),
        (REQUEST, {12: ""}),
        (REQUEST, {12: "\u00e9" * (TEXT_BYTES_MAX // 2) + "x"}),
        (REQUEST, {12: b"60 meals"}),
        (REQUEST, {13: 0}),
        (REQUEST, {13: -1}),
        (REQUEST, {13: QUANTITY_MAX + 1}),
        (REQUEST, {14: ""}),
        (REQUEST, {16: ""}),
        (REQUEST, {17: -1}),
        (REQUEST, {17: CREATED_MS_MAX + 1}),
        (REQUEST, {18: 0}),
        (REQUEST, {19: 0}),
        (REQUEST, {19: 2}),
        (REQUEST, {20: 0}),
        (REQUEST, {20: 256}),
        (REQUEST, {21: []}),
        (REQUEST, {21: [1]}),
        (REQUEST, {21: [{}]}),
        (REQUEST, {21: {}}),
        (REQUEST, {21: [{0: bytes(16), 1: 0, 2: 1}]}),
        (REQUEST, {21: [{0: bytes(16), 1: 1, 2: 1, 3: 0}]}),
        (REQUEST, {21: [{0: bytes(16), 1: 1, 2: 1, 4: 0}]}),
        (REQUEST, {21: [{0: bytes(16), 1: 1, 2: 1, 5: ""}]}),
        (REQUEST, {21: [{0: bytes(16), 1: 1, 2: 1, 5: "x" * (CONDITION_BYTES_MAX + 1)}]}),
        (PLEDGE, {10: bytes(15)}),
        (PLEDGE, {12: 0}),
        (PLEDGE, {13: 0}),
        (PLEDGE, {14: b""}),
        (PLEDGE, {14: bytes(SEALED_BYTES_MAX + 1)}),
        (PLEDGE, {15: 0}),
        (PLEDGE, {15: QUANTITY_MAX + 1}),
        (PLEDGE, {16: ""}),
        (PLEDGE, {16: "x" * (CONDITION_BYTES_MAX + 1)}),
        (DETAILS, {11: bytes(15)}),
        (DETAILS, {12: b""}),
        (DETAILS, {12: bytes(SEALED_BYTES_MAX + 1)}),
        (SEEN, {10: bytes(15)}),
        (SEEN, {10: "x" * 16}),
        (PROFILE, {10: ""}),
        (PROFILE, {11: "ABCD"}),
        (PROFILE, {11: ""}),
        (PLEDGE, {11: ""}),
        (PROFILE, {13: []}),
        (PROFILE, {13: [bytes(31)]}),
        (PROFILE, {13: ["x" * 32]}),
        (PROFILE, {13: [bytes(32)] * 5}),
        (Peering(()), {10: [b"\x01" * 32, b"\x00" * 32]}),
        (Peering(()), {10: [b"\x01" * 32] * 2}),
        (Peering(()), {10: [b"\x01" * 31]}),
        (Peering(()), {11: []}),
        (Peering(()), {11: [b"\x01" * 31]}),
        (Peering(()), {10: [b"\x01" * 32], 11: [b"\x01" * 32]}),
        (Peering(()), {10: [each.to_bytes(32, "big") for each in range(NEIGHBOURS_MAX + 1)]}),
        (Roster(()), {10: [each.to_bytes(32, "big") for each in range(DEVICES_MAX + 1)]}),
        (Roster(()), {10: [7]}),
    ],
)
def test_what_is_malformed(body: Body, changes: Map) -> None:
    with pytest.raises(MalformedRecord):
        reread(body, changes)


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        (REQUEST, {15: 3}),
        (REQUEST, {18: 2}),
        (REQUEST, {20: 4}),
        (REQUEST, {21: [{0: bytes(16), 1: 1, 2: 0}]}),
        (REQUEST, {21: [{0: bytes(16), 1: 1, 2: 4}]}),
        (PLEDGE, {13: 3}),
        (PLEDGE, {13: 255}),
    ],
)
def test_a_code_of_a_later_version_is_no_fault(body: Body, changes: Map) -> None:
    read = reread(body, changes)
    about = body.request if isinstance(body, Pledge) else None
    assert read == Unknown(KINDS[type(body)], about)


def test_a_code_of_a_later_version_does_not_hide_what_a_pledge_is_about() -> None:
    """Else it would be held by one version and refused by the other."""
    with pytest.raises(MalformedRecord):
        reread(PLEDGE, {10: bytes(15), 13: 3})


@pytest.mark.parametrize("body", [PLEDGE, REQUEST, DETAILS, SEEN, PROFILE])
def test_keys_of_a_later_version_are_passed_over(body: Body) -> None:
    assert reread(body, {40: "later", 200: [{1: b"x"}]}) == body


@pytest.mark.parametrize("kind", [0, 13, 77, 2**16 - 1])
def test_a_kind_of_a_later_version_is_about_nothing_that_we_know(kind: int) -> None:
    assert read_body(kind, Fields({10: bytes(16)})) == Unknown(kind)
    assert read_body(kind, Fields({})) == Unknown(kind)


def test_what_stands_for_nothing_takes_no_bytes() -> None:
    assert set(written(REQUEST)) == {10, 11, 12, 13, 14, 15}
    assert set(written(PLEDGE)) == {10, 11, 12}
    assert set(written(DETAILS)) == {10, 11}
    assert set(written(SEEN)) == {10}
    assert set(decision(1, 0).write()) == {0, 1, 2}


def test_what_is_said_of_a_surplus_has_its_own_keys() -> None:
    surplus = replace(REQUEST, direction=Direction.SURPLUS)
    assert written(surplus) == {**written(REQUEST), 18: 1}
    came = replace(PLEDGE, moved=Thousandths(5_000), condition="warm")
    assert written(came) == {**written(PLEDGE), 15: 5_000, 16: "warm"}


def test_a_peering_says_whom_it_names_and_whom_it_removed() -> None:
    here, gone = GroupId(b"\x01" * 32), GroupId(b"\x02" * 32)
    assert written(Peering((here,))) == {10: [here]}
    assert written(Peering((here,), (gone,))) == {10: [here], 11: [gone]}
    assert reread(Peering((here,), (gone,))) == Peering((here,), (gone,))


def test_the_least_of_what_a_pledge_says_is_read() -> None:
    least = replace(PLEDGE, step=PledgeStep(1), moved=Thousandths(1))
    assert reread(least) == least
