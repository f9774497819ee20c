from dataclasses import replace

import pytest

from node.api.requests import (
    AcceptPledge,
    DeclinePledge,
    MakePledge,
    MarkSent,
    ReceivePledge,
    ReleasePledge,
    RetractPledge,
    WithdrawOverflow,
)
from tests.tui.driving import Desk, at_the_desk
from tests.tui.fake_node import FakeNode, pledge_of
from tests.tui.halls import evening, overflow
from tui.widgets.ledger import Ledger

pytestmark = pytest.mark.asyncio


async def on(desk: Desk, key: str) -> None:
    """The overflow screen, with the cursor on the row under `key`."""
    await desk.keys("2")
    await desk.reads("Theirs: what we could do")
    ledger = desk.app.screen.query_one(Ledger)
    await desk.until(lambda: key in ledger.keys)
    await desk.keys("home")
    for _step in ledger.keys:
        if ledger.selected != key:
            await desk.keys("down")
    assert ledger.selected == key


async def test_ours_stand_with_their_pledges_and_theirs_with_ours() -> None:
    async with at_the_desk(evening(), size=(80, 24)) as desk:
        await desk.keys("2")
        await desk.reads("NG V-12-K", "read at 2 halls", "25 of 40 accepted")
        await desk.reads("Mill Lane School pledges 20 meals", "unanswered", "Lentil stew")
        await desk.reads("from Far Chapel, through Mill Lane School", "we pledged 10 packs")
        await desk.reads("Ask for Tom at the gym entrance")


async def test_g_pledges_what_is_still_open_unless_said_otherwise() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "theirs-2")
        await desk.keys("g")
        await desk.reads("Pledge for FC V-7-A", "Still open: 15", "only Far Chapel can read")
        await desk.reads("Far Chapel, through Mill Lane School, asks for 15")
        await desk.typed("6")
        await desk.keys("tab")
        await desk.typed("Folding")
        await desk.keys("enter")
        await desk.reads("FC V-7-A: 6 pledged to Far Chapel, through Mill Lane School")
        await desk.reads("we pledged 6 · saved here only")
    assert node.sent(MakePledge) == [MakePledge("theirs-2", "6", "Folding")]


async def test_our_own_overflow_cannot_be_pledged_to() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "ours-1")
        await desk.keys("g")
        await desk.reads("This one is our own: only another hall can pledge to it.")
    assert not node.sent(MakePledge)


async def test_a_accepts_with_details_and_says_who_can_read_them() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-2")
        await desk.keys("a")
        await desk.reads("Mill Lane School pledges 20 meals", "Only Mill Lane School can read")
        await desk.keys("tab")
        await desk.typed("Back door")
        await desk.keys("ctrl+s")
        await desk.reads("15 accepted from Mill Lane School", "40 of 40 accepted")
    assert node.sent(AcceptPledge) == [AcceptPledge("pledge-2", "15", "Back door")]


async def test_a_on_the_overflow_takes_its_only_pledge_and_asks_when_there_are_several() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "ours-1")
        await desk.keys("a")
        await desk.reads("Choose the line under it that you mean first.")
        ours = node.overflows["ours-1"]
        node.arrive(replace(ours, pledges=ours.pledges[1:]))
        await desk.until(lambda: "Eastside Centre pledges" not in desk.text)
        await desk.keys("a")
        await desk.reads("Answer to Mill Lane School")


async def test_accepting_too_much_is_refused_with_the_numbers() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-2")
        await desk.keys("a")
        await desk.typed("99")
        await desk.keys("ctrl+s")
        await desk.reads("accepted: of 40 asked for")
        assert desk.app.screen.focused is desk.app.screen.query_one("#qty")


