"""What can go wrong in the protocol, told apart by whose fault it is.

The texts of these exceptions go to the log. They name the rule that was broken and never carry
keys, payloads or anything else that a peer or a person meant to keep private.
"""


class ProtocolError(Exception):
    """Something went against the protocol; the subclasses say whose fault it is."""


class PeerError(ProtocolError):
    """The peer broke the protocol: drop what it sent, charge the peer."""


class LocalError(ProtocolError):
    """We asked for something the protocol forbids: a bug here."""


class NobodyToSealTo(LocalError):
    """None of a group's devices shows a key that a text can be sealed to.

    No bug where the keys come from a neighbour's cards: nothing can be sealed to that hall yet.
    """


class MalformedRecord(PeerError):
    """The bytes of a record are not in the one shape that records have."""


class BadSignature(PeerError):
    """A signature does not fit the bytes it stands under."""


class MalformedFrame(PeerError):
    """The plaintext of a frame is not a message of this protocol."""


class ChannelBroken(PeerError):
    """The encrypted channel failed: nothing more is read from it or written to it."""


class RuleBroken(PeerError):
    """Well-formed and authentic, but something a rule of the protocol forbids."""


class CarryError(ProtocolError):
    """A carry file that gives us nothing. No neighbour is charged: sticks go bad by themselves."""


class MalformedCarry(CarryError):
    """No whole block of a carry file is in it."""


class EmptyCarry(MalformedCarry):
    """There is not one byte in it."""


class LaterCarry(CarryError):
    """A later version of the program wrote it."""


class NotForUs(CarryError):
    """It is sealed to another group."""


class KeyGone(CarryError):
    """It is sealed to our group, but not under a key that this device has."""


class NoRoom(ProtocolError):
    """One link has brought as much as it may: this record is left out, and nobody is charged."""
