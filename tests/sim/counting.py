"""Towns by the hundred: what became of each seed, and whether every fault really happened."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType

from tests.sim.faults import Fault
from tests.sim.town import Town

REPLAY = "python -m tests.sim --only {seed}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One seed. `failure` is None where all held; else what did not, and where."""

    seed: int
    digest: str
    fired: Counter[Fault]
    failure: str | None

    @property
    def report(self) -> str:
        """For who has to find out: the seed and how to see it again."""
        replay = REPLAY.format(seed=self.seed)
        return f"seed {self.seed}: {self.failure}\nsee it again: {replay}"


def played(seed: int, write: Callable[[str], None] | None = None) -> Outcome:
    """One town from morning to night. Whatever a machine raises is what became of the seed."""
    town = Town(seed, write)
    failures: list[str] = []

    def note(
        kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> bool:
        if isinstance(error, Exception):
            frames = traceback.format_tb(at)[-3:]
            failures.append(f"{type(error).__name__}: {error}\n{''.join(frames)}")
        return isinstance(error, Exception)

    with ExitStack() as told:
        told.push(note)
        town.run()
    failure = failures[0] if failures else None
    return Outcome(seed, town.trace.digest(), town.faults.fired, failure)


@dataclass(slots=True)
class Run:
    """Many seeds."""

    seeds: int = 0
    fired: Counter[Fault] = field(default_factory=Counter)
    failed: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.seeds += 1
        self.fired += outcome.fired
        if outcome.failure is not None:
            self.failed.append(outcome)

    @property
    def never_fired(self) -> list[Fault]:
        return [each for each in Fault if not self.fired[each]]

    @property
    def complaints(self) -> list[str]:
        """What is wrong with the run; a kind of fault that never happened was not tested."""
        never = [f"never happened: {each.name}, {each.value}" for each in self.never_fired]
        return [*(each.report for each in self.failed), *never]


def run_of(seeds: Iterable[int]) -> Run:
    run = Run()
    for seed in seeds:
        run.add(played(seed))
    return run
