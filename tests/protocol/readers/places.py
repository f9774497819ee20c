"""Vectors of who somebody is and where: ids, identity, sealing, introduction, invite, beacon."""

from __future__ import annotations

from mnemonic import Mnemonic
from nacl.public import PrivateKey

from protocol import beacon, ids, invite
from protocol.channel import Role
from protocol.frames import Introduce, from_bytes, to_bytes
from protocol.identity import derive_group_keys
from protocol.ids import DeviceKey, GroupId, ObjectId, ObjectNumber
from protocol.introduction import check_introduction
from protocol.sealing import open_sealed, seal
from tests.protocol.readers.reading import Reading


def read_ids(reading: Reading) -> None:
    if reading.vector.path.startswith("ids/text"):
        text = reading.one("text")
        assert ids.from_text(text) == (reading.body or None)
        assert not reading.body or ids.as_text(reading.body) == text
        return
    given = [bytes.fromhex(each) for each in reading.one("of").split()]
    assert _named(reading.vector.path.removeprefix("ids/"), given) == reading.body


def _named(what: str, given: list[bytes]) -> bytes:  # noqa: PLR0911 - a table
    match what:
        case "group":
            return ids.group_id(*given)
        case "record":
            return ids.record_id(*given)
        case "object" | "object_of_author":
            group, author, number = given
            return ids.object_id(GroupId(group), DeviceKey(author), ObjectNumber(number))
        case "directory":
            kind, device = given
            return ids.directory_number(kind[0], DeviceKey(device))
        case "seen":
            request, device = given
            return ids.seen_number(ObjectId(request), DeviceKey(device))
        case "adoption":
            device, page = given
            return ids.adoption_number(DeviceKey(device), int.from_bytes(page, "big"))
        case _:
            assert what == "vouch"
            return ids.vouch_number(DeviceKey(*given))


def read_identity(reading: Reading) -> None:
    recovery = reading.raw("recovery")
    if not reading.is_ok:
        reading.fails(lambda: derive_group_keys(recovery))
        return
    keys = derive_group_keys(recovery)
    assert bytes(Mnemonic("english").to_entropy(reading.one("words"))) == recovery
    assert bytes(keys.signing) == reading.raw("group_private")
    assert bytes(keys.signing.verify_key) == reading.raw("group_public")
    assert bytes(keys.backup.public_key) == reading.raw("backup_public")
    assert keys.group == reading.body


def read_introduction(reading: Reading) -> None:
    frame = from_bytes(reading.body)
    assert isinstance(frame, Introduce)
    assert to_bytes(frame) == reading.body
    role, handshake_hash = Role(reading.one("role")), reading.raw("handshake_hash")
    if not reading.is_ok:
        reading.fails(lambda: check_introduction(frame, role, handshake_hash))
        return
    who = check_introduction(frame, role, handshake_hash)
    assert (who.group, who.device) == (reading.raw("group"), reading.raw("device"))


def read_invite(reading: Reading) -> None:
    typed = reading.one("typed")
    if not reading.is_ok:
        slip = reading.fails(lambda: invite.from_text(typed))
        assert isinstance(slip, invite.MistypedInvite)
        assert slip.group == reading.number("group")
        return
    code = invite.from_text(typed)
    assert (code.host, code.port) == (reading.one("host"), reading.number("port"))
    assert code.secret == reading.raw("secret")
    assert invite.to_text(code) == reading.one("shown")
    assert invite.psk(code.secret) == reading.body


def read_beacon(reading: Reading) -> None:
    key = reading.raw("key")
    names = [name for name, _ in reading.vector.fields if len(name) == 1]
    heard = beacon.read_txt({name.encode(): reading.raw(name) for name in names})
    is_known = heard is not None and heard.is_from(key)
    found = "no beacon" if heard is None else "yes" if is_known else "no"
    assert found == reading.one("known")


def read_sealing(reading: Reading) -> None:
    group, about = GroupId(reading.raw("group")), ObjectId(reading.raw("about"))
    ours = [PrivateKey(reading.raw("seal_private"))]
    text = open_sealed(reading.body, group, about, ours)
    if reading.find("opens") == "no":
        assert text is None
        return
    assert text == reading.one("text")
    keys = [bytes.fromhex(each) for each in reading.one("seal_keys").split()]
    ephemeral = PrivateKey(reading.raw("ephemeral_private"))
    assert seal(text, group, about, keys, ephemeral) == reading.body
