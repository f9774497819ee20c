"""How a need, an overflow, a pledge and a neighbour look as rows of a list."""

from __future__ import annotations

from typing import Final

from node.api.views import EntryView, Kind, NeighbourView, OverflowView, PledgeView
from node.wording import _
from tui import telling, wording
from tui.clock import Clock
from tui.widgets.ledger import Line, Piece, Row

REF_CELLS: Final = 11
"""`N-417-K` and a gap; the state stands under it."""

SPOKEN_CELLS: Final = 12
"""`NG V-12-K` and a gap: the reference of an overflow names its hall."""

TEXT_CHARACTERS_MAX: Final = 200
"""No row is wider than any screen that we know of."""

SEPARATOR: Final = " · "


def entry_row(entry: EntryView, clock: Clock) -> Row:
    """Two lines: what it is and how much, then how it stands and what is missing."""
    danger = (Piece(f" {_(wording.DANGER)} ", "danger"), Piece(" ")) if entry.danger else ()
    first = Line(
        (
            Piece(telling.padded(telling.told(entry.ref, 12), REF_CELLS), "ref"),
            Piece(telling.padded(telling.told(entry.category, 3), 5), "quiet"),
            *danger,
            Piece(telling.told(entry.text, TEXT_CHARACTERS_MAX), "strong"),
        ),
        (Piece(telling.amount(entry.qty, entry.unit)),),
    )
    return Row(entry.ref, (first, _standing_line(entry, clock)))


def _standing_line(entry: EntryView, clock: Clock) -> Line:
    late = entry.by_ms is not None and entry.by_ms < clock.now_ms()
    pieces = [
        Piece(telling.by_when(entry.by_ms, clock), "mark" if late else "quiet"),
        Piece(telling.told(entry.zone, 40), "quiet"),
        Piece("" if entry.zone else _(wording.NO_ZONE), "mark"),
        Piece("" if entry.contact else _(wording.NO_CONTACT), "mark"),
    ]
    state = Piece(telling.padded(telling.state(entry.state), REF_CELLS), "quiet")
    progress = entry_progress(entry)
    return Line((state, *_joined(pieces)), (Piece(progress, "good"),) if progress else ())


def entry_progress(entry: EntryView) -> str:
    """How far a need got, and that it was passed on."""
    so_far = telling.so_far(entry.received, entry.promised, entry.qty)
    if not entry.overflows or entry.kind is Kind.OFFER:
        return so_far
    if entry.received:
        return so_far
    passed = wording.PASSED_SO_FAR if so_far else wording.PASSED
    return _(passed).format(n=telling.number(entry.promised), all=telling.number(entry.qty))


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """The pieces that say something, with a dot between them."""
    saying = [piece for piece in pieces if piece.text]
    dotted = (Piece(SEPARATOR + piece.text, piece.role) for piece in saying[1:])
    return (*saying[:1], *dotted)


def overflow_rows(overflows: tuple[OverflowView, ...], clock: Clock) -> tuple[Row, ...]:
    """Ours and theirs under their headings, each overflow with its pledges below it."""
    closed_last = sorted(overflows, key=lambda overflow: overflow.state == "closed")
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
    exercise = (
        (Piece(f" {_(wording.EXERCISE)} ", "danger"), Piece(" ")) if overflow.exercise else ()
    )
    first = Line(
        (
            Piece(telling.padded(telling.told(overflow.ref, 16), SPOKEN_CELLS), "ref"),
            Piece(telling.padded(telling.told(overflow.category, 3), 5), "quiet"),
            *exercise,
            Piece(telling.told(overflow.text, TEXT_CHARACTERS_MAX), "strong"),
        ),
        (Piece(telling.amount(overflow.qty, overflow.unit)),),
    )
    where = held(overflow) if overflow.ours else whence(overflow)
    pieces = [Piece(where, "quiet"), Piece(telling.by_when(overflow.by_ms, clock), "quiet")]
    state = Piece(telling.padded(telling.state(overflow.state), SPOKEN_CELLS), "quiet")
    progress = telling.so_far(overflow.received, overflow.accepted, overflow.qty)
    right = (Piece(progress, "good"),) if progress else ()
    return Row(overflow.id, (first, Line((state, *_joined(pieces)), right)))


def held(overflow: OverflowView) -> str:
    """Where ours has got to: held by a node is never said to be read by a person."""
    if overflow.held_by == 0:
        return _(wording.SAVED_HERE)
    if overflow.held_by == 1:
        return _(wording.REACHED_ONE)
    return _(wording.REACHED).format(n=overflow.held_by)


def whence(overflow: OverflowView) -> str:
    """Whose it is, and how far away they are when they are not next door."""
    hall = telling.told(overflow.origin, 40)
    if overflow.distance <= 1:
        return _(wording.FROM_HALL).format(hall=hall)
    return _(wording.FROM_FAR).format(hall=hall, n=overflow.distance)


def _pledge_row(pledge: PledgeView, overflow: OverflowView) -> Row:
    fresh = pledge.state == "offered" and overflow.ours
    lead = Piece(telling.padded("  └", 4), "quiet")
    line = Line(
        (lead, Piece(pledge_said(pledge, overflow), "strong" if fresh else "text")),
        (Piece(pledge_standing(pledge), "mark" if fresh else "good"),),
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


def pledge_said(pledge: PledgeView, overflow: OverflowView) -> str:
    """Who promises how much."""
    amount = telling.amount(pledge.qty, overflow.unit)
    if pledge.ours:
        return _(wording.WE_PLEDGED).format(amount=amount)
    return _(wording.THEY_PLEDGED).format(hall=telling.told(pledge.by, 40), amount=amount)


def pledge_standing(pledge: PledgeView) -> str:
    """Where a pledge stands, with the numbers that differ from what was promised."""
    said = [telling.state(pledge.state)]
    if pledge.accepted and pledge.accepted != pledge.qty:
        said.append(_(wording.ACCEPTED_SOME).format(n=telling.number(pledge.accepted)))
    if pledge.received:
        said.append(_(wording.RECEIVED_SOME).format(n=telling.number(pledge.received)))
    return SEPARATOR.join(said)


def neighbour_row(neighbour: NeighbourView, clock: Clock) -> Row:
    """Name and state, then path and when they were last heard."""
    waiting = _(wording.WAITING_ITEMS).format(n=neighbour.waiting) if neighbour.waiting > 0 else ""
    pieces = [
        Piece(telling.told(neighbour.area, 60), "quiet"),
        Piece(path_said(neighbour), "quiet"),
        Piece(telling.heard(neighbour.last_heard_ms, clock), "quiet"),
    ]
    return Row(
        neighbour.group_id,
        (
            Line(
                (Piece(telling.told(neighbour.name, 80), "strong"),),
                (Piece(telling.state(neighbour.state), "good" if neighbour.path else "mark"),),
            ),
            Line(_joined(pieces), (Piece(waiting, "mark"),) if waiting else ()),
        ),
    )


def path_said(neighbour: NeighbourView) -> str:
    """By what path we hear them."""
    if neighbour.path is None:
        return _(wording.NO_PATH)
    said = wording.PATHS.get(neighbour.path)
    return telling.told(neighbour.path, 20) if said is None else _(said)
