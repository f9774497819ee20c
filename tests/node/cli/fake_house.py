"""A house whose node answers from a table and remembers what it was asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from node.api.door import NodeApi
from node.api.history import (
    Forget,
    ForgetView,
    HappenedView,
    PreviewForget,
    ShowHistory,
    Undo,
    UndoneView,
)
from node.api.requests import (
    AcceptPledge,
    AddEntry,
    Answer,
    CloseEntry,
    DeclinePledge,
    EditEntry,
    Invite,
    Join,
    LetWait,
    ListEntries,
    ListNeighbours,
    ListOverflows,
    MakePledge,
    MarkSent,
    OpenEntry,
    PassOn,
    PreviewAccept,
    PreviewPass,
    ReadEntry,
    ReadOverflow,
    ReceivePledge,
    ReleasePledge,
    RemoveNeighbour,
    RenewOverflow,
    Request,
    ResizeOverflow,
    RetractPledge,
    ShowClock,
    ShowEntry,
    ShowOverflow,
    Status,
    TellTime,
    WithdrawOverflow,
)
from node.api.views import (
    AcceptPreview,
    Changed,
    ClockView,
    EntryView,
    HallMade,
    InviteView,
    Kind,
    NeighbourView,
    OverflowView,
    PassPreview,
    PledgeView,
    StatusView,
)
from node.clock import system_clock
from protocol.invite import InviteCode, to_text

EVENING_MS = 1_938_018_600_000
"""2031-05-31T18:30:00Z"""

NEED = EntryView(
    kind=Kind.NEED,
    ref="N-417-K",
    state="open",
    category="FOD",
    text="Hot meals for tonight",
    qty=40.0,
    unit="meal",
    zone="North",
    received=25,
    promised=0,
    danger=False,
    created_ms=EVENING_MS - 3_600_000,
    by_ms=EVENING_MS,
)
PLEDGE = PledgeView(
    id="pledge-id",
    ref="ES P-3-K",
    overflow="overflow-id",
    by="Eastside",
    ours=False,
    state="offered",
    qty=25,
    accepted=0,
    received=0,
    neighbour=True,
)
OVERFLOW = OverflowView(
    id="overflow-id",
    ref="NG V-12-K",
    origin="Northgate",
    ours=True,
    state="open",
    category="FOD",
    text="Hot meals",
    qty=40,
    unit="meal",
    accepted=0,
    received=0,
    pledged=25,
    distance=0,
    area="",
    urgency="tonight",
    hops=2,
    changed_ms=EVENING_MS,
    until_ms=EVENING_MS + 500,
    surplus=False,
    exercise=False,
    pledges=(PLEDGE,),
)
FAR_PLEDGE = replace(
    PLEDGE, id="far-id", ref="ML P-9-C", by="Mill Lane", through="Eastside", qty=30, neighbour=False
)
"""Of a hall two links away."""
SURPLUS = replace(
    OVERFLOW,
    id="surplus-id",
    ref="ES S-2-D",
    origin="Eastside",
    ours=False,
    category="CLO",
    text="Warm blankets",
    qty=12,
    unit="each",
    accepted=5,
    sent=5,
    received=2,
    pledged=5,
    distance=1,
    surplus=True,
    pledges=(
        replace(
            PLEDGE,
            overflow="surplus-id",
            ref="NG P-4-D",
            by="Northgate",
            ours=True,
            state="sent",
            qty=5,
            accepted=5,
            received=2,
        ),
    ),
)
PREVIEW = PassPreview(
    refs=("N-417-K",),
    category="FOD",
    text="Hot meals",
    qty=40,
    unit="meal",
    area="Northgate",
    urgency="tonight",
    by_ms=EVENING_MS,
    hops=2,
    until_ms=EVENING_MS,
    exercise=False,
    neighbours=("Eastside",),
    personal=(),
    one_person=False,
    approval="these-words",
)
CODE = to_text(InviteCode("192.0.2.7", 7425, bytes(range(16))))
"""A pairing code as another hall would give it."""

EASTSIDE = NeighbourView(
    group_id="east-id", name="Eastside", state="linked", path="lan", last_heard_ms=EVENING_MS
)
STATUS = StatusView(
    group_id="north-id",
    name="Northgate",
    running=True,
    neighbours=1,
    linked=1,
    needs_open=2,
    offers_open=0,
    warnings=(),
    now_ms=EVENING_MS,
    time_by="synchronised",
    place="12 North Street",
)

TO_NEIGHBOUR = AcceptPreview("pledge-id", "Eastside", "", True, 25, "side door")
TO_STRANGER = AcceptPreview("far-id", "Mill Lane", "Eastside", False, 30, "house")

HAPPENED = HappenedView("N-417-K", EVENING_MS, "AK", "edited", "40 meals")
UNDONE = UndoneView(EVENING_MS, "AK", "edited", ("N-417-K",))
FORGET = ForgetView("N-417-K", forgotten=False, also=("O-12-D",), closes=("N-417-K",))

CLOCK = ClockView(EVENING_MS, trusted=True, by="synchronised", neighbours=0, ahead_s=None)

ANSWERS: dict[type, object] = {
    Status: STATUS,
    ShowClock: CLOCK,
    TellTime: replace(CLOCK, by="operator"),
    AddEntry: NEED,
    EditEntry: NEED,
    ShowEntry: NEED,
    ReadEntry: NEED,
    OpenEntry: NEED,
    LetWait: replace(NEED, state="waiting", because="no answer"),
    ShowHistory: (HAPPENED,),
    Undo: UNDONE,
    PreviewForget: FORGET,
    Forget: replace(FORGET, forgotten=True),
    CloseEntry: replace(NEED, state="closed", because="met"),
    ListEntries: (NEED,),
    PreviewPass: PREVIEW,
    PassOn: OVERFLOW,
    ListOverflows: (OVERFLOW,),
    ShowOverflow: OVERFLOW,
    ReadOverflow: OVERFLOW,
    RenewOverflow: OVERFLOW,
    ResizeOverflow: OVERFLOW,
    WithdrawOverflow: replace(OVERFLOW, state="closed", because="withdrawn"),
    MakePledge: PLEDGE,
    RetractPledge: replace(PLEDGE, state="withdrawn"),
    PreviewAccept: TO_NEIGHBOUR,
    AcceptPledge: replace(PLEDGE, state="accepted", accepted=25),
    DeclinePledge: replace(PLEDGE, state="not needed"),
    ReleasePledge: replace(PLEDGE, state="fell through"),
    MarkSent: replace(PLEDGE, state="sent", accepted=25),
    ReceivePledge: replace(PLEDGE, state="received", accepted=25, received=25),
    ListNeighbours: (EASTSIDE,),
    Invite: InviteView("ABCD EFGH", EVENING_MS),
    Join: EASTSIDE,
    RemoveNeighbour: replace(EASTSIDE, state="removed"),
}


class Door(NodeApi):
    """Answers by the request's type; an exception in the table is raised."""

    def __init__(self, house: FakeHouse) -> None:
        self._house = house

    async def call(self, request: Request[Answer], *, initials: str = "") -> Answer:
        self._house.asked.append(request)
        self._house.initials.append(initials)
        answer = self._house.answers[type(request)]
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[return-value]

    def now_ms(self) -> int:
        return system_clock() + self._house.ahead_ms

    async def changes(self) -> AsyncIterator[Changed]:
        yield Changed()


