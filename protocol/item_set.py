"""The ordered set of what a link shares: (created, id), with sums for fingerprints (SPEC 13.4).

The items lie in blocks of about `BLOCK_ITEMS`, each with the sum of its ids: adding or discarding
an item changes one block and its sum. A snapshot shares the blocks, and the set copies a shared
block before it changes it. So a snapshot is a list of a few hundred references for 100,000 items,
and stays as it was while the set goes on.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate, chain, islice

from protocol.reconcile_wire import (
    CREATED_BYTES,
    FINGERPRINT_BYTES,
    ID_BYTES,
    encode_varint,
    item_key,
)

BLOCK_ITEMS = 512
"""Items in a new block. Copying a block costs an insert about 2 microseconds, summing half a block
costs a fingerprint about 40: larger makes both slower, smaller makes snapshots longer."""

BLOCK_ITEMS_MAX = 2 * BLOCK_ITEMS
"""A block that grows beyond this becomes two of `BLOCK_ITEMS`, so that splits are rare."""

BLOCK_ITEMS_MIN = BLOCK_ITEMS // 4
"""A block below this joins a neighbour, so that a set that shrank has few blocks again."""

_SUM_MASK = 2 ** (8 * ID_BYTES) - 1


@dataclass(slots=True)
class _Block:
    """Keys in ascending order and the sum of their ids; never empty between two calls."""

    keys: list[bytes]
    total: int
    is_shared: bool = False

    def sum_between(self, start: int, stop: int) -> int:
        """The sum of the ids at places `start` to `stop`, from the shorter side."""
        if 2 * (stop - start) <= len(self.keys):
            return _sum_of_ids(self.keys[start:stop])
        return self.total - _sum_of_ids(self.keys[:start]) - _sum_of_ids(self.keys[stop:])


class ItemSnapshot:
    """A set as it stood at one moment; items are addressed by their rank from 0."""

    __slots__ = ("_blocks", "_starts")

    def __init__(self, blocks: Iterable[_Block]) -> None:
        self._blocks = tuple(blocks)
        for block in self._blocks:
            block.is_shared = True
        sizes = (len(block.keys) for block in self._blocks)
        self._starts = list(accumulate(sizes, initial=0))

    def __len__(self) -> int:
        return self._starts[-1]

    def rank(self, bound: bytes) -> int:
        """How many items lie below `bound`, the beginning of an item's key."""
        at = bisect_left(self._blocks, bound, key=_last_key)
        if at == len(self._blocks):
            return len(self)
        return self._starts[at] + bisect_left(self._blocks[at].keys, bound)

    def key(self, rank: int) -> bytes:
        at, offset = self._locate(rank)
        return self._blocks[at].keys[offset]

    def ids(self, lower: int, upper: int) -> list[bytes]:
        """The ids of the items from rank `lower` up to but not including `upper`, in order."""
        first, start = self._locate(lower)
        last, _ = self._locate(upper)
        keys = chain.from_iterable(block.keys for block in self._blocks[first : last + 1])
        return [key[CREATED_BYTES:] for key in islice(keys, start, start + upper - lower)]

    def fingerprint(self, lower: int, upper: int) -> bytes:
        """The digest of the items from rank `lower` up to but not including `upper`.

        Whole blocks count by their sums; of a block that is cut, at most half is added up.
        """
        first, start = self._locate(lower)
        last, stop = self._locate(upper)
        if first == last:
            total = self._blocks[first].sum_between(start, stop) if start < stop else 0
        else:
            head = self._blocks[first]
            total = head.sum_between(start, len(head.keys))
            total += sum(block.total for block in self._blocks[first + 1 : last])
            total += self._blocks[last].sum_between(0, stop) if stop else 0
        return _digest(total, upper - lower)

    def _locate(self, rank: int) -> tuple[int, int]:
        """The block and the place in it; the rank behind the last item is one block further."""
        at = bisect_right(self._starts, rank) - 1
        return at, rank - self._starts[at]


