"""A spreadsheet that someone else made, with everything in it that can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

BLOCK: Final = 12
"""Lines that `lines` repeats."""


def unclear_day(today: date) -> date:
    """A day to come of which nobody can say whether its day or its month comes first."""
    day = today + timedelta(days=40)
    while day.day > 12 or day.day == day.month:
        day += timedelta(days=1)
    return day


def head() -> Iterator[bytes]:
    """A mark at the start, a title, and two lines of names: the date's column has one of them."""
    yield b"\xef\xbb\xbfNeeds, all districts;;;;;;"
    yield b";;;;;;"
    yield b"Category;What do you need?;How many;Needed by;Contact;;Remarks"
    yield b";;;;Name;Phone;"


def lines(times: int, today: date) -> Iterator[bytes]:
    """`times` BLOCK lines, each block with one of every sort; rows differ from block to block."""
    unclear = unclear_day(today)
    numeric = f"{unclear.day}/{unclear.month}/{unclear:%y}"
    sound = f"{unclear:%Y-%m-%d}"
    for n in range(times):
        yield f"food;grüne Bohnen {n};40;{sound};Anna;+49 170 {n:07};".encode("cp1252")
        yield f"water;für größere ☕ {n};2 litres;{sound};Bo;;".encode()
        yield f"food;rice {n};3;{numeric};Cy;;".encode()
        yield f"hats;a hat {n};1;;;;".encode()
        yield f'food;"=HYPERLINK(""http://x"";""{n}"")";1;;Di;;'.encode()
        yield f"food;soup {n};=1+1;;Ed;;".encode()
        yield f'food;"an open quote {n};1;;;;'.encode()
        yield f"food;short {n}".encode()
        yield f"food;bread {n};1;;;;;more;and more".encode()
        yield f"Total;;{n};;;;".encode()
        yield b";;;;;;"
        yield f"food;zeros {n};1;;;;\0\0".encode()


MILLION: Final = b"food;" + b"x" * 1_000_000 + b";1;;;;"
