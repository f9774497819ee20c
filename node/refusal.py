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
    TIME_TO_COME = "time-to-come"
    TIME_TOO_FAR = "time-too-far"
    TIME_BEYOND_CALENDAR = "time-beyond-calendar"
    HOURS_OUT_OF_RANGE = "hours-out-of-range"
    CLOCK_UNREADABLE = "clock-unreadable"
    CLOCK_TOO_EARLY = "clock-too-early"
    CLOCK_SYNCHRONISED = "clock-synchronised"

    # References.
    REFERENCE_UNREADABLE = "reference-unreadable"
    REFERENCE_CHECK = "reference-check"
    REFERENCE_NOT_FOUND = "reference-not-found"
    REFERENCE_WRONG_KIND = "reference-wrong-kind"
    SLIP_NOT_PRINTED = "slip-not-printed"
    SLIP_USED = "slip-used"
    SLIPS_OUT_OF_RANGE = "slips-out-of-range"

    # Texts.
    NAME_EMPTY = "name-empty"
    TEXT_EMPTY = "text-empty"
    FIND_EMPTY = "find-empty"
    TEXT_TOO_LONG = "text-too-long"
    TEXT_CONTROL = "text-control"
    TEXT_NOT_UTF8 = "text-not-utf8"
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
    FOLDER_READ_ONLY = "folder-read-only"
    DISK_READ_ONLY = "disk-read-only"
    DISK_FULL = "disk-full"
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
    CONSENT_NO = "consent-no"
    IS_FORGOTTEN = "is-forgotten"
    IS_CLOSED = "is-closed"
    NOT_OPEN = "not-open"
    HAS_EXPIRED = "has-expired"
    UNKNOWN_NEED_REASON = "unknown-need-reason"
    UNKNOWN_OFFER_REASON = "unknown-offer-reason"
    UNKNOWN_WAITING_REASON = "unknown-waiting-reason"
    UNKNOWN_CHANNEL = "unknown-channel"
    DUPLICATE_OF_ITSELF = "duplicate-of-itself"
    WAITS_WITHOUT_DATE = "waits-without-date"
    EVERY_UNREADABLE = "every-unreadable"
    ALL_HAS_COME = "all-has-come"
    PROMISED_ALREADY = "promised-already"
    MERGE_ITSELF = "merge-itself"
    MERGE_OTHER_WAY = "merge-other-way"
    MERGE_BOTH_COUNTED_ON = "merge-both-counted-on"
    MATCH_OTHER_UNIT = "match-other-unit"
    MATCH_NOTHING_LEFT = "match-nothing-left"
    MATCH_TOO_MUCH = "match-too-much"
    MATCH_WRONG_STEP = "match-wrong-step"
    MATCHED_AS_IT_WAS = "matched-as-it-was"
    MATCH_ON_A_JOB = "match-on-a-job"
    JOB_EMPTY = "job-empty"
    HANDOVER_HOW_MUCH = "handover-how-much"
    HANDOVER_WHOLE_JOB = "handover-whole-job"
    HANDOVER_TOO_MUCH = "handover-too-much"
    HANDOVER_BACK_TOO_MUCH = "handover-back-too-much"
    HANDOVER_BETWEEN_HALLS = "handover-between-halls"
    UNDO_NOTHING = "undo-nothing"
    UNDO_BUILT_ON = "undo-built-on"
    UNDO_LEFT = "undo-left"
    UNDO_FORGOTTEN = "undo-forgotten"
    FORGET_CHANGED = "forget-changed"
    UNDO_PASSED_ON = "undo-passed-on"
    UNDO_PASSED_AS_IT_IS = "undo-passed-as-it-is"
    INITIALS_NOBODY_S = "initials-nobody-s"
    WRONG_STATE = "wrong-state"
    NOTHING_TO_PASS = "nothing-to-pass"
    SURPLUS_TOO_MUCH = "surplus-too-much"
    PASS_NEEDS_AND_OFFERS = "pass-needs-and-offers"
    PASS_MIXED = "pass-mixed"
    PASS_CHANGED = "pass-changed"
    PASS_TOO_LONG = "pass-too-long"
    PASSED_ON_AS_IT_WAS = "passed-on-as-it-was"
    HOPS_OUT_OF_RANGE = "hops-out-of-range"
    NEEDS_CONFIRMATION = "needs-confirmation"

    # Spreadsheets.
    SHEET_EMPTY = "sheet-empty"
    SHEET_NOT_TEXT = "sheet-not-text"
    SHEET_ENCODING_UNKNOWN = "sheet-encoding-unknown"
    SHEET_NO_HEADER = "sheet-no-header"
    SHEET_NO_CATEGORY = "sheet-no-category"
    SHEET_NO_TEXT = "sheet-no-text"
    SHEET_COLUMN_UNKNOWN = "sheet-column-unknown"
    SHEET_COLUMN_TWICE = "sheet-column-twice"
    SHEET_FIELD_UNKNOWN = "sheet-field-unknown"
    SHEET_LINE_TOO_LONG = "sheet-line-too-long"
    SHEET_QUOTE_OPEN = "sheet-quote-open"
    SHEET_ROW_TOO_LONG = "sheet-row-too-long"
    SHEET_FORMULA = "sheet-formula"
    SHEET_DATE_UNCLEAR = "sheet-date-unclear"
    SHEET_FLAG_UNCLEAR = "sheet-flag-unclear"
    SHEET_KIND_UNKNOWN = "sheet-kind-unknown"
    SHEET_BOTH_KINDS = "sheet-both-kinds"
    SHEET_CATEGORY_EMPTY = "sheet-category-empty"
    SHEET_CATEGORY_UNKNOWN = "sheet-category-unknown"
    SHEET_UNIT_UNKNOWN = "sheet-unit-unknown"
    SHEET_TIME_DROPPED = "sheet-time-dropped"
    SHEET_SAID_DROPPED = "sheet-said-dropped"
    SHEET_CHANNEL_DROPPED = "sheet-channel-dropped"
    SHEET_LETTERS_LOST = "sheet-letters-lost"
    SHEET_QUANTITY_ABOUT = "sheet-quantity-about"
    SHEET_PHONE_CUT = "sheet-phone-cut"
    SHEET_MADE_QUIET = "sheet-made-quiet"

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