@dataclass
class FakeHouse:
    """`done` remembers what was done besides asking the node."""

    answers: dict[type, object] = field(default_factory=lambda: dict(ANSWERS))
    asked: list[object] = field(default_factory=list)
    initials: list[str] = field(default_factory=list)
    done: list[tuple[object, ...]] = field(default_factory=list)
    running: bool = True
    ahead_ms: int = 0
    """Of this machine's clock, what the hall's shows."""

    @asynccontextmanager
    async def open_node(self, data: Path) -> AsyncIterator[NodeApi]:
        self.done.append(("open", data))
        yield Door(self)

    def make_hall(self, data: Path, name: str, place: str, area: str) -> HallMade:
        self.done.append(("make", data, name, place))
        return HallMade("group", "device", name, " ".join(f"word{n}" for n in range(12)))

    def start_node(self, data: Path) -> None:
        self.done.append(("start", data))

    def stop_node(self, data: Path, silent: Callable[[int], None]) -> bool:
        self.done.append(("stop", data))
        return self.running

    def run_node(
        self, data: Path, listen: str | None, *, mdns: bool, ready: Callable[[str], None]
    ) -> None:
        self.done.append(("run", data, listen, mdns))
        ready("127.0.0.1:7411")

    def open_board(self, data: Path, initials: str) -> None:
        self.done.append(("board", data, initials))
