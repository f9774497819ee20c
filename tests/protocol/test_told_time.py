"""What two ends tell each other of the time: only what somebody vouches for, once a look."""

from __future__ import annotations

import pytest

from protocol.events import TimeTold
from protocol.frames import Agree, Differ, SharedSet, Summary
from protocol.ids import GroupId, UnixMs
from protocol.limits import MINUTE_MS
from tests.protocol.halls import NOW, Hall
from tests.protocol.houses import Device, Houses, street

ADA, BEA = Hall("ada"), Hall("bea")
TimedFrame = Summary | Agree | Differ


def met(*, ada_knows: bool, bea_knows: bool, differ: bool = False) -> tuple[Houses, list[Device]]:
    """Ada leads; each knows the time or not, Bea's is a minute later."""
    devices = street(ADA, BEA)
    town = Houses(*devices)
    for at, is_trusted in enumerate((ada_knows, bea_knows)):
        town.pass_time(devices[at], NOW + at * MINUTE_MS, is_trusted=is_trusted)
    town.pair_up()
    for device in devices:
        device.outputs.clear()
    if differ:
        town.lose(devices[1], BEA.request("beds"))
    town.sent.clear()
    town.ask(devices[0])
    town.run()
    return town, devices


def timed(town: Houses) -> list[TimedFrame]:
    return [each for each in town.frames_sent() if isinstance(each, TimedFrame)]


def told(device: Device) -> list[tuple[GroupId, int]]:
    return [(each.peer, each.time_ms) for each in device.times_told]


@pytest.mark.parametrize("differ", [True, False])
@pytest.mark.parametrize("ada_knows", [True, False])
@pytest.mark.parametrize("bea_knows", [True, False])
def test_who_knows_the_time_tells_it_once_a_look(
    ada_knows: bool, bea_knows: bool, differ: bool
) -> None:
    _, (ada, bea) = met(ada_knows=ada_knows, bea_knows=bea_knows, differ=differ)
    assert told(bea) == ([(ADA.group, NOW)] if ada_knows else [])
    assert told(ada) == ([(BEA.group, NOW + MINUTE_MS)] if bea_knows else [])


@pytest.mark.parametrize("differ", [True, False])
def test_only_frames_about_all_carry_it(differ: bool) -> None:
    town, _ = met(ada_knows=True, bea_knows=True, differ=differ)
    frames = timed(town)
    assert len(frames) == (2 if not differ else len(frames))
    for frame in frames:
        assert (frame.time_ms is not None) == (frame.shared is SharedSet.ALL)


def test_who_has_lost_trust_in_its_clock_tells_no_time() -> None:
    town, (ada, bea) = met(ada_knows=True, bea_knows=True)
    for device in (ada, bea):
        town.pass_time(device, NOW + 2 * MINUTE_MS, is_trusted=False)
        device.outputs.clear()
    town.sent.clear()
    town.ask(ada)
    town.run()
    assert ada.times_told == bea.times_told == []
    assert [each.time_ms for each in timed(town)] == [None, None]


def test_each_look_tells_the_time_of_then() -> None:
    town, (ada, bea) = met(ada_knows=True, bea_knows=False)
    for minutes in (10, 20):
        town.pass_time(ada, NOW + minutes * MINUTE_MS)
        town.ask(ada)
        town.run()
    times = [NOW, NOW + 10 * MINUTE_MS, NOW + 20 * MINUTE_MS]
    assert bea.times_told == [TimeTold(ADA.group, UnixMs(each)) for each in times]
