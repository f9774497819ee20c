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
    UndoneView,
)
from node.cli import plain, wording
from node.cli.asking import confirm
from node.cli.output import Output, listing, output
from node.cli.parser import CommandLine
from node.cli.session import Session
from node.desk.events import Did
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
        (plain.when(each.at_ms), _by(each), _did(each), each.ref, _what(each)) for each in happened
    ]
    return listing(happened, plain.table(head, rows))


def _by(happened: HappenedView) -> str:
    return wording.BY_ITSELF if happened.by_itself else happened.by


def _did(happened: HappenedView) -> str:
    did = _(happened.did)
    return wording.TAKEN_BACK.format(did=did) if happened.undone else did


def _what(happened: HappenedView) -> str:
    """And when it was, where it was written down later."""
    if happened.said_ms is None:
        return happened.what
    text = wording.SAID_THEN if happened.did == Did.ADDED else wording.HAPPENED_THEN
    then = text.format(when=plain.when(happened.said_ms))
    return ", ".join(each for each in (happened.what, then) if each)


def undo(given: Namespace, session: Session) -> Output:
    undone = session.ask(Undo())
    refs = _first_of(undone.refs, undone.count)
    at, did = plain.when(undone.at_ms), _(undone.did)
    lines = [_undone(undone).format(did=did, refs=refs, at=at, accepted=undone.accepted)]
    if undone.stays:
        lines.append(wording.UNDONE_STAYS.format(refs=plain.names(undone.stays)))
    if undone.erased:
        lines.append(wording.ERASED.format(refs=plain.names(undone.erased)))
    if undone.unmarked:
        lines.append(wording.UNDONE_UNMARKED.format(refs=plain.names(undone.unmarked)))
    if undone.kept_quiet:
        lines.append(wording.UNDONE_KEPT_QUIET.format(refs=plain.names(undone.kept_quiet)))
    if undone.left:
        everything = f"{undone.count + undone.left_count:,}"
        left = _first_of(undone.left, undone.left_count)
        count = f"{undone.left_count:,}"
        lines.append(wording.UNDONE_LEFT.format(left=count, all=everything, refs=left))
    return output(undone, *lines)


def _undone(undone: UndoneView) -> str:
    if undone.was_over:
        return wording.UNDONE_WAS_OVER
    if undone.accepted is not None:
        return wording.UNDONE_ACCEPTED
    return wording.UNDONE_WITHDRAWN if undone.withdrawn else wording.UNDONE


def _first_of(refs: tuple[str, ...], count: int) -> str:
    """The references that are told, and how many more there are."""
    names = plain.names(refs)
    if count <= len(refs):
        return names
    return wording.REFS_AND_MORE.format(refs=names, count=f"{count - len(refs):,}")


def forget(given: Namespace, session: Session) -> Output:
    ref = " ".join(given.ref)
    preview = session.ask(PreviewForget(ref))
    confirm(_plan(preview), wording.FORGET_QUESTION, yes=session.yes)
    forgotten = session.ask(Forget(ref, (preview.ref, *preview.also)))
    refs = plain.names((forgotten.ref, *forgotten.also))
    text = wording.FORGOTTEN_BUT if forgotten.traces_left else wording.FORGOTTEN
    return output(forgotten, text.format(refs=refs), *_perhaps(forgotten))


def _plan(preview: ForgetView) -> list[str]:
    """What goes, what stays, and what ends with it."""
    plan = [wording.FORGET_PLAN.format(ref=inert(preview.ref))]
    if preview.also:
        plan.append(wording.FORGET_ALSO.format(refs=plain.names(preview.also)))
    if preview.closes:
        plan.append(wording.FORGET_CLOSES.format(refs=plain.names(preview.closes)))
    if preview.jobs:
        plan.append(wording.FORGET_JOBS.format(refs=plain.names(preview.jobs)))
    return [*plan, *_perhaps(preview), wording.FORGET_STAYS]


def _perhaps(view: ForgetView) -> list[str]:
    """What people have to look at themselves."""
    refs = _first_of(view.perhaps, view.perhaps_count)
    return [wording.FORGET_PERHAPS.format(refs=refs)] if refs else []
