"""A service that fails runs again; a bug is not hidden. Time here is the loop's own, skipped over:
a pause of a minute takes no time, and what it was can be told exactly."""

import asyncio
import logging
import selectors
from collections.abc import Awaitable, Callable

import pytest

from node.services.supervise import ServiceEnded, restarting

RUNS = 9


class SkippingLoop(asyncio.SelectorEventLoop):
    """An event loop that never waits: its clock jumps to whatever is due next."""

    def __init__(self) -> None:
        self._waits = SkippingSelector()
        super().__init__(self._waits)

    def time(self) -> float:
        return self._waits.now_s


class SkippingSelector(selectors.SelectSelector):
    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now_s += timeout or 0.0
        return super().select(0)


class Enough(Exception):
    """Ends a test from within the service, as a bug would."""


class Service:
    """Runs for `lasts_s[run]` seconds each time, then fails; after the last time, Enough."""

    def __init__(self, lasts_s: list[float], failure: Callable[[], BaseException]) -> None:
        self._lasts_s = lasts_s
        self._failure = failure
        self.started_s: list[float] = []
        self.failed_s: list[float] = []

    @property
    def pauses_s(self) -> list[float]:
        return [
            start - failed for failed, start in zip(self.failed_s, self.started_s[1:], strict=False)
        ]

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        self.started_s.append(loop.time())
        if len(self.started_s) > len(self._lasts_s):
            raise Enough
        await asyncio.sleep(self._lasts_s[len(self.started_s) - 1])
        self.failed_s.append(loop.time())
        raise self._failure()


def play(service: Callable[[], Awaitable[None]], chance: float) -> None:
    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        runner.run(restarting("discovery", service, first_s=1.0, max_s=60.0, random=lambda: chance))


def ended(service: Service, chance: float = 0.0) -> list[float]:
    """The pauses between the runs, after the service said that it is enough."""
    with pytest.raises(Enough):
        play(service.run, chance)
    return service.pauses_s


def test_the_pauses_grow_up_to_a_limit() -> None:
    service = Service([0.0] * RUNS, OSError)
    assert ended(service) == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30, 30])


def test_chance_makes_them_up_to_twice_as_long() -> None:
    service = Service([0.0] * RUNS, OSError)
    assert ended(service, chance=0.5) == pytest.approx([0.75, 1.5, 3, 6, 12, 24, 45, 45, 45])


def test_a_service_that_ran_a_while_starts_over() -> None:
    service = Service([0, 0, 0, 61, 0, 59, 0], OSError)
    assert ended(service) == pytest.approx([0.5, 1, 2, 0.5, 1, 2, 4])


@pytest.mark.parametrize(
    "failure",
    [
        TimeoutError,
        lambda: ConnectionResetError(104, "Connection reset by peer"),
        lambda: ExceptionGroup("children", [OSError(), ExceptionGroup("more", [OSError()])]),
    ],
    ids=["timeout", "reset", "a group of them"],
)
def test_what_a_network_does_is_survived(failure: Callable[[], BaseException]) -> None:
    assert ended(Service([0.0], failure)) == [0.5]


@pytest.mark.parametrize(
    "failure",
    [ValueError, lambda: ExceptionGroup("children", [OSError(), ValueError()])],
    ids=["a bug", "a bug among failures"],
)
def test_a_bug_passes_through(failure: Callable[[], BaseException]) -> None:
    service = Service([0.0] * RUNS, failure)
    with pytest.raises((ValueError, ExceptionGroup)) as raised:
        play(service.run, 0.0)
    assert isinstance(raised.value, ValueError) or raised.group_contains(ValueError)
    assert len(service.started_s) == 1


def test_a_service_that_returns_is_a_bug() -> None:
    async def tired() -> None:
        return

    with pytest.raises(ServiceEnded):
        play(tired, 0.0)


def test_cancelling_ends_the_service_and_the_pauses() -> None:
    async def story() -> list[str]:
        ran: list[str] = []

        async def service() -> None:
            try:
                await asyncio.sleep(3600)
            finally:
                ran.append("closed")

        async def failing() -> None:
            ran.append("failed")
            raise OSError

        for each in (service, failing):
            task = asyncio.ensure_future(restarting("each", each, random=lambda: 0.0))
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        return ran

    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        assert runner.run(story()) == ["closed", "failed"]


def test_the_log_says_why_and_when_but_no_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    ended(Service([0.0], lambda: OSError(98, "Address already in use", "192.0.2.1")))
    assert caplog.messages == ["discovery failed (Address already in use); again in 0.5 s"]
