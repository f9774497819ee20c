"""`hallway need …` and `hallway offer …`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from functools import partial

from node.api.requests import (
    AddEntry,
    CloseEntry,
    EditEntry,
    LetWait,
    ListEntries,
    OpenEntry,
    ReadEntry,
    ShowEntry,
)
from node.api.views import EntryView, Kind
from node.cli import plain, values, wording
from node.cli.finding import alike_lines, quiet_lines
from node.cli.output import Output, listing, output
from node.cli.parser import CommandLine, Misused
from node.cli.session import Session
from node.desk.text import inert
from node.wording import _

DETAILS = (
    "--qty", "--unit", "--zone", "--by", "--contact", "--note", "--consent", "--danger",
    "--channel", "--behalf", "--household", "--diet", "--access", "--language", "--ring", "--safe",
    "--quiet", "--standing", "--every", "--limits",
)  # fmt: skip
"""What may be said of a need or an offer besides its category and text."""
ONCE = ("--at", "--slip", "--same-as")
"""What is said once, when it is written down."""
DESK = "desk"
PAGE = 1_000
"""Entries in one answer of the node: what others ask goes on in between."""
TAKEN_BACK = ("--no-danger", "--no-quiet", "--no-standing")


def add_commands(line: CommandLine) -> None:
    for kind in Kind:
        line.add(f"{kind} add", partial(add, kind), "category", "text", *DETAILS, *ONCE)
        line.add(f"{kind} list", partial(list_all, kind), "--all")
        line.add(f"{kind} show", partial(show, kind), "ref+")
        changes = ("--category", "--text", *DETAILS, *TAKEN_BACK)
        line.add(f"{kind} edit", partial(edit, kind), "ref+", *changes)
        line.add(f"{kind} close", partial(close, kind), "ref+", "--because!")
        line.add(f"{kind} open", partial(open_again, kind), "ref+", "--because", "--qty")
    line.add("need wait", wait, "ref+", "--because", "--until")


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
            channel=given.channel or "",
            at=values.time(given.at),
            behalf=given.behalf or "",
            household=given.household or "",
            diet=given.diet or "",
            access=given.access or "",
            languages=given.languages or "",
            ring=given.ring or "",
            safe=given.safe or "",
            quiet=bool(given.quiet),
            standing=bool(given.standing),
            every=given.every or "",
            limits=given.limits or "",
            slip=given.slip or "",
            same_as=given.same_as or "",
        )
    )
    # Late: what lists and shows does without.
    from node.cli.matches import candidate_lines  # noqa: PLC0415

    alike = alike_lines(kind, entry.ref, entry.looks_like)
    fitting = candidate_lines(entry.ref, entry.candidates)
    quiet, unsaid = quiet_lines(kind, entry), _unsaid(kind, entry)
    return output(entry, _told(wording.SAVED, entry), *quiet, *unsaid, *alike, *fitting)


def _unsaid(kind: Kind, entry: EntryView) -> list[str]:
    """What the desk asks for and nobody said, with how to add it."""
    if not entry.missing:
        return []
    options = " ".join(f"--{name} …" for name in entry.missing)
    told = _(" and ").join(_(name) for name in entry.missing)
    return [wording.UNSAID.format(missing=told, kind=kind, ref=inert(entry.ref), options=options)]


def list_all(kind: Kind, given: Namespace, session: Session) -> Output:
    entries = _all(kind, session, closed=bool(given.closed))
    if not entries:
        return listing((), [wording.NO_NEEDS if kind is Kind.NEED else wording.NO_OFFERS])
    return listing(entries, _table(entries))


def show(kind: Kind, given: Namespace, session: Session) -> Output:
    """To a person it counts as read; to a program it does not."""
    ref = " ".join(given.ref)
    entry = session.ask(ShowEntry(kind, ref) if given.json else ReadEntry(kind, ref))
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
        channel=given.channel,
        behalf=given.behalf,
        household=given.household,
        diet=given.diet,
        access=given.access,
        languages=given.languages,
        ring=given.ring,
        safe=given.safe,
        quiet=given.quiet,
        standing=given.standing,
        every=given.every,
        limits=given.limits,
    )
    if changes == EditEntry(kind, changes.ref):
        raise Misused(wording.NOTHING_TO_EDIT.format(kind=kind))
    entry = session.ask(changes)
    lines = [_told(wording.EDITED, entry), *quiet_lines(kind, entry)]
    if entry.state == "closed":  # so much of it is here already
        because = inert(entry.because or "")
        lines.append(wording.CLOSED.format(ref=inert(entry.ref), because=because))
    if entry.consent_ended:
        lines.append(wording.CONSENT_ENDED.format(kind=kind, ref=inert(entry.ref)))
    if entry.also_changed:
        lines.append(wording.ERASED.format(refs=plain.names(entry.also_changed)))
    return output(entry, *lines, *_overmatched(entry))


def _overmatched(entry: EntryView) -> Iterator[str]:
    """What its matches are to bring beyond what is asked for now, and how to let one go."""
    if not entry.to_let_go:
        return
    yield wording.OVERMATCHED.format(
        coming=plain.amount(sum(each.qty for each in entry.to_let_go), entry.unit),
        more=plain.amount(entry.overmatched, entry.unit),
        ref=inert(entry.to_let_go[0].ref),
    )
    for each in entry.to_let_go:
        ref, state = inert(each.ref), inert(each.state)
        amount = plain.amount(each.qty, entry.unit)
        yield "  " + wording.OVERMATCHED_BY.format(ref=ref, amount=amount, state=state)


def close(kind: Kind, given: Namespace, session: Session) -> Output:
    entry = session.ask(CloseEntry(kind, " ".join(given.ref), given.because))
    because = inert(entry.because or given.because)
    lines = [wording.CLOSED.format(ref=inert(entry.ref), because=because)]
    if entry.also_changed:
        lines.append(wording.ALSO_CHANGED.format(refs=plain.names(entry.also_changed)))
    return output(entry, *lines)


def open_again(kind: Kind, given: Namespace, session: Session) -> Output:
    ref, qty = " ".join(given.ref), values.quantity(given.qty)
    entry = session.ask(OpenEntry(kind, ref, given.because or "", qty))
    return output(entry, _told(wording.OPENED, entry), *quiet_lines(kind, entry))


def wait(given: Namespace, session: Session) -> Output:
    until = values.time(given.until)
    entry = session.ask(LetWait(" ".join(given.ref), given.because or "", until))
    told = plain.when(entry.until_ms) or inert(entry.because or "")
    return output(entry, wording.WAITS.format(ref=inert(entry.ref), until=told))


def _all(kind: Kind, session: Session, *, closed: bool) -> tuple[EntryView, ...]:
    """Page by page: a hall's whole history is more than one answer should hold."""
    found: list[EntryView] = []
    while True:
        page = session.ask(ListEntries(kind, closed, len(found), PAGE))
        found += page
        if len(page) < PAGE:
            return tuple(found)


