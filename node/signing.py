"""Making records of our own: new objects, and new versions of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from nacl.signing import SigningKey

from protocol.bodies import KINDS, Body, Seen
from protocol.errors import LocalError
from protocol.ids import (
    DeviceKey,
    GroupId,
    ObjectId,
    ObjectNumber,
    UnixMs,
    directory_number,
    seen_number,
)
from protocol.limits import (
    DIRECTORY_LIFETIME_MS_MAX,
    DIRECTORY_REACH,
    LIFETIME_MS_MAX,
    VERSION_MAX,
)
from protocol.record import Header, Record, sign

OBJECT_NUMBER_BYTES: Final = 16


class Signer:
    """This device's pen. `random_bytes` gives as many as it is asked for.

    `clock_is_trusted` says whether somebody vouches for the times that we are given; what is signed
    while nobody does is marked so.
    """

    def __init__(
        self,
        group: GroupId,
        key: SigningKey,
        random_bytes: Callable[[int], bytes],
        *,
        clock_is_trusted: Callable[[], bool],
    ) -> None:
        self._group = group
        self._key = key
        self._device = DeviceKey(bytes(key.verify_key))
        self._random_bytes = random_bytes
        self._clock_is_trusted = clock_is_trusted

    def new(self, body: Body, now_ms: UnixMs, lifetime_ms: int, reach: int) -> Record:
        """The first version of a new object."""
        number = ObjectNumber(self._random_bytes(OBJECT_NUMBER_BYTES))
        return self._first(body, number, now_ms, min(lifetime_ms, LIFETIME_MS_MAX), reach)

    def new_seen(self, request: ObjectId, now_ms: UnixMs, reach: int) -> Record:
        """What this device says once: that a person here has seen `request`, which has `reach`.

        Its number is fixed, and what was said of a request that lived long may be forgotten here
        and held elsewhere: so the seconds since 1970 are its version, and no two have the same.
        """
        number = seen_number(request, self._device)
        version = min(max(1, now_ms // 1_000), VERSION_MAX)
        return self._first(Seen(request), number, now_ms, LIFETIME_MS_MAX, reach, version)

    def new_in_directory(self, body: Body, now_ms: UnixMs) -> Record:
        """The first version of this device's one profile, or of its one peering."""
        number = directory_number(KINDS[type(body)], self._device)
        return self._first(body, number, now_ms, DIRECTORY_LIFETIME_MS_MAX, DIRECTORY_REACH)

    def next_in_directory(self, record: Record, body: Body, now_ms: UnixMs) -> Record:
        return self.next(record, body, now_ms, DIRECTORY_LIFETIME_MS_MAX)

    def next(self, record: Record, body: Body, now_ms: UnixMs, lifetime_ms: int = 1) -> Record:
        """The next version of `record`, to live `lifetime_ms` from now or as long as the last one.

        A version never expires before the one that it replaces, also when the clock went back.
        Raises LocalError for a record that this device has not written: nobody else's is continued.
        """
        old = record.header
        if (old.group, old.device) != (self._group, self._device):
            raise LocalError("another device's record has no next version of ours")
        created_ms = max(now_ms, old.created_ms)
        left_ms = (old.expires_ms or created_ms) - created_ms
        header = replace(
            old,
            version=old.version + 1,
            created_ms=UnixMs(created_ms),
            lifetime_ms=max(lifetime_ms, left_ms, 1),
            clock_unsure=self._is_unsure(now_ms, old),
        )
        return sign(header, body, self._key)

    def _first(
        self,
        body: Body,
        number: ObjectNumber,
        now_ms: UnixMs,
        lifetime_ms: int,
        reach: int,
        version: int = 1,
    ) -> Record:
        header = Header(
            kind=KINDS[type(body)],
            group=self._group,
            device=self._device,
            number=number,
            version=version,
            created_ms=now_ms,
            lifetime_ms=lifetime_ms,
            reach=reach,
            clock_unsure=not self._clock_is_trusted(),
        )
        return sign(header, body, self._key)

    def _is_unsure(self, now_ms: UnixMs, old: Header) -> bool:
        """Whether nobody vouches for when the version after `old` is made.

        A time taken over from a clock that was ahead is no surer than it was there.
        """
        keeps_its_time = old.created_ms > now_ms
        return not self._clock_is_trusted() or (keeps_its_time and old.clock_unsure)
