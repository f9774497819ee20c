"""Why something that a person asked for cannot be done.

The desk's rules, the store and the services raise `Refused` with a reason and the facts; the
sentence that a person reads is made from both in `node.wording`.
"""

from enum import StrEnum


class Why(StrEnum):
    """One member for each reason; the value is the code in logs and on the control socket."""

    # Categories, units, quantities.
    UNKNOWN_CATEGORY = "unknown-category"
    UNKNOWN_UNIT = "unknown-unit"
    QUANTITY_NOT_A_NUMBER = "quantity-not-a-number"
    QUANTITY_NOT_POSITIVE = "quantity-not-positive"
    QUANTITY_TOO_LARGE = "quantity-too-large"
    QUANTITY_TOO_FINE = "quantity-too-fine"
    QUANTITY_OTHER_UNIT = "quantity-other-unit"
    QUANTITY_UNCLEAR = "quantity-unclear"

    # Times.
    TIME_UNREADABLE = "time-unreadable"
    TIME_PAST = "time-past"
    TIME_TOO_FAR = "time-too-far"
    HOURS_OUT_OF_RANGE = "hours-out-of-range"
    CLOCK_UNREADABLE = "clock-unreadable"
    CLOCK_TOO_EARLY = "clock-too-early"
    CLOCK_SYNCHRONISED = "clock-synchronised"

    # References.
    REFERENCE_UNREADABLE = "reference-unreadable"
    REFERENCE_CHECK = "reference-check"
    REFERENCE_NOT_FOUND = "reference-not-found"
    REFERENCE_WRONG_KIND = "reference-wrong-kind"

    # Texts.
    NAME_EMPTY = "name-empty"
    TEXT_EMPTY = "text-empty"
    TEXT_TOO_LONG = "text-too-long"
    TEXT_CONTROL = "text-control"
    TEXT_MARKUP = "text-markup"
    TEXT_PERSONAL = "text-personal"

    # Pairing codes.
    CODE_UNREADABLE = "code-unreadable"
    CODE_MISTYPED = "code-mistyped"
    CODE_USED = "code-used"
    CODE_EXPIRED = "code-expired"
    CODE_UNKNOWN = "code-unknown"
    CODE_OWN = "code-own"
    CODE_BROKE_OFF = "code-broke-off"
    CODE_UNANSWERED = "code-unanswered"

    # The data folder and the running node.
    FOLDER_NOT_A_HALL = "folder-not-a-hall"
    FOLDER_NOT_READABLE = "folder-not-readable"
    FOLDER_NOT_WRITABLE = "folder-not-writable"
    FOLDER_DAMAGED = "folder-damaged"
    FOLDER_NEWER = "folder-newer"
    FOLDER_IS_A_HALL = "folder-is-a-hall"
    FOLDER_EMPTY = "folder-empty"
    FOLDER_BUSY = "folder-busy"
    DISK_FAILED = "disk-failed"
    NODE_RUNNING = "node-running"
    NODE_NOT_STARTING = "node-not-starting"
    NODE_BUG = "node-bug"
    NODE_OTHER_VERSION = "node-other-version"
    NODE_NOT_ANSWERING = "node-not-answering"
    ADDRESS_UNREADABLE = "address-unreadable"
    ADDRESS_NOT_OURS = "address-not-ours"
    PORT_TAKEN = "port-taken"

    # The board.
    IS_CLOSED = "is-closed"
    HAS_EXPIRED = "has-expired"
    UNKNOWN_NEED_REASON = "unknown-need-reason"
    UNKNOWN_OFFER_REASON = "unknown-offer-reason"
    WRONG_STATE = "wrong-state"
    NOTHING_TO_PASS = "nothing-to-pass"
    PASS_NEEDS_AND_OFFERS = "pass-needs-and-offers"
    PASS_MIXED = "pass-mixed"
    PASS_CHANGED = "pass-changed"
    PASS_TOO_LONG = "pass-too-long"
    PASSED_ON_AS_IT_WAS = "passed-on-as-it-was"
    HOPS_OUT_OF_RANGE = "hops-out-of-range"
    NEEDS_CONFIRMATION = "needs-confirmation"

    # Between halls.
    DETAILS_WITHOUT_CONSENT = "details-without-consent"
    ACCEPT_MORE_THAN_PLEDGED = "accept-more-than-pledged"
    ACCEPT_TOO_MUCH = "accept-too-much"
    GIVE_TOO_MUCH = "give-too-much"
    ASKED_BELOW_ACCEPTED = "asked-below-accepted"
    GIVEN_BELOW_ACCEPTED = "given-below-accepted"
    CONDITION_NO_ROOM = "condition-no-room"
    PLEDGES_FULL = "pledges-full"
    PLEDGED_OFTEN = "pledged-often"
    PLEDGE_OWN = "pledge-own"
    NOT_OURS = "not-ours"
    OTHER_DEVICE = "other-device"
    SEAL_KEY_UNKNOWN = "seal-key-unknown"
    NEIGHBOURS_FULL = "neighbours-full"
    SIGNED_TWICE = "signed-twice"
    SIGNED_TWICE_HERE = "signed-twice-here"
    PEERING_NOT_COUNTED = "peering-not-counted"
    NODE_NEEDED = "node-needed"
    NAME_AMBIGUOUS = "name-ambiguous"
    REFERENCE_AMBIGUOUS = "reference-ambiguous"
    NOT_A_NEIGHBOUR = "not-a-neighbour"


class Refused(Exception):
    """What a person asked for cannot be done; nothing was changed.

    `facts` are the named fields of the reason's sentence. `str()` is for logs, never for people.
    """

    def __init__(self, why: Why, **facts: str | int | float) -> None:
        told = " ".join(f"{name}={value!r}" for name, value in facts.items())
        super().__init__(f"{why.value} {told}".rstrip())
        self.why = why
        self.facts = facts