async def test_ctrl_d_declines_what_is_offered_and_frees_what_never_came() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-2")
        await desk.keys("a", "ctrl+n")
        await desk.reads("not needed, Mill Lane School is told")
        await on(desk, "pledge-1")
        await desk.keys("a")
        await desk.reads("It never came: free the rest")
        await desk.keys("ctrl+n")
        await desk.reads("Free what never came from Eastside Centre?", "be written down.")
        assert not node.sent(ReleasePledge)
        await desk.keys("y")
        await desk.reads("the rest is free again")
    assert node.sent(DeclinePledge) == [DeclinePledge("pledge-2")]
    assert node.sent(ReleasePledge) == [ReleasePledge("pledge-1")]


async def test_details_for_a_hall_that_is_not_our_neighbour_are_asked_about() -> None:
    node = evening()
    far = replace(pledge_of("ours-1", "Far Hall", 5, id_="pledge-9"), neighbour=False)
    ours = node.overflows["ours-1"]
    node.overflows["ours-1"] = replace(ours, pledges=(far,))
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-9")
        await desk.keys("a", "tab")
        await desk.typed("12 Elm")
        await desk.keys("ctrl+s")
        await desk.reads("Give these details to Far Hall: “12 Elm”?")
        assert not node.sent(AcceptPledge)
        await desk.keys("y")
        await desk.reads("accepted from Far Hall")
    assert node.sent(AcceptPledge) == [AcceptPledge("pledge-9", "5", "12 Elm")]


async def test_t_says_that_it_is_on_its_way() -> None:
    node = evening()
    mine = node.overflows["theirs-1"].pledges[0]
    node.overflows["theirs-1"] = replace(
        node.overflows["theirs-1"], pledges=(replace(mine, state="accepted"),)
    )
    async with at_the_desk(node) as desk:
        await on(desk, "theirs-1")
        await desk.keys("t")
        await desk.reads("On its way to Eastside Centre: 10 packs?")
        await desk.keys("y")
        await desk.reads("on its way to Eastside Centre")
    assert node.sent(MarkSent) == [MarkSent("pledge-3")]


async def test_h_takes_what_came_and_in_what_condition() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-1")
        await desk.keys("h")
        await desk.reads("Received from Eastside Centre", "25 meals accepted, 0 received so far")
        await desk.keys("tab")
        await desk.typed("warm")
        await desk.keys("enter")
        await desk.reads("25 received from Eastside Centre", "25 of 40 received", "warm")
    assert node.sent(ReceivePledge) == [ReceivePledge("pledge-1", "25", "warm")]


async def test_w_asks_and_then_withdraws_the_overflow_or_our_pledge() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "ours-1")
        await desk.keys("w")
        await desk.reads("Withdraw NG V-12-K? Every hall that holds it", "sees it closed.")
        await desk.reads("Eastside Centre: 25 meals would fall through.")
        await desk.reads("Mill Lane School: 20 meals would not be needed.")
        await desk.keys("n")
        assert not node.sent(WithdrawOverflow)
        await desk.keys("w", "y")
        await desk.reads("NG V-12-K withdrawn")
        node.arrive_pledge(pledge_of("theirs-2", "Northgate Hall", 5, ours=True, id_="pledge-5"))
        await on(desk, "pledge-5")
        await desk.keys("w", "y")
        await desk.reads("our pledge is taken back")
        await on(desk, "pledge-3")
        await desk.keys("w")
        await desk.reads("It is on its way: it cannot be taken back any more.")
    assert node.sent(RetractPledge) == [RetractPledge("pledge-5")]


