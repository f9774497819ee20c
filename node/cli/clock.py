"""`hallway clock`: the time that the hall goes by, and telling it what a watch shows."""

from __future__ import annotations

from argparse import Namespace

from node.api.requests import ShowClock, TellTime
from node.api.views import ClockView
from node.cli import plain, wording
from node.cli.output import Output, output
from node.cli.parser import CommandLine
from node.cli.session import Session
from node.clock import local_zone
from node.desk.when import in_full
from node.wording import _, ngettext

MINUTE_S = 60
HOUR_S = 60 * MINUTE_S
DAY_S = 24 * HOUR_S


def add_commands(line: CommandLine) -> None:
    line.add("clock", clock, "time*")


def clock(given: Namespace, session: Session) -> Output:
    """Without words it shows; with words, also with none between quotes, it tells."""
    request = TellTime(" ".join(given.time)) if given.time else ShowClock()
    shown = session.ask(request)
    return output(shown, *_lines(shown))


def vouched(now_ms: int, by: str) -> str:
    """`Sat 31 May 2031 19:42, vouched for by nobody`."""
    time = in_full(now_ms, local_zone())
    return wording.TIME_BY_SHORT.format(time=time, by=wording.TIME_BY[by])


def _lines(shown: ClockView) -> list[str]:
    lines = plain.pairs(
        [
            (_("time"), in_full(shown.now_ms, local_zone())),
            (_("vouched for by"), wording.TIME_BY[shown.by]),
            (_("neighbours say"), _neighbours(shown)),
        ]
    )
    return lines if shown.trusted else [*lines, wording.TIME_UNSURE, wording.TIME_ASKED]


def _neighbours(shown: ClockView) -> str:
    """`12 minutes later, by the middle one of 3 neighbours`, or nothing where none has told."""
    if shown.ahead_s is None:
        return ""
    one, several = wording.TIME_TOLD_BY
    return ngettext(one, several, shown.neighbours).format(
        difference=_difference(round(shown.ahead_s)), count=shown.neighbours
    )


def _difference(ahead_s: int) -> str:
    if abs(ahead_s) < MINUTE_S:
        return wording.TIME_SAME
    text = wording.TIME_AHEAD if ahead_s > 0 else wording.TIME_BEHIND
    return text.format(span=_span(abs(ahead_s)))


def _span(seconds: int) -> str:
    """In the largest unit of which there is one."""
    for unit_s, texts in ((DAY_S, wording.DAYS_SPAN), (HOUR_S, wording.HOURS_SPAN)):
        if seconds >= unit_s:
            return _counted(texts, seconds // unit_s)
    return _counted(wording.MINUTES_SPAN, seconds // MINUTE_S)


def _counted(texts: tuple[str, str], count: int) -> str:
    return ngettext(*texts, count).format(count=count)
