"""`hallway need …` and `hallway offer …`."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from node.api.requests import AddEntry, CloseEntry, EditEntry, ListEntries, ShowEntry
from node.api.views import EntryView, Kind
from node.cli import plain, values, wording
from node.cli.output import Output, listing, output
from node.cli.parser import CommandLine, Misused
from node.cli.session import Session
from node.desk.text import inert
from node.wording import _

DETAILS = ("--qty", "--unit", "--zone", "--by", "--contact", "--note", "--consent", "--danger")
"""What may be said of a need or an offer besides its category and text."""


def add_commands(line: CommandLine) -> None:
    for kind in Kind:
        line.add(f"{kind} add", partial(add, kind), "category", "text", *DETAILS)
        line.add(f"{kind} list", partial(list_all, kind), "--all")
        line.add(f"{kind} show", partial(show, kind), "ref+")
        changes = ("--category", "--text", *DETAILS, "--no-danger")
        line.add(f"{kind} edit", partial(edit, kind), "ref+", *changes)
        line.add(f"{kind} close", partial(close, kind), "ref+", "--because!")


def add(kind: Kind, given: Namespace, session: Session) -> Output:
    entry = session.ask(
        AddEntry(
            kind=kind,
            category=given.category,
            text=given.text,
            qty=values.quantity(given.qty),
            unit=given.unit or "",
            zone=given.zone or "",
            by=values.time(given.by),
            contact=given.contact or "",
            note=given.note or "",
            consent=given.consent or "",
            danger=bool(given.danger),
        )
    )
    return output(entry, _told(wording.SAVED, entry))


def list_all(kind: Kind, given: Namespace, session: Session) -> Output:
    entries = session.ask(ListEntries(kind, closed=bool(given.closed)))
    if not entries:
        return listing((), [wording.NO_NEEDS if kind is Kind.NEED else wording.NO_OFFERS])
    return listing(entries, _table(entries))


def show(kind: Kind, given: Namespace, session: Session) -> Output:
    entry = session.ask(ShowEntry(kind, " ".join(given.ref)))
    return output(entry, *_lines(entry))


def edit(kind: Kind, given: Namespace, session: Session) -> Output:
    """Only what is named changes; an empty text clears a field that may be empty."""
    changes = EditEntry(
        kind=kind,
        ref=" ".join(given.ref),
        category=given.category,
        text=given.text,
        qty=values.quantity(given.qty) or None,
        unit=given.unit,
        zone=given.zone,
        by=given.by,
        contact=given.contact,
        note=given.note,
        consent=given.consent,
        danger=given.danger,
    )
    if changes == EditEntry(kind, changes.ref):
        raise Misused(wording.NOTHING_TO_EDIT.format(kind=kind))
    entry = session.ask(changes)
    return output(entry, _told(wording.EDITED, entry))


def close(kind: Kind, given: Namespace, session: Session) -> Output:
    entry = session.ask(CloseEntry(kind, " ".join(given.ref), given.because))
    because = inert(entry.because or given.because)
    lines = [wording.CLOSED.format(ref=inert(entry.ref), because=because)]
    if entry.also_changed:
        lines.append(wording.ALSO_CHANGED.format(refs=plain.names(entry.also_changed)))
    return output(entry, *lines)


def _told(text: str, entry: EntryView) -> str:
    return text.format(
        ref=inert(entry.ref),
        amount=plain.amount(entry.qty, entry.unit),
        category=inert(entry.category),
        text=inert(entry.text),
    )


def _table(entries: tuple[EntryView, ...]) -> list[str]:
    head = (
        _("REF"), _("STATE"), _("CATEGORY"), _("HOW MUCH"), _("TEXT"), _("BY"), _("ZONE"),
        _("RECEIVED"),
    )  # fmt: skip
    rows = [
        (
            entry.ref,
            _state(entry),
            entry.category,
            plain.amount(entry.qty, entry.unit),
            entry.text,
            plain.when(entry.by_ms),
            entry.zone,
            plain.part(entry.received, entry.qty),
        )
        for entry in entries
    ]
    return plain.table(head, rows)


def _state(entry: EntryView) -> str:
    """The state, and why where it is closed; danger to life is never missed."""
    state = f"{entry.state} ({entry.because})" if entry.because else entry.state
    if entry.overflows:
        state = _("{state}, passed on").format(state=state)
    return f"{state} !" if entry.danger else state


def _lines(entry: EntryView) -> list[str]:
    return plain.pairs(
        [
            (entry.ref, entry.text),
            ("", wording.URGENT if entry.danger else ""),
            (_("state"), _state(entry)),
            (_("category"), entry.category),
            (_("how much"), plain.amount(entry.qty, entry.unit)),
            (_("promised"), plain.part(entry.promised, entry.qty)),
            (_("received"), plain.part(entry.received, entry.qty)),
            (_("by"), plain.when(entry.by_ms)),
            (_("zone"), entry.zone),
            (_("contact"), entry.contact),
            (_("consent"), entry.consent),
            (_("note"), entry.note),
            (_("passed on"), ", ".join(entry.overflows)),
            (_("written"), f"{plain.when(entry.created_ms)} {entry.initials}".rstrip()),
        ]
    )
