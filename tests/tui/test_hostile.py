"""Words from elsewhere are shown as text: nothing in them acts, leaves its cell or ends the app."""

from dataclasses import replace
from datetime import UTC

import pytest

from node.api.views import Kind, NeighbourView, WaitingView
from tests.tui.driving import Desk, at_the_desk
from tests.tui.fake_node import NOW_MS, FakeNode, pledge_of
from tests.tui.halls import need, offer, overflow
from tui.clock import Clock
from tui.news import News
from tui.overflow_rows import overflow_rows
from tui.rows import entry_row, neighbour_row

pytestmark = pytest.mark.asyncio

HOSTILE = {
    "click": "[@click=app.quit]x[/]",
    "click-content": "[@click='app.leave']here[/@click]",
    "unbalanced": "[/] [b [/b] [[[ ]] [red",
    "link": "[link=http://example.org]go[/link]",
    "escape": "\x1b[2J\x1b[31mred\x1b]0;title\x07\x1bc\x9b2J",
    "osc-8": "\x1b]8;;http://example.org\x1b\\go\x1b]8;;\x1b\\",
    "override": "abc\u202ecba\u2066\u2069\u200f",
    "breaks": "one\ntwo\r\nthree\u2028four\x0bfive\x85six",
    "zero-width": "a\u200b\u200d\ufeffb\u0301" + "\u0301" * 500,
    "wide": "漢字仮名" * 40 + "👩‍👩‍👧‍👦🏳️‍🌈",
    "nul": "a\x00b\x07c\x08d\x7fe",
    "long": "x" * 10_000,
    "long-words": "[b]word[/b] \x1b[1m" * 1_000,
    "format": "{} {0} {hall} %s %(n)d",
    "emoji-code": ":warning: :skull:",
    "surrogate": "a\udcffb",
    "private": "\ue000\U000f0000",
    "empty": "",
}


def hostile_hall(text: str) -> FakeNode:
    """A hall in which every field that can come from elsewhere holds `text`."""
    node = FakeNode()
    pledge = replace(
        pledge_of("ours-1", text, 5, note=text),
        ref=text,
        state="offered",
        details=text,
        condition=text,
    )
    odd = replace(pledge, id="pledge-2", state=text)
    foreign: dict[str, object] = {
        "origin": text, "area": text, "urgency": text, "category": text, "because": text,
    }  # fmt: skip
    ours = {"ours": True, "pledges": (pledge, odd), **foreign}
    each = (
        overflow("ours-1", text, text, **ours),
        overflow("theirs-1", text, text, unit=text, **foreign),
        overflow("theirs-2", text, text, state=text, **foreign),
    )
    node.overflows = {one.id: one for one in each}
    waiting = (WaitingView(text), WaitingView(text, details=True))
    node.neighbours = {
        "east": NeighbourView("east", text, "linked", text or "lan", NOW_MS, 3),
        "west": NeighbourView("west", text, text, None, None, 3, waiting_for=waiting),
    }
    rest: dict[str, object] = {
        "zone": text,
        "contact": text,
        "note": text,
        "initials": text,
        "overflows": (text,),
    }
    node.entries = {
        (Kind.NEED, "N-417-K"): need("N-417-K", text, text, 40, text, **rest),
        (Kind.OFFER, "O-418-K"): offer("O-418-K", text, text, 40, "meal", state=text, **rest),
    }
    node.warnings = (text,)
    node.personal = (text,) if text else ()
    return node


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_text_in_every_field_of_every_row(name: str) -> None:
    node = hostile_hall(HOSTILE[name])
    clock = Clock(now_ms=lambda: NOW_MS, zone=UTC)
    drawn = [
        *(entry_row(entry, clock) for entry in node.entries.values()),
        *overflow_rows(tuple(node.overflows.values()), clock),
        *(neighbour_row(neighbour, clock) for neighbour in node.neighbours.values()),
    ]
    pieces = [p.text for row in drawn for line in row.lines for p in (*line.left, *line.right)]
    assert all(text.isprintable() for text in pieces)


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_text_in_every_piece_of_news(name: str) -> None:
    text = HOSTILE[name]
    node = hostile_hall(text)
    mine = pledge_of("ours-2", text, 5, note=text)
    stands = ("offered", "accepted", "sent", "received", "not needed", "fell through", "withdrawn")
    for surplus in (False, True):
        news = News()
        assert news.since_last(()) == []
        shown = [replace(each, surplus=surplus) for each in node.overflows.values()]
        for number, state in enumerate(stands):
            theirs = replace(mine, id=f"a{number}", ref=text, by=text, through=text, state=state)
            ours = replace(theirs, id=f"b{number}", ours=True)
            each = replace(shown[0], ref=text, accepted=5, through=text)
            shown.append(replace(each, id=f"c{number}", ours=True, pledges=(theirs,)))
            shown.append(replace(each, id=f"d{number}", ours=False, pledges=(ours,)))
        lines = news.since_last(tuple(shown))
        assert len(lines) > 6
        assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("name", ["click", "unbalanced", "escape", "override", "wide", "long"])
async def test_hostile_text_on_every_screen_and_in_every_window(name: str) -> None:
    node = hostile_hall(HOSTILE[name])
    async with at_the_desk(node, size=(80, 24)) as desk:
        for keys in (
            ("enter", "escape", "p", "escape", "tab"),
            ("question_mark", "escape"),
            ("2", "w", "escape", "enter", "escape", "down", "a", "escape", "h", "escape"),
            ("end", "g", "escape"),
            ("3", "minus", "escape", "down", "enter", "escape"),
        ):
            for key in keys:
                await desk.keys(key)
                assert desk.app.is_running
                _is_contained(desk)
            # A click on a word from elsewhere chooses its row at most.
            await desk.pilot.click(offset=(16, 4))
    assert not [request for request in node.asked if _writes(request)]


def _is_contained(desk: Desk) -> None:
    """Every line is as wide as the screen, and holds nothing but what can be seen."""
    strips = desk.app.screen._compositor.render_strips()
    assert {strip.cell_length for strip in strips} == {80}
    for strip in strips:
        assert strip.text.isprintable()
        assert not any(segment.style and segment.style.link for segment in strip)


def _writes(request: object) -> bool:
    return not type(request).__name__.startswith(("List", "Show", "Read", "Status", "Preview"))
