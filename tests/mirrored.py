"""Which tests are a part's own: they alone must cover it, and notice when it is changed.

What only a test of something else would notice is found by chance, and lost with that test.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOME: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Part:
    """Modules of `protocol/` that are one thing, and the test modules beside them."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(f"protocol/{name}.py" for name in self.modules)

    @property
    def test_files(self) -> tuple[str, ...]:
        return tuple(f"tests/protocol/{name}.py" for name in self.tests)


PARTS: Final = (
    Part("codec", ("codec", "fields"), ("test_codec", "test_fields")),
    Part(
        "record",
        ("record", "bodies"),
        ("test_record", "test_record_proofs", "test_record_signatures", "test_bodies"),
    ),
    Part(
        "roster",
        ("identity", "roster", "standing"),
        ("test_identity", "test_roster", "test_standing"),
    ),
    Part("graph", ("graph",), ("test_graph",)),
    Part("overflow", ("overflow",), ("test_overflow",)),
    Part(
        "reconcile",
        ("reconcile", "reconcile_wire", "item_set"),
        ("test_reconcile", "test_reconcile_wire", "test_item_set"),
    ),
    Part("channel", ("channel", "cipher"), ("test_channel", "test_cipher")),
    Part(
        "carry",
        ("carry", "carry_blocks", "carry_choice", "carry_reader"),
        ("test_carry", "test_carry_blocks", "test_carry_choice", "test_carry_reader"),
    ),
)
"""What everything else stands on."""


def find_parts(names: list[str]) -> list[Part]:
    """The parts of these names, a module's name standing for its part; all of them for none.

    Raises KeyError for a name that is neither.
    """
    if not names:
        return list(PARTS)
    by_name = {name: part for part in PARTS for name in (*part.modules, part.name)}
    return list(dict.fromkeys(by_name[name] for name in names))
