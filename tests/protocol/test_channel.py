"""The channel against published vectors, an independent implementation, and people in between."""

import hashlib
import warnings
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise.connection import Keypair, NoiseConnection

from protocol.channel import MESSAGE_BYTES_MAX, Channel, Handshake, Role
from protocol.cipher import NONCE_MAX, REKEY_AFTER_MESSAGES, CipherState, SymmetricState, public_of
from protocol.errors import ChannelBroken, LocalError
from protocol.limits import FRAME_BYTES_MAX

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors" / "channel"
PSK = b"p" * 32
PROLOGUE = b"a prologue"
PAYLOADS = (b"", b"second", b"third" * 40)
FIRST, ANSWER, LAST = 0, 1, 2

SMALL_ORDER_POINTS = (
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
)

both_patterns = pytest.mark.parametrize("psk", [None, PSK], ids=["XX", "XXpsk3"])


def key(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def start(role: Role, *, psk: bytes | None = None, prologue: bytes = PROLOGUE) -> Handshake:
    return Handshake(
        role,
        static_private=key(f"static {role.value}"),
        ephemeral_private=key(f"ephemeral {role.value}"),
        prologue=prologue,
        psk=psk,
    )


def start_both(psk: bytes | None = None) -> tuple[Handshake, Handshake]:
    return start(Role.INITIATOR, psk=psk), start(Role.RESPONDER, psk=psk)


def talk_until(
    messages: int, psk: bytes | None = None
) -> tuple[Handshake, Handshake, Callable[[], bytes]]:
    """Both ends after so many messages: who writes next, who reads it, and the writing."""
    writer, reader = start_both(psk)
    for payload in PAYLOADS[:messages]:
        assert reader.read(writer.write(payload)) == payload
        writer, reader = reader, writer
    return writer, reader, lambda: writer.write(PAYLOADS[messages])


def open_channels(psk: bytes | None = None) -> tuple[Channel, Channel]:
    initiator, responder = start_both(psk)
    responder.read(initiator.write())
    initiator.read(responder.write())
    responder.read(initiator.write())
    return initiator.split(), responder.split()


def go_on_from(first: bytes, initiator: Handshake, responder: Handshake) -> None:
    """Give the responder this as the first message, and the initiator what it answers."""
    responder.read(first)
    initiator.read(responder.write())


def open_all(receiver: Channel, sealed: list[bytes]) -> None:
    for message in sealed:
        receiver.open(message)


def flip(message: bytes, bit: int) -> bytes:
    changed = bytearray(message)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def must_be_dead(handshake: Handshake) -> None:
    for use in (handshake.write, lambda: handshake.read(bytes(96)), handshake.split):
        with pytest.raises(ChannelBroken):
            use()


# Published vectors


@dataclass(frozen=True, slots=True)
class Vector:
    fields: dict[str, bytes]
    messages: list[tuple[bytes, bytes]]

    @classmethod
    def parse(cls, text: str) -> "Vector":
        pairs = [line.split(": ") for line in text.partition("\n\n")[2].splitlines()]
        values = [(name, bytes.fromhex(value)) for name, value in pairs]
        payloads = [value for name, value in values if name == "payload"]
        messages = [value for name, value in values if name == "message"]
        return cls(dict(values), list(zip(payloads, messages, strict=True)))

    def start(self, role: Role) -> Handshake:
        return Handshake(
            role,
            static_private=self.fields[f"{role.value}_static"],
            ephemeral_private=self.fields[f"{role.value}_ephemeral"],
            prologue=self.fields["prologue"],
            psk=self.fields.get("psk"),
        )


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_published_vector_comes_out_byte_for_byte(path: Path) -> None:
    vector = Vector.parse(path.read_text())
    writer, reader = vector.start(Role.INITIATOR), vector.start(Role.RESPONDER)
    for payload, message in vector.messages[:3]:
        assert writer.write(payload) == message
        assert reader.read(message) == payload
        writer, reader = reader, writer
    sender, receiver = writer.split(), reader.split()
    for payload, message in vector.messages[3:]:
        assert sender.seal(payload) == message
        assert receiver.open(message) == payload
        sender, receiver = receiver, sender
    expected_hash = vector.fields.get("handshake_hash", sender.handshake_hash)
    assert sender.handshake_hash == receiver.handshake_hash == expected_hash


def test_both_patterns_have_a_vector() -> None:
    assert {path.stem.partition("-")[0] for path in VECTORS.glob("*.txt")} == {"xx", "xxpsk3"}


# Another implementation


def start_other(role: Role, psk: bytes | None) -> NoiseConnection:
    pattern = b"XX" if psk is None else b"XXpsk3"
    other = NoiseConnection.from_name(b"Noise_" + pattern + b"_25519_ChaChaPoly_BLAKE2s")
    other.set_prologue(PROLOGUE)
    other.set_keypair_from_private_bytes(Keypair.STATIC, key("static other"))
    if psk is not None:
        other.set_psks(psk)
    if role is Role.INITIATOR:
        other.set_as_initiator()
    else:
        other.set_as_responder()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other.start_handshake()
    return other


def meet_other(role: Role, psk: bytes | None) -> tuple[Channel, NoiseConnection]:
    """A handshake with the other implementation, ours in the role given."""
    ours = start(role, psk=psk)
    theirs = start_other(Role.RESPONDER if role is Role.INITIATOR else Role.INITIATOR, psk)
    we_write = role is Role.INITIATOR
    for payload in PAYLOADS:
        if we_write:
            assert bytes(theirs.read_message(ours.write(payload))) == payload
        else:
            assert ours.read(bytes(theirs.write_message(payload))) == payload
        we_write = not we_write
    assert ours.finished
    assert theirs.handshake_finished
    return ours.split(), theirs


@both_patterns
@pytest.mark.parametrize("role", Role)
def test_a_dialogue_with_another_implementation(role: Role, psk: bytes | None) -> None:
    ours, theirs = meet_other(role, psk)
    assert ours.handshake_hash == theirs.get_handshake_hash()
    for size in (0, 1, 1_000, FRAME_BYTES_MAX):
        plaintext = b"." * size
        assert theirs.decrypt(ours.seal(plaintext)) == plaintext
        assert ours.open(theirs.encrypt(plaintext)) == plaintext


def test_each_direction_takes_new_keys_by_its_own_count() -> None:
    ours, theirs = meet_other(Role.INITIATOR, None)
    for _ in range(REKEY_AFTER_MESSAGES):
        theirs.decrypt(ours.seal(b"."))
    theirs.rekey_inbound_cipher()
    assert theirs.decrypt(ours.seal(b"after our rekeying")) == b"after our rekeying"
    # The other direction has said nothing yet and still goes by its first key.
    for _ in range(REKEY_AFTER_MESSAGES):
        ours.open(theirs.encrypt(b"."))
    theirs.rekey_outbound_cipher()
    assert ours.open(theirs.encrypt(b"after theirs")) == b"after theirs"


def test_without_rekeying_the_next_message_is_refused() -> None:
    behind = REKEY_AFTER_MESSAGES - 1
    sending = CipherState(PSK, behind)
    receiving = CipherState(PSK, behind)
    assert receiving.decrypt(sending.encrypt(b"the last")) == b"the last"
    with pytest.raises(ChannelBroken):
        CipherState(PSK, REKEY_AFTER_MESSAGES).decrypt(sending.encrypt(b"the first"))


# What both ends agree on


@both_patterns
def test_a_message_without_a_payload_has_an_empty_one(psk: bytes | None) -> None:
    initiator, responder = start_both(psk)
    for writer, reader in ((initiator, responder), (responder, initiator), (initiator, responder)):
        assert reader.read(writer.write()) == b""


@both_patterns
def test_both_ends_agree_on_what_was_said(psk: bytes | None) -> None:
    initiator, responder = open_channels(psk)
    assert initiator.handshake_hash == responder.handshake_hash
    assert len(initiator.handshake_hash) == 32
    assert responder.open(initiator.seal(b"to you")) == b"to you"
    assert initiator.open(responder.seal(b"and back")) == b"and back"


@both_patterns
@pytest.mark.parametrize("stage", [FIRST, ANSWER, LAST])
def test_the_largest_handshake_payload_fills_a_message(stage: int, psk: bytes | None) -> None:
    writer, reader, write = talk_until(stage, psk)
    overhead = len(write()) - len(PAYLOADS[stage])
    writer, reader, _ = talk_until(stage, psk)
    room = MESSAGE_BYTES_MAX - overhead
    with pytest.raises(LocalError):
        writer.write(bytes(room + 1))
    message = writer.write(bytes(room))
    assert len(message) == 65_535
    assert reader.read(message) == bytes(room)


# People in between


def every_flip_of(message: bytes) -> Iterator[bytes]:
    """With one bit changed, each in turn.

    Also the top bit of a key: it does not count in the agreement, but the hash covers it.
    """
    return (flip(message, bit) for bit in range(8 * len(message)))


@both_patterns
@pytest.mark.parametrize("stage", [ANSWER, LAST])
def test_a_flipped_bit_breaks_the_handshake_at_once(stage: int, psk: bytes | None) -> None:
    _, untouched, write = talk_until(stage, psk)
    for changed in every_flip_of(write()):
        reader = deepcopy(untouched)
        with pytest.raises(ChannelBroken):
            reader.read(changed)
        must_be_dead(reader)


@both_patterns
def test_a_bit_flipped_in_the_first_message_breaks_by_the_second(psk: bytes | None) -> None:
    for changed in every_flip_of(talk_until(FIRST, psk)[2]()):
        initiator, responder = start_both(psk)
        initiator.write(PAYLOADS[FIRST])
        with pytest.raises(ChannelBroken):
            go_on_from(changed, initiator, responder)


@both_patterns
@pytest.mark.parametrize("stage", [FIRST, ANSWER, LAST])
def test_a_message_cut_short_or_too_long_breaks_the_handshake(
    stage: int, psk: bytes | None
) -> None:
    message = talk_until(stage, psk)[2]()
    shortest = len(message) - len(PAYLOADS[stage])
    too_long = bytes(MESSAGE_BYTES_MAX + 1)
    for wrong in (
        b"",
        message[:31],
        message[:32][: shortest - 1],
        message[: shortest - 1],
        too_long,
    ):
        reader = talk_until(stage, psk)[1]
        with pytest.raises(ChannelBroken):
            reader.read(wrong)
        must_be_dead(reader)


@both_patterns
def test_another_prologue_breaks_the_handshake(psk: bytes | None) -> None:
    initiator = start(Role.INITIATOR, psk=psk)
    responder = start(Role.RESPONDER, psk=psk, prologue=b"another prologue")
    first = initiator.write()
    with pytest.raises(ChannelBroken):
        go_on_from(first, initiator, responder)


def test_another_psk_is_noticed_in_the_last_message() -> None:
    initiator = start(Role.INITIATOR, psk=PSK)
    responder = start(Role.RESPONDER, psk=b"q" * 32)
    responder.read(initiator.write())
    initiator.read(responder.write())
    with pytest.raises(ChannelBroken):
        responder.read(initiator.write())
    must_be_dead(responder)


def test_with_and_without_a_psk_never_meet() -> None:
    initiator, responder = start(Role.INITIATOR, psk=PSK), start(Role.RESPONDER)
    responder.read(initiator.write())
    with pytest.raises(ChannelBroken):
        initiator.read(responder.write())


@both_patterns
@pytest.mark.parametrize("point", SMALL_ORDER_POINTS, ids=bytes.hex)
def test_an_ephemeral_key_of_small_order_is_refused(psk: bytes | None, point: bytes) -> None:
    initiator, responder = start_both(psk)
    initiator.write()
    with pytest.raises(ChannelBroken, match="small order"):
        initiator.read(point + bytes(64))
    # What follows the key under XXpsk3 is sealed with a key that anyone can make.
    rest = b"" if psk is None else seal_nothing_after(point)
    responder.read(point + rest)
    with pytest.raises(ChannelBroken, match="small order"):
        responder.write()
    must_be_dead(initiator)
    must_be_dead(responder)


def seal_nothing_after(ephemeral: bytes) -> bytes:
    state = SymmetricState(b"Noise_XXpsk3_25519_ChaChaPoly_BLAKE2s", PROLOGUE)
    state.mix_hash(ephemeral)
    state.mix_key(ephemeral)
    return state.seal(b"")


def test_a_static_key_of_small_order_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    initiator, responder = start_both()
    responder.read(initiator.write())
    ephemeral = public_of(key("ephemeral responder"))
    said = iter([ephemeral, bytes(32)])
    with monkeypatch.context() as patch:
        patch.setattr("protocol.channel.public_of", lambda _: next(said))
        answer = responder.write()
    with pytest.raises(ChannelBroken, match="small order"):
        initiator.read(answer)
    must_be_dead(initiator)


@pytest.mark.parametrize("size", [0, 1, 100])
def test_a_flipped_bit_closes_the_channel(size: int) -> None:
    sender, untouched = open_channels()
    sealed = sender.seal(bytes(size))
    for changed in every_flip_of(sealed):
        receiver = deepcopy(untouched)
        with pytest.raises(ChannelBroken):
            receiver.open(changed)
        with pytest.raises(ChannelBroken):
            receiver.open(sealed)
        with pytest.raises(ChannelBroken):
            receiver.seal(b"")


def replayed(sealed: list[bytes]) -> list[bytes]:
    return [sealed[0], sealed[0]]


def reordered(sealed: list[bytes]) -> list[bytes]:
    return [sealed[1], sealed[0]]


def with_one_missing(sealed: list[bytes]) -> list[bytes]:
    return [sealed[0], sealed[2]]


def cut_short(sealed: list[bytes]) -> list[bytes]:
    return [sealed[0][:-1]]


def cut_below_the_tag(sealed: list[bytes]) -> list[bytes]:
    return [sealed[0][:15]]


def emptied(_: list[bytes]) -> list[bytes]:
    return [b""]


def lengthened(sealed: list[bytes]) -> list[bytes]:
    return [sealed[0] + b"\0"]


def oversized(_: list[bytes]) -> list[bytes]:
    return [bytes(MESSAGE_BYTES_MAX + 1)]


TAMPERINGS = [
    replayed,
    reordered,
    with_one_missing,
    cut_short,
    cut_below_the_tag,
    emptied,
    lengthened,
    oversized,
]


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_tampering_with_the_order_or_the_length_closes_the_channel(
    tamper: Callable[[list[bytes]], list[bytes]],
) -> None:
    sender, receiver = open_channels()
    sealed = [sender.seal(text) for text in (b"first", b"second", b"third")]
    with pytest.raises(ChannelBroken):
        open_all(receiver, tamper(sealed))
    with pytest.raises(ChannelBroken, match="before"):
        receiver.open(sealed[0])


def test_an_authentic_message_too_long_closes_the_channel_too() -> None:
    _, receiver = channel_at(0)
    sealed = CipherState(PSK).encrypt(bytes(FRAME_BYTES_MAX + 1))
    with pytest.raises(ChannelBroken, match="65536 bytes"):
        receiver.open(sealed)


def test_our_own_message_sent_back_to_us_closes_the_channel() -> None:
    sender, _ = open_channels()
    with pytest.raises(ChannelBroken):
        sender.open(sender.seal(b"an echo"))


# Our own mistakes


def test_a_frame_too_long_is_refused_and_changes_nothing() -> None:
    sender, receiver = open_channels()
    with pytest.raises(LocalError):
        sender.seal(bytes(FRAME_BYTES_MAX + 1))
    sealed = sender.seal(bytes(FRAME_BYTES_MAX))
    assert len(sealed) == 65_535
    assert receiver.open(sealed) == bytes(FRAME_BYTES_MAX)


def test_writing_out_of_turn_changes_nothing() -> None:
    initiator, responder = start_both()
    with pytest.raises(LocalError):
        responder.write()
    first = initiator.write()
    with pytest.raises(LocalError):
        initiator.write()
    responder.read(first)
    initiator.read(responder.write())
    responder.read(initiator.write())
    assert initiator.split().handshake_hash == responder.split().handshake_hash


def test_a_peer_that_speaks_out_of_turn_is_cut_off() -> None:
    initiator, responder = start_both()
    first = initiator.write()
    responder.read(first)
    with pytest.raises(ChannelBroken, match="out of turn"):
        responder.read(first)
    must_be_dead(responder)


@pytest.mark.parametrize("stage", [FIRST, ANSWER, LAST])
def test_a_handshake_is_not_split_before_its_end(stage: int) -> None:
    for end in talk_until(stage)[:2]:
        assert not end.finished
        with pytest.raises(LocalError):
            end.split()


def test_a_finished_handshake_is_split_once_and_nothing_else() -> None:
    initiator, responder = start_both()
    responder.read(initiator.write())
    initiator.read(responder.write())
    responder.read(initiator.write())
    for end in (initiator, responder):
        assert end.finished
        with pytest.raises(LocalError):
            end.write()
        with pytest.raises(LocalError):
            end.read(bytes(96))
        end.split()
        with pytest.raises(LocalError):
            end.split()


@pytest.mark.parametrize("size", [0, 31, 33])
@pytest.mark.parametrize("which", ["static_private", "ephemeral_private", "psk"])
def test_a_key_of_another_length_is_refused(which: str, size: int) -> None:
    keys = {"static_private": bytes(32), "ephemeral_private": bytes(32), "psk": bytes(32)}
    with pytest.raises(LocalError):
        Handshake(Role.INITIATOR, prologue=b"", **(keys | {which: bytes(size)}))


def channel_at(nonce: int) -> tuple[Channel, Channel]:
    """A sender and its receiver, with this many messages behind them."""
    ends = [
        Channel(
            sending=CipherState(PSK, nonce),
            receiving=CipherState(PSK, nonce),
            handshake_hash=bytes(32),
        )
        for _ in range(2)
    ]
    return ends[0], ends[1]


def test_the_last_nonce_is_never_used() -> None:
    sender, receiver = channel_at(NONCE_MAX - 1)
    assert receiver.open(sender.seal(b"the last message")) == b"the last message"
    with pytest.raises(LocalError):
        sender.seal(b"one more")
    with pytest.raises(ChannelBroken, match="last nonce"):
        receiver.open(CipherState(PSK, NONCE_MAX - 1).encrypt(b"one more"))


def test_no_secret_shows_in_a_repr_or_an_error() -> None:
    initiator, responder = start_both(PSK)
    shown = [repr(initiator), repr(responder)]
    for end in open_channels(PSK):
        shown += [repr(end), repr(vars(end))]
        with pytest.raises(ChannelBroken) as caught:
            end.open(bytes(40))
        assert caught.value.__cause__ is None
        shown.append(str(caught.value))
    secrets = [PSK, key("static initiator"), key("ephemeral initiator"), key("static responder")]
    for secret in secrets:
        for text in shown:
            assert secret.hex() not in text
            assert repr(secret)[2:-1] not in text


# Anything at all


@given(stage=st.integers(0, 2), psk=st.sampled_from([None, PSK]), noise=st.binary(max_size=200))
def test_noise_instead_of_a_handshake_message_only_breaks_the_channel(
    stage: int, psk: bytes | None, noise: bytes
) -> None:
    _, reader, _ = talk_until(stage, psk)
    try:
        reader.read(noise)
        reader.write()
    except ChannelBroken:
        must_be_dead(reader)
    else:
        # Any 32 bytes can be an ephemeral key; nothing later passes without a tag.
        assert stage == FIRST
        assert psk is None


@given(noise=st.binary(max_size=200), end=st.sampled_from([0, 1]))
def test_noise_instead_of_a_sealed_message_only_breaks_the_channel(noise: bytes, end: int) -> None:
    channel = open_channels()[end]
    with pytest.raises(ChannelBroken):
        channel.open(noise)
    with pytest.raises(ChannelBroken):
        channel.seal(b"")


@given(psk=st.sampled_from([None, PSK]), noise=st.binary(max_size=200))
def test_noise_out_of_turn_only_breaks_the_channel(psk: bytes | None, noise: bytes) -> None:
    for stage in (FIRST, ANSWER, LAST):
        writer, _, _ = talk_until(stage, psk)
        with pytest.raises(ChannelBroken):
            writer.read(noise)
        must_be_dead(writer)
