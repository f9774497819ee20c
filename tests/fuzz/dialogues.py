"""Parts that read more than one message: a reconciliation, a handshake, what is sealed after it.

An input is a choice (which end, which step) in its first byte, and the message that comes there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count
from typing import Final

from protocol.channel import Channel, Handshake, Role
from protocol.frames import Reconcile, from_bytes
from protocol.item_set import ItemSet, ItemSnapshot
from protocol.limits import ROUNDS_MAX
from protocol.reconcile import Reconciler
from tests.fuzz import corpus
from tests.protocol.halls import seed_of

ITEMS: Final = 300
"""Enough that one message cannot name them all."""
MESSAGE_BYTES_LEAST: Final = 4_096
PSK: Final = bytes(range(32))


# Reconciliation ---------------------------------------------------------------------------------


@cache
def _items() -> ItemSnapshot:
    return _set_of(range(ITEMS)).snapshot()


def _set_of(numbers: range) -> ItemSet:
    return ItemSet.from_items((1_000 + each // 7, seed_of(f"item {each}")) for each in numbers)


def reconcile(data: bytes) -> None:
    """The first byte says which end hears it and whether what it sends is cut short.

    Then this end talks with an honest one that holds other items, and has to come to an end.
    """
    choice, message = data[:1], data[1:]
    limit = MESSAGE_BYTES_LEAST if choice > b"\x7f" else 0
    ours = Reconciler(_items(), limit)
    if choice and choice[0] % 2:
        ours.initiate()
        progress = ours.advance(message)
        told, is_asking = progress.message, True
    else:
        told, is_asking = ours.respond(message), False
    if told is not None:
        _talk_on(ours, told, limit, is_asking=is_asking)


def _talk_on(ours: Reconciler, told: bytes, limit: int, *, is_asking: bool) -> None:
    theirs = Reconciler(_set_of(range(ITEMS // 2, ITEMS + 50)).snapshot(), limit)
    theirs.initiate()
    message: bytes | None = told
    for _ in range(ROUNDS_MAX + 1):
        if message is None:
            return
        if is_asking:
            message = ours.advance(theirs.respond(message)).message
        else:
            answer = theirs.advance(message).message
            message = None if answer is None else ours.respond(answer)
    raise AssertionError("no end of reconciling")


@cache
def messages() -> list[bytes]:
    """What two ends say from start to end, and what halls said, each for either end."""
    ours = Reconciler(_items(), MESSAGE_BYTES_LEAST)
    theirs = Reconciler(_set_of(range(50, ITEMS + 50)).snapshot(), MESSAGE_BYTES_LEAST)
    said: list[bytes] = []
    message: bytes | None = theirs.initiate()
    while message is not None:
        answer = ours.respond(message)
        said += [message, answer]
        message = theirs.advance(answer).message
    heard = (from_bytes(data) for data in corpus.talk())
    said += [frame.message for frame in heard if isinstance(frame, Reconcile)]
    said += corpus.vectors("reconcile")
    return [bytes([end]) + each for each in said for end in (0, 1, 0x80, 0x81)]


# The channel ------------------------------------------------------------------------------------


def _start(role: Role, psk: bytes | None) -> Handshake:
    return Handshake(
        role,
        static_private=seed_of(f"static {role.value}"),
        ephemeral_private=seed_of(f"ephemeral {role.value}"),
        prologue=b"fuzz",
        psk=psk,
    )


def _ends(psk: bytes | None) -> Iterator[tuple[Handshake, Handshake]]:
    """Who writes next and who reads it, before each of the three messages."""
    writer, reader = _start(Role.INITIATOR, psk), _start(Role.RESPONDER, psk)
    for _ in range(3):
        yield writer, reader
        writer, reader = reader, writer


def shake_hands(data: bytes) -> None:
    """The first byte: which of the three messages is replaced, and whether there is a psk."""
    choice, message = data[0] if data else 0, data[1:]
    for step, (writer, reader) in enumerate(_ends(PSK if choice & 4 else None)):
        if step == choice % 3:
            reader.read(message)
            return
        reader.read(writer.write())


@cache
def handshakes() -> list[bytes]:
    said: list[bytes] = []
    for choice in (0, 1, 2, 4, 5, 6):
        for step, (writer, reader) in enumerate(_ends(PSK if choice & 4 else None)):
            message = writer.write(b"payload")
            reader.read(message)
            if step == choice % 3:
                said.append(bytes([choice]) + message)
    return said


def _channels() -> tuple[Channel, Channel]:
    ends: list[Handshake] = []
    for writer, reader in _ends(None):
        reader.read(writer.write())
        ends = [writer, reader]
    return ends[0].split(), ends[1].split()


def open_transport(data: bytes) -> None:
    """Messages one after another, each behind two bytes of length; none but honest ones open."""
    ours, theirs = _channels()
    honest = (ours.seal(b"message %d" % number) for number in count())
    for message in _cut(data):
        expected = next(honest)
        theirs.open(message)
        assert message == expected


def _cut(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        yield data[at + 2 : at + 2 + size]
        at += 2 + size


@cache
def transports() -> list[bytes]:
    ours, _ = _channels()
    sealed = [ours.seal(b"message %d" % number) for number in range(4)]
    framed = [len(each).to_bytes(2, "big") + each for each in sealed]
    return [b"".join(framed[:upto]) for upto in range(1, 5)]
