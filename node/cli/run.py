"""One command from what was typed to its exit code: 0 done, 1 refused, 2 misused."""

from __future__ import annotations

import importlib
import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from node.api.door import NodeGone, NodeSilent
from node.cli import wording
from node.cli.output import (
    NotDone,
    Output,
    make_streams_safe,
    tell,
    write,
    write_output,
)
from node.cli.parser import CommandLine, HelpAsked, Misused, first_word
from node.cli.session import House, RealHouse, Session
from node.crash import save_crash
from node.refusal import Refused, Why
from node.version import VERSION
from node.wording import sentence

PATHS = frozenset({"data", "file", "to"})
REFUSED, MISUSED, INTERRUPTED = 1, 2, 130
"""Exit codes; 130 is what shells give a command that Ctrl-C ended."""
NOUNS: Final = {
    "hall": ("init", "node", "stop", "status"),
    "clock": ("clock",),
    "entries": ("need", "offer"),
    "matches": ("suggest", "match", "handover"),
    "jobs": ("job",),
    "finding": ("find", "need", "offer"),
    "history": ("history", "undo", "forget"),
    "decay": ("round",),
    "paper": ("print",),
    "passing": ("pass",),
    "overflows": ("overflow",),
    "pledges": ("pledge", "retract", "accept", "decline", "release", "sent", "receive"),
    "neighbours": ("neighbour",),
    "sheets": ("import",),
    "exporting": ("export",),
    "demo": ("demo",),
}
"""Modules beside this one, each with the first words of the commands that it adds. To load all of
them takes as long as all else that a short command does."""


def command_line(modules: Iterable[str] = NOUNS) -> CommandLine:
    """The commands of these modules; by itself, every command there is."""
    line = CommandLine()
    for module in modules:
        importlib.import_module(f"node.cli.{module}").add_commands(line)
    return line


def modules_for(arguments: Sequence[str]) -> Iterable[str]:
    """Those that what was typed needs: without a command none, and all where it is not known."""
    word = first_word(arguments)
    if not word:
        return ()
    return [module for module, words in NOUNS.items() if word in words] or NOUNS


def run(arguments: Sequence[str], house: House | None = None) -> int:
    """Carry out one command; answer on stdout, everything else as a sentence on stderr."""
    make_streams_safe()
    data: Path | None = None
    try:
        given = _parsed(arguments)
        if given is None:
            return 0
        data = data_folder(given.data)
        _carry_out(given, Session(house or RealHouse(), data, given.initials, given.yes))
    except Misused as misuse:
        tell(str(misuse))
        return MISUSED
    except (NotDone, Refused, NodeGone) as told:
        tell(_sentence(told))
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    # The one place that catches everything: a bug must reach whoever can mend it, as a file, and
    # never a person at the desk, as a traceback.
    except Exception as bug:  # noqa: BLE001
        tell(_apology(save_crash(bug, data)))
        return REFUSED
    return 0


def _parsed(arguments: Sequence[str]) -> Namespace | None:
    """What was typed, or None where it asked for help, which is printed."""
    try:
        return command_line(modules_for(arguments)).parse(arguments)
    except HelpAsked as asked:
        write(str(asked))
        return None


def _sentence(told: NotDone | Refused | NodeGone) -> str:
    match told:
        case Refused():
            return sentence(told.why, told.facts)
        case NodeSilent():
            return wording.NODE_SILENT.format(pid=told.pid or "?")
        case NodeGone():
            return wording.NODE_ENDED
        case _:
            return str(told)


def _carry_out(given: Namespace, session: Session) -> None:
    if given.version:
        told = Output({"version": VERSION}, [wording.VERSION_LINE.format(version=VERSION)])
        write_output(told, as_json=given.json)
        return
    _refuse_undecodable(given)
    if given.run is None:
        _open_board(session)
        return
    answer: Output | None = given.run(given, session)
    if answer is not None:
        write_output(answer, as_json=given.json)


def _open_board(session: Session) -> None:
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        raise Misused(wording.NO_TERMINAL)
    session.house.open_board(session.data, session.initials)


def data_folder(given: str | None) -> Path:
    """The hall's folder: what `--data` says, else HALLWAY_DATA, else the person's own."""
    said = os.environ.get("HALLWAY_DATA") if given is None else given
    if given == "" or (said and "\0" in said):
        raise Misused(wording.NO_FOLDER)
    if said:
        # Unlike Path.expanduser this never raises.
        return Path(os.path.expanduser(said)).absolute()
    import platformdirs  # noqa: PLC0415 - not needed where the folder is said

    return platformdirs.user_data_path("hallway")


def _refuse_undecodable(given: Namespace) -> None:
    """Bytes that are no text in this machine's encoding arrive as lone surrogates.

    A folder's name, or a file's, may hold any bytes; a text that others are to read may not.
    """
    for name, value in vars(given).items():
        for text in value if isinstance(value, list) else [value]:
            if name not in PATHS and isinstance(text, str):
                _refuse_surrogates(text)


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Refused(Why.TEXT_NOT_UTF8, place=error.start + 1) from error


def _apology(file: Path | None) -> str:
    return wording.BUG.format(file=file) if file else wording.BUG_UNWRITTEN
