"""Our own hall: making it, and what of it a running node holds in memory."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mnemonic import Mnemonic
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from node.api.views import HallMade
from node.clock import HallClock, ThisMachine
from node.desk.references import call_sign
from node.desk.text import clean_text
from node.refusal import Refused, Why
from node.signing import Signer
from node.store.connection import create
from node.store.folder import FILE_NAME, UNFINISHED, FolderLock, folder_is_hall
from node.store.hall import HallRow, add_hall, add_seal_key
from node.store.hindrance import tried_hindrance
from node.store.records import add_records
from protocol.bodies import Peering, Profile
from protocol.identity import RECOVERY_BYTES, GroupKeys, derive_group_keys, sign_roster
from protocol.ids import DeviceKey, GroupId, UnixMs, as_text
from protocol.introduction import Boot
from protocol.limits import AREA_BYTES_MAX, NAME_BYTES_MAX

DISCOVERY_KEY_BYTES: Final = 16
PLACE_BYTES_MAX: Final = 200
"""UTF-8 bytes of a place: an address and which door; half of what one seal holds."""
FOLDER_MODE: Final = 0o700
"""Only the hall's own account may look inside."""


@dataclass(frozen=True, slots=True)
class Hall:
    """Who we are. `seal_keys` are private, the newest first."""

    group: GroupId
    device: SigningKey
    boot: Boot
    discovery_key: bytes
    name: str
    call_sign: str
    place: str
    area: str
    seal_keys: tuple[PrivateKey, ...]

    @property
    def device_key(self) -> DeviceKey:
        return DeviceKey(bytes(self.device.verify_key))


@dataclass(frozen=True, slots=True)
class _Told:
    """What the keeper says of the hall, tidied."""

    name: str
    place: str
    area: str


def hall_exists(data: Path) -> bool:
    """Whether `data` holds a hall. Raises Refused when it holds something else."""
    return folder_is_hall(data)


def make_hall(data: Path, name: str, place: str = "", area: str = "") -> HallMade:
    """Make the group in `data`: keys, database, recovery words. Raises Refused."""
    if not name.strip():
        raise Refused(Why.NAME_EMPTY)
    told = _Told(
        clean_text(name, NAME_BYTES_MAX, "name"),
        clean_text(place, PLACE_BYTES_MAX, "place") if place.strip() else "",
        clean_text(area, AREA_BYTES_MAX, "area") if area.strip() else "",
    )
    if folder_is_hall(data):
        raise Refused(Why.FOLDER_IS_A_HALL, folder=str(data))
    recovery = secrets.token_bytes(RECOVERY_BYTES)
    words = Mnemonic("english").to_mnemonic(recovery)
    keys = derive_group_keys(recovery)
    device = SigningKey.generate()
    try:
        _make_folder(data, keys, device, told)
    except (OSError, sqlite3.Error) as error:
        raise Refused(_why_not_made(data), folder=str(data)) from error
    return HallMade(
        group_id=as_text(keys.group),
        device_id=as_text(bytes(device.verify_key)),
        name=told.name,
        recovery_words=words,
    )


def _why_not_made(data: Path) -> Why:
    """A full disk is said to be one: nobody is sent to another folder for that."""
    there = next(path for path in (data, *data.parents) if path.is_dir())
    is_full = tried_hindrance(there) is Why.DISK_FULL
    return Why.DISK_FULL if is_full else Why.FOLDER_NOT_WRITABLE


def _make_folder(data: Path, keys: GroupKeys, device: SigningKey, told: _Told) -> None:
    """A half-made hall is never seen: the file gets its name when all of it is on disk."""
    data.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    data.chmod(FOLDER_MODE)
    lock = FolderLock(data)
    with ExitStack() as afterwards:
        if not lock.take():
            raise Refused(Why.FOLDER_IS_A_HALL, folder=str(data))
        afterwards.callback(lock.release)
        if folder_is_hall(data):
            raise Refused(Why.FOLDER_IS_A_HALL, folder=str(data))
        afterwards.callback(_clear_away, data)
        _clear_away(data)
        making = data / f"{UNFINISHED}-{secrets.token_hex(4)}"
        making.mkdir(mode=FOLDER_MODE)
        with closing(create(making)) as conn:
            conn.execute("BEGIN IMMEDIATE")
            _write(conn, keys, device, told)
            conn.execute("COMMIT")
        (making / FILE_NAME).rename(data / FILE_NAME)
        _sync(data)


def _clear_away(data: Path) -> None:
    """Delete what is half made, now or when the power went: there are keys in it."""
    for making in data.glob(f"{UNFINISHED}*"):
        for left in making.iterdir():
            left.unlink()
        making.rmdir()


def _write(conn: sqlite3.Connection, keys: GroupKeys, device: SigningKey, told: _Told) -> None:
    clock = HallClock(UnixMs(0), ThisMachine())
    now_ms = clock()
    seal_key = PrivateKey.generate()
    sign = call_sign(told.name)
    add_hall(
        conn,
        HallRow(
            group=keys.group,
            backup_public=bytes(keys.backup.public_key),
            device_seed=bytes(device),
            discovery_key=secrets.token_bytes(DISCOVERY_KEY_BYTES),
            name=told.name,
            call_sign=sign,
            place=told.place,
            area=told.area,
        ),
    )
    add_seal_key(conn, bytes(seal_key.public_key), bytes(seal_key), now_ms)
    signer = Signer(
        keys.group, device, secrets.token_bytes, clock_is_trusted=lambda: clock.is_trusted
    )
    card = Profile(told.name, sign, told.area, (bytes(seal_key.public_key),))
    records = [
        sign_roster(keys, (DeviceKey(bytes(device.verify_key)),), 1, now_ms),
        signer.new_in_directory(card, now_ms),
        signer.new_in_directory(Peering(()), now_ms),
    ]
    add_records(conn, records, now_ms)


def _sync(folder: Path) -> None:
    """Put the folder's own entries on disk: a file's name is not safe before that."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
