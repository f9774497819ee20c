"""A kind of record as its vectors see it: a good one, and one change to it each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nacl.signing import SigningKey

from tests.vectors.plain import ADA, MALFORMED, Changes, Map, changed, sign
from tests.vectors.vector import OK, Fields, Vector

DEVICE: Final = ADA.device()


@dataclass(frozen=True, slots=True)
class Body:
    """A kind: its section, a good record of it as a map, and who signs it."""

    name: str
    spec: str
    base: Map
    key: SigningKey = DEVICE

    def good(self, name: str, comment: str, changes: Changes, fields: Fields = ()) -> Vector:
        return self._vector(f"{self.name}{name}", OK, comment, changes, fields)

    def unread(self, name: str, comment: str, changes: Changes) -> Vector:
        """A code of a later version: held and passed on, not understood."""
        unread = (("understood", "no"),)
        return self._vector(f"{self.name}{name}", OK, comment, changes, unread)

    def bad(self, name: str, comment: str, changes: Changes) -> Vector:
        return self._vector(f"bad_{self.name}{name}", MALFORMED, comment, changes, ())

    def _vector(
        self, name: str, expect: str, comment: str, changes: Changes, fields: Fields
    ) -> Vector:
        spec = self.spec
        if fields == (("understood", "no"),):
            spec += ", SPEC 2.3"
        if expect == MALFORMED:
            spec += ", SPEC 2.2"
        signed = sign(changed(self.base, changes), self.key)
        return Vector(f"bodies/{name}", expect, spec, comment, fields, signed.packed)
