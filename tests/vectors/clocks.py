"""What time it is at a hall, and who vouches for it.

In order: `shows` what the machine shows (the wall clock in Unix ms, the boot-time clock in ms, and
whether the wall clock is "synchronised" or "free"), `paired` the neighbours as letters, `hears` a
neighbour's time and the boot-time clock then, `word` what a person says and the boot-time clock
then. `written` is when the implementation was, `floor` the latest time on disk. Then the time, who
vouches for it, how many neighbours have told theirs lately, and how far the middle one of these is
ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.vectors.plain import DAY_MS, HOUR_MS
from tests.vectors.vector import OK, Vector

SPEC: Final = "SPEC 10.1"
MINUTE_MS: Final = 60_000
RIGHT: Final = 1_800_000_000_000
"""Unix ms, in January 2027: what time it is when the machine was started."""
WRITTEN: Final = 1_793_491_200_000
"""Unix ms, 2026-11-01: the month in which all of this was written; nothing is earlier."""
FREE, SYNCHRONISED = "free", "synchronised"
WRONG: Final = RIGHT - 400 * DAY_MS

Steps = tuple[tuple[str, str], ...]


def shows(wall_ms: int, boot_ms: int = 0, follows: str = FREE) -> tuple[str, str]:
    return "shows", f"{wall_ms} {boot_ms} {follows}"


def hears(letter: str, time_ms: int, boot_ms: int = 0) -> tuple[str, str]:
    return "hears", f"{letter} {time_ms} {boot_ms}"


def word(time_ms: int, boot_ms: int = 0) -> tuple[str, str]:
    return "word", f"{time_ms} {boot_ms}"


def paired(letters: str) -> tuple[str, str]:
    return "paired", " ".join(letters)


def vectors() -> Iterator[Vector]:
    for name, comment, steps, now_ms, by, told in (*STARTS, *NEIGHBOURS, *LIARS):
        tellers, _, ahead = told.partition(" ")
        begins = (("written", str(WRITTEN)), ("floor", str(RIGHT - DAY_MS)))
        ends = (("now", str(now_ms)), ("by", by), ("tellers", tellers), ("ahead", ahead))
        yield Vector(f"clock/{name}", OK, SPEC, comment, (*begins, *steps, *ends))


START: Final = shows(WRONG)
STARTS: Final[tuple[tuple[str, str, Steps, int, str, str], ...]] = (
    ("start", "a wall clock of last year: the latest time on disk is later",
     (START,), RIGHT - DAY_MS, "nobody", "0 none"),
    ("start_later", "a wall clock that is later than the disk, and nobody vouches for it",
     (shows(RIGHT),), RIGHT, "nobody", "0 none"),
    ("boot_clock", "time goes on by the boot-time clock, whatever the wall clock shows",
     (START, shows(RIGHT + 9 * DAY_MS, HOUR_MS)), RIGHT - DAY_MS + HOUR_MS, "nobody", "0 none"),
    ("synchronised", "the system follows a better clock",
     (START, shows(RIGHT, 5, SYNCHRONISED)), RIGHT, "synchronised", "0 none"),
    ("synchronised_impossible", "a synchronised clock of 1970 is not believed",
     (START, shows(0, 5, SYNCHRONISED)), RIGHT - DAY_MS + 5, "nobody", "0 none"),
    ("synchronised_no_more", "what was synchronised is reckoned on for a week",
     (shows(RIGHT, 0, SYNCHRONISED), shows(WRONG, 7 * DAY_MS)), RIGHT + 7 * DAY_MS, "synchronised",
     "0 none"),
    ("week_over", "after a week nobody vouches any more",
     (shows(RIGHT, 0, SYNCHRONISED), shows(WRONG, 7 * DAY_MS + 1)), RIGHT + 7 * DAY_MS + 1,
     "nobody", "0 none"),
    ("operator", "a person here says what time it is",
     (START, word(RIGHT)), RIGHT, "operator", "0 none"),
    ("operator_later", "what a person said an hour ago",
     (START, shows(WRONG, HOUR_MS), word(RIGHT)), RIGHT + HOUR_MS, "operator", "0 none"),
    ("operator_too_old", "what a person said more than a week ago",
     (START, shows(WRONG, 7 * DAY_MS + 1), word(RIGHT)), RIGHT + 6 * DAY_MS + 1, "nobody",
     "0 none"),
    ("operator_impossible", "a person says that it is 1970",
     (START, word(0)), RIGHT - DAY_MS, "nobody", "0 none"),
    ("operator_beside", "what a person says beside a synchronised clock",
     (shows(RIGHT, 0, SYNCHRONISED), word(RIGHT + DAY_MS)), RIGHT, "synchronised", "0 none"),
)  # fmt: skip
"""Name, comment, steps, the time, who vouches, tellers and how far ahead."""

THREE: Final = (hears("a", RIGHT), hears("b", RIGHT + MINUTE_MS), hears("c", RIGHT + 2 * MINUTE_MS))
NEIGHBOURS: Final[tuple[tuple[str, str, Steps, int, str, str], ...]] = (
    ("one_neighbour", "one neighbour's time is shown, and moves nothing",
     (START, paired("a"), hears("a", RIGHT)), RIGHT - DAY_MS, "nobody", f"1 {DAY_MS}"),
    ("two_neighbours", "two do not either",
     (START, paired("ab"), hears("a", RIGHT), hears("b", RIGHT)), RIGHT - DAY_MS, "nobody",
     f"2 {DAY_MS}"),
    ("three_neighbours", "of three the middle one is taken",
     (START, paired("abc"), *THREE), RIGHT + MINUTE_MS, "neighbours", "3 0"),
    ("four_neighbours", "of four the earlier one of the middle two",
     (START, paired("abcd"), hears("a", RIGHT - HOUR_MS), hears("b", RIGHT), hears("c", RIGHT + 2),
      hears("d", RIGHT + HOUR_MS)), RIGHT, "neighbours", "4 0"),
    ("again", "one neighbour that tells its time three times is one neighbour",
     (START, paired("abc"), *[hears("a", RIGHT + n) for n in range(3)]), RIGHT - DAY_MS, "nobody",
     f"1 {DAY_MS + 2}"),
    ("stranger", "who is no neighbour is not listened to",
     (START, paired("ab"), *THREE), RIGHT - DAY_MS, "nobody", f"2 {DAY_MS}"),
    ("impossible", "a neighbour's time of 1970 is not believed",
     (START, paired("abc"), *THREE[:2], hears("c", 0)), RIGHT - DAY_MS, "nobody", f"2 {DAY_MS}"),
    ("day_over", "what was told more than a day ago counts no more",
     (START, paired("abc"), *THREE[:2], shows(WRONG, DAY_MS + 1),
      hears("c", RIGHT + DAY_MS, DAY_MS)), RIGHT + 1, "nobody", f"1 {DAY_MS}"),
    ("beside_trust", "a time that is trusted is not moved, and the difference shown",
     (shows(RIGHT, 0, SYNCHRONISED), paired("abc"), *[hears(n, RIGHT + HOUR_MS) for n in "abc"]),
     RIGHT, "synchronised", f"3 {HOUR_MS}"),
    ("reckoned_told", "what was told is reckoned on by the boot-time clock",
     (START, paired("abc"), *THREE[:2], shows(WRONG, HOUR_MS),
      hears("c", RIGHT + HOUR_MS, HOUR_MS)), RIGHT + HOUR_MS, "neighbours", "3 0"),
    ("unpaired", "who is a neighbour no more is not counted",
     (START, paired("abc"), *THREE[:2], paired("b"), paired("abc"), THREE[2]), RIGHT - DAY_MS,
     "nobody", f"2 {DAY_MS + MINUTE_MS}"),
)  # fmt: skip

LIES: Final = RIGHT + 99 * DAY_MS
LIARS: Final[tuple[tuple[str, str, Steps, int, str, str], ...]] = (
    ("liar_of_three", "one liar among three",
     (START, paired("abc"), hears("a", LIES), hears("b", RIGHT), hears("c", RIGHT)), RIGHT,
     "neighbours", "3 0"),
    ("liars_of_three", "three that say three things",
     (START, paired("abc"), hears("a", LIES), hears("b", RIGHT), hears("c", RIGHT + 2 * HOUR_MS)),
     RIGHT - DAY_MS, "nobody", f"3 {DAY_MS + 2 * HOUR_MS}"),
    ("liars_first", "the first three of five, two of them liars: it is waited for a fourth",
     (START, paired("abcde"), hears("a", LIES), hears("b", LIES), hears("c", RIGHT)),
     RIGHT - DAY_MS, "nobody", f"3 {100 * DAY_MS}"),
    ("liars_of_five", "two liars among five",
     (START, paired("abcde"), hears("a", LIES), hears("b", LIES),
      *[hears(n, RIGHT) for n in "cde"]), RIGHT, "neighbours", "5 0"),
    ("ten_minutes", "ten minutes apart says the same",
     (START, paired("abc"), hears("a", LIES), hears("b", RIGHT),
      hears("c", RIGHT + 10 * MINUTE_MS)), RIGHT + 10 * MINUTE_MS, "neighbours", "3 0"),
    ("beyond_ten_minutes", "a millisecond more does not",
     (START, paired("abc"), hears("a", LIES), hears("b", RIGHT),
      hears("c", RIGHT + 10 * MINUTE_MS + 1)), RIGHT - DAY_MS, "nobody",
     f"3 {DAY_MS + 10 * MINUTE_MS + 1}"),
)  # fmt: skip
