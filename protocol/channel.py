"""The encrypted channel between two devices: Noise XX, and XXpsk3 for pairing by code (SPEC 11).

`Noise_XX_25519_ChaChaPoly_BLAKE2s` and `Noise_XXpsk3_25519_ChaChaPoly_BLAKE2s` of the Noise
Protocol Framework, revision 34 (noiseprotocol.org/noise.html). Three handshake messages, the
initiator's first, then a `Channel` on each side.

Two kinds of error leave this module. `ChannelBroken`: the peer, or someone between, did not keep
to the protocol; the object is dead from then on and answers every later call in the same way.
`LocalError`: our own call was wrong; nothing was sent, nothing changed, the object lives on.
"""

from enum import Enum
from types import TracebackType
from typing import Final, NamedTuple

from protocol.cipher import KEY_BYTES, TAG_BYTES, CipherState, SymmetricState, agree, public_of
from protocol.errors import ChannelBroken, LocalError
from protocol.limits import FRAME_BYTES_MAX

MESSAGE_BYTES_MAX: Final = FRAME_BYTES_MAX + TAG_BYTES
"""The largest message on the wire, in bytes: 65,535 (Noise 34, section 3)."""

_SEALED_KEY_BYTES = KEY_BYTES + TAG_BYTES


class Role(Enum):
    """Who speaks first."""

    INITIATOR = "initiator"
    RESPONDER = "responder"


class _Token(Enum):
    """One act inside a handshake message (Noise 34, section 7.1)."""

    E = "e"
    S = "s"
    EE = "ee"
    ES = "es"
    SE = "se"
    PSK = "psk"


class _Step(NamedTuple):
    """One handshake message: its tokens, and its length in bytes with an empty payload."""

    tokens: tuple[_Token, ...]
    overhead_bytes: int


class _Pattern(NamedTuple):
    """A protocol name and its messages, the initiator's first."""

    name: bytes
    steps: tuple[_Step, _Step, _Step]


_ANSWER = _Step(
    (_Token.E, _Token.EE, _Token.S, _Token.ES), KEY_BYTES + _SEALED_KEY_BYTES + TAG_BYTES
)

_XX = _Pattern(
    b"Noise_XX_25519_ChaChaPoly_BLAKE2s",
    (
        _Step((_Token.E,), KEY_BYTES),
        _ANSWER,
        _Step((_Token.S, _Token.SE), _SEALED_KEY_BYTES + TAG_BYTES),
    ),
)
# With a psk the first payload is encrypted already, under a key that anyone can derive.
_XX_PSK3 = _Pattern(
    b"Noise_XXpsk3_25519_ChaChaPoly_BLAKE2s",
    (
        _Step((_Token.E,), KEY_BYTES + TAG_BYTES),
        _ANSWER,
        _Step((_Token.S, _Token.SE, _Token.PSK), _SEALED_KEY_BYTES + TAG_BYTES),
    ),
)


class _Fuse:
    """Blows at the first failure inside its `with`, and lets nobody in afterwards.

    Only LocalError leaves it whole: that one is raised before anything has changed.
    """

    def __init__(self) -> None:
        self._blown = False

    def __enter__(self) -> None:
        if self._blown:
            raise ChannelBroken("the channel has failed before and stays closed")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._blown = error is not None and not isinstance(error, LocalError)


class Channel:
    """Sealed messages in both directions, each direction in order, none twice.

    Each direction counts its own messages and takes a new key after every 65,536th (REKEY of
    Noise 34, section 4.2); both ends count alike, so nothing is said about it on the wire.
    """

    def __init__(
        self,
        *,
        sending: CipherState,
        receiving: CipherState,
        handshake_hash: bytes,
    ) -> None:
        """`Handshake.split` makes these; `handshake_hash` is of 32 bytes."""
        self.handshake_hash = handshake_hash
        self._sending = sending
        self._receiving = receiving
        self._fuse = _Fuse()

    def seal(self, plaintext: bytes) -> bytes:
        """Encrypt the next message: 0 to 65,519 bytes in, 16 more out.

        Raises LocalError when the plaintext is longer or all 2^64 - 1 nonces are spent,
        ChannelBroken when the channel failed before.
        """
        with self._fuse:
            if len(plaintext) > FRAME_BYTES_MAX:
                raise LocalError(f"a frame of {len(plaintext)} bytes, {FRAME_BYTES_MAX} fit")
            if self._sending.exhausted:
                raise LocalError("every nonce is spent: a new channel is needed")
            return self._sending.encrypt(plaintext)

    def open(self, ciphertext: bytes) -> bytes:
        """Decrypt the next message; raises ChannelBroken when it is not that, and ever after."""
        with self._fuse:
            if not TAG_BYTES <= len(ciphertext) <= MESSAGE_BYTES_MAX:
                raise ChannelBroken(f"a message of {len(ciphertext)} bytes")
            if self._receiving.exhausted:
                raise ChannelBroken("a message after the last nonce")
            return self._receiving.decrypt(ciphertext)


