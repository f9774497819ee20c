"""`hallway round …`: who to ask "still needed?", and what they said."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from node.api.decay import CallView, ListRound, RoundView, SayGone, SayStill
from node.cli import plain, wording
from node.cli.output import Output, listing, output
from node.cli.parser import CommandLine, Misused
from node.cli.session import Session
from node.desk.text import inert
from node.wording import _, ngettext


def add_commands(line: CommandLine) -> None:
    line.add("round", go_round, "ref*", "--still", "--gone")


def go_round(given: Namespace, session: Session) -> Output:
    ref = " ".join(given.ref)
    if given.still and given.gone:
        raise Misused(wording.STILL_OR_GONE)
    if not ref:
        if given.still or given.gone:
            raise Misused(wording.ROUND_WHOSE)
        return _listed(session.ask(ListRound()))
    if given.still:
        call = session.ask(SayStill(ref))
        return output(call, wording.STILL.format(ref=inert(call.ref)))
    if given.gone:
        return _gone(session.ask(SayGone(ref)))
    raise Misused(wording.STILL_OR_GONE)


def _gone(call: CallView) -> Output:
    lines = [wording.CLOSED.format(ref=inert(call.ref), because=inert(call.because or ""))]
    if call.also_changed:
        lines.append(wording.ALSO_CHANGED.format(refs=plain.names(call.also_changed)))
    return output(call, *lines)


def _listed(told: RoundView) -> Output:
    return listing(told.calls, _lines(told))


def _lines(told: RoundView) -> Iterator[str]:
    yield from _table(told.calls) if told.calls else [wording.NOBODY_TO_ASK]
    if told.quiet:
        yield ngettext(*wording.QUIET_TO_ASK, told.quiet).format(count=told.quiet)
    if told.calls:
        yield wording.ROUND_NEXT


def _table(calls: tuple[CallView, ...]) -> list[str]:
    head = (_("REF"), _("LAST HEARD"), _("WHAT"), _("WHO"), _("WHEN TO RING"), _("BY"), _("LAPSES"))
    rows = [
        (
            f"{call.ref} !" if call.danger else call.ref,
            plain.when(call.waiting_since_ms),
            f"{plain.amount(call.qty, call.unit)}, {call.text}",
            ", ".join(filter(None, (call.contact, call.behalf, call.safe, call.languages))),
            call.ring,
            plain.when(call.by_ms),
            plain.when(call.lapses_ms),
        )
        for call in calls
    ]
    return plain.table(head, rows)
