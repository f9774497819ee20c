"""Asking the person before something leaves the hall or ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from node.cli import wording
from node.cli.output import NotDone, tell
from node.refusal import Refused, Why


def confirm(plan: Sequence[str], question: str, *, yes: bool) -> None:
    """Show the plan on the error stream and return when the person agrees.

    `yes` agrees beforehand. Raises NotDone when they do not, Refused(NEEDS_CONFIRMATION) when
    nobody is there to answer.
    """
    if yes:
        return
    for line in plan:
        tell(line)
    if not at_terminal():
        raise Refused(Why.NEEDS_CONFIRMATION)
    sys.stderr.write(question)
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in wording.ANSWERS_YES:
        raise NotDone(wording.NOT_DONE)


def at_terminal() -> bool:
    """A person can read a question and answer it. Standard output may still go to a file."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
