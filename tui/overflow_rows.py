"""How overflows and pledges look as rows of a list."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len

from node.api.views import OverflowView, PledgeView
from node.wording import _
from tui import telling, ways, wording
from tui.clock import Clock
from tui.rows import SEPARATOR, TEXT_CHARACTERS_MAX, joined
from tui.widgets.ledger import Line, Piece, Row

SPOKEN_CELLS: Final = 12
"""`NG V-12-K` and a gap: the reference of an overflow names its hall."""

LINE_CELLS_MAX: Final = 75
"""What a line holds on 80 columns; where a hall does not fit, it stands on a line of its own."""

HALL: Final = "\0"
"""Stands for the hall in a sentence of which the hall is the part that gives way."""


def overflow_rows(overflows: tuple[OverflowView, ...], clock: Clock) -> tuple[Row, ...]:
    """Ours and theirs under their headings, each overflow with its pledges below it."""
    closed_last = sorted(overflows, key=lambda overflow: overflow.state == ways.CLOSED)
    ours = [overflow for overflow in closed_last if overflow.ours]
    theirs = [overflow for overflow in closed_last if not overflow.ours]
    rows = [_heading(_(wording.OURS))]
    rows += _block(ours, clock) or [_quiet(_(wording.NO_OURS))]
    rows += [_gap(), _heading(_(wording.THEIRS))]
    rows += _block(theirs, clock) or [_quiet(_(wording.NO_THEIRS))]
    return tuple(rows)


def _heading(text: str) -> Row:
    return Row(None, (Line((Piece(text, "head"),)),))


def _quiet(text: str) -> Row:
    return Row(None, (Line((Piece(text, "quiet"),)),))


def _gap() -> Row:
    return Row(None, (Line(()),))


def _block(overflows: list[OverflowView], clock: Clock) -> list[Row]:
    rows: list[Row] = []
    for overflow in overflows:
        rows.append(_overflow_row(overflow, clock))
        rows += [_pledge_row(pledge, overflow) for pledge in overflow.pledges]
    return rows


def _overflow_row(overflow: OverflowView, clock: Clock) -> Row:
    first = Line(
        (
            Piece(telling.padded(telling.told(overflow.ref, 16), SPOKEN_CELLS), "ref"),
            Piece(telling.padded(telling.told(overflow.category, 3), 5), "quiet"),
            *_exercise(overflow),
            Piece(telling.told(overflow.text, TEXT_CHARACTERS_MAX), "strong"),
        ),
        (Piece(ways.amount_said(overflow), "good" if overflow.surplus else "text"),),
    )
    return Row(overflow.id, (first, *_standing(overflow, clock)))


def _exercise(overflow: OverflowView) -> tuple[Piece, ...]:
    """On everything that follows from an exercise."""
    if not overflow.exercise:
        return ()
    return Piece(f" {_(wording.EXERCISE)} ", "danger"), Piece(" ")


def _standing(overflow: OverflowView, clock: Clock) -> tuple[Line, ...]:
    """State, until when or why closed, where from or how far it got; and the numbers."""
    closed = overflow.state == ways.CLOSED
    when = telling.by_when(overflow.by_ms, clock)
    if closed:
        when = telling.because(overflow.because) if overflow.because else ""
    where = ways.got_to(overflow) if overflow.ours else ways.whence(overflow)
    alone = overflow.ours and not overflow.held_by and not closed
    state = Piece(telling.padded(telling.state(overflow.state), SPOKEN_CELLS), "quiet")
    progress = ways.so_far(overflow)
    right = (Piece(progress, "good"),) if progress else ()
    pieces = joined([Piece(when, "quiet"), Piece(where, "mark" if alone else "quiet")])
    cells = sum(cell_len(piece.text) for piece in (state, *pieces, *right))
    if len(pieces) < 2 or cells <= LINE_CELLS_MAX:
        return (Line((state, *pieces), right),)
    below = Piece(" " * SPOKEN_CELLS), Piece(where, pieces[1].role)
    return Line((state, pieces[0]), right), Line(below)


def _pledge_row(pledge: PledgeView, overflow: OverflowView) -> Row:
    fresh = pledge.state == ways.UNANSWERED and overflow.ours
    line = Line(
        (
            Piece(telling.padded("  └", 4), "quiet"),
            *_exercise(overflow),
            *_promise(pledge, overflow, "strong" if fresh else "text"),
        ),
        (Piece(pledge_standing(pledge, overflow), "mark" if fresh else "good"),),
    )
    more = [
        (_(wording.NOTE_TO_THEM) if pledge.ours else _(wording.NOTE_SHORT), pledge.note),
        (_(wording.DETAILS), pledge.details or ""),
        (_(wording.CONDITION), pledge.condition),
    ]
    notes = tuple(
        Line((Piece("      "), Piece(f"{label}: {telling.told(text)}", "quiet")))
        for label, text in more
        if text
    )
    return Row(pledge.id, (line, *notes))


def _promise(pledge: PledgeView, overflow: OverflowView, role: str) -> tuple[Piece, ...]:
    """Who promises how much, and how far ours got: a long name gives way to the amount."""
    before, _hall, after = _pledge_text(pledge, overflow, HALL).partition(HALL)
    who = telling.who(pledge.by, pledge.through) if _hall else ""
    got_to = ways.pledge_got_to(pledge)
    return (
        Piece(before, role),
        Piece(who, role, gives_way=True),
        Piece(after, role),
        Piece(SEPARATOR + got_to if got_to else "", "quiet"),
    )


def pledge_said(pledge: PledgeView, overflow: OverflowView) -> str:
    """Who promises how much, or of a surplus who asks for how much."""
    return _pledge_text(pledge, overflow, telling.who(pledge.by, pledge.through))


def _pledge_text(pledge: PledgeView, overflow: OverflowView, hall: str) -> str:
    amount = telling.amount(pledge.qty, overflow.unit)
    if pledge.ours:
        return _(wording.WE_ASKED if overflow.surplus else wording.WE_PLEDGED).format(amount=amount)
    said = wording.THEY_ASKED if overflow.surplus else wording.THEY_PLEDGED
    return _(said).format(hall=hall, amount=amount)


def pledge_standing(pledge: PledgeView, overflow: OverflowView) -> str:
    """Where a pledge stands, with the numbers that differ from what was promised."""
    said = [telling.pledge_state(pledge.state, surplus=overflow.surplus)]
    if pledge.accepted and pledge.accepted != pledge.qty:
        said.append(_(wording.ACCEPTED_SOME).format(n=telling.number(pledge.accepted)))
    if pledge.received and pledge.received != pledge.accepted:
        said.append(_(wording.RECEIVED_SOME).format(n=telling.number(pledge.received)))
    if pledge.state == "accepted" and len(said) > 1:
        # "15 accepted" says both.
        said = said[1:]
    return SEPARATOR.join(said)
