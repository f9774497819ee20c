"""The changes that no test notices and that somebody looked at: `survivors.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIST: Final = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True, slots=True)
class Change:
    """What mutmut did: in this function of this module, these lines for those, stripped.

    Told by its text and not by mutmut's number for it, which moves with every line above.
    """

    module: str
    function: str
    was: str
    becomes: str

    def as_toml(self) -> str:
        """Ready to be copied into the list, the reason still to be written."""
        return (
            "[[survivor]]\n"
            f"module = {_quoted(self.module)}\n"
            f"function = {_quoted(self.function)}\n"
            f"was = {_quoted(self.was)}\n"
            f"becomes = {_quoted(self.becomes)}\n"
            'why = ""\n'
        )


def read_excused(path: Path = LIST) -> dict[Change, str]:
    """Each change with its reason. Raises ValueError for one that has none."""
    listed = tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", [])
    excused: dict[Change, str] = {}
    for each in listed:
        change = Change(each["module"], each["function"], each["was"], each["becomes"])
        if not each["why"].strip():
            raise ValueError(f"{change}: no reason in {path.name}")
        excused[change] = each["why"]
    return excused


def change_of(module: str, function: str, diff: str) -> Change:
    """The change in a unified diff."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    was = "\n".join(line[1:].strip() for line in lines if line.startswith("-"))
    becomes = "\n".join(line[1:].strip() for line in lines if line.startswith("+"))
    return Change(module, function, was, becomes)


def _quoted(text: str) -> str:
    """`text` as a TOML string: literal where it can be, so that code reads as code."""
    if "'" not in text and "\n" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
