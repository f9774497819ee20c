"""Values of options that were typed empty.

To the node an empty value means "not said". Typed on a command line it is more likely a script's
empty variable, and must not silently mean 1, for ever, or the hall's own address.
"""

from __future__ import annotations

from node.cli import wording
from node.cli.output import NotDone
from node.cli.parser import shortened
from node.refusal import Refused, Why
from protocol.limits import REACH_MAX


def quantity(typed: str | None) -> str:
    return _said(typed, Refused(Why.QUANTITY_NOT_A_NUMBER, given=""))


def time(typed: str | None) -> str:
    return _said(typed, Refused(Why.TIME_UNREADABLE, given=""))


def hours(typed: str | None, limit: int) -> str:
    return _said(typed, Refused(Why.HOURS_OUT_OF_RANGE, given="", limit=limit))


def address(typed: str | None) -> str | None:
    return _said(typed, Refused(Why.ADDRESS_UNREADABLE, given="")) or None


def hall_name(typed: str) -> str:
    return _said(typed, Refused(Why.NAME_EMPTY))


def words(typed: str | None) -> str:
    return _said(typed, Refused(Why.TEXT_EMPTY))


def hops(typed: str | None) -> int | None:
    """Raises NotDone where it is none of 1, 2, 3."""
    if typed is None:
        return None
    allowed = {str(count): count for count in range(1, REACH_MAX + 1)}
    if typed.strip() not in allowed:
        raise NotDone(wording.HOPS.format(given=shortened(typed)))
    return allowed[typed.strip()]


def _said(typed: str | None, empty: Refused) -> str:
    """What was typed, `""` where nothing was said. Raises `empty` for a blank."""
    if typed is None:
        return ""
    if not typed.strip():
        raise empty
    return typed
