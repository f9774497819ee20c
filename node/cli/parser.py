"""The command line's grammar: argparse, speaking in sentences.

A command is declared by its full name and the names of what it takes (`texts.py` explains each):
`"ref+"` takes one word or several, `"time*"` several or none, `"--qty!"` must be given,
`"--column*"` may be given several times, `"text"` is one word. The options that every command has
may stand anywhere.
"""

from __future__ import annotations

import argparse
import difflib
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

from node.cli import wording
from node.cli.texts import COMMANDS, EVERYWHERE, NOUNS, OPTIONS, OPTIONS_OF, POSITIONALS, ROOT_HELP
from node.desk.text import inert

ECHO_CHARACTERS_MAX = 40
"""What was typed is repeated up to here: enough to find it again, short enough for one line."""

DESCRIPTION_COLUMNS = 78
"""A terminal of 80 columns, less what argparse leaves free."""

Run = Callable[..., object]


class Misused(Exception):
    """The command line itself is wrong; `str()` is the sentence for the person who typed it."""


class HelpAsked(Exception):
    """`str()` is the help text to show."""


class Parser(argparse.ArgumentParser):
    """argparse without its usage dumps: what is wrong becomes one sentence with where to look."""

    def __init__(self, prog: str, description: str = "", epilog: str = "") -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.names: list[str] = []
        self.rivals: dict[str, argparse._MutuallyExclusiveGroup] = {}

    def error(self, message: str) -> NoReturn:
        raise Misused(_sentence(message, self))

    def print_help(self, file: object = None) -> NoReturn:
        raise HelpAsked(self.format_help())


class _Root(Parser):
    def format_help(self) -> str:
        return ROOT_HELP


