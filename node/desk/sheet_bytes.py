"""The bytes of a spreadsheet that someone else made, as lines of text.

Nobody says in which encoding a CSV file is, and one that was put together from two may be in two.
UTF-16 and UTF-32 are told by a mark at the start or by their zeros; in all else each line is UTF-8
where it can be, and in one legacy code page for the whole file where it cannot.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from node.refusal import Refused, Why

LINE_BYTES_MAX: Final = 4 * 1024 * 1024
"""What is kept of one line: four cells of a million characters, and no more than a small board
has to spare."""

HEAD_BYTES: Final = 4096
"""Enough of a file to tell UTF-16 without a mark from all else."""

LEGACY: Final = ("cp1252", "cp1250", "cp1251")
"""Western, Central European and Cyrillic Windows: what spreadsheets still save as "CSV"."""

ENCODINGS: Final = (
    "utf-8", "utf-16", "utf-16-le", "utf-16-be",
    *(f"cp{number}" for number in range(1250, 1259)),
    "iso-8859-2", "iso-8859-15", "koi8-r", "koi8-u", "cp866", "mac-roman",
    "shift-jis", "gb18030", "big5", "euc-kr",
)  # fmt: skip
"""What can be said by hand: what spreadsheets have saved in for thirty years."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TEXT: Final = (
    (re.compile(rb"PK\x03\x04"), "xlsx or ods"),
    (re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "xls"),
    (re.compile(rb"%PDF-"), "PDF"),
    (
        re.compile(rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|meta|table|\?xml)\b"),
        "a web page",
    ),
)
"""How files begin that people take for CSV, because the same program opens both. Some programs
write a web page and call it `.xls`."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """`whole` is that of the file; `legacy` that of lines which are not UTF-8 after all."""

    whole: str = "utf-8"
    legacy: str = LEGACY[0]


def find_encoding(chunks: Iterable[bytes]) -> tuple[Encoding, Iterator[bytes]]:
    """The encoding as the file's first bytes show it, and all of its bytes.

    Raises Refused with SHEET_EMPTY or SHEET_NOT_TEXT.
    """
    chunks = iter(chunks)
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= HEAD_BYTES:
            break
    if not head:
        raise Refused(Why.SHEET_EMPTY)
    for beginning, format_name in _NO_TEXT:
        if beginning.match(head):
            raise Refused(Why.SHEET_NOT_TEXT, format=format_name)
    return Encoding(_whole(head[:HEAD_BYTES])), chain((head,), chunks)


def read_lines(chunks: Iterable[bytes], encoding: Encoding) -> Iterator[str | None]:
    """The lines, without their ends; None for one that is longer than LINE_BYTES_MAX.

    A line ends with LF, CR or both. What no encoding can read becomes U+FFFD.
    """
    for line in split_lines(_as_ascii_like(chunks, encoding.whole)):
        yield None if line is None else decode_line(line, encoding.legacy)


def split_lines(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    """Lines of bytes; None for one that is too long. Memory: one line and one chunk."""
    rest, is_cut = b"", False
    for chunk in chunks:
        block = rest + chunk
        end = _after_last_line(block)
        whole, rest = block[:end], block[end:]
        for line in whole.splitlines():
            yield None if is_cut or len(line) > LINE_BYTES_MAX else line
            is_cut = False
        if len(rest) > LINE_BYTES_MAX:
            # A CR that ends the block may be half of a line end, and stays.
            rest, is_cut = rest[-1:] if rest.endswith(b"\r") else b"x", True
    for line in rest.splitlines():
        yield None if is_cut or len(line) > LINE_BYTES_MAX else line


def decode_line(line: bytes, legacy: str) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode(legacy, "replace")


def as_lines_of_bytes(chunks: Iterable[bytes], encoding: Encoding) -> Iterator[bytes | None]:
    """The lines before they are decoded, for who wants to see which are UTF-8."""
    return split_lines(_as_ascii_like(chunks, encoding.whole))


class CodePages:
    """Which legacy code page the lines are in that are not UTF-8."""

    LINES_MAX: Final = 5_000
    """As many lines tell a language; a million more tell no more."""

    def __init__(self) -> None:
        self._lines = 0
        self._counts = dict.fromkeys(_TELLTALES, 0)

    def look_at(self, line: bytes) -> None:
        """A line that is not UTF-8."""
        self._lines += 1
        if self._lines <= self.LINES_MAX:
            for name, telltale in _TELLTALES.items():
                self._counts[name] += sum(map(len, telltale.findall(line)))

    def best(self) -> str:
        """Western where nothing tells: it is by far the most frequent."""
        counts = self._counts
        if 2 * counts["in a row"] > counts["high"]:
            return "cp1251"
        return "cp1250" if counts["central"] > counts["western"] else LEGACY[0]


_TELLTALES: Final = {
    "high": re.compile(rb"[\xa8\xb8\xc0-\xff]"),
    # Letters with accents stand alone among plain ones; Cyrillic is nothing but high bytes.
    "in a row": re.compile(rb"[\xa8\xb8\xc0-\xff]{3,}"),
    # Inside a word these are letters in Poland, Bohemia or Hungary, and signs (¹ ³ ¿ ¥) or rare
    # letters in the west. Not º and ª, which follow an n or an M in Spain, nor m³.
    "central": re.compile(
        rb"[\x8c\x8d\x8f\x9a\x9d\x9e\x9f\xa3\xa5\xaf\xb3\xb9\xbe\xbf](?=[a-z\xc0-\xff])"
        rb"|(?<=[a-ln-z])[\x9a\x9d\x9e\x9f\xb3\xb9\xbe\xbf](?!\w)"
    ),
    "western": re.compile(rb"(?<=[A-Za-z])[\xe0\xe3\xe5](?![\xb3\xb9\xbf])|\xc5(?=[a-z])"),
}


def _whole(head: bytes) -> str:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    zeros_first, zeros_second = head[0::2].count(0), head[1::2].count(0)
    # Separators, blanks and line ends have a zero byte in every script; UTF-8 has none.
    if 20 * (zeros_first + zeros_second) >= len(head) and len(head) > 3:
        if zeros_second > 8 * zeros_first:
            return "utf-16-le"
        if zeros_first > 8 * zeros_second:
            return "utf-16-be"
    return "utf-8"


def _as_ascii_like(chunks: Iterable[bytes], whole: str) -> Iterator[bytes]:
    """Bytes in which a line end is one byte, without the mark at the start."""
    return _without_mark(chunks if whole == "utf-8" else _as_utf8(chunks, whole))


def _as_utf8(chunks: Iterable[bytes], whole: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(whole)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _without_mark(chunks: Iterable[bytes]) -> Iterator[bytes]:
    chunks = iter(chunks)
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= len(codecs.BOM_UTF8):
            break
    yield head.removeprefix(codecs.BOM_UTF8)
    yield from chunks


def _after_last_line(block: bytes) -> int:
    """Where the unfinished line begins. A CR at the very end may be the first half of CR LF."""
    return max(block.rfind(b"\n"), block.rfind(b"\r", 0, -1)) + 1
