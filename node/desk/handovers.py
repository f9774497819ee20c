"""Hand-overs: which match, and what besides, a quantity counts for, and what it leaves over.

What came goes to the matches first, the longest agreed first, and what is more to the need or the
offer itself. What did not come after all is taken back the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from node.desk.entries import CLOSED_STATES, NOTHING, Entry
from node.desk.matches import RESERVING, Match, MatchState
from protocol.ids import Thousandths


@dataclass(frozen=True, slots=True)
class Spread:
    """How much of one hand-over counts for which match, by reference, and for none.

    Less than zero is taken back. No match counts with zero.
    """

    matches: dict[str, Thousandths] = field(default_factory=dict)
    direct: Thousandths = NOTHING

    @property
    def total(self) -> Thousandths:
        return Thousandths(self.direct + sum(self.matches.values()))


def spread(qty: Thousandths, matches: Iterable[Match]) -> Spread:
    """`qty` came: `matches` are those of the need, or of the offer, the longest agreed first."""
    left: int = qty
    counted: dict[str, Thousandths] = {}
    for match in matches:
        share = Thousandths(min(left, match.reserved))
        if share:
            counted[match.ref] = share
            left -= share
    return Spread(counted, Thousandths(left))


def spread_back(
    qty: Thousandths, entry: Entry, matches: Iterable[Match], received: Mapping[str, Thousandths]
) -> Spread:
    """`qty` did not come, or was not given, after all: what counted for no match goes first, then
    what was handed over last.

    `received` is what has come of each need, and was given of each offer, by its reference: of one
    that comes again, no more is taken back than moved this time. The total may be less than was
    asked for.
    """
    direct = Thousandths(min(qty, entry.direct))
    left: int = qty - direct
    counted: dict[str, Thousandths] = {}
    still = dict(received)
    for match in sorted(matches, key=lambda each: each.moved_ms, reverse=True):
        share = Thousandths(min(left, match.moved, still[match.need], still[match.offer]))
        if share:
            counted[match.ref] = Thousandths(-share)
            for ref in (match.need, match.offer):
                still[ref] = Thousandths(still[ref] - share)
            left -= share
    return Spread(counted, Thousandths(-direct))


def not_needed(
    need: Entry,
    matches: Iterable[Match],
    came: Thousandths,
    moved: Mapping[str, Thousandths],
) -> tuple[str, ...]:
    """References of the matches that are free when `came` more has come to `need`.

    As soon as all has come, nothing that was only asked for or agreed is waited for any more, and
    nothing more of what moved just now (`moved`, by reference). Who is on the way otherwise still
    has to find the door: their match goes on.
    """
    if not 0 < need.outstanding <= came:
        return ()
    return tuple(
        each.ref
        for each in matches
        if each.state is MatchState.ASKED
        or (each.reserved > moved.get(each.ref, 0) and _waits(each, moved))
    )


def _waits(match: Match, moved: Mapping[str, Thousandths]) -> bool:
    return match.step is MatchState.AGREED or match.ref in moved


def is_free_again(
    match: Match,
    need: Entry,
    offer: Entry,
    back: Thousandths,
    elsewhere: Thousandths = NOTHING,
) -> bool:
    """Whether what is taken back of a match is not promised again by it: the desk has closed either
    side, or the offer has no more by now. `back` is more than zero, `elsewhere` lies with
    neighbours."""
    anew = promised_anew(match, back)
    is_closed = need.decided in CLOSED_STATES or offer.decided in CLOSED_STATES
    promised = offer.sums.reserved + elsewhere + anew
    return anew > 0 and (is_closed or promised > _outstanding(offer, back))


def promised_anew(match: Match, back: Thousandths) -> Thousandths:
    """What a match reserves again when `back` of it was not handed over after all."""
    if match.decided not in RESERVING | {MatchState.CONFIRMED}:
        return NOTHING
    return Thousandths(max(0, match.qty - match.moved + back) - match.reserved)


def _outstanding(offer: Entry, back: Thousandths) -> int:
    words = offer.words
    return words.qty if words.standing else max(0, words.qty - offer.received + back)
