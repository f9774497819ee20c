"""Runs a service for ever, over what a network or a disk does to it."""

from __future__ import annotations

import asyncio
import logging
import socket as sockets
from collections.abc import Awaitable, Callable
from typing import Final

log = logging.getLogger(__name__)

TURNS_TO_CONNECT: Final = 3
"""Turns of the loop until an accepted socket is one that its server knows of and will close:
asyncio makes it a transport in one and tells the protocol in the next."""


class ServiceEnded(Exception):
    """A service returned, though it was to run until cancelled: a bug here."""


async def restarting(
    name: str,
    service: Callable[[], Awaitable[None]],
    *,
    first_s: float = 1.0,
    max_s: float = 60.0,
    random: Callable[[], float],
) -> None:
    """Run `service` until cancelled, and again after each OSError, with pauses that grow.

    A pause is between half and all of 1, 2, 4, … times `first_s`, `max_s` at most; `random` gives
    0 to below 1, so that halls that lost power together do not come back in step. A service that
    ran for `max_s` starts over with the first pause. A group of OSErrors, as a TaskGroup raises
    them, counts as one. Anything else passes through, a bug ends the process loudly; so does a
    service that returns (raises ServiceEnded).
    """
    clock = asyncio.get_running_loop().time
    longest_s = first_s
    while True:
        started_s = clock()
        try:
            await service()
            raise ServiceEnded(name)
        except* OSError as failed:
            reason = _reason(failed)
        heed_cancellation()
        if clock() - started_s >= max_s:
            longest_s = first_s
        pause_s = longest_s * (1 + random()) / 2
        log.warning("%s failed (%s); again in %.1f s", name, reason, pause_s)
        await asyncio.sleep(pause_s)
        longest_s = min(2 * longest_s, max_s)


def heed_cancellation() -> None:
    """Raise the CancelledError that a TaskGroup kept to itself because a child failed meanwhile.

    It does so before Python 3.13; who handles the failure and goes on would never end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def stop_taking(socket: sockets.socket) -> None:
    """Accept nobody any more on this listening socket, and let in who was accepted just now.

    To be waited for before its server is closed: asyncio would lose who was accepted and is not
    connected yet, and they would wait at an open socket
    (https://github.com/python/cpython/issues/109564).
    """
    asyncio.get_running_loop().remove_reader(socket)
    for _ in range(TURNS_TO_CONNECT):
        await asyncio.sleep(0)


def _reason(failed: BaseExceptionGroup[OSError]) -> str:
    """The kind of each failure. Its text stays out: it may hold addresses."""
    kinds: list[str] = []
    for error in failed.exceptions:
        if isinstance(error, BaseExceptionGroup):
            kinds.append(_reason(error))
        else:
            kinds.append(error.strerror or type(error).__name__)
    return ", ".join(kinds)
