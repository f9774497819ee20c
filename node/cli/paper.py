"""`hallway print …`: paper, as plain text."""

from __future__ import annotations

from argparse import Namespace

from node.api.paper import PrintSlips, SlipsView
from node.api.views import Kind
from node.cli import wording
from node.cli.files import new_file, write_new
from node.cli.output import Json, NotDone, Output
from node.cli.parser import CommandLine, shortened
from node.cli.session import Session
from node.desk.text import inert
from node.wording import ngettext

NEXT_PAGE = "\f"
"""What tells a printer to take the next page."""


def add_commands(line: CommandLine) -> None:
    line.add("print slips", print_slips, "--kind", "--count", "--to")


def print_slips(given: Namespace, session: Session) -> Output:
    """Looks at the file first: no reference is to be lost for one that cannot be written."""
    kind = _kind(given.kind)
    path = None if given.to is None else new_file(given.to)
    count = _count(given.count)
    slips = session.ask(PrintSlips(kind, count))
    text = NEXT_PAGE.join(f"{page}\n" for page in slips.pages)
    document: dict[str, Json] = {"refs": list(slips.refs), "file": given.to}
    if path is None:
        return Output(document | {"text": text}, tuple(text.removesuffix("\n").split("\n")))
    write_new(path, text.encode())
    return Output(document, (_told(slips, given.to),))


def _told(slips: SlipsView, file: str) -> str:
    count = len(slips.refs)
    told = ngettext(*wording.SLIPS_PRINTED, count)
    return told.format(count=count, first=slips.refs[0], last=slips.refs[-1], file=inert(file))


def _kind(typed: str | None) -> Kind:
    if typed is None:
        return Kind.NEED
    said = typed.strip().casefold()
    if said not in set(Kind):
        raise NotDone(wording.KIND_UNKNOWN.format(given=shortened(typed)))
    return Kind(said)


def _count(typed: str | None) -> str:
    """An empty one is no wish for twenty: the node refuses it by name."""
    return "" if typed is None else typed.strip() or "0"
