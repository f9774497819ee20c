import pytest
from textual.app import App, ComposeResult

from tui.widgets.ledger import Ledger, Line, Piece, Row

pytestmark = pytest.mark.asyncio


def rows(*names: str) -> tuple[Row, ...]:
    """A heading, then a row of two lines for each name."""
    heading = Row(None, (Line((Piece("Heading", "head"),)),))
    lines = ((Line((Piece(name),), (Piece("40"),)), Line((Piece("below"),))) for name in names)
    return heading, *(Row(name, pair) for name, pair in zip(names, lines, strict=True))


class Held(App[None]):
    def compose(self) -> ComposeResult:
        yield Ledger("Nothing here")

    @property
    def ledger(self) -> Ledger:
        return self.query_one(Ledger)

    @property
    def shown(self) -> list[str]:
        ledger = self.ledger
        return [ledger.render_line(y).text.rstrip() for y in range(ledger.size.height)]


NAMES = tuple(f"row-{number:04}" for number in range(1_000))


async def test_an_empty_one_says_so() -> None:
    async with Held().run_test(size=(30, 6)) as pilot:
        app = pilot.app
        assert isinstance(app, Held)
        assert app.shown[0].strip() == "Nothing here"
        assert app.ledger.selected is None
        await pilot.press("down", "end", "pagedown")


async def test_headings_are_passed_by_the_cursor() -> None:
    async with Held().run_test(size=(30, 6)) as pilot:
        app = pilot.app
        assert isinstance(app, Held)
        app.ledger.show((*rows("a"), *rows("b")))
        assert app.ledger.selected == "a"
        await pilot.press("down")
        assert app.ledger.selected == "b"
        await pilot.press("down", "up", "up")
        assert app.ledger.selected == "a"


async def test_rows_that_come_above_move_neither_the_cursor_nor_the_view() -> None:
    async with Held().run_test(size=(30, 8)) as pilot:
        app = pilot.app
        assert isinstance(app, Held)
        app.ledger.show(rows(*NAMES))
        await pilot.press("end", "up", "up")
        before = app.shown
        app.ledger.show(rows("new", "newer", *NAMES))
        await pilot.pause()
        assert app.ledger.selected == "row-0997"
        assert app.shown == before


async def test_a_row_that_goes_leaves_the_cursor_near_it() -> None:
    async with Held().run_test(size=(30, 8)) as pilot:
        app = pilot.app
        assert isinstance(app, Held)
        app.ledger.show(rows("a", "b", "c"))
        await pilot.press("down")
        app.ledger.show(rows("a", "c"))
        assert app.ledger.selected == "c"
        app.ledger.show(rows("a"))
        assert app.ledger.selected == "a"
        app.ledger.show(())
        assert app.ledger.selected is None


async def test_the_same_rows_again_draw_nothing() -> None:
    async with Held().run_test(size=(30, 8)) as pilot:
        app = pilot.app
        assert isinstance(app, Held)
        app.ledger.show(rows("a", "b"))
        drawn: list[object] = []
        app.ledger.refresh = lambda *regions, **_kw: drawn.append(regions)  # type: ignore
        app.ledger.show(rows("a", "b"))
        assert drawn == []
        app.ledger.show(rows("a", "b", "c"))
        assert drawn


async def test_the_left_gives_way_to_the_right_and_wide_characters_stay_in_their_cells() -> None:
    async with Held().run_test(size=(30, 8)) as pilot:
        app = pilot.app
        assert isinstance(app, Held)
        app.ledger.show(rows("漢" * 40, "x" * 40))
        strips = [app.ledger.render_line(y) for y in range(8)]
        assert {strip.cell_length for strip in strips} == {30}
        assert strips[1].text.rstrip().endswith("…   40") or strips[1].text.rstrip().endswith("40")
        assert strips[3].text.rstrip().endswith("…  40")
