"""Two ends find out what each of them lacks, whatever their sets and their limits."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocol import errors
from protocol.errors import LocalError, MalformedFrame, RuleBroken
from protocol.item_set import ItemSet
from protocol.reconcile import MESSAGE_BYTES_MAX, Progress, Reconciler
from protocol.reconcile_wire import END, Fingerprint, IdList, MessageWriter, decode_ranges

Item = tuple[int, bytes]
VECTORS = sorted((Path(__file__).parents[2] / "protocol/vectors/reconcile").glob("*.txt"))
LIMITS = [0, 4_096, 5_000, MESSAGE_BYTES_MAX]


class Dialogue:
    """An initiator and a responder, and what was said between them until the end."""

    def __init__(
        self, ours: set[Item], theirs: set[Item], limits: tuple[int, int] = (0, 0)
    ) -> None:
        self.initiator = Reconciler(ItemSet.from_items(ours).snapshot(), limits[0])
        self.responder = Reconciler(ItemSet.from_items(theirs).snapshot(), limits[1])
        self.have: list[bytes] = []
        self.need: list[bytes] = []
        self.sent: list[bytes] = []
        self.answered: list[bytes] = []

    def run(self) -> None:
        self.go_on_from(self.initiator.initiate())

    def go_on_from(self, message: bytes) -> None:
        self.sent.append(message)
        while True:
            self.answered.append(self.responder.respond(self.sent[-1]))
            progress = self.initiator.advance(self.answered[-1])
            self.have += progress.have
            self.need += progress.need
            assert not progress.is_cut_short
            if progress.message is None:
                return
            self.sent.append(progress.message)


def scattered(rng: Random, count: int) -> set[Item]:
    """Items of which many share a time and some begin with the same bytes."""
    beginnings = [b"", b"", bytes(8), b"\xff" * 26]
    return {
        (rng.randrange(1, 3 + count // 3), (rng.choice(beginnings) + rng.randbytes(32))[:32])
        for _ in range(count)
    }


def in_a_row(first_ms: int, count: int) -> list[Item]:
    rng = Random(first_ms)
    return [(first_ms + at, rng.randbytes(32)) for at in range(count)]


def ids_of(items: set[Item]) -> set[bytes]:
    return {item_id for _, item_id in items}


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    shared=st.integers(0, 900),
    only_ours=st.integers(0, 40) | st.integers(0, 600),
    only_theirs=st.integers(0, 40) | st.integers(0, 600),
    our_limit=st.sampled_from(LIMITS),
    their_limit=st.sampled_from(LIMITS),
)
@example(1698, 200, 20, 333, 0, 4096)  # the limit is reached with the very last id
def test_any_two_sets_are_told_apart_exactly(
    seed: int, shared: int, only_ours: int, only_theirs: int, our_limit: int, their_limit: int
) -> None:
    rng = Random(seed)
    common = scattered(rng, shared)
    ours = common | scattered(rng, only_ours)
    theirs = common | scattered(rng, only_theirs)
    dialogue = Dialogue(ours, theirs, (our_limit, their_limit))
    dialogue.run()
    assert set(dialogue.have) == ids_of(ours - theirs)
    assert set(dialogue.need) == ids_of(theirs - ours)
    assert all(len(message) <= our_limit or not our_limit for message in dialogue.sent)
    assert all(len(message) <= their_limit or not their_limit for message in dialogue.answered)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), ours=st.integers(0, 800), theirs=st.integers(0, 800))
def test_without_a_limit_nothing_is_told_twice(seed: int, ours: int, theirs: int) -> None:
    rng = Random(seed)
    common = scattered(rng, 300)
    dialogue = Dialogue(common | scattered(rng, ours), common | scattered(rng, theirs))
    dialogue.run()
    assert len(dialogue.have) == len(set(dialogue.have))
    assert len(dialogue.need) == len(set(dialogue.need))


@pytest.mark.parametrize(
    ("count", "first_bytes"), [(0, 5), (31, 5 + 31 * 32), (32, 350), (5_000, 400)]
)
def test_equal_sets_take_one_exchange_and_a_bounded_message(count: int, first_bytes: int) -> None:
    items = set(in_a_row(1_700_000_000_000, count))
    dialogue = Dialogue(items, items)
    dialogue.run()
    assert (dialogue.have, dialogue.need) == ([], [])
    assert len(dialogue.sent) == 1
    assert len(dialogue.sent[0]) <= first_bytes
    if count >= 32:
        assert dialogue.answered == [b"\x61"]


def test_ten_differences_in_many_cost_rounds_by_depth_only() -> None:
    items = in_a_row(1_700_000_000_000, 20_000)
    gone = set(items[1_000::2_000])
    dialogue = Dialogue(set(items), set(items) - gone)
    dialogue.run()
    assert set(dialogue.have) == ids_of(gone)
    assert len(dialogue.sent) == 2
    assert sum(map(len, dialogue.sent + dialogue.answered)) < 20_000


def test_an_end_that_holds_nothing_is_not_mistaken_for_one_that_agrees() -> None:
    """The responder's message is full just before a stretch that only it knows.

    Its fingerprint for the rest must not be the one of nothing, which the initiator would share.
    """
    theirs = in_a_row(0, 113) + in_a_row(1_000, 100)
    ours = set(theirs[:113]) - {theirs[0], theirs[31], theirs[62], theirs[93]}
    writer = MessageWriter()
    held = ItemSet.from_items(ours).snapshot()
    lower = 0
    for end_ms in (31, 62, 93, 113):
        bound = end_ms.to_bytes(8, "big")
        upper = held.rank(bound)
        writer.fingerprint(bound, held.fingerprint(lower, upper))
        lower = upper
    writer.fingerprint(END, held.fingerprint(lower, lower))
    dialogue = Dialogue(ours, set(theirs), (0, 4_096))
    dialogue.go_on_from(writer.to_bytes())
    assert len(dialogue.answered[0]) > 3_500
    assert set(dialogue.need) == ids_of(set(theirs) - ours)
    assert dialogue.have == []


def test_what_changes_meanwhile_takes_no_part() -> None:
    items = in_a_row(0, 2_000)
    ours, theirs = ItemSet.from_items(items[5:]), ItemSet.from_items(items[:-5])
    initiator, responder = Reconciler(ours.snapshot()), Reconciler(theirs.snapshot())
    message: bytes | None = initiator.initiate()
    have: set[bytes] = set()
    need: set[bytes] = set()
    while message is not None:
        for at in range(0, 2_000, 3):
            ours.discard(*items[at])
            theirs.add(5_000 + at, items[at][1])
        progress = initiator.advance(responder.respond(message))
        have.update(progress.have)
        need.update(progress.need)
        message = progress.message
    assert have == ids_of(set(items[-5:]))
    assert need == ids_of(set(items[:5]))


def test_an_initiator_stops_when_its_rounds_are_used_up_and_keeps_what_it_learned() -> None:
    theirs = ItemSet.from_items(in_a_row(0, 1_000)).snapshot()
    initiator = Reconciler(ItemSet().snapshot(), rounds_max=2)
    responder = Reconciler(theirs, message_bytes_max=4_096, rounds_max=2)
    first = initiator.advance(responder.respond(initiator.initiate()))
    assert first.message is not None
    second = initiator.advance(responder.respond(first.message))
    assert second.message is None
    assert second.is_cut_short
    assert len(set(first.need + second.need)) > 200
    with pytest.raises(RuleBroken):
        responder.respond(first.message)


@settings(deadline=None)
@given(body=st.binary(max_size=200), version=st.sampled_from([b"\x61", b"\x61", b"\x62", b""]))
def test_any_bytes_get_an_answer_or_malformed_frame(body: bytes, version: bytes) -> None:
    items = ItemSet.from_items(in_a_row(0, 700)).snapshot()
    reconciler = Reconciler(items)
    for take in (reconciler.respond, reconciler.advance):
        try:
            answer = take(version + body)
        except MalformedFrame:
            continue
        message = answer.message if isinstance(answer, Progress) else answer
        assert message is None or len(message) <= MESSAGE_BYTES_MAX


def test_bytes_that_are_refused_change_nothing() -> None:
    items = ItemSet.from_items(in_a_row(0, 100)).snapshot()
    steady, shaken = Reconciler(items, rounds_max=1), Reconciler(items, rounds_max=1)
    for bad in (b"", b"\x61\x00", b"\x61\x00\x00\x01abc"):
        with pytest.raises(MalformedFrame):
            shaken.respond(bad)
    message = Reconciler(ItemSet().snapshot()).initiate()
    assert shaken.respond(message) == steady.respond(message)


def test_an_initiator_speaks_no_other_version() -> None:
    initiator = Reconciler(ItemSet().snapshot())
    initiator.initiate()
    with pytest.raises(MalformedFrame, match="version"):
        initiator.advance(b"\x62")


@pytest.mark.parametrize("limit", [1, 4_095, -1])
def test_a_limit_below_what_one_split_needs_is_our_own_mistake(limit: int) -> None:
    with pytest.raises(LocalError):
        Reconciler(ItemSet().snapshot(), message_bytes_max=limit)


def test_an_id_said_many_times_is_needed_once() -> None:
    writer = MessageWriter()
    writer.id_list(END, [b"\x11" * 32] * 50)
    progress = Reconciler(ItemSet().snapshot()).advance(writer.to_bytes())
    assert progress.need == [b"\x11" * 32]


def read_vector(path: Path) -> tuple[dict[str, str], bytes]:
    header, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    lines = (line.partition(":") for line in header.splitlines())
    return {name: value.strip() for name, _, value in lines}, bytes.fromhex(body)


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    fields, message = read_vector(path)
    items = [each.split(":") for each in fields.get("ours", "").split()]
    ours = ItemSet.from_items((int(created), bytes.fromhex(byte) * 32) for created, byte in items)
    reconciler = Reconciler(ours.snapshot())
    if fields["expect"] != "ok":
        expected = getattr(errors, fields["expect"])
        with pytest.raises(expected):
            reconciler.respond(message)
        with pytest.raises(expected):
            reconciler.advance(message)
    elif fields["act"] == "initiate":
        assert reconciler.initiate() == message
    else:
        assert reconciler.respond(message).hex() == fields["answer"]


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 20


def test_what_was_learned_counts_on_both_sides_when_the_rounds_are_used_up() -> None:
    ours, theirs = in_a_row(0, 5), in_a_row(100_000, 500)
    initiator = Reconciler(ItemSet.from_items(ours).snapshot(), rounds_max=1)
    responder = Reconciler(ItemSet.from_items(theirs).snapshot(), 4_096)
    message = MessageWriter()
    message.id_list(END, [item_id for _, item_id in ours])
    initiator.initiate()
    progress = initiator.advance(responder.respond(message.to_bytes()))
    assert progress.is_cut_short
    assert progress.have == [item_id for _, item_id in ours]
    assert set(progress.need) < ids_of(set(theirs))
    assert progress.need


# Where a message is full --------------------------------------------------------------------

ROOM_BYTES = 4_096 - 200
"""What may be written into the smallest message before it has to end."""


def test_ids_are_listed_until_one_begins_behind_the_room() -> None:
    items = ItemSet.from_items(in_a_row(0, 1_000)).snapshot()
    asking = MessageWriter()
    asking.id_list(END, [])
    listed, rest = decode_ranges(Reconciler(items, 4_096).respond(asking.to_bytes()))
    assert isinstance(listed, IdList)
    assert len(listed.ids) == (ROOM_BYTES - 1) // 32 + 1
    assert rest == Fingerprint(END, items.fingerprint(len(listed.ids), len(items)))


def test_a_message_that_fills_its_room_to_the_last_byte_ends_there() -> None:
    """The version, a bound of two bytes, a mode, a count and 122 ids."""
    items = ItemSet.from_items(in_a_row(0, 122)).snapshot()
    asking = MessageWriter()
    asking.id_list(END, [])
    exactly = 1 + 2 + 1 + 1 + 122 * 32
    answer = Reconciler(items, exactly + 200).respond(asking.to_bytes())
    assert len(answer) == exactly
    assert decode_ranges(answer) == [IdList(END, tuple(items.ids(0, 122)))]
    assert len(decode_ranges(Reconciler(items, exactly + 199).respond(asking.to_bytes()))) == 2


def test_a_split_that_does_not_fit_leaves_out_a_range_of_which_the_other_end_has_some() -> None:
    items = ItemSet.from_items(in_a_row(0, 1_280)).snapshot()
    asking = MessageWriter()
    for stop in range(64, 1_281, 64):
        upper = END if stop == 1_280 else items.key(stop)
        asking.fingerprint(upper, b"something else"[:8] + bytes(8))
    ranges = decode_ranges(Reconciler(items, 4_096).respond(asking.to_bytes()))
    lower = items.rank(ranges[-2].upper)
    assert 0 < lower < 1_280 - 64
    assert lower % 64 == 0
    assert ranges[-1] == Fingerprint(END, items.fingerprint(lower + 64, 1_280))
