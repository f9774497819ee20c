"""`hallway pass`: shows the exact words that would leave the hall, asks, and passes them on."""

from __future__ import annotations

from argparse import Namespace

from node.api.requests import PassOn, PreviewPass
from node.api.views import OverflowView, PassPreview
from node.cli import plain, values, wording
from node.cli.asking import confirm
from node.cli.output import NotDone, Output, output
from node.cli.overflow_lines import by_label
from node.cli.parser import CommandLine, shortened
from node.cli.session import Session
from node.desk.text import inert
from node.wording import _, ngettext
from protocol.limits import HOUR_MS, LIFETIME_MS_MAX

HOURS_MAX = LIFETIME_MS_MAX // HOUR_MS


def add_commands(line: CommandLine) -> None:
    line.add("pass", pass_on, "refs+", "--qty", "--hops", "--for", "--text", "--exercise")


def pass_on(given: Namespace, session: Session) -> Output:
    """Raises NotDone for words that look personal: those need other words, not a yes."""
    preview = session.ask(
        PreviewPass(
            refs=tuple(given.refs),
            qty=values.quantity(given.qty),
            hops=values.hops(given.hops),
            hours=values.hours(given.hours, HOURS_MAX),
            text=values.words(given.text),
            exercise=bool(given.exercise),
        )
    )
    if preview.personal:
        pieces = ", ".join(f"“{shortened(piece)}”" for piece in preview.personal)
        raise NotDone(wording.PASS_PERSONAL.format(pieces=pieces))
    confirm(plan(preview), wording.PASS_QUESTION, yes=session.yes)
    overflow = session.ask(_approved(given, preview))
    return output(overflow, *_passed(overflow))


def _approved(given: Namespace, preview: PassPreview) -> PassOn:
    """The same request again; the node refuses it when other words would leave by now."""
    return PassOn(
        refs=tuple(given.refs),
        approval=preview.approval,
        qty=values.quantity(given.qty),
        hops=values.hops(given.hops),
        hours=values.hours(given.hours, HOURS_MAX),
        text=values.words(given.text),
        exercise=bool(given.exercise),
    )


def plan(preview: PassPreview) -> list[str]:
    """What would leave, and to whom."""
    told = plain.pairs(
        [
            (_("text"), preview.text),
            (_("category"), preview.category),
            (_("how much"), plain.amount(preview.qty, preview.unit)),
            (by_label(surplus=preview.surplus), plain.when(preview.by_ms)),
            (_("urgency"), preview.urgency),
            (_("area"), preview.area),
        ]
    )
    head = wording.PASS_PLAN_SURPLUS if preview.surplus else wording.PASS_PLAN
    lines = [head, *(f"  {line}" for line in told), _reach(preview)]
    lines.append(wording.PASS_UNTIL.format(until=plain.when(preview.until_ms)))
    if preview.exercise:
        lines.append(wording.PASS_EXERCISE)
    if preview.one_person:
        lines.append(wording.PASS_ONE_PERSON.format(category=inert(preview.category)))
    return lines


def _reach(preview: PassPreview) -> str:
    if not preview.neighbours:
        return wording.PASS_TO_NOBODY
    text = wording.PASS_TO_NEXT if preview.hops == 1 else wording.PASS_TO
    return text.format(neighbours=plain.names(preview.neighbours), hops=preview.hops)


def _passed(overflow: OverflowView) -> list[str]:
    text = wording.PASSED_SURPLUS if overflow.surplus else wording.PASSED
    passed = text.format(
        ref=inert(overflow.ref),
        amount=plain.amount(overflow.qty, overflow.unit),
        category=inert(overflow.category),
        text=inert(overflow.text),
    )
    if not overflow.held_by:
        return [passed, wording.PASSED_WAITS]
    held = ngettext(*wording.PASSED_HELD, overflow.held_by).format(count=overflow.held_by)
    return [passed, held]
