"""How a need, an offer and a neighbour look as rows of a list."""

from __future__ import annotations

from typing import Final

from node.api.views import EntryView, NeighbourView, WaitingView
from node.wording import _
from tui import telling, wording, wording_halls
from tui.clock import Clock
from tui.widgets.ledger import Line, Piece, Row

REF_CELLS: Final = 11
"""`N-417-K` and a gap; the state stands under it."""

TEXT_CHARACTERS_MAX: Final = 200
"""No row is wider than any screen that we know of."""

WAITING_CELLS_MAX: Final = 58
"""What 80 columns leave for references beside the words before them."""

SEPARATOR: Final = " · "


def entry_row(entry: EntryView, clock: Clock, *, marked: bool = False) -> Row:
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
    return Row(entry.ref, (first, _standing_line(entry, clock)), marked)


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
    return Line((state, *joined(pieces)), (Piece(progress, "good"),) if progress else ())


def entry_progress(entry: EntryView) -> str:
    """How far it got, and that it was passed on; what is promised says that by itself."""
    so_far = telling.so_far(entry.received, entry.promised, entry.qty)
    if entry.overflows and entry.received:
        return _(wording.PASSED_SO_FAR).format(so_far=so_far)
    return so_far or (_(wording.PASSED) if entry.overflows else "")


def joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """The pieces that say something, with a dot between them."""
    saying = [piece for piece in pieces if piece.text]
    dotted = (Piece(SEPARATOR + piece.text, piece.role) for piece in saying[1:])
    return (*saying[:1], *dotted)


def neighbour_row(neighbour: NeighbourView, clock: Clock) -> Row:
    """Name and state, then path and when they were last heard, then what waits for them."""
    refs = telling.some([waiting_said(each) for each in neighbour.waiting_for], WAITING_CELLS_MAX)
    waits = _(wording.WAITING_FOR_THEM).format(refs=refs) if refs else ""
    records = neighbour.waiting > 0 and not refs
    waiting = _(wording.WAITING_ITEMS).format(n=neighbour.waiting) if records else ""
    pieces = [
        Piece(telling.told(neighbour.area, 60), "quiet"),
        Piece(path_said(neighbour), "quiet"),
        Piece(telling.heard(neighbour.last_heard_ms, clock), "quiet"),
    ]
    return Row(
        neighbour.group_id,
        (
            Line(
                joined(
                    [
                        Piece(telling.told(neighbour.name, 80), "strong"),
                        Piece(
                            _(wording_halls.CONTRADICTS) if neighbour.contradicts else "", "mark"
                        ),
                    ]
                ),
                (Piece(telling.state(neighbour.state), "good" if neighbour.path else "mark"),),
            ),
            Line(joined(pieces), (Piece(waiting, "mark"),) if waiting else ()),
            *((Line((Piece(waits, "mark"),)),) if waits else ()),
        ),
    )


def waiting_said(waiting: WaitingView) -> str:
    """`NG V-12-K`, `details for ML P-6-C`."""
    ref = telling.told(waiting.ref, telling.REF_CHARACTERS_MAX)
    return _(wording.DETAILS_FOR).format(ref=ref) if waiting.details else ref


def path_said(neighbour: NeighbourView) -> str:
    """By what path we hear them."""
    if neighbour.path is None:
        return _(wording.NO_PATH)
    said = wording.PATHS.get(neighbour.path)
    return telling.told(neighbour.path, 20) if said is None else _(said)
