"""Towns where nobody vouches for some of the clocks: nothing goes too early, nothing comes back."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from protocol.bodies import Details
from protocol.ids import ObjectId
from protocol.limits import REACH_MAX
from protocol.record import Record, about
from tests.protocol.clocks import DoubtfulEvening, Past, Turn, TurnStep
from tests.protocol.disks import Node
from tests.protocol.evenings import Edge, Step
from tests.protocol.test_convergence import HALLS, WHAT, graph_of, graphs, newest, steps_of
from tests.protocol.towns import summaries_agree

EVENINGS = settings(max_examples=60, phases=[Phase.generate])


@dataclass(frozen=True, slots=True)
class Story:
    count: int
    edges: list[Edge]
    seed: int
    doubted: frozenset[int]
    off_days: int
    steps: list[Step | TurnStep]


def turns() -> st.SearchStrategy[TurnStep]:
    numbers = [st.integers(0, 5), st.integers(0, 3), st.integers(1, 40)]
    what = st.sampled_from([*Turn, Turn.HOURS, Turn.HOURS])
    return st.builds(TurnStep, what, *numbers)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    count, edges = draw(graphs())
    steps = st.one_of(steps_of(WHAT), steps_of(WHAT), steps_of(WHAT), turns())
    return Story(
        count,
        edges,
        draw(st.integers(0, 99)),
        draw(st.frozensets(st.integers(0, 5), max_size=6)),
        draw(st.sampled_from([0, 400])),
        draw(st.lists(steps, min_size=40, max_size=120)),
    )


def played(story: Story) -> DoubtfulEvening:
    halls = HALLS[: story.count]
    evening = DoubtfulEvening(halls, story.edges, story.seed, story.doubted, story.off_days)
    evening.heal()
    for step in story.steps:
        if isinstance(step, TurnStep):
            evening.turn(step)
        else:
            evening.take(step)
    for node in evening.nodes:
        evening.vouch(node)
    evening.heal()
    return evening


@EVENINGS
@given(stories())
def test_told_the_time_all_halls_hold_what_nobody_let_go_of(story: Story) -> None:
    evening = played(story)
    last = newest(evening)
    over = {
        each.header.object
        for each in last.values()
        if any(is_over(evening, node, each, last) for node in evening.nodes)
    }
    for node in evening.nodes:
        expected = {each for each in expected_of(evening, node, last) if each not in over}
        held = {each.header.object: each for each in node.disk.values()}
        for each in expected:
            assert held.get(each) == last[each]
        assert set(node.disk) == {each for each in node.disk if each in node.exchange.shelf}
    check_links(evening)


@EVENINGS
@given(stories())
def test_told_the_time_everything_ends(story: Story) -> None:
    evening = played(story)
    for _ in range(6):
        evening.hours(5 * 24)
        evening.heal()
    for node in evening.nodes:
        assert [each for each in node.disk.values() if not each.header.in_directory] == []
        assert node.exchange.shelf.all_requests() == []
    check_links(evening)


def check_links(evening: DoubtfulEvening) -> None:
    for one, other in ((evening.nodes[a], evening.nodes[b]) for a, b in evening.edges):
        assert summaries_agree(one, other)


def is_over(
    evening: DoubtfulEvening, node: Node, record: Record, last: dict[ObjectId, Record]
) -> bool:
    """Whether its time has passed at a hall, or that of what it answers."""
    stands_on = [record.header.object, about(record)]
    if isinstance(record.body, Details):
        stands_on.append(record.body.pledge)
    for each in stands_on:
        if each is not None and each in last:
            version = evening.past.get((id(node), each), Past()).version
            expires_ms = last[each].header.expires_ms or 0
            is_past = not last[each].header.clock_unsure and expires_ms <= node.purged_ms
            if version >= last[each].header.version or is_past:
                return True
    return False


def expected_of(
    evening: DoubtfulEvening, node: Node, last: dict[ObjectId, Record]
) -> set[ObjectId]:
    near = graph_of(evening).distances(node.hall.group, REACH_MAX)
    expected = set()
    for record in last.values():
        request = last[about(record) or record.header.object].header
        is_near = near.get(request.group, REACH_MAX + 1) <= request.reach
        if is_near and not record.header.in_directory:
            expected.add(record.header.object)
    return expected
