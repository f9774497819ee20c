"""Which function answers which request, and the node that a front end asks in-process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

from node.answers import (
    clock,
    decay,
    entries,
    exporting,
    finding,
    forgetting,
    handovers,
    history,
    jobs,
    look_alikes,
    matches,
    merging,
    neighbours,
    overflows,
    paper,
    passing,
    pledges,
    sheets,
    status,
    suggestions,
    undoing,
)
from node.api import decay as call_round
from node.api import finding as search
from node.api import history as past
from node.api import matches as agreed
from node.api import paper as blanks
from node.api import requests
from node.api import sheets as files
from node.api.requests import Answer, Request
from node.api.views import Changed
from node.core import Core
from node.desk.initials import clean_initials
from node.refusal import Refused, Why

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
    past.ShowHistory: history.show_history,
    search.Find: finding.find,
    search.FindLookAlikes: look_alikes.find_look_alikes,
    past.PreviewForget: forgetting.preview_forget,
    call_round.ListRound: decay.list_round,
    agreed.Suggest: suggestions.suggest,
    agreed.ListMatches: matches.list_matches,
    agreed.ShowMatch: matches.show_match,
    agreed.ListJobs: jobs.list_jobs,
    agreed.ShowJob: jobs.show_job,
    files.ExportRows: exporting.export_rows,
    # Pairing waits for another hall; what it writes at the end takes its turn then.
    requests.Invite: neighbours.invite,
    requests.Join: neighbours.join,
}
WRITING: dict[type[Request[Any]], Answerer] = {
    agreed.MakeMatch: matches.make_match,
    agreed.MoveMatch: matches.move_match,
    agreed.HandOver: handovers.hand_over,
    agreed.PlanJob: jobs.plan_job,
    agreed.MoveJob: jobs.move_job,
    requests.TellTime: clock.tell_time,
    requests.AddEntry: entries.add_entry,
    requests.EditEntry: entries.edit_entry,
    requests.CloseEntry: entries.close_entry,
    requests.OpenEntry: entries.open_entry,
    requests.LetWait: entries.let_wait,
    requests.ReadEntry: entries.read_entry,
    search.Merge: merging.merge,
    files.ImportRows: sheets.import_rows,
    past.Undo: undoing.undo,
    past.Forget: forgetting.forget,
    call_round.SayStill: decay.say_still,
    call_round.SayGone: decay.say_gone,
    blanks.PrintSlips: paper.print_slips,
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
        initials = clean_initials(initials)
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

    def now_ms(self) -> int:
        return self._core.clock()

    def changes(self) -> AsyncIterator[Changed]:
        return self._core.changes()
