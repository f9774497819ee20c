"""Text: what people may type, and what may be shown of text from elsewhere.

`clean_text` guards the way in and refuses; `inert` guards the way to the screen and never refuses,
because a neighbour's records are shown even when their desk was careless.
"""

import re
import unicodedata
from typing import Final

from node.refusal import Refused, Why

MARKS_MAX: Final = 4
"""Combining marks shown on one letter: living scripts stack fewer, a prank stacks hundreds."""

_ESCAPES: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor, modes (ECMA-48 5.4)
    # OSC, DCS and their like. A body ends where another begins: many cost no more than one.
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"  # two-character sequences
)
_BREAKS: Final = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_UNSHOWN: Final = frozenset({"Cc", "Cs", "Co"})
_EXTRA_MARKS: Final = frozenset({"Mn", "Me"})


_REFUSED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0 and C1 controls, tab and line ends among them: a text is one line
    "\u202a-\u202e\u2066-\u2069"  # bidi embeddings, overrides and isolates (UAX 9)
    "\ud800-\udfff]"  # halves of characters: bytes that were not UTF-8
)
_DROPPED: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")

_COLOURS: Final = (
    "black|red|green|yellow|blue|magenta|cyan|white|gr[ae]y|orange|purple|pink|brown|default"
)
_STYLES: Final = "bold|dim|italic|underline2?|strike|reverse|blink2?|conceal|overline|uu"
_WORD: Final = (
    rf"(?:(?:bright_|ansi_(?:bright_)?)?(?:{_COLOURS})|{_STYLES}"
    r"|\#(?=[0-9]*[a-f])(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|\$[a-z][a-z-]*)"
)
_MARKUP: Final = re.compile(
    rf"""\[ (?:
        / (?:[biusr] | (?:{_WORD})(?:\ {_WORD})* | @[a-z.]+ | link)?  # [/], [/b], [/bold red]
      | @[a-z_.]+ [=(] [^\]]*                                       # [@click=app.quit]
      | link [= ] ["']? [a-z]+: [^\]]*                              # [link=https://...]
      | (?:(?:not|on|[biusr])\ )* {_WORD} (?:\ (?:not|on|[biusr]|{_WORD}))*  # [b red on blue]
    ) \]""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""What the terminal's markup would act on, and little else: a closing tag, an action, a link, or
only style words with at least one colour or style among them. `[2 adults]`, `[see note]`,
`meal[s]` and `[red coats]` are ordinary text."""


def clean_text(text: str, limit_bytes: int, name: str = "text") -> str:
    """What someone typed, as one tidy line: NFC, single spaces, none around it.

    `limit_bytes` counts UTF-8; `name` is which of `node.sentences.TEXT_NAMES` it is. Raises Refused
    with TEXT_TOO_LONG (first, so that ten megabytes cost nothing), TEXT_CONTROL, TEXT_NOT_UTF8,
    TEXT_MARKUP or TEXT_EMPTY.
    """
    _refuse_long(text, 4 * limit_bytes, limit_bytes, name)
    if control := _REFUSED.search(text):
        is_text = unicodedata.category(control[0]) != "Cs"
        why = Why.TEXT_CONTROL if is_text else Why.TEXT_NOT_UTF8
        raise Refused(why, text=name, place=control.start() + 1)
    tidy = " ".join(unicodedata.normalize("NFC", _DROPPED.sub("", text)).split())
    _refuse_long(tidy, limit_bytes, limit_bytes, name)
    if markup := _MARKUP.search(tidy):
        raise Refused(Why.TEXT_MARKUP, text=name, found=markup[0])
    if not any(_shown(character).strip() for character in tidy):
        raise Refused(Why.TEXT_EMPTY)
    return tidy


def _refuse_long(text: str, most_bytes: int, limit_bytes: int, name: str) -> None:
    """Spaces that tidying would take away may exceed the limit, but not without end."""
    size = len(text.encode("utf-8", "replace"))
    if size > most_bytes:
        raise Refused(Why.TEXT_TOO_LONG, text=name, size=size, limit=limit_bytes)


def inert(text: str) -> str:
    """The text as one line that cannot leave its cell: for anything from people or neighbours.

    Escape sequences and invisible format characters (bidi, zero width) go, line breaks become
    spaces, other control characters become U+FFFD. Markup stays as the plain text that it is:
    whoever draws must draw it as text.
    """
    if text.isprintable() and _EXTRA_MARKS.isdisjoint(map(unicodedata.category, text)):
        return text  # as nearly all are: a list has many
    shown: list[str] = []
    marks = 0
    for character in map(_shown, _ESCAPES.sub("", text)):
        if character:  # what goes must not part the marks on one letter
            marks = marks + 1 if unicodedata.category(character) in _EXTRA_MARKS else 0
            shown.append(character if marks <= MARKS_MAX else "")
    return "".join(shown)


def _shown(character: str) -> str:
    if character in _BREAKS:
        return " "
    kind = unicodedata.category(character)
    if kind == "Cf":
        return ""
    return "\ufffd" if kind in _UNSHOWN else character
