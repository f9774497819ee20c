"""What the seed decides before anything happens: who lives there, who is paired, and whose guests
are about."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from random import Random
from typing import Final

from protocol.limits import DAY_MS, HOUR_MS, VOUCH_LIFETIME_MS_MAX
from tests.sim.events import START_MS, chance
from tests.sim.faults import DEVICES, Fault, Faults
from tests.sim.halls import GUEST, NAMES, TABLET, Hall

SPANS_MS: Final = (HOUR_MS, 6 * HOUR_MS, 2 * DAY_MS, 10 * DAY_MS)

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """`tablet`: the second device of one hall. `voucher`: the device that has vouched for a guest,
    for `vouch_ms`."""

    names: tuple[str, ...]
    edges: tuple[Edge, ...]
    span_ms: int
    hostile: str | None
    tablet: str | None = None
    voucher: str | None = None
    vouch_ms: int = VOUCH_LIFETIME_MS_MAX


def drawn_plan(seed: int, faults: Faults) -> Plan:
    rng = chance(seed, "town")
    names = NAMES[: rng.choice([3, 3, 3, 3, 3, 4, 4, 5, 6])]
    shape = rng.choice(["line", "ring", "star", "any"])
    edges = list(pairwise(names))
    if shape == "ring" and len(names) > 3:
        edges.append((names[0], names[-1]))
    elif shape == "star":
        edges = [(names[0], other) for other in names[1:]]
    elif shape == "any":
        edges += [each for each in combinations(names, 2) if rng.random() < 0.3]
    hostile = rng.choice(names) if faults.has_hostile else None
    span_ms = rng.choice(SPANS_MS)
    with_tablet = rng.choice([each for each in names if each != hostile])
    has_tablet = any(each in faults for each in DEVICES) or rng.random() < 0.1
    tablet = f"{with_tablet}{TABLET}" if has_tablet else None
    guests = chance(seed, "guests")
    return Plan(
        names,
        tuple(dict.fromkeys(edges)),
        span_ms,
        hostile,
        tablet,
        _drawn_voucher(guests, faults, names, tablet),
        # One that ends by day ends between a fifth and four fifths of it.
        span_ms * guests.randint(2, 8) // 10
        if Fault.VOUCH_OVER in faults
        else VOUCH_LIFETIME_MS_MAX,
    )


def _drawn_voucher(
    rng: Random, faults: Faults, names: tuple[str, ...], tablet: str | None
) -> str | None:
    if Fault.GUEST not in faults:
        return None
    if Fault.VOUCHER_REMOVED in faults and tablet is not None:
        return rng.choice([tablet, tablet.removesuffix(TABLET)])
    return rng.choice(names)


def drawn_halls(seed: int, plan: Plan) -> list[Hall]:
    """All of the town's devices, guests last, each with what it has on its disk from the start."""
    extra = [plan.tablet] if plan.tablet else []
    halls = {name: Hall(seed, name) for name in (*plan.names, *extra)}
    for hall in halls.values():
        near = {
            b if a == hall.group_name else a for a, b in plan.edges if hall.group_name in (a, b)
        }
        hall.neighbours = tuple(sorted(halls[each].group for each in near))
        group = [each for each in halls.values() if each.group == hall.group]
        hall.others = tuple(each.device_key for each in group if each is not hall)
    if plan.voucher is None:
        return list(halls.values())
    voucher = halls[plan.voucher]
    guest = Hall(seed, f"{voucher.group_name}{GUEST}")
    guest.others = (voucher.device_key, *voucher.others)
    guest.vouch = voucher.vouch_for(guest.device_key, plan.vouch_ms, START_MS)
    voucher.said.append(guest.vouch)
    return [*halls.values(), guest]
