"""Two halls of a later version with two of ours between them: held, passed on, nothing breaks."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from protocol.bodies import Kind, Request, Unknown
from protocol.codec import Map, decode_frame, encode
from protocol.events import FrameArrived
from protocol.frames import (
    Agree,
    Differ,
    Held,
    Reconcile,
    Records,
    Sent,
    SharedSet,
    Summary,
    Want,
    from_bytes,
    to_bytes,
)
from protocol.ids import UnixMs
from protocol.limits import DIRECTORY_LIFETIME_MS_MAX
from protocol.overflow import PledgeState, fold
from protocol.record import Record, parse, verify
from tests.protocol.disks import Node
from tests.protocol.evenings import Evening
from tests.protocol.halls import NOW, Hall, accepts, as_map, resigned, signed_map
from tests.protocol.towns import summaries_agree

ADA, BEA, CLEO, DORA = HALLS = [Hall(name) for name in ("ada", "bea", "cleo", "dora")]
"""In a line; Ada's and Dora's nodes are of a later version, three links apart."""
LINE = [(0, 1), (1, 2), (2, 3)]

REQUEST = ADA.request(reach=3)
PLEDGE = DORA.pledge(REQUEST)


def unknown(kind: int, more: Map, reach: int = 3) -> Record:
    """A kind that nobody here knows, living as long as anything may."""
    header = as_map(ADA.request(f"of kind {kind} with {sorted(more)}"))
    lasting: Map = {0: kind, 6: DIRECTORY_LIFETIME_MS_MAX, 7: reach}
    kept = {key: value for key, value in header.items() if key < 10}
    return parse(*signed_map(dict(sorted({**kept, **lasting, **more}.items())), ADA.device))


def changed(what: str, changes: Map) -> Record:
    """A request of Ada's with some keys added, or codes that are not known here."""
    return resigned(ADA.request(what, reach=3), changes, ADA.device)


KINDS_TO_COME = [
    unknown(77, {}),
    unknown(77, {10: ["anything", {5: b"6"}], 200: 1}),
    unknown(78, {10: REQUEST.header.object}, reach=200),
    unknown(2**16 - 1, {8: 1, 10: PLEDGE.header.object, 11: 7}, reach=255),
]
KEYS_TO_COME = [
    REQUEST,
    changed("keys of the header", {100: b"header", 101: {0: [1]}}),
    changed("keys of the body", {22: "body", 99: [{0: b"deep"}]}),
    changed("far away", {7: 200}),
    resigned(PLEDGE, {17: "body", 120: b""}, DORA.device),
    resigned(DORA.seen(REQUEST), {11: "how", 101: 1}, DORA.device),
    resigned(ADA.details(REQUEST, PLEDGE, DORA), {13: 1, 101: 1}, ADA.device),
    resigned(ADA.profile(version=2), {100: 1, 14: "how to get in"}, ADA.device),
    resigned(DORA.peering(CLEO, version=2), {12: [1, 2]}, DORA.device),
    resigned(DORA.roster(version=2), {12: [DORA.device_key]}, DORA.keys.signing),
]
UNKNOWN_VERDICT: Map = {21: [{0: PLEDGE.header.object, 1: 1, 2: 9}]}
CODES_TO_COME = [
    changed("urgency", {15: 3}),
    changed("direction", {18: 2}),
    changed("closed", {20: 200}),
    changed("verdict", UNKNOWN_VERDICT),
    resigned(DORA.pledge(changed("urgency", {15: 3})), {13: 3}, DORA.device),
]
TO_COME = [*KINDS_TO_COME, *KEYS_TO_COME, *CODES_TO_COME]


def town() -> Evening:
    return Evening(HALLS, LINE, seed=1)


def publish_all(evening: Evening, records: Iterable[Record] = TO_COME) -> None:
    """One after the other, each to those who hold what it is about."""
    for record in records:
        by = {node.hall.group: node for node in evening.nodes}[record.header.group]
        evening.publish(by, record)
        evening.settle()


def check_all_hold(evening: Evening, records: Iterable[Record] = TO_COME) -> None:
    """On every shelf and disk, byte for byte, and every link agrees on it."""
    for node in evening.nodes:
        for record in records:
            held = node.exchange.shelf.find_by_id(record.id)
            assert held is not None
            assert held.envelope == node.disk[record.id].envelope == record.envelope
            verify(held)
        assert node.left_out == []
    for one, other in ((evening.nodes[a], evening.nodes[b]) for a, b in LINE):
        assert summaries_agree(one, other)


def test_all_of_it_is_passed_on_as_it_is_said() -> None:
    evening = town()
    evening.heal()
    publish_all(evening)
    check_all_hold(evening)


def test_all_of_it_is_found_missing_on_meeting() -> None:
    """Each is written while nobody is linked."""
    evening = town()
    for record in TO_COME:
        publish_all(evening, [record])
        evening.heal()
        for edge in LINE:
            evening.cut(edge)
    check_all_hold(evening)


def test_all_of_it_is_there_after_a_restart() -> None:
    """Of all four at once; nobody lacks anything then."""
    evening = town()
    evening.heal()
    publish_all(evening)
    for node in evening.nodes:
        evening.restart(node)
    evening.sent.clear()
    evening.heal()
    check_all_hold(evening)
    said = map(from_bytes, evening.sent)
    assert not any(isinstance(frame, Differ | Want) for frame in said)


