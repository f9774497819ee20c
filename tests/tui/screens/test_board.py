from dataclasses import replace

import pytest

from node.api.requests import AddEntry, CloseEntry, EditEntry, PassOn
from node.api.views import Kind
from tests.tui.driving import at_the_desk
from tests.tui.fake_node import NOW_MS, FakeNode
from tests.tui.halls import evening, need, overflow
from tui.screens.board import saved_said
from tui.widgets.ledger import Ledger

pytestmark = pytest.mark.asyncio


async def test_a_row_says_what_how_much_by_when_where_and_what_is_missing() -> None:
    async with at_the_desk(evening()) as desk:
        await desk.reads("N-417-K", "Hot meals for tonight", "40 meals")
        await desk.reads("by 21:26, in 1 h · Mill Lane", "25 of 40 promised")
        await desk.reads("was due 19:26 · zone? · contact?", "8 of 12 received", "DANGER")


async def test_both_boards_stand_beside_each_other_only_where_there_is_room() -> None:
    async with at_the_desk(evening(), size=(100, 30)) as desk:
        await desk.reads("Offers")
        heads = [line for line in desk.text.splitlines() if "Needs" in line]
        assert "Offers" in heads[0]
    async with at_the_desk(evening(), size=(99, 30)) as desk:
        heads = [line for line in desk.text.splitlines() if "Needs" in line]
        assert "Offers" not in heads[0]


async def test_tab_and_the_arrows_lead_to_the_other_board() -> None:
    async with at_the_desk(evening()) as desk:
        offers = desk.app.screen.query_one("#offer", Ledger)
        await desk.keys("tab")
        assert offers.has_focus
        await desk.keys("left")
        assert not offers.has_focus
        await desk.keys("right")
        assert offers.has_focus


async def test_what_became_of_a_quiet_mark_is_said() -> None:
    saved = need("N-1-B", "FOD", "Soup", 1, "meal")
    assert saved_said(saved) == "N-1-B saved"
    assert saved_said(replace(saved, quiet_like="O-1-C")) == (
        "N-1-B saved, quiet like O-1-C, the same person's"
    )
    also = replace(saved, also_quiet=("N-2-D", "O-1-C"))
    assert saved_said(also) == "N-1-B saved; quiet too now: N-2-D, O-1-C"


async def test_n_takes_a_need_and_says_its_reference() -> None:
    node = FakeNode()
    async with at_the_desk(node) as desk:
        await desk.keys("n")
        await desk.typed("meals")
        await desk.keys("tab")
        await desk.typed("Soup for ten")
        await desk.keys("tab", "tab", "tab")
        await desk.typed("10")
        await desk.keys("ctrl+s")
        await desk.reads("N-417-K saved", "Soup for ten", "10 meals")
        assert desk.app.screen.query_one("#need", Ledger).selected == "N-417-K"
    assert node.sent(AddEntry) == [
        AddEntry(Kind.NEED, "FOD", "Soup for ten", qty="10"),
    ]
    assert set(node.initials) == {"AB"}


async def test_o_takes_an_offer_and_enter_on_the_last_line_saves() -> None:
    node = FakeNode()
    async with at_the_desk(node) as desk:
        await desk.keys("o")
        await desk.typed("trn")
        await desk.keys("enter")
        await desk.typed("Van")
        await desk.keys(*["enter"] * 8)
        await desk.reads("O-417-K saved", "1 trip")
    assert node.sent(AddEntry) == [AddEntry(Kind.OFFER, "TRN", "Van")]


async def test_e_sends_only_what_was_changed() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await desk.keys("down", "e")
        await desk.reads("Edit N-417-K")
        await desk.keys("tab", "tab", "end")
        await desk.typed(" 7")
        await desk.keys("ctrl+s")
        await desk.reads("N-417-K saved", "Mill Lane 7")
    assert node.sent(EditEntry) == [EditEntry(Kind.NEED, "N-417-K", zone="Mill Lane 7")]


async def test_c_closes_with_a_reason() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await desk.keys("down", "x")
        await desk.reads("Close N-417-K: why?", "done by others")
        await desk.keys("down", "down", "enter")
        await desk.reads("N-417-K closed")
        await desk.until(lambda: "Hot meals" not in desk.text)
    assert node.sent(CloseEntry) == [CloseEntry(Kind.NEED, "N-417-K", "done by others")]


async def test_escape_closes_nothing() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await desk.keys("x", "escape")
        await desk.until(lambda: "why?" not in desk.text)
    assert not node.sent(CloseEntry)


async def test_enter_shows_everything_and_its_keys_work_from_there() -> None:
    async with at_the_desk(evening()) as desk:
        await desk.keys("down", "enter")
        await desk.reads("FOD food and meals", "Ana, 555 0100", "25 of 40 promised", "NG V-12-K")
        await desk.keys("e")
        await desk.reads("Edit N-417-K")


async def test_a_key_on_an_empty_board_says_what_to_do() -> None:
    async with at_the_desk(FakeNode()) as desk:
        await desk.keys("p")
        await desk.reads("Choose a line with the arrows first.")


async def test_a_live_update_keeps_the_cursor_on_its_row_and_what_is_being_typed() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await desk.keys("down")
        ledger = desk.app.screen.query_one("#need", Ledger)
        assert ledger.selected == "N-417-K"
        urgent = need("N-500-X", "WAT", "Water, now", 5, "litre", by_ms=NOW_MS - 7_200_000)
        node.entries[Kind.NEED, urgent.ref] = urgent
        node.changed()
        await desk.reads("Water, now")
        assert ledger.selected == "N-417-K"
        assert ledger.keys[0] == "N-500-X"
        await desk.keys("n")
        await desk.typed("fo")
        node.entries.pop((Kind.NEED, "N-417-K"))
        node.changed()
        await desk.until(lambda: "N-417-K" not in ledger.keys)
        assert desk.app.screen.query_one("#category").value == "fo"  # type: ignore[attr-defined]


