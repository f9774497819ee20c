"""Why a need or an offer is closed, or waits: the words that count, from how they were typed."""

from __future__ import annotations

from typing import Final

from node.desk.entries import MET, State, written
from node.desk.references import Kind
from node.refusal import Refused, Why

DUPLICATE_OF: Final = "duplicate of"
LAPSED: Final = "lapsed"
GONE: Final = "no longer needed"
NEED_REASONS: Final = (
    MET,
    "partly met",
    "done by others",
    GONE,
    "referred",
    "cannot help",
    DUPLICATE_OF,
    LAPSED,
)
OFFER_REASONS: Final = (State.USED_UP.value, State.WITHDRAWN.value)

NO_ANSWER: Final = "no answer"
UNTIL_A_DATE: Final = "until a date"
FOR_INFORMATION: Final = "for information"
WAITING_REASONS: Final = (NO_ANSWER, UNTIL_A_DATE, FOR_INFORMATION)


def closing_reason(kind: Kind, typed: str) -> str:
    """The reason that someone gave, as it is kept.

    Raises Refused with UNKNOWN_NEED_REASON or UNKNOWN_OFFER_REASON; for what is no need of ours
    that it could be a duplicate of, like `written`.
    """
    reason = _plain(typed)
    known = OFFER_REASONS if kind is Kind.OFFER else NEED_REASONS
    if reason in known and reason != DUPLICATE_OF:
        return reason
    if kind is Kind.NEED and reason.startswith(DUPLICATE_OF):
        return _duplicate_reason(reason.removeprefix(DUPLICATE_OF))
    why = Why.UNKNOWN_OFFER_REASON if kind is Kind.OFFER else Why.UNKNOWN_NEED_REASON
    raise Refused(why, given=typed)


def _duplicate_reason(of: str) -> str:
    if not of.strip():
        return DUPLICATE_OF
    return f"{DUPLICATE_OF} {written(of, Kind.NEED)}"


def duplicate_of(reason: str) -> str | None:
    """The reference in a reason as it is kept, of what it is a duplicate of; None: it says none."""
    return reason.removeprefix(DUPLICATE_OF).strip() or None if DUPLICATE_OF in reason else None


def waiting_reason(typed: str, until_ms: int | None) -> str:
    """What a need waits for; without a word, a date or somebody who did not answer.

    Raises Refused(UNKNOWN_WAITING_REASON), or WAITS_WITHOUT_DATE.
    """
    reason = _plain(typed)
    if not reason:
        return NO_ANSWER if until_ms is None else UNTIL_A_DATE
    for known in WAITING_REASONS:
        if reason in {known, known.split()[-1]}:
            if known == UNTIL_A_DATE and until_ms is None:
                raise Refused(Why.WAITS_WITHOUT_DATE)
            return known
    raise Refused(Why.UNKNOWN_WAITING_REASON, given=typed, known=", ".join(WAITING_REASONS))


def _plain(typed: str) -> str:
    return " ".join(typed.casefold().split())