def test_each_of_them_is_read_as_far_as_it_is_known() -> None:
    for record in [*KINDS_TO_COME, *CODES_TO_COME]:
        assert isinstance(record.body, Unknown)
    for record in KEYS_TO_COME:
        assert not isinstance(record.body, Unknown)


# Nothing is folded wrongly --------------------------------------------------------------------


def settled() -> list[Node]:
    evening = town()
    evening.heal()
    publish_all(evening)
    return evening.nodes


def test_what_has_a_code_that_is_not_known_is_no_overflow() -> None:
    for node in settled():
        shown = {each.id for each in node.exchange.shelf.all_requests()}
        known = {each.id for each in KEYS_TO_COME if isinstance(each.body, Request)}
        assert shown == known


def test_keys_that_are_not_known_change_nothing_that_is_folded() -> None:
    for node in settled():
        shelf = node.exchange.shelf
        pledges = shelf.pledges_of(REQUEST.header.object)
        request = shelf.find(REQUEST.header.object)
        assert request is not None
        assert fold(request, pledges, NOW) == fold(REQUEST, [PLEDGE], NOW)
        assert shelf.details_of(PLEDGE.header.object) == KEYS_TO_COME[6]
        assert shelf.readers_of(REQUEST.header.object) == {DORA.group}


def test_a_pledge_whose_step_is_not_known_is_no_pledge() -> None:
    """Until a version comes that says something which is known here."""
    later = resigned(PLEDGE, {4: 2, 5: NOW + 2_000, 13: 3}, DORA.device)
    again = resigned(PLEDGE, {4: 3, 5: NOW + 3_000}, DORA.device)
    evening = town()
    evening.heal()
    publish_all(evening, [REQUEST, PLEDGE, later])
    for node in evening.nodes:
        assert node.exchange.shelf.pledges_of(REQUEST.header.object) == []
    check_all_hold(evening, [REQUEST, later])
    publish_all(evening, [again])
    for node in evening.nodes:
        assert node.exchange.shelf.pledges_of(REQUEST.header.object) == [again]
    check_all_hold(evening, [REQUEST, again])


def test_an_overflow_comes_back_when_it_says_what_is_known() -> None:
    """Its pledges have travelled meanwhile, as far as it does itself."""
    strange = resigned(REQUEST, {4: 2, 5: NOW + 2_000, 15: 3}, ADA.device)
    plain = ADA.request(version=3, reach=3, decisions=(accepts(PLEDGE),))
    evening = town()
    evening.heal()
    publish_all(evening, [REQUEST, strange, PLEDGE])
    check_all_hold(evening, [strange, PLEDGE])
    assert all(node.exchange.shelf.all_requests() == [] for node in evening.nodes)
    publish_all(evening, [plain])
    for node in evening.nodes:
        pledges = node.exchange.shelf.pledges_of(REQUEST.header.object)
        (pledge,) = fold(plain, pledges, NOW).pledges
        assert pledge.state is PledgeState.ACCEPTED


def test_what_is_not_known_goes_no_further_than_its_reach() -> None:
    near, far = unknown(77, {11: 1}, reach=1), unknown(77, {12: 1}, reach=2)
    evening = town()
    publish_all(evening, [near, far])
    evening.heal()
    assert [node.holds(near) for node in evening.nodes] == [True, True, False, False]
    assert [node.holds(far) for node in evening.nodes] == [True, True, True, False]


def test_a_kind_to_come_answers_nothing_that_is_known() -> None:
    """It looks as if it were about a request; a kind of ours in that place would travel with it."""
    like_an_answer = unknown(78, {10: DORA.request("elsewhere").header.object})
    evening = town()
    publish_all(evening, [like_an_answer])
    evening.heal()
    check_all_hold(evening, [like_an_answer])
    assert like_an_answer.header.kind not in set(Kind)


# Frames ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 6, 9, 20, 100, 255])
def test_frames_to_come_are_passed_over_and_the_link_goes_on(code: int) -> None:
    evening = town()
    evening.heal()
    for node in evening.nodes:
        for link in node.ends:
            frame = encode({0: code, 1: "later", 2: [{3: b"x"}]})
            assert node.exchange.handle(FrameArrived(link, frame)) == []
    publish_all(evening)
    evening.heal()
    check_all_hold(evening)


@pytest.mark.parametrize(
    "frame",
    [
        Records([REQUEST.envelope]),
        Held((REQUEST.id,)),
        Summary(SharedSet.OTHERS, 1, bytes(16), UnixMs(0)),
        Agree(SharedSet.OTHERS),
        Differ(SharedSet.DIRECTORY, UnixMs(0), 0),
        Reconcile(SharedSet.OTHERS, b"a"),
        Want(SharedSet.OTHERS, (REQUEST.id,)),
        Sent(SharedSet.OTHERS),
    ],
    ids=lambda frame: type(frame).__name__,
)
def test_keys_to_come_in_a_frame_change_nothing(frame: Records) -> None:
    fields: Map = {**decode_frame(to_bytes(frame)), 30: "later", 200: [{0: 1}]}
    assert from_bytes(encode(fields)) == frame