async def test_every_key_of_the_bottom_line_can_be_clicked() -> None:
    async with at_the_desk(evening()) as desk:
        line = next(i for i, text in enumerate(desk.text.splitlines()) if "New need" in text)
        column = desk.text.splitlines()[line].index("New offer")
        await desk.pilot.click(offset=(column, line))
        await desk.reads("New offer", "Category", "FOD food and meals")


async def test_a_click_chooses_a_row_and_a_double_click_opens_it() -> None:
    async with at_the_desk(evening()) as desk:
        line = next(i for i, text in enumerate(desk.text.splitlines()) if "N-430-B" in text)
        await desk.pilot.click(offset=(20, line))
        assert desk.app.screen.query_one("#need", Ledger).selected == "N-430-B"
        await desk.pilot.click(offset=(20, line), times=2)
        await desk.reads("Need N-430-B")


async def test_fifty_changes_at_once_are_a_few_looks() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        before = len(node.asked)
        for _change in range(50):
            node.changed()
        node.name = "Southgate"
        node.changed()
        await desk.reads("Southgate")
        assert len(node.asked) - before < 50


def thirsty() -> FakeNode:
    """Two needs of one kind, one of another, and an offer."""
    node = FakeNode()
    wanted = (("N-1-A", "Water, ground floor", 10), ("N-2-B", "Water, third floor", 20))
    for ref, text, qty in wanted:
        node.entries[Kind.NEED, ref] = need(ref, "WAT", text, qty, "litre")
    node.entries[Kind.NEED, "N-3-C"] = need("N-3-C", "CLO", "Blankets", 5, "each")
    node.entries[Kind.OFFER, "O-9-X"] = need(
        "O-9-X", "FOD", "Rice, in sacks", 75, "kg", kind=Kind.OFFER, state="available"
    )
    return node


async def test_what_is_marked_is_passed_on_as_one() -> None:
    node = thirsty()
    async with at_the_desk(node) as desk:
        await desk.reads("N-1-A", "N-3-C")
        await desk.keys("space")
        await desk.reads("*N-1-A", "3 open  1 marked")
        await desk.keys("down", "space")
        await desk.reads(
            "*N-2-B", "2 marked: p passes on all that is marked as one, esc takes the marks away."
        )
        await desk.keys("down", "p")
        await desk.reads("Pass on N-1-A and N-2-B", "Water, ground floor; Water, third floor")
        await desk.reads("30 litres")
        await desk.keys("y")
        await desk.reads("N-1-A and N-2-B passed on as NG V-12-K")
        assert "*N-1-A" not in desk.text
        assert "marked" not in desk.text
    (sent,) = node.sent(PassOn)
    assert sent.refs == ("N-1-A", "N-2-B")


async def test_marks_stay_when_the_board_changes_and_go_with_what_is_closed() -> None:
    node = thirsty()
    async with at_the_desk(node) as desk:
        await desk.reads("N-1-A", "N-3-C")
        await desk.keys("space", "down", "space")
        await desk.reads("2 marked")
        node.entries[Kind.NEED, "N-7-D"] = need("N-7-D", "WAT", "Water, attic", 5, "litre")
        node.changed()
        await desk.reads("N-7-D", "*N-1-A", "*N-2-B")
        gone = node.entries[Kind.NEED, "N-1-A"]
        node.entries[Kind.NEED, "N-1-A"] = replace(gone, state="closed")
        node.changed()
        await desk.reads("1 marked", "*N-2-B")
        node.entries[Kind.NEED, "N-1-A"] = gone
        node.changed()
        await desk.reads(" N-1-A", "1 marked")
        await desk.keys("escape")
        await desk.until(lambda: "*N-2-B" not in desk.text and "marked" not in desk.text)


async def test_what_cannot_be_passed_on_as_one_says_why() -> None:
    node = thirsty()
    async with at_the_desk(node) as desk:
        await desk.reads("N-1-A", "N-3-C")
        await desk.keys("space", "down", "down", "space", "p")
        await desk.reads("N-1-A and N-3-C cannot be passed on as one")
        await desk.keys("escape")
        await desk.reads("2 marked")
    assert not node.sent(PassOn)


async def test_everything_about_one_passes_on_that_one_whatever_is_marked() -> None:
    node = thirsty()
    async with at_the_desk(node) as desk:
        await desk.reads("N-1-A", "N-3-C")
        await desk.keys("space", "down", "enter")
        await desk.reads("Need N-2-B")
        await desk.keys("p")
        await desk.reads("Pass on N-2-B", "20 litres")


async def test_closing_says_what_was_changed_along_with_it() -> None:
    node = thirsty()
    less = overflow("o1", "NG V-12-K", "Water", ours=True, qty=10, unit="litre")
    none = overflow("o2", "NG V-13-T", "Water", ours=True, state="closed", because="withdrawn")
    gift = overflow("o3", "NG S-2-P", "Rice", ours=True, qty=5, unit="kg", surplus=True)
    node.also_changed = (less, none, gift)
    async with at_the_desk(node) as desk:
        await desk.reads("N-1-A")
        await desk.keys("x", "enter")
        await desk.reads(
            "N-1-A closed",
            "NG V-12-K now asks for 10 litres",
            "NG V-13-T is closed along with it (withdrawn)",
            "NG S-2-P now gives away 5 kg",
        )
