"""When a device's seal key makes room for a new one, and when an old one is deleted (SPEC 7.2).

A card shows a device's seal keys, the newest first, and whoever seals uses that one. An old card
goes on being used where its successor has not come, until it expires; what is sealed by it then
lives its own time. So long the old private key is kept, and longer while something that is held is
sealed to it: a renewal keeps the sealed bytes. Both follow a clock that somebody vouches for.
Nobody tells a hall without one the time, so it neither changes nor deletes its keys.

What cannot be promised: a hall that does not know the time lets go of nothing. What it seals by a
card from last winter may find the key deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from protocol.bodies import Details, Pledge, Unknown
from protocol.boxes import KEY_HINT_BYTES
from protocol.codec import decode_body
from protocol.errors import MalformedRecord
from protocol.fields import Fields
from protocol.ids import UnixMs
from protocol.limits import (
    DEVICES_MAX,
    DIRECTORY_REACH,
    LIFETIME_MS_MAX,
    SEAL_KEY_MS,
    SEAL_KEY_SLACK_MS,
    SEAL_KEYS_MAX,
)
from protocol.record import Header, Record


@dataclass(frozen=True, slots=True)
class SealKey:
    """A seal key of ours whose private half is kept; `public` is 32 bytes.

    `keep_until_ms`: nothing that is sealed to it can come after that; None while it stands first
    on the newest card.
    """

    public: bytes
    created_ms: UnixMs
    keep_until_ms: UnixMs | None = None


def is_due(newest: SealKey, now_ms: UnixMs, *, is_trusted: bool) -> bool:
    """Whether a new key is to take the place of this one.

    Also where it was made at a time that has not come yet: that clock was wrong.
    """
    return is_trusted and abs(now_ms - newest.created_ms) >= SEAL_KEY_MS


def with_new(
    keys: Sequence[SealKey], new: bytes, card: Header, now_ms: UnixMs
) -> tuple[SealKey, ...]:
    """`keys`, the newest first, after `new` has come before them; `card` showed the first of them.

    To be on disk before, or together with, the card that shows them.
    """
    until_ms = _last_use_ms(card, now_ms)
    older = (
        replace(key, keep_until_ms=until_ms) if key.keep_until_ms is None else key for key in keys
    )
    return SealKey(new, now_ms), *older


def shown(keys: Sequence[SealKey], now_ms: UnixMs) -> tuple[bytes, ...]:
    """What the next card shows of `keys`, the newest first: those that may still be in use."""
    return tuple(key.public for key in keys if not _is_past(key, now_ms))[:SEAL_KEYS_MAX]


def may_delete(
    key: SealKey, now_ms: UnixMs, held: Iterable[Record] = (), *, is_trusted: bool
) -> bool:
    """Whether nobody needs the private half any more; `held` is what we hold that may name it."""
    if not is_trusted or not _is_past(key, now_ms):
        return False
    return not any(is_sealed_to(record, key.public) for record in held)


def is_sealed_to(record: Record, public: bytes) -> bool:
    """Whether the seal key `public` may open something in `record`.

    Of what only a later version understands, all that can be told is whether the key is named.
    """
    hint = public[:KEY_HINT_BYTES]
    match record.body:
        case Pledge(note=sealed) | Details(sealed=sealed):
            return hint in hints_in(sealed)
        case Unknown():
            return hint in record.body_bytes
        case _:
            return False


def hints_in(sealed: bytes) -> frozenset[bytes]:
    """The first bytes of every seal key that has a box in it; none in what is no sealed field."""
    try:
        boxes = Fields(decode_body(sealed)).items(1, DEVICES_MAX)
    except MalformedRecord:
        return frozenset()
    return frozenset(box[0] for box in boxes if type(box) is list and box and type(box[0]) is bytes)


def _is_past(key: SealKey, now_ms: UnixMs) -> bool:
    return key.keep_until_ms is not None and now_ms >= key.keep_until_ms


def _last_use_ms(card: Header, now_ms: UnixMs) -> UnixMs:
    """When the last that is sealed by `card` expires; it makes room for its successor now.

    A card of an unsure clock lives its time from when it was heard of. Our neighbours heard of it
    by now, whoever is further away perhaps only just before the hall before let go of it.
    """
    expires_ms = card.expires_ms
    if card.clock_unsure or expires_ms is None:
        expires_ms = UnixMs(now_ms + DIRECTORY_REACH * card.lifetime_ms)
    return UnixMs(expires_ms + LIFETIME_MS_MAX + SEAL_KEY_SLACK_MS)
