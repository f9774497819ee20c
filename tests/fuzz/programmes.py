"""Inputs that are a list of steps: so that what is fuzzed gets past the first check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

STEPS_MAX: Final = 40
"""Steps of one input; the rest of it is left out."""


def steps(data: bytes) -> Iterator[tuple[int, bytes]]:
    """A step is a code of one byte, a length of two, and its argument."""
    at = 0
    for _ in range(STEPS_MAX):
        if at + 3 > len(data):
            return
        size = int.from_bytes(data[at + 1 : at + 3], "big")
        yield data[at], data[at + 3 : at + 3 + size]
        at += 3 + size


def step(code: int, argument: bytes) -> bytes:
    return bytes([code]) + len(argument).to_bytes(2, "big") + argument


def one_of(choices: tuple[bytes, ...], argument: bytes) -> bytes:
    """That which the first two bytes of a step's argument mean."""
    return choices[int.from_bytes(argument[:2].ljust(2, b"\x00"), "big") % len(choices)]
