"""From twelve words always the same keys, and a roster that they alone can sign."""

from __future__ import annotations

import pytest
from nacl.signing import SigningKey

from protocol.errors import LocalError
from protocol.identity import RECOVERY_BYTES, derive_group_keys, sign_roster
from protocol.ids import DeviceKey, as_text, from_text, group_id
from protocol.record import verify
from protocol.roster import Removal, Roster
from tests.protocol.halls import NOW

RECOVERY = bytes(range(RECOVERY_BYTES))
GROUP_HEX = "7cbcd049ad77a0fe95b5f22524d044a87af3040c848a2415810ea68097614b2b"
BACKUP_HEX = "4c83a09aecd2df8a7df90acb4ee7351d31a7dc7fefff164c910d9638f30e330c"
DEVICES = (DeviceKey(b"\x02" * 32), DeviceKey(b"\x01" * 32))


def test_the_words_alone_give_every_key() -> None:
    one, other = derive_group_keys(RECOVERY), derive_group_keys(RECOVERY)
    assert bytes(one.signing) == bytes(other.signing)
    assert bytes(one.backup) == bytes(other.backup)
    assert one.group == other.group


def test_the_derivation_is_fixed() -> None:
    """Words written down today have to open everything in ten years."""
    keys = derive_group_keys(RECOVERY)
    assert keys.group.hex() == GROUP_HEX
    assert bytes(keys.backup.public_key).hex() == BACKUP_HEX


def test_no_key_gives_another_away() -> None:
    keys = derive_group_keys(RECOVERY)
    others = derive_group_keys(RECOVERY[::-1])
    seeds = {bytes(each) for each in (keys.signing, keys.backup, others.signing, others.backup)}
    assert len(seeds) == 4


@pytest.mark.parametrize("length", [0, 15, 17, 32])
def test_there_are_sixteen_recovery_bytes(length: int) -> None:
    with pytest.raises(LocalError):
        derive_group_keys(bytes(length))


def test_a_roster_is_signed_by_the_group() -> None:
    keys = derive_group_keys(RECOVERY)
    roster = sign_roster(keys, DEVICES, 3, NOW)
    verify(roster)
    assert roster.header.group == keys.group == group_id(bytes(keys.signing.verify_key))
    assert roster.header.version == 3
    assert roster.header.expires_ms is None
    assert roster.body == Roster(tuple(sorted(DEVICES)))


def test_versions_of_a_roster_are_one_object() -> None:
    keys = derive_group_keys(RECOVERY)
    one, two = sign_roster(keys, DEVICES, 1, NOW), sign_roster(keys, DEVICES[:1], 2, NOW)
    assert one.header.object == two.header.object
    assert one.id != two.id


def test_a_device_stands_on_a_roster_once() -> None:
    with pytest.raises(LocalError):
        sign_roster(derive_group_keys(RECOVERY), (*DEVICES, DEVICES[0]), 1, NOW)


def test_ids_are_written_as_text_and_read_again() -> None:
    group = group_id(bytes(SigningKey(bytes(32)).verify_key))
    text = as_text(group)
    assert from_text(text) == group
    assert from_text(f" {text.upper()}\n") == group


@pytest.mark.parametrize("text", ["a", "!", "a1", "ab=", "ab==", "\u00e9", "aeb", "abc\u0131"])
def test_what_is_no_id_is_none(text: str) -> None:
    assert from_text(text) is None


def test_those_who_leave_are_listed_in_order_however_they_are_named() -> None:
    keys, heir = derive_group_keys(RECOVERY), DEVICES[0]
    leaving = [Removal(DeviceKey(bytes([number]) * 32), heir) for number in (5, 3, 4)]
    roster = sign_roster(keys, DEVICES, 2, NOW, leaving)
    assert roster.body == Roster(DEVICES[::-1], (leaving[1], leaving[2], leaving[0]))
    assert sign_roster(keys, DEVICES[::-1], 2, NOW, leaving[::-1]) == roster
