"""`hallway history`, `hallway undo` and `hallway forget`."""

from __future__ import annotations

from argparse import Namespace

from node.api.history import (
    Forget,
    ForgetView,
    HappenedView,
    PreviewForget,
    ShowHistory,
    Undo,
)
from node.cli import plain, wording
from node.cli.asking import confirm
from node.cli.output import Output, listing, output
from node.cli.parser import CommandLine
from node.cli.session import Session
from node.desk.text import inert
from node.wording import _


def add_commands(line: CommandLine) -> None:
    line.add("history", history, "ref+")
    line.add("undo", undo)
    line.add("forget", forget, "ref+")


def history(given: Namespace, session: Session) -> Output:
    happened = session.ask(ShowHistory(" ".join(given.ref)))
    head = (_("WHEN"), _("BY"), _("DID"), _("WITH"), _("WHAT"))
    rows = [
        (plain.when(each.at_ms), _by(each), _did(each), each.ref, each.what) for each in happened
    ]
    return listing(happened, plain.table(head, rows))


def _by(happened: HappenedView) -> str:
    return wording.BY_ITSELF if happened.by_itself else happened.by


def _did(happened: HappenedView) -> str:
    did = _(happened.did)
    return wording.TAKEN_BACK.format(did=did) if happened.undone else did


def undo(given: Namespace, session: Session) -> Output:
    undone = session.ask(Undo())
    text = wording.UNDONE_WITHDRAWN if undone.withdrawn else wording.UNDONE
    refs = plain.names(undone.refs)
    return output(undone, text.format(did=_(undone.did), refs=refs, at=plain.when(undone.at_ms)))


def forget(given: Namespace, session: Session) -> Output:
    ref = " ".join(given.ref)
    preview = session.ask(PreviewForget(ref))
    confirm(_plan(preview), wording.FORGET_QUESTION, yes=session.yes)
    forgotten = session.ask(Forget(ref))
    refs = plain.names((forgotten.ref, *forgotten.also))
    return output(forgotten, wording.FORGOTTEN.format(refs=refs))


def _plan(preview: ForgetView) -> list[str]:
    """What goes, what stays, and what ends with it."""
    plan = [wording.FORGET_PLAN.format(ref=inert(preview.ref))]
    if preview.also:
        plan.append(wording.FORGET_ALSO.format(refs=plain.names(preview.also)))
    if preview.closes:
        plan.append(wording.FORGET_CLOSES.format(refs=plain.names(preview.closes)))
    return [*plan, wording.FORGET_STAYS]
