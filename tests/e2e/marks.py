"""Words that must not be found somewhere, and all the forms in which they are looked for."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path


def forms_of(mark: str) -> Iterator[bytes]:
    """How `mark` may stand in bytes, in small letters: plain, wide, as hex and as base64."""
    text = mark.lower()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield text.encode(encoding)
        yield text.encode(encoding).hex().encode()
        yield mark.encode(encoding).hex().encode()
    for cased in (mark, text, mark.upper()):
        yield from (form.lower() for form in _base64_forms(cased.encode()))


def _base64_forms(data: bytes) -> Iterator[bytes]:
    """What is left of `data` in the middle of longer base64, at each of the three alignments."""
    for lead in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(bytes(lead) + data).rstrip(b"=")
            # The first characters mix with what stands before, the last with what follows.
            yield coded[-(-lead * 8 // 6) : -1 if (lead + len(data)) % 3 else None]


def found_in(content: bytes, marks: Mapping[str, str]) -> list[str]:
    """The names of those marks that stand in `content` in any form and any case."""
    content = content.lower()
    return [name for name, mark in marks.items() if any(form in content for form in forms_of(mark))]


def found_under(folder: Path, marks: Mapping[str, str]) -> list[tuple[str, str]]:
    """Which file holds which mark, in `folder` and below."""
    return found_in_files((path for path in folder.rglob("*") if path.is_file()), marks)


def found_in_files(paths: Iterable[Path], marks: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(path.name, name) for path in paths for name in found_in(path.read_bytes(), marks)]