async def test_the_question_names_exactly_what_ends_and_fits_the_screen() -> None:
    node = evening()
    one = pledge_of("ours-1", "The Community Hall of Upper Eastside", 9)
    far = replace(one, through="Mill Lane Primary School and Nursery")
    falls = replace(far, state="accepted", accepted=9, received=3, would_fall=6)
    left = replace(one, id="left", by="Gone Hall", state="sent", accepted=9)
    came = replace(one, id="came", by="Came Hall", state="received", accepted=9, received=9)
    many = (replace(falls, id=f"falls-{place}") for place in range(3))
    open_still = (replace(far, id=f"open-{place}") for place in range(3))
    ours = replace(node.overflows["ours-1"], surplus=True, exercise=True)
    node.overflows["ours-1"] = replace(ours, pledges=(left, came, *many, *open_still))
    async with at_the_desk(node, size=(80, 24)) as desk:
        await on(desk, "ours-1")
        await desk.keys("w")
        await desk.reads("EXERCISE: Withdraw NG V-12-K?", "And 2 more that would end.", "y Yes")
        said = str(desk.app.screen.query_one(".ask").render()).splitlines()
        hall = "The Community Hall of Upper Eastside, through Mill Lane Primary School and Nursery"
        assert said[1:] == [
            *(f"{hall}: 6 meals would fall through." for _pledge in range(3)),
            f"{hall}: 9 meals would not be given.",
            "And 2 more that would end.",
        ]
        await desk.keys("y")
    assert node.sent(WithdrawOverflow) == [WithdrawOverflow("ours-1")]


async def test_enter_shows_all_of_one_and_its_keys_work_from_there() -> None:
    async with at_the_desk(evening(), size=(120, 40)) as desk:
        await on(desk, "pledge-2")
        await desk.keys("enter")
        await desk.reads("Urgency", "N-417-K", "Lentil stew")
        await desk.keys("a")
        await desk.reads("Answer to Mill Lane School")


async def test_a_new_pledge_rings_and_says_so_and_leaves_the_cursor_and_the_typing() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "theirs-2")
        await desk.keys("g")
        await desk.typed("6")
        rung = _count_bells(desk)
        node.arrive_pledge(pledge_of("ours-1", "Dock Kitchen", 5, id_="pledge-4"))
        await desk.reads("Dock Kitchen pledges 5 meals for NG V-12-K.")
        assert rung == [1]
        assert desk.app.screen.query_one("#qty").value == "6"  # type: ignore[attr-defined]
        await desk.keys("escape", "y")
        await desk.reads("(2 to answer)")
        assert desk.app.screen.query_one(Ledger).selected == "theirs-2"


async def test_a_neighbour_who_asks_for_something_rings() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        rung = _count_bells(desk)
        node.arrive(overflow("theirs-3", "ES V-9-A", "Torches", qty=8, unit="each"))
        await desk.reads("Eastside Centre asks for 8: Torches")
        assert rung == [1]


async def test_the_answer_to_our_pledge_rings_and_what_we_do_does_not() -> None:
    node = evening()
    mine = pledge_of("theirs-2", "Northgate Hall", 5, ours=True, id_="pledge-5")
    async with at_the_desk(node) as desk:
        rung = _count_bells(desk)
        node.arrive_pledge(mine)
        await on(desk, "pledge-5")
        assert rung == []
        node.arrive_pledge(replace(mine, state="accepted", accepted=3))
        await desk.reads("Far Chapel, through Mill Lane School, accepts 3 of our 5 for FC V-7-A.")
        await desk.keys("t", "y")
        await desk.reads("on its way to Far Chapel, through Mill Lane School")
        assert rung == [1]
        closed = replace(node.overflows["theirs-2"], state="closed", because="received")
        node.arrive(closed)
        await desk.reads("FC V-7-A of Far Chapel, through Mill Lane School, is closed (received).")
        assert rung == [1, 1]


def _count_bells(desk: Desk) -> list[int]:
    rung: list[int] = []
    desk.app.bell = lambda: rung.append(1)  # type: ignore[method-assign]
    return rung


async def test_nothing_to_show_says_what_to_do() -> None:
    async with at_the_desk(FakeNode()) as desk:
        await desk.keys("2")
        await desk.reads("On the board, p passes a need or an offer on.")
        await desk.keys("a")
        await desk.reads("Choose a line with the arrows first.")
