"""What goes out: one JSON document, or plain lines; and sentences on the error stream."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import sys
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from node.cli import wording
from node.desk.when import rfc3339_utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from _typeshed import DataclassInstance

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

TIME_SUFFIX = "_ms"
"""Views hold times in Unix milliseconds under such names; documents hold RFC 3339 without it."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a command answers with: `document` is printed with `--json`, else `lines` are.

    Only the one that is wanted is made: of a long list either takes its time.
    """

    document: Json | Callable[[], Json]
    lines: Iterable[str]


class NotDone(Exception):
    """Nothing was changed; `str()` is the sentence that says why."""


DONE: Json = {"done": True}
"""The document of a command that has nothing to say but that it is done."""


def output(view: DataclassInstance, *lines: str) -> Output:
    return Output(partial(document, view), lines)


def listing(views: Sequence[DataclassInstance], lines: Iterable[str]) -> Output:
    return Output(lambda: [document(view) for view in views], lines)


def document(view: DataclassInstance) -> dict[str, Json]:
    """A view as a JSON object: quantities as numbers, times in UTC, nothing as null."""
    return {
        told: _time(getattr(view, name)) if is_time else _json(getattr(view, name))
        for name, told, is_time in _members(type(view))
    }


@cache
def _members(view: type[DataclassInstance]) -> tuple[tuple[str, str, bool], ...]:
    """Of each field its name, how a document calls it, and whether it is a time."""
    names = (field.name for field in dataclasses.fields(view))
    return tuple(
        (name, name.removesuffix(TIME_SUFFIX), name.endswith(TIME_SUFFIX)) for name in names
    )


def _time(value: object) -> str | None:
    return rfc3339_utc(value) if isinstance(value, int) else None


def _json(value: object) -> Json:
    match value:
        case None | bool() | int():
            return value
        case float():
            return int(value) if value.is_integer() else value
        case str():
            return str(value)
        case tuple() | list():
            return [_json(item) for item in value]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return document(value)
        case _:
            raise TypeError(type(value).__name__)


def make_streams_safe() -> None:
    """Whatever a text holds and whatever the terminal's encoding: escaped, never a traceback."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_output(answer: Output, *, as_json: bool) -> None:
    """Everything a command prints, at once and at its end. Raises NotDone when it cannot be."""
    if as_json:
        # ASCII, so that no encoding and no control character can spoil it on the way.
        made = answer.document() if callable(answer.document) else answer.document
        write(json.dumps(made, ensure_ascii=True) + "\n")
    else:
        write("".join(line + "\n" for line in answer.lines))


def write(text: str) -> None:
    """Print and flush. A reader that went away (`| head`) is no error: it has what it wanted.

    Raises NotDone when the stream cannot take it (a full disk).
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon_stdout()
    except OSError as error:
        _abandon_stdout()
        raise NotDone(wording.UNWRITTEN.format(reason=error.strerror)) from error


def _abandon_stdout() -> None:
    """What is still buffered goes nowhere, or the interpreter complains about it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def tell(text: str) -> None:
    """A sentence or a plan on the error stream, which never spoils a document."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except OSError:
        return  # nobody is left to tell
