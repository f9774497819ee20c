"""Finding out which ids two neighbours have and lack: negentropy as a machine (SPEC 13.4).

Source: negentropy protocol v1, sections Message and Range; how ranges are split and where a message
ends at its size limit follow its reference implementation, so that both say the same bytes.

One end initiates and learns both differences; the other only answers and remembers nothing of the
set between its answers. The initiator then asks for what it needs and sends what the other lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from protocol.errors import LocalError, MalformedFrame, RuleBroken
from protocol.item_set import ItemSet, ItemSnapshot
from protocol.limits import FRAME_BYTES_MAX, FRAME_OVERHEAD_BYTES, ROUNDS_MAX
from protocol.reconcile_wire import (
    END,
    ID_BYTES,
    VERSION,
    Fingerprint,
    IdList,
    MessageWriter,
    Skip,
    bound_between,
    decode_ranges,
)

MESSAGE_BYTES_MAX = FRAME_BYTES_MAX - FRAME_OVERHEAD_BYTES
"""Largest message by default, bytes: a channel frame, less what wraps a message in it."""

MESSAGE_BYTES_LEAST = 4_096
"""No smaller limit: one split range with its bounds must always fit (the reference's rule)."""

BUCKETS = 16
"""Parts into which a range that differs is split (the reference's choice)."""

_IDS_BELOW = 2 * BUCKETS
_RESERVED_BYTES = 200
_EMPTY_DIGEST = ItemSet().snapshot().fingerprint(0, 0)


@dataclass(frozen=True, slots=True)
class Progress:
    """What the initiator learned from one answer.

    `message` goes to the other end next; None ends the dialogue. `have` are ids that only we hold,
    `need` ids that only they hold. An id can come twice in one dialogue when messages reach their
    size limit. `is_cut_short` when the rounds ran out before everything was told apart: what was
    learned counts, and the next reconciliation finds the rest.
    """

    message: bytes | None
    have: list[bytes]
    need: list[bytes]
    is_cut_short: bool = False


class Reconciler:
    """One end of one dialogue: `initiate` and `advance` at one end, `respond` at the other.

    It works on a snapshot: records that come or go meanwhile take no part, so the dialogue always
    ends, and the differences are those of the moment it began. Before acting on them look again:
    what was needed may have come by gossip, what we had may have expired. What changed meanwhile is
    found by the next reconciliation.

    `message_bytes_max` limits what we send, 0 not at all; `rounds_max` counts the initiator's
    messages. Work for a message is linear in its length and the size of the set, whatever it holds.
    """

    def __init__(
        self,
        items: ItemSnapshot,
        message_bytes_max: int = MESSAGE_BYTES_MAX,
        rounds_max: int = ROUNDS_MAX,
    ) -> None:
        if 0 != message_bytes_max < MESSAGE_BYTES_LEAST:
            raise LocalError(f"messages need room for {MESSAGE_BYTES_LEAST} bytes")
        self._items = items
        self._message_bytes_max = message_bytes_max
        self._rounds_left = rounds_max

    def initiate(self) -> bytes:
        """The first message."""
        self._rounds_left -= 1
        reply = _Reply(self._items, self._message_bytes_max)
        reply.split(0, len(self._items), END)
        return reply.to_bytes()

    def respond(self, message: bytes) -> bytes:
        """Answer an initiator.

        A version that we do not speak is answered with the one that we do. Raises `MalformedFrame`
        for bytes that are no message, `RuleBroken` when the initiator goes on beyond the rounds;
        neither uses up a round.
        """
        if not message:
            raise MalformedFrame("reconciliation: an empty message")
        if self._rounds_left == 0:
            raise RuleBroken("reconciliation: more rounds than allowed")
        reply = _Reply(self._items, self._message_bytes_max)
        if message[0] == VERSION:
            _walk(message, self._items, reply)
        self._rounds_left -= 1
        return reply.to_bytes()

    def advance(self, message: bytes) -> Progress:
        """Take the answer to our last message.

        Raises `MalformedFrame` as `respond` does, and for a version that we do not speak: there is
        no lower one to go down to.
        """
        if not message:
            raise MalformedFrame("reconciliation: an empty message")
        if message[0] != VERSION:
            raise MalformedFrame("reconciliation: the other end speaks another version")
        reply = _InitiatorReply(self._items, self._message_bytes_max)
        _walk(message, self._items, reply)
        if reply.is_silent:
            return Progress(None, reply.have, reply.need)
        if self._rounds_left == 0:
            return Progress(None, reply.have, reply.need, is_cut_short=True)
        self._rounds_left -= 1
        return Progress(reply.to_bytes(), reply.have, reply.need)


def _walk(message: bytes, items: ItemSnapshot, reply: _Reply) -> None:
    """Answer the ranges of a message one by one until they end or the reply is full."""
    lower = 0
    for each in decode_ranges(message):
        upper = items.rank(each.upper)
        match each:
            case Skip():
                reply.skip(each.upper)
            case Fingerprint():
                reply.compare(each, lower, upper)
            case IdList():
                reply.take_ids(each, lower, upper)
            case _:
                assert_never(each)
        if reply.is_full:
            return
        lower = upper


class _Reply:
    """The responder's next message, written while the ranges of the last one are walked through."""

    def __init__(self, items: ItemSnapshot, message_bytes_max: int) -> None:
        self._items = items
        self._writer = MessageWriter()
        self._room_bytes = message_bytes_max - _RESERVED_BYTES if message_bytes_max else None
        self._skipped_to: bytes | None = None
        self.is_full = False

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing left to say: no range but skipped ones."""
        return len(self._writer) == 1

    def to_bytes(self) -> bytes:
        return self._writer.to_bytes()

    def skip(self, upper: bytes) -> None:
        """Pass over a range. Skips in a row become one, and none is written at the end."""
        self._skipped_to = upper

    def compare(self, theirs: Fingerprint, lower: int, upper: int) -> None:
        """Pass over a range if it agrees, split it if not.

        When the split does not fit, it is taken back, and one fingerprint that cannot agree makes
        the other end split all the rest. Like the reference's, it leaves out the items of this
        range, of which the other end has some. To an end that has none, leaving ours out could look
        like agreement, and they would be lost (with the reference they are): then they count in.
        """
        if theirs.digest == self._items.fingerprint(lower, upper):
            self.skip(theirs.upper)
            return
        size = len(self._writer)
        self._write_skipped()
        self.split(lower, upper, theirs.upper)
        if self._exceeds(len(self._writer)):
            self._writer.cut(size)
            self._finish(lower if theirs.digest == _EMPTY_DIGEST else upper)

    def take_ids(self, theirs: IdList, lower: int, upper: int) -> None:
        """Answer a list of ids with ours; as many as fit, and a fingerprint for the rest."""
        fitting = self._count_fitting(upper - lower)
        self._write_skipped()
        stop = lower + fitting
        bound = theirs.upper if stop == upper else self._items.key(stop)
        self._writer.id_list(bound, self._items.ids(lower, stop))
        if self._exceeds(len(self._writer)):
            self._finish(stop)

    def split(self, lower: int, upper: int, bound: bytes) -> None:
        """Say what we hold from rank `lower` to `upper`: ids if few, else fingerprints of parts."""
        count = upper - lower
        if count < _IDS_BELOW:
            self._writer.id_list(bound, self._items.ids(lower, upper))
            return
        size, larger = divmod(count, BUCKETS)
        for bucket in range(BUCKETS):
            stop = lower + size + (bucket < larger)
            digest = self._items.fingerprint(lower, stop)
            self._writer.fingerprint(bound if stop == upper else self._bound_at(stop), digest)
            lower = stop

    def _bound_at(self, rank: int) -> bytes:
        return bound_between(self._items.key(rank - 1), self._items.key(rank))

    def _count_fitting(self, count: int) -> int:
        """How many of `count` ids may be listed: the first that begins beyond the room is out."""
        if self._room_bytes is None:
            return count
        free_bytes = self._room_bytes - len(self._writer)
        return min(count, free_bytes // ID_BYTES + 1)

    def _exceeds(self, size: int) -> bool:
        return self._room_bytes is not None and size > self._room_bytes

    def _write_skipped(self) -> None:
        if self._skipped_to is not None:
            self._writer.skip(self._skipped_to)
            self._skipped_to = None

    def _finish(self, lower: int) -> None:
        """End the message with one fingerprint from rank `lower` to the end of the space."""
        self._writer.fingerprint(END, self._items.fingerprint(lower, len(self._items)))
        self.is_full = True


class _InitiatorReply(_Reply):
    """The initiator's next message: it compares lists of ids instead of answering them."""

    def __init__(self, items: ItemSnapshot, message_bytes_max: int) -> None:
        super().__init__(items, message_bytes_max)
        self.have: list[bytes] = []
        self.need: list[bytes] = []

    def take_ids(self, theirs: IdList, lower: int, upper: int) -> None:
        ours = self._items.ids(lower, upper)
        theirs_only = dict.fromkeys(theirs.ids)
        for item_id in ours:
            if item_id in theirs_only:
                del theirs_only[item_id]
            else:
                self.have.append(item_id)
        self.need.extend(theirs_only)
        self.skip(theirs.upper)
