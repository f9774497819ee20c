"""Records that come to a hall one after the other, and where each of them stands in the end.

`us` and `device` are the hall that all of it comes to. In order: `says` a record of its own that it
holds, `comes` one that a neighbour brings, each as a label and an envelope; `time` what the clock
shows in Unix ms, and whether somebody vouches for it. Then, by label: what is `held`, what `waits`,
what is put `aside`, what is `ahead` of the clock; what is nowhere was let go or never taken.
`makes` is a record that nobody brought: a proof. Where an error is expected the last record that
comes raises it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tests.vectors.plain import (
    ADA,
    ADOPTION,
    BEA,
    CLEO,
    DAY_MS,
    DETAILS,
    PEERING,
    PLEDGE,
    REQUEST,
    REQUEST_BODY,
    VOUCH,
    Changes,
    Hall,
    Map,
    Signed,
    adoption_number,
    changed,
    object_of,
    public,
    seed,
    sign,
    vouch_number,
)
from tests.vectors.vector import OK, Fields, Vector

DORA, ELLA = Hall("dora"), Hall("ella")
LINE: Final = (ADA, BEA, CLEO, DORA, ELLA)
"""Paired in a line: each with the next."""
FRONT: Final = "front desk"


class Story:
    """What comes to `us`, step by step."""

    def __init__(self, us: Hall) -> None:
        self._us = us
        self._steps: list[tuple[str, str]] = []
        self._labels: list[str] = []

    def says(self, label: str, signed: Signed) -> Story:
        return self._step("says", label, signed)

    def comes(self, label: str, signed: Signed) -> Story:
        return self._step("comes", label, signed)

    def makes(self, label: str, signed: Signed) -> Story:
        return self._step("makes", label, signed)

    def time(self, now_ms: int, *, is_trusted: bool = True) -> Story:
        self._steps.append(("time", f"{now_ms} {'trusted' if is_trusted else 'unsure'}"))
        return self

    def _step(self, name: str, label: str, signed: Signed) -> Story:
        self._steps.append((name, f"{label} {signed.packed.hex()}"))
        if label not in self._labels:
            self._labels.append(label)
        return self

    def ends(
        self,
        path: str,
        spec: str,
        comment: str,
        *,
        waits: Iterable[str] = (),
        aside: Iterable[str] = (),
        ahead: Iterable[str] = (),
        nowhere: Iterable[str] = (),
    ) -> Vector:
        """All that is not named here is held."""
        elsewhere = {"waits": [*waits], "aside": [*aside], "ahead": [*ahead]}
        others = {*nowhere, *(label for labels in elsewhere.values() for label in labels)}
        assert others <= {*self._labels}, path
        held = [label for label in self._labels if label not in others]
        places = [("held", " ".join(held))]
        places += [(place, " ".join(labels)) for place, labels in elsewhere.items() if labels]
        return self._vector(path, OK, spec, comment, (*self._steps, *places))

    def breaks(self, path: str, spec: str, comment: str, expect: str = "RuleBroken") -> Vector:
        return self._vector(path, expect, spec, comment, tuple(self._steps))

    def _vector(self, path: str, expect: str, spec: str, comment: str, fields: Fields) -> Vector:
        us = (("us", self._us.group.hex()), ("device", public(self._us.device()).hex()))
        return Vector(path, expect, spec, comment, (*us, *fields))


def directory(us: Hall, *others: Hall) -> Story:
    """`us` on the line, with its own roster and peering and those of `others`."""
    story = Story(us)
    for hall in (us, *others):
        step = story.says if hall is us else story.comes
        step(f"{hall.name}/roster", hall.roster())
        step(f"{hall.name}/peering", peering(hall, *beside(hall)))
    return story


def beside(hall: Hall) -> list[Hall]:
    at = LINE.index(hall)
    return [*LINE[max(at - 1, 0) : at], *LINE[at + 1 : at + 2]]


def peering(hall: Hall, *neighbours: Hall, device: str = FRONT, **key: Changes) -> Signed:
    groups = sorted(other.group for other in neighbours)
    body = hall.map(PEERING, {10: groups, **key.get("changes", {})}, device=device)
    return sign(body, hall.device(device))


def request_map(hall: Hall, device: str = FRONT, changes: Changes | None = None) -> Map:
    return hall.map(REQUEST, {**REQUEST_BODY, **(changes or {})}, "meals", device)


def request(hall: Hall, device: str = FRONT, changes: Changes | None = None) -> Signed:
    return sign(request_map(hall, device, changes), hall.device(device))


def pledge_map(hall: Hall, to: Map, changes: Changes | None = None) -> Map:
    body = {10: object_of(to), 11: "P-1-X", 12: 25_000}
    return changed(hall.map(PLEDGE, body, "pledge"), changes or {})


def pledge(hall: Hall, to: Map, changes: Changes | None = None) -> Signed:
    return sign(pledge_map(hall, to, changes), hall.device())


def details(hall: Hall, asked: bytes, answer: bytes) -> Signed:
    """`asked` and `answer` are object ids."""
    body = {10: asked, 11: answer, 12: bytes(range(100))}
    return sign(hall.map(DETAILS, body, "details"), hall.device())


def accepts(answer: Map) -> Map:
    """A request's decision on a pledge."""
    return {0: object_of(answer), 1: 1, 2: 1, 3: 25_000}


def adoption(hall: Hall, device: str, gone: str, ids: list[bytes], page: int = 0) -> Signed:
    removed = public(hall.device(gone))
    number = adoption_number(removed, page)
    body = {3: number, 6: 30 * DAY_MS, 7: 3, 10: removed, 11: sorted(ids), 12: page or None}
    return sign(hall.map(ADOPTION, body, device=device), hall.device(device))


def vouch(hall: Hall, device: str, guest: str, changes: Changes | None = None) -> Signed:
    key = public(hall.device(guest))
    body = {3: vouch_number(key), 6: 14 * DAY_MS, 7: 3, 10: key, **(changes or {})}
    return sign(hall.map(VOUCH, body, device=device), hall.device(device))


def roster(hall: Hall, version: int, devices: list[str], heirs: dict[str, str]) -> Signed:
    """`heirs`: who goes on for each device that was removed."""
    pairs = sorted((public(hall.device(one)), public(hall.device(by))) for one, by in heirs.items())
    removed = [{0: device, 1: heir} for device, heir in pairs]
    return hall.roster(*devices, changes={4: version, 11: removed or None})


def any_number(name: str) -> bytes:
    return seed(name)[:16]