class ItemSet:
    """Items that come and go one at a time, each in microseconds.

    Not safe for use by several threads at once. `LocalError` where an item cannot be one: an id
    that has not 32 bytes, a time outside 0 to 2^64 - 2.
    """

    __slots__ = ("_blocks", "_count", "_snapshot", "_total")

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._count = 0
        self._total = 0
        self._snapshot: ItemSnapshot | None = None

    @classmethod
    def from_items(cls, items: Iterable[tuple[int, bytes]]) -> ItemSet:
        """A set of (created_ms, id) pairs in any order; sorted ones are fastest."""
        keys = [item_key(created_ms, item_id) for created_ms, item_id in items]
        keys.sort()
        distinct = list(dict.fromkeys(keys))
        made = cls()
        made._blocks = [
            _block_of(distinct[at : at + BLOCK_ITEMS])
            for at in range(0, len(distinct), BLOCK_ITEMS)
        ]
        made._count = len(distinct)
        made._total = sum(block.total for block in made._blocks)
        return made

    def __len__(self) -> int:
        return self._count

    def __contains__(self, item: tuple[int, bytes]) -> bool:
        key = item_key(*item)
        at, place = self._find(key)
        return at < len(self._blocks) and self._blocks[at].keys[place] == key

    def add(self, created_ms: int, item_id: bytes) -> bool:
        """Put an item in; False if it was there already."""
        key = item_key(created_ms, item_id)
        at, place = self._find(key)
        if at == len(self._blocks):
            # Most records are newer than all others: they go into the last block.
            if not self._blocks:
                self._blocks.append(_Block([], 0))
            at = len(self._blocks) - 1
            place = len(self._blocks[at].keys)
        elif self._blocks[at].keys[place] == key:
            return False
        block = self._own(at)
        block.keys.insert(place, key)
        self._count_in(block, item_id)
        if len(block.keys) > BLOCK_ITEMS_MAX:
            self._blocks[at : at + 1] = _halves(block.keys)
        return True

    def discard(self, created_ms: int, item_id: bytes) -> bool:
        """Take an item out; False if it was not there."""
        key = item_key(created_ms, item_id)
        at, place = self._find(key)
        if at == len(self._blocks) or self._blocks[at].keys[place] != key:
            return False
        block = self._own(at)
        del block.keys[place]
        self._count_out(block, item_id)
        if len(block.keys) < BLOCK_ITEMS_MIN:
            self._join(at)
        return True

    def snapshot(self) -> ItemSnapshot:
        """The set as it stands now; made anew only when it has changed since the last time."""
        if self._snapshot is None:
            self._snapshot = ItemSnapshot(self._blocks)
        return self._snapshot

    def summary(self) -> tuple[int, bytes]:
        """Count and fingerprint of the whole set, without looking at any item.

        Two ends that agree on both hold the same and need not reconcile.
        """
        return self._count, _digest(self._total, self._count)

    def _find(self, key: bytes) -> tuple[int, int]:
        """The block and the place in it of the first key not below `key`; behind all, no block."""
        at = bisect_left(self._blocks, key, key=_last_key)
        if at == len(self._blocks):
            return at, 0
        return at, bisect_left(self._blocks[at].keys, key)

    def _own(self, at: int) -> _Block:
        """Block `at`, copied first if a snapshot holds it."""
        block = self._blocks[at]
        if block.is_shared:
            block = self._blocks[at] = _Block(block.keys.copy(), block.total)
        return block

    def _count_in(self, block: _Block, item_id: bytes) -> None:
        number = int.from_bytes(item_id, "little")
        block.total += number
        self._total += number
        self._count += 1
        self._snapshot = None

    def _count_out(self, block: _Block, item_id: bytes) -> None:
        number = int.from_bytes(item_id, "little")
        block.total -= number
        self._total -= number
        self._count -= 1
        self._snapshot = None

    def _join(self, at: int) -> None:
        """Join block `at`, which became small, with a neighbour; drop it if it is empty."""
        if not self._blocks[at].keys:
            del self._blocks[at]
        elif len(self._blocks) > 1:
            start = max(at - 1, 0)
            keys = self._blocks[start].keys + self._blocks[start + 1].keys
            self._blocks[start : start + 2] = [_block_of(keys)]


def summary_of(*sets: ItemSet) -> tuple[int, bytes]:
    """Count and fingerprint of all items of `sets`, which have none in common."""
    count = sum(each._count for each in sets)
    return count, _digest(sum(each._total for each in sets), count)


def _block_of(keys: list[bytes]) -> _Block:
    return _Block(keys, _sum_of_ids(keys))


def _halves(keys: list[bytes]) -> list[_Block]:
    middle = len(keys) // 2
    return [_block_of(keys[:middle]), _block_of(keys[middle:])]


def _last_key(block: _Block) -> bytes:
    return block.keys[-1]


def _sum_of_ids(keys: Sequence[bytes]) -> int:
    return sum(int.from_bytes(key[CREATED_BYTES:], "little") for key in keys)


def _digest(total: int, count: int) -> bytes:
    """The fingerprint algorithm of negentropy version 1; `total` need not be reduced yet."""
    summed = (total & _SUM_MASK).to_bytes(ID_BYTES, "little")
    return sha256(summed + encode_varint(count)).digest()[:FINGERPRINT_BYTES]
