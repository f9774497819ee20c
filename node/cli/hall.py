"""`hallway init`, `node`, `stop` and `status`."""

from __future__ import annotations

import json
from argparse import Namespace

from node.api.requests import Status
from node.api.views import StatusView
from node.cli import plain, values, wording
from node.cli.clock import vouched
from node.cli.output import DONE, Output, output, tell, write
from node.cli.parser import CommandLine
from node.cli.session import Session
from node.desk.text import inert
from node.wording import _

WORDS_A_LINE = 4
"""Twelve recovery words as three lines: easy to copy, easy to check."""


def add_commands(line: CommandLine) -> None:
    line.add("init", init, "--name!", "--place", "--area")
    line.add("node", run_node, "--listen", "--no-mdns")
    line.add("stop", stop)
    line.add("status", status)


def init(given: Namespace, session: Session) -> Output:
    made = session.house.make_hall(
        session.data, values.hall_name(given.name), given.place or "", given.area or ""
    )
    words = made.recovery_words.split()
    lines = [
        wording.HALL_MADE.format(name=inert(made.name), folder=inert(str(session.data))),
        wording.RECOVERY,
        "",
        *(f"  {' '.join(words[at : at + WORDS_A_LINE])}" for at in range(0, 12, WORDS_A_LINE)),
        "",
        wording.RECOVERY_KEEP,
        wording.HALL_NEXT,
    ]
    return output(made, *lines)


def run_node(given: Namespace, session: Session) -> None:
    """Prints its line while it runs, not at its end."""

    def ready(address: str) -> None:
        write((json.dumps({"address": address}) if given.json else inert(address)) + "\n")

    mdns = given.mdns is not False
    listen = values.address(given.listen)
    session.house.run_node(session.data, listen, mdns=mdns, ready=ready)


def stop(given: Namespace, session: Session) -> Output:
    """No node running is what was wanted, so it is no error."""

    def silent(pid: int) -> None:
        tell(wording.STOPPING_SILENT.format(pid=pid or "?"))

    ran = session.house.stop_node(session.data, silent)
    return Output(DONE, (wording.STOPPED if ran else wording.NOT_RUNNING,))


def status(given: Namespace, session: Session) -> Output:
    hall = session.ask(Status())
    return output(hall, *_lines(hall))


def _lines(hall: StatusView) -> list[str]:
    linked = _("{linked} of {neighbours} linked").format(
        linked=hall.linked, neighbours=hall.neighbours
    )
    lines = plain.pairs(
        [
            (_("hall"), hall.name),
            (_("place"), hall.place),
            (_("area"), hall.area),
            (_("node"), _node(hall)),
            (_("time"), vouched(hall.now_ms, hall.time_by)),
            (_("neighbours"), linked if hall.neighbours else _("none yet")),
            (_("needs"), _("{count} open").format(count=hall.needs_open)),
            (_("offers"), _("{count} open").format(count=hall.offers_open)),
            (_("to ask"), _to_ask(hall)),
        ]
    )
    return [*lines, *(f"! {inert(warning)}" for warning in hall.warnings)]


def _to_ask(hall: StatusView) -> str:
    """How many calls the next round has; nothing where there is nobody to ask."""
    return wording.TO_ASK.format(count=hall.to_ask) if hall.to_ask else ""


def _node(hall: StatusView) -> str:
    if not hall.running:
        return _("stopped")
    return _("runs at {address}").format(address=hall.address) if hall.address else _("runs")
