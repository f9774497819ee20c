"""`hallway find …`, and `hallway need merge …`, `hallway offer merge …`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Final

from node.api.finding import FOUND_MAX, Find, FoundView, Merge
from node.api.views import EntryView, Kind, LookAlike
from node.cli import plain, wording
from node.cli.output import Output, listing, output
from node.cli.parser import CommandLine, shortened
from node.cli.session import Session
from node.desk import references
from node.desk.text import inert
from node.refusal import Refused
from node.wording import _, sentence

PAGE: Final = 1_000
"""Of what is found in one answer of the node: what others ask goes on in between."""


def add_commands(line: CommandLine) -> None:
    line.add("find", find, "words+", "--open", "--all")
    for kind in Kind:
        line.add(f"{kind} merge", partial(merge, kind), "ref", "into")


def find(given: Namespace, session: Session) -> Output:
    words = " ".join(given.words)
    closed = not given.open
    if given.closed:
        found = _all(words, session, closed=closed)
        return listing(found, _table(found) if found else _nothing(words))
    # One more than is shown tells whether there are more.
    found = session.ask(Find(words, closed=closed, count=FOUND_MAX + 1))
    shown = found[:FOUND_MAX]
    lines = _table(shown) if shown else _nothing(words)
    more = [wording.FOUND_MORE.format(count=FOUND_MAX)] if len(found) > FOUND_MAX else []
    return listing(shown, [*lines, *more])


def _all(words: str, session: Session, *, closed: bool) -> tuple[FoundView, ...]:
    found: dict[str, FoundView] = {}
    for first in count(0, PAGE):
        page = session.ask(Find(words, closed=closed, first=first, count=PAGE))
        for each in page:
            found.setdefault(each.ref, each)
        if len(page) < PAGE:
            break
    return tuple(found.values())


def _nothing(words: str) -> list[str]:
    """What has the shape of a reference with a wrong character in it is said to have one."""
    lines = [wording.FOUND_NOTHING.format(words=shortened(words))]
    if references.looks_like_reference(words):
        try:
            references.parse(words)
        except Refused as refused:
            lines.append(sentence(refused.why, refused.facts))
    return lines


def _table(found: tuple[FoundView, ...]) -> list[str]:
    head = (_("REF"), _("STATE"), _("CATEGORY"), _("HOW MUCH"), _("TEXT"), _("ZONE"), _("WHO"))
    rows = [
        (
            f"{each.ref} !" if each.danger else each.ref,
            each.state,
            each.category,
            plain.amount(each.qty, each.unit) if each.unit else "",
            each.text,
            each.zone,
            each.contact,
        )
        for each in found
    ]
    return plain.table(head, rows)


def merge(kind: Kind, given: Namespace, session: Session) -> Output:
    entry = session.ask(Merge(kind, given.ref, given.into))
    refs = plain.names(entry.also_changed)
    merged = wording.MERGED.format(refs=refs, into=inert(entry.ref))
    return output(entry, merged, *quiet_lines(kind, entry))


def quiet_lines(kind: Kind, entry: EntryView) -> Iterator[str]:
    """What became of the quiet mark of the person, of what was saved just now."""
    if entry.quiet_like:
        ref, like = inert(entry.ref), inert(entry.quiet_like)
        yield wording.QUIET_LIKE.format(ref=ref, like=like, kind=kind)
    if entry.also_quiet:
        yield wording.ALSO_QUIET.format(refs=plain.names(entry.also_quiet))
    if entry.still_quiet:
        yield wording.STILL_QUIET.format(refs=plain.names(entry.still_quiet))


def alike_lines(kind: Kind, ref: str, alike: tuple[LookAlike, ...]) -> list[str]:
    """A line for each that `ref` may be a duplicate of, and then how to make two into one."""
    lines = [_alike_line(each) for each in alike]
    if alike:
        into = inert(alike[0].ref)
        lines.append(wording.HOW_TO_MERGE.format(kind=kind, ref=inert(ref), into=into))
    return lines


def _alike_line(alike: LookAlike) -> str:
    because = ", ".join(map(inert, alike.because))
    return wording.LOOKS_LIKE.format(ref=inert(alike.ref), because=because, text=inert(alike.text))
