"""Making a hall: all of it or nothing, private, and without its recovery words."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from node import hall
from node.desk.references import call_sign
from node.hall import hall_exists, make_hall
from node.refusal import Refused, Why
from node.store.connection import open_existing
from node.store.folder import FILE_NAME, LOCK_NAME, UNFINISHED, FolderLock
from node.store.hall import all_seal_keys, find_hall
from node.store.records import all_records
from protocol.bodies import Peering, Profile
from protocol.identity import derive_group_keys
from protocol.ids import as_text
from protocol.limits import CALL_SIGN_BYTES_MAX
from protocol.record import verify
from protocol.roster import Roster
from tests.node.disks import no_room
from tests.node.refusals import refused


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_hall_is_made_with_keys_and_card(tmp_path: Path) -> None:
    made = make_hall(tmp_path / "hall", " Northgate  Hall ", "12 Mill Lane", "Northgate")
    assert (made.name, len(made.recovery_words.split())) == ("Northgate Hall", 12)
    assert hall_exists(tmp_path / "hall")
    with closing(open_existing(tmp_path / "hall")) as conn:
        row = find_hall(conn)
        records = all_records(conn)
        (seal_key,) = all_seal_keys(conn)
    assert row is not None
    assert (row.name, row.place, row.area, row.boot) == (
        "Northgate Hall",
        "12 Mill Lane",
        "Northgate",
        0,
    )
    assert as_text(row.group) == made.group_id
    for record in records:
        verify(record)
        assert record.header.group == row.group
    roster, card, peering = (record.body for record in records)
    assert isinstance(roster, Roster)
    assert [as_text(device) for device in roster.devices] == [made.device_id]
    assert isinstance(card, Profile)
    assert (card.name, card.area) == ("Northgate Hall", "Northgate")
    assert seal_key not in card.seal_keys
    assert peering == Peering(())


def test_the_place_is_sealed_and_stands_in_no_record(tmp_path: Path) -> None:
    make_hall(tmp_path / "hall", "Northgate Hall", "12 Marigold Lane", "Northgate")
    with closing(open_existing(tmp_path / "hall")) as conn:
        assert not any(b"Marigold" in record.body_bytes for record in all_records(conn))


def test_the_words_give_the_group_s_keys_again(tmp_path: Path) -> None:
    made = make_hall(tmp_path / "hall", "Northgate Hall")
    recovery = bytes(Mnemonic("english").to_entropy(made.recovery_words))
    keys = derive_group_keys(recovery)
    assert as_text(keys.group) == made.group_id
    with closing(open_existing(tmp_path / "hall")) as conn:
        row = find_hall(conn)
    assert row is not None
    assert row.backup_public == bytes(keys.backup.public_key)


def test_neither_the_words_nor_what_they_open_is_in_the_folder(tmp_path: Path) -> None:
    made = make_hall(tmp_path / "hall", "Northgate Hall", "Mill Lane")
    recovery = bytes(Mnemonic("english").to_entropy(made.recovery_words))
    keys = derive_group_keys(recovery)
    left = all_bytes(tmp_path)
    words = made.recovery_words.split()
    assert made.recovery_words.encode() not in left
    for word, after in pairwise(words):
        assert f"{word} {after}".encode() not in left
    for secret in (recovery, recovery.hex().encode(), bytes(keys.signing), bytes(keys.backup)):
        assert secret not in left


def test_only_the_hall_s_own_account_may_look_inside(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_hall(tmp_path / "street" / "hall", "Northgate Hall")
    finally:
        os.umask(before)
    folder = tmp_path / "street" / "hall"
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path.name
    assert {path.name for path in folder.iterdir()} == {FILE_NAME, LOCK_NAME}


STEPS = [
    "_clear_away",
    "create",
    "add_hall",
    "add_seal_key",
    "sign_roster",
    "add_records",
    "_sync",
]


class PowerCutError(BaseException):
    """What no code of ours expects."""


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("done", [False, True], ids=["before", "behind"])
def test_a_half_made_hall_is_never_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, done: bool
) -> None:
    data = tmp_path / "hall"
    real: Callable[..., object] = getattr(hall, step)

    def cut(*given: object, **more: object) -> object:
        if done:
            real(*given, **more)
        raise PowerCutError

    with monkeypatch.context() as during:
        during.setattr(hall, step, cut)
        with pytest.raises(PowerCutError):
            make_hall(data, "Northgate Hall")
    if hall_exists(data):  # then all of it is there
        with closing(open_existing(data)) as conn:
            assert find_hall(conn) is not None
            assert len(all_records(conn)) == 3
    else:
        make_hall(data, "Northgate Hall")
    assert {path.name for path in data.iterdir()} == {FILE_NAME, LOCK_NAME}


def test_what_a_power_cut_left_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / f"{UNFINISHED}-0123"
    left.mkdir()
    (left / FILE_NAME).write_bytes(b"half a key")
    make_hall(tmp_path, "Northgate Hall")
    assert not left.exists()


def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(hall, "add_records", full)
    with refused(Why.FOLDER_NOT_WRITABLE):
        make_hall(tmp_path / "hall", "Northgate Hall")
    monkeypatch.undo()
    assert not hall_exists(tmp_path / "hall")
    make_hall(tmp_path / "hall", "Northgate Hall")


@pytest.mark.parametrize(
    ("why", "name", "place"),
    [
        (Why.NAME_EMPTY, "", ""),
        (Why.NAME_EMPTY, " \n", ""),
        (Why.TEXT_TOO_LONG, "x" * 10_000_000, ""),
        (Why.TEXT_CONTROL, "North\x1b[31mgate", ""),
        (Why.TEXT_MARKUP, "[red]Northgate[/red]", ""),
        (Why.TEXT_TOO_LONG, "Northgate", "x" * 10_000_000),
        (Why.TEXT_CONTROL, "Northgate", "Mill\x00Lane"),
    ],
    ids=lambda each: str(each)[:20],
)
def test_bad_words_make_no_folder(tmp_path: Path, why: Why, name: str, place: str) -> None:
    with refused(why):
        make_hall(tmp_path / "hall", name, place)
    assert not (tmp_path / "hall").exists()


def test_a_hall_is_not_made_twice(tmp_path: Path) -> None:
    make_hall(tmp_path, "Northgate Hall")
    before = all_bytes(tmp_path)
    with refused(Why.FOLDER_IS_A_HALL):
        make_hall(tmp_path, "Eastside")
    assert all_bytes(tmp_path) == before


def test_two_at_once_make_one(tmp_path: Path) -> None:
    other = FolderLock(tmp_path)
    assert other.take()
    making = tmp_path / f"{UNFINISHED}-0123"
    making.mkdir()
    with pytest.raises(Refused):
        make_hall(tmp_path, "Northgate Hall")
    assert making.exists()
    other.release()
    make_hall(tmp_path, "Northgate Hall")


def test_a_full_disk_is_called_full_and_nothing_is_left(tmp_path: Path) -> None:
    with no_room(), refused(Why.DISK_FULL):
        make_hall(tmp_path / "hall", "Northgate Hall")
    assert [path.name for path in (tmp_path / "hall").iterdir()] == [LOCK_NAME]
    make_hall(tmp_path / "hall", "Northgate Hall")


@pytest.mark.parametrize("path", ["/proc/nowhere", "/dev/null/hall"])
def test_where_nothing_can_be_written_is_a_sentence(path: str) -> None:
    with refused(Why.FOLDER_NOT_WRITABLE):
        make_hall(Path(path), "Northgate Hall")


def test_a_folder_with_other_things_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"sun")
    tmp_path.chmod(0o755)
    with refused(Why.FOLDER_NOT_A_HALL):
        make_hall(tmp_path, "Northgate Hall")
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]
    assert tmp_path.stat().st_mode & 0o777 == 0o755


@given(st.text(min_size=1, max_size=60))
def test_every_name_has_a_call_sign(name: str) -> None:
    sign = call_sign(name)
    assert 2 <= len(sign) <= CALL_SIGN_BYTES_MAX
    assert sign.isascii()
    assert sign.isalpha()
    assert sign.isupper()