class Handshake:
    """One side of a handshake: `write` and `read` in turn until `finished`, then `split`."""

    def __init__(
        self,
        role: Role,
        *,
        static_private: bytes,
        ephemeral_private: bytes,
        prologue: bytes,
        psk: bytes | None = None,
    ) -> None:
        """Begin; with a psk it is XXpsk3, without one XX.

        Keys and psk are of 32 bytes (else LocalError), the prologue of any length. The ephemeral
        key must be fresh: used in a second handshake it gives away what both have sealed.
        """
        keys = (static_private, ephemeral_private) + (() if psk is None else (psk,))
        if any(len(key) != KEY_BYTES for key in keys):
            raise LocalError(f"a key for a channel has {KEY_BYTES} bytes")
        self._role = role
        self._static = static_private
        self._ephemeral = ephemeral_private
        self._psk = psk or b""
        self._pattern = _XX_PSK3 if self._psk else _XX
        self._symmetric = SymmetricState(self._pattern.name, prologue)
        self._remote_ephemeral = b""
        self._remote_static = b""
        self._messages = 0
        self._was_split = False
        self._fuse = _Fuse()

    @property
    def finished(self) -> bool:
        """Whether all three messages went through; then only `split` is left to do."""
        return self._messages == len(self._pattern.steps)

    def write(self, payload: bytes = b"") -> bytes:
        """Make the next message, with a payload of at most 65,535 bytes less the keys and tags.

        Raises LocalError when the payload is longer or it is not our turn, ChannelBroken when
        the peer's ephemeral key turns out to be of small order or the handshake failed before.
        """
        with self._fuse:
            step = self._next_step()
            if not self._our_turn:
                raise LocalError("the next handshake message is the peer's")
            if len(payload) > MESSAGE_BYTES_MAX - step.overhead_bytes:
                raise LocalError(f"a handshake payload of {len(payload)} bytes does not fit")
            parts = [self._say(token) for token in step.tokens]
            message = b"".join([*parts, self._symmetric.seal(payload)])
            self._messages += 1
            return message

    def read(self, message: bytes) -> bytes:
        """Take the peer's next message and return its payload.

        Raises ChannelBroken when it is not what the handshake needs or comes out of turn, and
        LocalError when the handshake is finished.
        """
        with self._fuse:
            step = self._next_step()
            if self._our_turn:
                raise ChannelBroken("the peer spoke out of turn")
            if not step.overhead_bytes <= len(message) <= MESSAGE_BYTES_MAX:
                raise ChannelBroken(f"a handshake message of {len(message)} bytes")
            rest = message
            for token in step.tokens:
                rest = self._hear(token, rest)
            payload = self._symmetric.open(rest)
            self._messages += 1
            return payload

    def split(self) -> Channel:
        """The channel that the handshake made, once: two would spend the same nonces twice.

        Raises LocalError before the end and at the second call.
        """
        with self._fuse:
            if not self.finished:
                raise LocalError("the handshake is not finished")
            if self._was_split:
                raise LocalError("the handshake was split before")
            self._was_split = True
            first, second = self._symmetric.split()
            initiator = self._role is Role.INITIATOR
            return Channel(
                sending=first if initiator else second,
                receiving=second if initiator else first,
                handshake_hash=self._symmetric.hash,
            )

    @property
    def _our_turn(self) -> bool:
        return (self._messages % 2 == 0) == (self._role is Role.INITIATOR)

    def _next_step(self) -> _Step:
        if self.finished:
            raise LocalError("the handshake is finished: split it")
        return self._pattern.steps[self._messages]

    def _say(self, token: _Token) -> bytes:
        """Carry out one token of our message; the bytes that it puts there."""
        match token:
            case _Token.E:
                public = public_of(self._ephemeral)
                self._mix_ephemeral(public)
                return public
            case _Token.S:
                return self._symmetric.seal(public_of(self._static))
            case _:
                self._mix_secret(token)
                return b""

    def _hear(self, token: _Token, rest: bytes) -> bytes:
        """Carry out one token of the peer's message; what is left of the message after it."""
        match token:
            case _Token.E:
                self._remote_ephemeral = rest[:KEY_BYTES]
                self._mix_ephemeral(self._remote_ephemeral)
                return rest[KEY_BYTES:]
            case _Token.S:
                self._remote_static = self._symmetric.open(rest[:_SEALED_KEY_BYTES])
                return rest[_SEALED_KEY_BYTES:]
            case _:
                self._mix_secret(token)
                return rest

    def _mix_ephemeral(self, public: bytes) -> None:
        self._symmetric.mix_hash(public)
        if self._psk:
            # The same psk must not lead to the same key twice (Noise 34, section 9.2).
            self._symmetric.mix_key(public)

    def _mix_secret(self, token: _Token) -> None:
        """Mix in what both ends know: the psk, or an agreement between two of the four keys."""
        if token is _Token.PSK:
            self._symmetric.mix_key_and_hash(self._psk)
            return
        # The first letter names the initiator's key, the second the responder's.
        letters = token.value if self._role is Role.INITIATOR else token.value[::-1]
        ours = self._static if letters[0] == "s" else self._ephemeral
        theirs = self._remote_static if letters[1] == "s" else self._remote_ephemeral
        self._symmetric.mix_key(agree(ours, theirs))
