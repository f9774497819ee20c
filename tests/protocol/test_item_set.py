"""The ordered set against a plain sorted list, over any history of adds and discards."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import item_set
from protocol.errors import LocalError
from protocol.item_set import BLOCK_ITEMS, BLOCK_ITEMS_MAX, BLOCK_ITEMS_MIN, ItemSet, summary_of
from protocol.reconcile_wire import END, INFINITY

Item = tuple[int, bytes]


def item(number: int) -> Item:
    """Seven items to a time, ids in no order, and some that begin alike."""
    beginning = b"\x00\xff" if number % 3 else b""
    return number // 7, (beginning + sha256(number.to_bytes(4, "big")).digest())[:32]


def plain_fingerprint(items: Sequence[Item]) -> bytes:
    """The spec's algorithm, word by word; counts below 2^14 are one or two varint digits."""
    total = sum(int.from_bytes(item_id, "little") for _, item_id in items) % 2**256
    count = len(items)
    digits = bytes([count]) if count < 128 else bytes([128 + count // 128, count % 128])
    return sha256(total.to_bytes(32, "little") + digits).digest()[:16]


def assert_same(ours: ItemSet, model: list[Item]) -> None:
    """Compare every answer a set can give, at ranks around block edges and ends."""
    snapshot = ours.snapshot()
    count = len(model)
    assert len(ours) == len(snapshot) == count
    assert snapshot.ids(0, count) == [item_id for _, item_id in model]
    assert ours.summary() == (count, plain_fingerprint(model))
    ranks = sorted({0, 1, 255, 256, 257, 511, 512, 513, 1024, count // 3, count - 1, count})
    ranks = [rank for rank in ranks if 0 <= rank <= count]
    for lower in ranks:
        for upper in [rank for rank in ranks if rank >= lower]:
            assert snapshot.fingerprint(lower, upper) == plain_fingerprint(model[lower:upper])
            assert snapshot.ids(lower, upper) == [item_id for _, item_id in model[lower:upper]]


# A step adds or discards a run of numbers: long runs fill, split, empty and join blocks.
steps = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(0, 4_000),
        st.integers(1, 1_500),
        st.sampled_from([1, 2, 7]),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(start=st.integers(0, 2_500), steps=steps)
def test_any_history_leaves_what_a_sorted_list_holds(
    start: int, steps: list[tuple[bool, int, int, int]]
) -> None:
    model = {item(number) for number in range(start)}
    ours = ItemSet.from_items(model)
    for adds, first, count, stride in steps:
        for number in range(first, first + count * stride, stride):
            each = item(number)
            if adds:
                assert ours.add(*each) == (each not in model)
                model.add(each)
            else:
                assert ours.discard(*each) == (each in model)
                model.discard(each)
            assert (each in ours) == adds
    assert_same(ours, sorted(model))


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(0, 1_500),
    created=st.integers(0, 230),
    prefix=st.binary(max_size=33).map(lambda drawn: drawn[:32]),
)
def test_the_rank_of_a_bound_counts_what_lies_below_it(
    count: int, created: int, prefix: bytes
) -> None:
    model = sorted(item(number) for number in range(count))
    rank = bisect_left(model, (created, prefix.ljust(32, b"\x00")))
    bound = created.to_bytes(8, "big") + prefix
    snapshot = ItemSet.from_items(model).snapshot()
    assert snapshot.rank(bound) == rank
    assert snapshot.rank(END) == count


@settings(max_examples=30, deadline=None)
@given(
    count=st.integers(1, 2_500),
    changes=st.lists(st.tuples(st.booleans(), st.integers(0, 3_000)), max_size=40),
)
def test_a_snapshot_stays_as_it_was(count: int, changes: list[tuple[bool, int]]) -> None:
    model = sorted(item(number) for number in range(count))
    ours = ItemSet.from_items(model)
    before = ours.snapshot()
    for adds, number in changes:
        if adds:
            ours.add(*item(number))
        else:
            ours.discard(*item(number))
        ours.snapshot()
    assert before.ids(0, count) == [item_id for _, item_id in model]
    assert before.fingerprint(0, count) == plain_fingerprint(model)
    assert [before.key(rank)[8:] for rank in (0, count - 1)] == [model[0][1], model[-1][1]]


def test_the_order_of_arrival_does_not_matter() -> None:
    model = sorted(item(number) for number in range(3_000))
    rising, falling = ItemSet(), ItemSet()
    for each in model:
        rising.add(*each)
    for each in reversed(model):
        falling.add(*each)
    assert_same(rising, model)
    assert_same(falling, model)
    assert ItemSet.from_items([*model, *reversed(model)]).summary() == rising.summary()


@pytest.mark.parametrize("first_to_go", ["oldest", "newest", "scattered"])
def test_a_set_can_be_emptied_and_filled_again(first_to_go: str) -> None:
    model = [item(number) for number in range(2 * BLOCK_ITEMS_MAX)]
    ours = ItemSet.from_items(model)
    orders = {"oldest": sorted(model), "newest": sorted(model, reverse=True), "scattered": model}
    for gone, each in enumerate(orders[first_to_go], start=1):
        assert ours.discard(*each)
        assert len(ours) == len(model) - gone
    assert_same(ours, [])
    assert not ours.discard(*model[0])
    assert ours.add(*model[0])
    assert_same(ours, [model[0]])


def test_one_record_more_or_less_never_adds_everything_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = ItemSet.from_items(item(number) for number in range(40 * BLOCK_ITEMS))
    summed = 0
    plain_sum = item_set._sum_of_ids

    def counting_sum(keys: Sequence[bytes]) -> int:
        nonlocal summed
        summed += len(keys)
        return plain_sum(keys)

    monkeypatch.setattr(item_set, "_sum_of_ids", counting_sum)
    for number in range(100):
        ours.add(*item(1_000_000 + 20 * number))
        ours.discard(*item(150 * number))
        ours.summary()
    assert summed == 0
    ours.snapshot().fingerprint(3, len(ours) - 3)
    assert 0 < summed <= BLOCK_ITEMS_MAX


def test_blocks_keep_their_size_when_a_set_grows_and_shrinks() -> None:
    ours = ItemSet()
    model = sorted(item(number) for number in range(20 * BLOCK_ITEMS))
    for each in model:
        ours.add(*each)
    assert 10 <= len(ours._blocks) <= 40
    assert all(len(block.keys) <= BLOCK_ITEMS_MAX for block in ours._blocks)
    for at, each in enumerate(model):
        if at % 20:
            ours.discard(*each)
    assert len(ours) == BLOCK_ITEMS
    assert len(ours._blocks) <= 5
    assert_same(ours, model[::20])


@pytest.mark.parametrize(("blocks", "at"), [(2, 0), (2, 1), (3, 0), (3, 1), (3, 2), (5, 3)])
def test_a_block_that_became_small_joins_one_beside_it(blocks: int, at: int) -> None:
    ours = ItemSet()
    model = sorted(item(number) for number in range((blocks + 1) * BLOCK_ITEMS))
    for each in model:
        ours.add(*each)
    assert len(ours._blocks) == blocks
    first, size = at * BLOCK_ITEMS, len(ours._blocks[at].keys)
    gone = model[first : first + size - BLOCK_ITEMS_MIN + 1]
    for each in gone:
        ours.discard(*each)
    assert len(ours._blocks) == blocks - 1
    assert all(len(block.keys) >= BLOCK_ITEMS_MIN for block in ours._blocks)
    assert_same(ours, [each for each in model if each not in gone])


def test_the_same_snapshot_serves_until_something_changes() -> None:
    ours = ItemSet.from_items([item(1)])
    snapshot = ours.snapshot()
    assert not ours.add(*item(1))
    assert not ours.discard(*item(2))
    assert ours.snapshot() is snapshot
    ours.add(*item(2))
    assert ours.snapshot() is not snapshot


@pytest.mark.parametrize(
    "bad",
    [(1, bytes(31)), (1, bytes(33)), (1, b""), (-1, bytes(32)), (INFINITY, bytes(32))],
    ids=["short", "long", "empty", "before time", "infinity"],
)
def test_what_cannot_be_an_item_is_our_own_mistake(bad: Item) -> None:
    ours = ItemSet.from_items([item(1)])
    with pytest.raises(LocalError):
        ours.add(*bad)
    with pytest.raises(LocalError):
        ours.discard(*bad)
    with pytest.raises(LocalError):
        ItemSet.from_items([bad])
    assert_same(ours, [item(1)])


def test_the_last_time_there_is_can_be_used() -> None:
    last = (INFINITY - 1, b"\xff" * 32)
    ours = ItemSet.from_items([last, (0, bytes(32))])
    assert last in ours
    assert ours.snapshot().rank(END) == 2


@given(sizes=st.lists(st.integers(0, 1_200), max_size=3))
def test_several_sets_are_summed_up_as_the_one_they_make_together(sizes: list[int]) -> None:
    starts = [2_000 * at for at in range(len(sizes))]
    parts = [
        [item(number) for number in range(start, start + size)]
        for start, size in zip(starts, sizes, strict=True)
    ]
    together = ItemSet.from_items(each for part in parts for each in part)
    assert summary_of(*map(ItemSet.from_items, parts)) == together.summary()


def test_a_set_that_changed_is_summed_up_as_it_is_now() -> None:
    one, other = ItemSet.from_items([item(1)]), ItemSet.from_items([item(2)])
    before = summary_of(one, other)
    one.add(*item(3))
    assert summary_of(one, other) == ItemSet.from_items(map(item, (1, 2, 3))).summary()
    one.discard(*item(3))
    assert summary_of(one, other) == before
