"""What can be done with an overflow and its pledges, by the node's word; and why something cannot.

`can` of the views decides; nothing here reckons what is allowed. The tables, and whose desk does
what, only put into words why it is not: that is known here too, since `can` names no other desk.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from node.api.views import Act, OverflowView, PledgeView
from node.wording import _
from tui import keys, telling, ways, wording_halls


class Deed(StrEnum):
    """A key of the overflow screen that is about one pledge."""

    ANSWER = "answer"
    SEND = "on_its_way"
    RECEIVE = "received"
    RETRACT = "withdraw"


ACTS: Final = {
    Deed.ANSWER: frozenset({Act.ACCEPT, Act.DECLINE, Act.RELEASE}),
    Deed.SEND: frozenset({Act.SEND}),
    Deed.RECEIVE: frozenset({Act.RECEIVE}),
    Deed.RETRACT: frozenset({Act.RETRACT}),
}
"""A deed can be done where one of these can."""

OVERFLOW_ACTS: Final = {
    "pledge": Act.PLEDGE,
    "resize": Act.RESIZE,
    "renew": Act.RENEW,
    "withdraw": Act.WITHDRAW,
}
"""The keys that are about the overflow itself, by their action."""

WHY_NOT: Final = {
    (Deed.ANSWER, "received"): wording_halls.ALL_CAME,
    (Deed.ANSWER, "withdrawn"): wording_halls.WAS_WITHDRAWN,
    (Deed.SEND, "offered"): wording_halls.UNANSWERED,
    (Deed.RECEIVE, "offered"): wording_halls.UNANSWERED,
    (Deed.RETRACT, "sent"): wording_halls.TOO_LATE_TO_RETRACT,
    (Deed.RETRACT, "received"): wording_halls.ALL_CAME,
}
"""Why a deed cannot be done with a pledge that stands there."""

MOVED: Final = {
    "sent": wording_halls.ON_ITS_WAY_ALREADY,
    "received": wording_halls.HAS_COME,
}
"""Why nobody's desk can say any more that a pledge which stands there is on its way."""

WHY_OVER: Final = {
    "not needed": wording_halls.WAS_DECLINED,
    "withdrawn": wording_halls.WAS_WITHDRAWN,
    "lapsed": wording_halls.HAS_LAPSED,
    "fell through": wording_halls.FELL_THROUGH,
}
"""Why nothing at all can be done with a pledge that stands there."""


def able(overflow: OverflowView, deed: Deed) -> list[PledgeView]:
    """The pledges of `overflow` with which `deed` can be done."""
    return [pledge for pledge in overflow.pledges if is_able(pledge, deed)]


def is_able(pledge: PledgeView, deed: Deed) -> bool:
    return not ACTS[deed].isdisjoint(pledge.can)


def keys_for(overflow: OverflowView) -> tuple[keys.Key, ...]:
    """The keys of everything about one that do something as it stands."""
    able_now = {action for action, act in OVERFLOW_ACTS.items() if act in overflow.can}
    able_now |= {deed.value for deed in Deed if able(overflow, deed)}
    return tuple(
        key
        for key in keys.ABOUT_OVERFLOW
        if key.action == "back" or keys.chosen_by(key) in able_now
    )


def why_not(overflow: OverflowView) -> str:
    """Why something cannot be done with the overflow itself."""
    ref = telling.told(overflow.ref, telling.REF_CHARACTERS_MAX)
    if overflow.state == ways.CLOSED:
        because = telling.because(overflow.because or overflow.state)
        return _(wording_halls.IS_CLOSED).format(ref=ref, because=because)
    if not overflow.ours:
        who = telling.who(overflow.origin, overflow.through)
        return _(wording_halls.NOT_OURS).format(hall=who)
    return _(wording_halls.NOT_NOW).format(ref=ref)


def why_no_pledge(overflow: OverflowView) -> str:
    """Why nothing can be pledged for it."""
    if overflow.ours:
        return _(wording_halls.NOT_THEIRS)
    if overflow.state == ways.CLOSED:
        return why_not(overflow)
    ref = telling.told(overflow.ref, telling.REF_CHARACTERS_MAX)
    return _(wording_halls.NOT_NOW).format(ref=ref)


def why_not_deed(overflow: OverflowView, pledge: PledgeView | None, deed: Deed) -> str:
    """Why `deed` cannot be done: with `pledge`, or with anything under `overflow`."""
    if deed is Deed.ANSWER and not overflow.ours:
        return _only_theirs_answers(overflow)
    if pledge is None and len(overflow.pledges) == 1:
        pledge = overflow.pledges[0]
    if pledge is None:
        return _why_none(overflow, deed)
    if deed is Deed.SEND and pledge.state in MOVED:
        return _(MOVED[pledge.state])
    by_us = overflow.ours if _is_the_origins(deed, overflow) else pledge.ours
    if not by_us:
        return _(wording_halls.NOT_OURS).format(hall=_doer(overflow, pledge, deed))
    text = WHY_NOT.get((deed, pledge.state)) or WHY_OVER.get(pledge.state)
    if text is wording_halls.UNANSWERED and overflow.ours:
        text = wording_halls.ANSWER_FIRST
    if text is wording_halls.WAS_DECLINED and overflow.surplus:
        text = wording_halls.WAS_REFUSED
    if text is None or (overflow.state == ways.CLOSED and pledge.state in ("offered", "accepted")):
        return why_not(overflow)
    return _(text).format(hall=telling.who(overflow.origin, overflow.through))


def _only_theirs_answers(overflow: OverflowView) -> str:
    """Why no line of another hall's is answered here, and what can be done instead."""
    if Act.PLEDGE not in overflow.can:
        return why_not(overflow)
    said = wording_halls.ONLY_THEY_GIVE if overflow.surplus else wording_halls.ONLY_THEY_ANSWER
    return _(said).format(hall=telling.who(overflow.origin, overflow.through))


def _why_none(overflow: OverflowView, deed: Deed) -> str:
    """Why there is no pledge to do it with; where there are several, one is to be chosen."""
    if overflow.pledges:
        return _(wording_halls.CHOOSE_PLEDGE)
    if overflow.state == ways.CLOSED:
        return why_not(overflow)
    ours = (wording_halls.NO_PLEDGE_YET, wording_halls.NOBODY_ASKED_YET)
    theirs = (wording_halls.WE_PLEDGED_NOTHING, wording_halls.WE_ASKED_NOTHING)
    said = (ours if overflow.ours else theirs)[overflow.surplus]
    return _(said).format(ref=telling.told(overflow.ref, telling.REF_CHARACTERS_MAX))


def _is_the_origins(deed: Deed, overflow: OverflowView) -> bool:
    """Whether it is the origin that does this; of a surplus it sends, and the others receive.

    Only for the sentence that says who does it instead of us.
    """
    if deed is Deed.SEND:
        return overflow.surplus
    if deed is Deed.RECEIVE:
        return not overflow.surplus
    return deed is Deed.ANSWER


def _doer(overflow: OverflowView, pledge: PledgeView, deed: Deed) -> str:
    if _is_the_origins(deed, overflow):
        return telling.who(overflow.origin, overflow.through)
    return telling.who(pledge.by, pledge.through)