class CommandLine:
    """All commands. `add` declares them, `parse` reads what was typed."""

    def __init__(self) -> None:
        self._root = _Root("hallway")
        _add_everywhere(self._root)
        self._root.add_argument("--version", action="store_true")
        self._root.set_defaults(run=None, command="", data=None, json=False, yes=False, initials="")
        self._parsers: dict[str, Parser] = {"": self._root}
        self._levels = {"": self._root.add_subparsers(metavar="COMMAND", parser_class=Parser)}

    @property
    def commands(self) -> tuple[str, ...]:
        return tuple(name for name in self._parsers if name in COMMANDS)

    def add(self, command: str, run: Run, *arguments: str) -> None:
        """Declare `command` (`need add`), carried out by `run`, with what it takes."""
        noun, _space, verb = command.rpartition(" ")
        if noun not in self._levels:
            self._add_noun(noun)
        help_text, example = COMMANDS[command]
        parser = self._add_parser(noun, verb, help_text, example)
        for argument in arguments:
            _add_argument(parser, command, argument)
        _add_everywhere(parser)
        parser.usage = f"hallway {command} {_usage(arguments)}"
        parser.set_defaults(run=run, command=command)

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Raises Misused or HelpAsked. `run` is None where only `hallway` was said."""
        given, extra = self._root.parse_known_args(_joined(arguments))
        parser = self._parsers[given.command]
        if extra:
            parser.error(f"extra: {extra[0]}")
        if given.run is None and given.command:
            wanted = ", ".join(parser.names)
            raise Misused(wording.NO_VERB.format(command=parser.prog, wanted=wanted))
        return given

    def _add_noun(self, noun: str) -> None:
        parser = self._add_parser("", noun, NOUNS[noun], "")
        _add_everywhere(parser)
        parser.set_defaults(command=noun)
        self._levels[noun] = parser.add_subparsers(metavar="COMMAND", parser_class=Parser)

    def _add_parser(self, level: str, name: str, help_text: str, example: str) -> Parser:
        full = f"{level} {name}".strip()
        self._parsers[level].names.append(name)
        parser: Parser = self._levels[level].add_parser(
            name,
            help=help_text,
            prog=f"hallway {full}",
            description=textwrap.fill(help_text, DESCRIPTION_COLUMNS),
            epilog=wording.EXAMPLE.format(example=example) if example else "",
        )
        self._parsers[full] = parser
        return parser


def _add_argument(parser: Parser, command: str, argument: str) -> None:
    name, mark = argument.rstrip("+*!"), argument[-1]
    if not name.startswith("--"):
        metavar, help_text = POSITIONALS[name]
        several = mark if mark in "+*" else None
        parser.add_argument(name, metavar=metavar, help=help_text, nargs=several)
        return
    option = OPTIONS_OF.get(f"{command} {name}", OPTIONS[name])
    if option.metavar:
        parser.add_argument(
            name,
            dest=option.dest,
            metavar=option.metavar,
            help=option.help,
            required=mark == "!",
            action="append" if mark == "*" else "store",
        )
        return
    # `--quiet` and `--no-quiet` fill one place, and only one of them can.
    rivals = parser.rivals.setdefault(option.dest, parser.add_mutually_exclusive_group())
    rivals.add_argument(
        name, dest=option.dest, action="store_const", const=option.const, help=option.help
    )


def _usage(arguments: Sequence[str]) -> str:
    """`CATEGORY TEXT [options]`: what must be there; the options are listed below it anyway."""
    words = []
    for argument in arguments:
        name = argument.rstrip("+*!")
        if not name.startswith("--"):
            word = POSITIONALS[name][0]
            word = wording.IF_ANY.format(word=word) if argument.endswith("*") else word
            words.append(wording.SEVERAL.format(word=word) if name == "refs" else word)
        elif argument.endswith("!"):
            words.append(f"{name} {OPTIONS[name].metavar}")
    return " ".join([*words, wording.OPTIONS_WORD])


def _add_everywhere(parser: Parser) -> None:
    """Without defaults of their own, so that what stood before the command is not overwritten."""
    group = parser.add_argument_group(wording.EVERYWHERE)
    for name, option in EVERYWHERE.items():
        if option.metavar:
            group.add_argument(
                name,
                dest=option.dest,
                metavar=option.metavar,
                help=option.help,
                default=argparse.SUPPRESS,
            )
        else:
            group.add_argument(
                name,
                dest=option.dest,
                action="store_true",
                help=option.help,
                default=argparse.SUPPRESS,
            )


VALUED = frozenset(name for name, option in (OPTIONS | EVERYWHERE).items() if option.metavar)
KNOWN = frozenset({*OPTIONS, *EVERYWHERE, "-h", "--help", "--version"})
"""Options of any command, and those of them that take a value."""


def first_word(arguments: Sequence[str]) -> str:
    """The command, or its noun: what stands first that is no option, nor the value of one.

    Empty where there is none; what is behind `--` is not looked at.
    """
    words = (each for each in _joined(arguments) if each == "--" or not each.startswith("-"))
    return next(words, "")


def _joined(arguments: Sequence[str]) -> list[str]:
    """`--qty -1e99` as `--qty=-1e99`: what follows an option is its value, whatever it looks like.

    argparse would take it for another option. Only a real option after it says that the value is
    missing; after `--` everything stays as it is.
    """
    joined: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            return [*joined, argument, *rest]
        if argument not in VALUED:
            joined.append(argument)
            continue
        value = next(rest, None)
        if value is None or _is_option(value):
            return [*joined, argument, *_joined_from(value, rest)]
        joined.append(f"{argument}={value}")
    return joined


def _joined_from(first: str | None, rest: Iterable[str]) -> list[str]:
    return [] if first is None else _joined([first, *rest])


def _is_option(argument: str) -> bool:
    return argument.partition("=")[0] in KNOWN


_MESSAGES = (
    (re.compile(r"the following arguments are required: (?P<given>.+)"), wording.MISSING),
    (re.compile(r"argument (?P<given>\S+): expected one argument"), wording.NO_VALUE),
    (re.compile(r"argument (?P<given>\S+): ignored explicit argument"), wording.VALUE_UNWANTED),
    (
        re.compile(r"argument (?P<given>\S+): not allowed with argument (?P<other>\S+)"),
        wording.CONTRADICTING,
    ),
    (re.compile(r"extra: (?P<given>-.*)", re.DOTALL), wording.UNKNOWN_OPTION),
    (re.compile(r"extra: (?P<given>.*)", re.DOTALL), wording.TOO_MANY_WORDS),
)
_UNKNOWN_COMMAND = re.compile(r"argument .*: invalid choice: '?(?P<given>.*?)'? \(", re.DOTALL)


def _sentence(message: str, parser: Parser) -> str:
    """argparse's message (stable since Python 3.2) or ours as one sentence with where to look."""
    if found := _UNKNOWN_COMMAND.match(message):
        return _unknown_command(found["given"], parser)
    for pattern, text in _MESSAGES:
        if found := pattern.match(message):
            facts = {name: shortened(fact) for name, fact in found.groupdict().items()}
            return text.format(command=parser.prog, **facts)
    return wording.MISUSED.format(command=parser.prog)


def _unknown_command(given: str, parser: Parser) -> str:
    near = difflib.get_close_matches(given[:ECHO_CHARACTERS_MAX], parser.names, n=2)
    text = wording.UNKNOWN_COMMAND_NEAR if near else wording.UNKNOWN_COMMAND
    told = wording.OR.join(f"“{name}”" for name in near)
    return text.format(given=shortened(given), command=parser.prog, near=told)


def shortened(text: str) -> str:
    """Something typed, repeated in a sentence: inert and short."""
    told = inert(text[: 2 * ECHO_CHARACTERS_MAX])
    return told if len(told) <= ECHO_CHARACTERS_MAX else told[: ECHO_CHARACTERS_MAX - 1] + "…"