def _told(text: str, entry: EntryView) -> str:
    return text.format(
        ref=inert(entry.ref),
        amount=plain.amount(entry.qty, entry.unit),
        category=inert(entry.category),
        text=inert(entry.text),
    )


def _table(entries: tuple[EntryView, ...]) -> Iterator[str]:
    """Made when it is printed: not where a document is wanted."""
    when = plain.times()
    head = (
        _("REF"), _("STATE"), _("CATEGORY"), _("HOW MUCH"), _("TEXT"), _("BY"), _("ZONE"),
        _given(entries[0].kind).upper(),
    )  # fmt: skip
    rows = [
        (
            entry.ref,
            _state(entry),
            entry.category,
            plain.amount(entry.qty, entry.unit),
            entry.text,
            when(entry.by_ms),
            entry.zone,
            plain.part(entry.received, entry.qty),
        )
        for entry in entries
    ]
    yield from plain.table(head, rows)


def _given(kind: Kind) -> str:
    """What came of a need went out of an offer."""
    return _("received") if kind is Kind.NEED else _("given")


def _state(entry: EntryView) -> str:
    """The state, and why where it is closed; danger to life is never missed."""
    says_more = entry.because and entry.because != entry.state
    state = f"{entry.state} ({entry.because})" if says_more else entry.state
    if entry.until_ms is not None:
        state = _("{state} until {time}").format(state=state, time=plain.when(entry.until_ms))
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
            (_given(entry.kind), plain.part(entry.received, entry.qty)),
            (_("by"), plain.when(entry.by_ms)),
            (_("zone"), entry.zone),
            (_("contact"), entry.contact),
            ("", wording.QUIET if entry.quiet else ""),
            (_("reach them by"), entry.safe),
            (_("ring back"), entry.ring),
            (_("spoken for by"), entry.behalf),
            (_("consent"), entry.consent),
            (_("household"), entry.household),
            (_("diet"), entry.diet),
            (_("access"), entry.access),
            (_("languages"), entry.languages),
            (_("limits"), entry.limits),
            (_("comes again"), _again(entry)),
            (_("note"), entry.note),
            (_("matched in"), ", ".join(entry.matches)),
            (_("passed on"), ", ".join(entry.overflows)),
            (_("missing"), ", ".join(_(name) for name in entry.missing)),
            (_("said"), _said(entry)),
            (_("written"), f"{plain.when(entry.written_ms)} {entry.initials}".rstrip()),
        ]
    )


def _again(entry: EntryView) -> str:
    if entry.standing:
        return _("after every hand-over, until it is closed")
    return _("every {period}").format(period=entry.every) if entry.every else ""


def _said(entry: EntryView) -> str:
    """How and when it came, where that is not what goes without saying."""
    when = "" if entry.created_ms == entry.written_ms else plain.when(entry.created_ms)
    channel = "" if entry.channel == DESK else _("by {channel}").format(channel=_(entry.channel))
    return f"{when} {channel}".strip()
