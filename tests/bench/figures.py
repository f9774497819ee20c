"""A measured figure beside its target, and the table of them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`target` is what is asked of this machine at most, `least` at least; None: nothing is."""

    what: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""
    least: float | None = None


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile_99(values: Sequence[float]) -> float:
    """The value that one in a hundred exceeds."""
    return statistics.quantiles(values, n=100, method="inclusive")[-1]


def table(figures: Iterable[Figure]) -> str:
    """One line a figure: what, how much, its target and whether it holds, a note."""
    rows = [
        (each.what, _number(each.value, each.unit), _target(each), each.note) for each in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        f"{what:<{widths[0]}}  {value:>{widths[1]}}  {target:<{widths[2]}}  {note}".rstrip()
        for what, value, target, note in rows
    )


def _number(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}" if value < 1_000 else f"{value:,.0f} {unit}"


def _target(figure: Figure) -> str:
    if figure.least is not None:
        verdict = "holds" if figure.value >= figure.least else "MISSED"
        return f"at least {figure.least:,g} {figure.unit}: {verdict}"
    if figure.target is not None:
        verdict = "holds" if figure.value <= figure.target else "MISSED"
        return f"target {figure.target:,g} {figure.unit}: {verdict}"
    return ""
