"""Which function answers which request, and the node that a front end asks in-process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

from node.answers import clock, entries, neighbours, overflows, passing, pledges, status
from node.api import requests
from node.api.requests import Answer, Request
from node.api.views import Changed
from node.core import Core
from node.desk.text import clean_text
from node.refusal import Refused, Why

INITIALS_BYTES_MAX = 12

Answerer = Callable[[Core, Any, str], Awaitable[object]]

READING: dict[type[Request[Any]], Answerer] = {
    requests.Status: status.status,
    requests.ShowClock: clock.show_clock,
    requests.ListEntries: entries.list_entries,
    requests.ShowEntry: entries.show_entry,
    requests.PreviewPass: passing.preview_pass,
    requests.ListOverflows: overflows.list_overflows,
    requests.PreviewAccept: pledges.preview_accept,
    requests.ShowOverflow: overflows.show_overflow,
    requests.ListNeighbours: neighbours.list_neighbours,
    # Pairing waits for another hall; what it writes at the end takes its turn then.
    requests.Invite: neighbours.invite,
    requests.Join: neighbours.join,
}
WRITING: dict[type[Request[Any]], Answerer] = {
    requests.TellTime: clock.tell_time,
    requests.AddEntry: entries.add_entry,
    requests.EditEntry: entries.edit_entry,
    requests.CloseEntry: entries.close_entry,
    requests.PassOn: passing.pass_on,
    requests.ReadOverflow: overflows.read_overflow,
    requests.WithdrawOverflow: overflows.withdraw_overflow,
    requests.ResizeOverflow: overflows.resize_overflow,
    requests.RenewOverflow: overflows.renew_overflow,
    requests.MakePledge: pledges.make_pledge,
    requests.RetractPledge: pledges.retract_pledge,
    requests.AcceptPledge: pledges.accept_pledge,
    requests.DeclinePledge: pledges.decline_pledge,
    requests.ReleasePledge: pledges.release_pledge,
    requests.MarkSent: pledges.mark_sent,
    requests.ReceivePledge: pledges.receive_pledge,
    requests.RemoveNeighbour: neighbours.remove_neighbour,
}


class LocalNode:
    """`NodeApi` over a core in this process. Writing requests take turns, so none sees half."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def call(self, request: Request[Answer], *, initials: str = "") -> Answer:
        if initials:
            initials = clean_text(initials, INITIALS_BYTES_MAX)
        kind = type(request)
        if kind in READING:
            answer = await READING[kind](self._core, request, initials)
        elif kind in WRITING:
            async with self._core.writing:
                answer = await WRITING[kind](self._core, request, initials)
        else:
            raise Refused(Why.NODE_NEEDED)
        # The table pairs each request with a function whose answer its type names.
        return cast("Answer", answer)

    def changes(self) -> AsyncIterator[Changed]:
        return self._core.changes()
