"""The time that the hall goes by, and the word of a person who has looked at a watch."""

from __future__ import annotations

from functools import partial
from typing import Final

from node.api.requests import ShowClock, TellTime
from node.api.views import ClockView
from node.clock import boot_id
from node.core import Core
from node.desk.when import in_full, parse_clock
from node.refusal import Refused, Why
from node.store.clock import set_word
from protocol.clock import WRITTEN_MS, Word
from protocol.ids import UnixMs
from protocol.limits import DAY_MS

DAYS_AHEAD_MAX: Final = 3_660
"""How much later than the hall knows of it may be: it was off for ten years at most. A slip in the
year's digits that goes further is noticed, before all that the hall holds is over."""
SECOND_MS: Final = 1_000


async def show_clock(core: Core, request: ShowClock, initials: str) -> ClockView:
    return _view(core)


async def tell_time(core: Core, request: TellTime, initials: str) -> ClockView:
    """From now on the hall goes by it: on disk before in memory, as everything is.

    A kernel that says that its time is synchronised knows better than a watch.
    """
    reading = core.clock.read()
    if reading.is_vouched_for:
        raise Refused(Why.CLOCK_SYNCHRONISED, shown=in_full(reading.wall_ms, core.zone))
    word = Word(_read(core, request.time), reading.boot_ms)

    def told() -> None:
        core.clock.tell(word)
        core.driver.tick()

    await core.save(also=partial(set_word, word=word, boot=boot_id()), then=told)
    return _view(core)


def _read(core: Core, typed: str) -> UnixMs:
    """Raises Refused for what is no time, and for one that cannot be."""
    now_ms = core.clock()
    time_ms = UnixMs(parse_clock(typed, now_ms, core.zone))
    if time_ms < WRITTEN_MS:
        raise Refused(Why.CLOCK_TOO_EARLY, given=typed, written=in_full(WRITTEN_MS, core.zone))
    if time_ms > max(now_ms, WRITTEN_MS) + DAYS_AHEAD_MAX * DAY_MS:
        raise Refused(Why.TIME_TOO_FAR, given=typed, days=DAYS_AHEAD_MAX)
    return time_ms


def _view(core: Core) -> ClockView:
    time = core.clock.standing()
    return ClockView(
        now_ms=time.now_ms,
        trusted=time.is_trusted,
        by=time.by,
        neighbours=time.tellers,
        ahead_s=None if time.ahead_ms is None else time.ahead_ms / SECOND_MS,
    )
