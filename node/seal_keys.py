"""Our own seal keys: a new one every week, an old one deleted when nothing can need it any more.

The rule is `protocol.seal_keys`. Here it is done, so that a run may break off anywhere: a key and
the card that shows it are on disk together before the card leaves, and what a run has deleted and
not yet swept out of the disk's log is swept by the next one.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial

from nacl.public import PrivateKey

from node.core import Core
from node.store.hall import (
    add_seal_key,
    all_shown_seal_keys,
    delete_seal_key,
    keep_seal_keys,
)
from node.store.records import all_naming
from protocol.bodies import Profile
from protocol.boxes import KEY_HINT_BYTES
from protocol.ids import UnixMs
from protocol.record import Record
from protocol.seal_keys import SealKey, is_due, may_delete, shown, with_new


async def rotate_seal_key(core: Core) -> None:
    """A week old, the newest key makes room for a new one. Raises Refused(DISK_FAILED)."""
    is_trusted, now_ms = core.clock.is_trusted, core.clock()
    keys = await core.read(all_shown_seal_keys)
    card = _own_card(core)
    if card is None or not is_due(keys[0], now_ms, is_trusted=is_trusted):
        return
    record, profile = card
    private = PrivateKey.generate()
    new, *older = with_new(keys, bytes(private.public_key), record.header, now_ms)
    body = replace(profile, seal_keys=shown([new, *older], now_ms))

    def keep(conn: sqlite3.Connection) -> None:
        keep_seal_keys(conn, older)
        add_seal_key(conn, new.public, bytes(private), new.created_ms)

    def use() -> None:
        core.hall = replace(core.hall, seal_keys=(private, *core.hall.seal_keys))

    card_now = core.signer.next_in_directory(record, body, now_ms)
    await core.save((record, card_now), also=keep, then=use)


async def delete_seal_keys(core: Core) -> None:
    """Delete the keys that nothing can need any more. Raises Refused(DISK_FAILED)."""
    is_trusted, now_ms = core.clock.is_trusted, core.clock()
    keys = await core.read(all_shown_seal_keys)
    past = [key for key in keys if may_delete(key, now_ms, is_trusted=is_trusted)]
    if past:
        core.is_swept = False
        gone = await core.database.run(partial(_delete_unneeded, keys=past, now_ms=now_ms))
        left = tuple(key for key in core.hall.seal_keys if bytes(key.public_key) not in gone)
        core.hall = replace(core.hall, seal_keys=left)
    if not core.is_swept:
        core.is_swept = await core.database.sweep()


def _delete_unneeded(
    conn: sqlite3.Connection, keys: list[SealKey], now_ms: UnixMs
) -> frozenset[bytes]:
    """Those of `keys` that no record on disk is sealed to: looked at and deleted in one go."""
    gone: set[bytes] = set()
    for key in keys:
        held = all_naming(conn, key.public[:KEY_HINT_BYTES])
        if may_delete(key, now_ms, held, is_trusted=True):
            delete_seal_key(conn, key.public)
            gone.add(key.public)
    return frozenset(gone)


def _own_card(core: Core) -> tuple[Record, Profile] | None:
    """This device's card. None while none counts: the device is on its group's roster no more."""
    for record in core.shelf.own_directory():
        if isinstance(record.body, Profile) and record.header.device == core.hall.device_key:
            return record, record.body
    return None
