"""One golden vector: a text that names what it shows, its inputs and outputs, and its bytes.

expect: ok, or the name of the error that these bytes raise
spec: the sections of SPEC.md that it shows
comment: one plain line
name: value, as often as needed

hex of the bytes that are read
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

Fields = tuple[tuple[str, str], ...]

HOME: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = HOME / "protocol" / "vectors"
OK: Final = "ok"
HEADER: Final = ("expect", "spec", "comment")


@dataclass(frozen=True, slots=True)
class Vector:
    """`path` is its name: the folder, a slash, the file's name without its ending."""

    path: str
    expect: str
    spec: str
    comment: str
    fields: Fields = ()
    body: bytes = b""

    @property
    def folder(self) -> str:
        return self.path.partition("/")[0]

    def to_text(self) -> str:
        header = zip(HEADER, (self.expect, self.spec, self.comment), strict=True)
        lines = [f"{name}: {value}".rstrip() for name, value in (*header, *self.fields)]
        return "\n".join([*lines, "", self.body.hex(), ""])


def parse(path: str, text: str) -> Vector:
    """The vector in `text`. Raises ValueError for what is none."""
    head, _, rest = text.partition("\n\n")
    pairs = [line.partition(":") for line in head.splitlines()]
    fields = tuple((name, value.strip()) for name, _, value in pairs)
    if tuple(name for name, _ in fields[:3]) != HEADER:
        raise ValueError(f"{path}: a vector begins with {', '.join(HEADER)}")
    expect, spec, comment = (value for _, value in fields[:3])
    return Vector(path, expect, spec, comment, fields[3:], bytes.fromhex(rest))


def load(path: Path) -> Vector:
    return parse(f"{path.parent.name}/{path.stem}", path.read_text(encoding="utf-8"))
