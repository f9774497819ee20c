"""Vectors of the channel that are ours: whole handshakes, and messages one after the other."""

from __future__ import annotations

from node.services.wire import prologue
from protocol.channel import Channel, Handshake, Role
from protocol.cipher import CipherState
from tests.protocol.readers.reading import Reading


def read_handshake(reading: Reading) -> None:
    offered, chosen = reading.one("offered").split(), reading.one("chosen")
    assert prologue(offered, chosen) == reading.raw("prologue")
    psk = reading.find("psk")
    initiator, responder = (
        Handshake(
            role,
            static_private=reading.raw(f"{role.value}_static"),
            ephemeral_private=reading.raw(f"{role.value}_ephemeral"),
            prologue=reading.raw("prologue"),
            psk=bytes.fromhex(psk) if psk else None,
        )
        for role in (Role.INITIATOR, Role.RESPONDER)
    )
    writer, reader = initiator, responder
    for message in map(bytes.fromhex, reading.all("message")):
        assert writer.write() == message
        assert reader.read(message) == b""
        writer, reader = reader, writer
    ours, theirs = initiator.split(), responder.split()
    assert ours.handshake_hash == theirs.handshake_hash == reading.body
    assert ours.seal(b"first") == reading.raw("from_initiator")
    assert theirs.seal(b"answer") == reading.raw("from_responder")


def read_transport(reading: Reading) -> None:
    key, number = reading.raw("key"), reading.number("number")
    plaintext = reading.raw("plaintext")
    ends = [CipherState(key, number) for _ in range(2)]
    channel = Channel(sending=ends[0], receiving=ends[1], handshake_hash=bytes(32))
    *before, last = map(bytes.fromhex, reading.all("message"))
    for message in before:
        assert channel.open(message) == plaintext
        assert channel.seal(plaintext) == message
    if not reading.is_ok:
        reading.fails(lambda: channel.open(last))
        return
    assert channel.open(last) == plaintext
    assert channel.seal(plaintext) == last
