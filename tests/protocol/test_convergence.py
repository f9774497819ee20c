"""Whatever an evening brings, once all links are up again every hall in reach holds the same."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.bodies import Request
from protocol.errors import MalformedRecord
from protocol.exchange import FrameArrived
from protocol.frames import Records, to_bytes
from protocol.graph import Graph
from protocol.holdings import about
from protocol.ids import ObjectId, RecordId
from protocol.limits import DIRECTORY_REACH, REACH_MAX
from protocol.overflow import fold
from protocol.record import Record
from tests.protocol.desks import Deed
from tests.protocol.evenings import Edge, Evening, Happening, Node, Step
from tests.protocol.halls import NOW, Hall
from tests.protocol.towns import summaries_agree

HALLS = [Hall(name) for name in ("ada", "bea", "cleo", "dora", "edna", "fay")]

EVENINGS = settings(max_examples=60)


# What is drawn --------------------------------------------------------------------------------

SHAPES = {
    "line": lambda count: list(pairwise(range(count))),
    "ring": lambda count: [*pairwise(range(count)), (count - 1, 0)],
    "star": lambda count: [(0, other) for other in range(1, count)],
}


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Edge]]:
    """How many halls there are, and which are paired."""
    count = draw(st.integers(3, len(HALLS)))
    shape = draw(st.sampled_from([*SHAPES, "random"]))
    if shape != "random":
        return count, SHAPES[shape](count)
    pairs = list(combinations(range(count), 2))
    return count, draw(st.lists(st.sampled_from(pairs), min_size=2, max_size=8, unique=True))


OFTEN = [Happening.DELIVER, Happening.LINK, Happening.SAVE, Deed.REQUEST, Deed.PLEDGE, Deed.ACCEPT]
steps = st.builds(
    Step,
    st.sampled_from([*OFTEN, *Happening, *Deed, *OFTEN]),
    st.integers(0, 5),
    st.integers(0, 7),
    st.integers(1, 60),
)


@dataclass(frozen=True, slots=True)
class Story:
    """What happens to which town, and how it begins: quietly linked, or with every link down."""

    count: int
    edges: list[Edge]
    seed: int
    is_linked: bool
    steps: list[Step]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    count, edges = draw(graphs())
    seed, is_linked = draw(st.integers(0, 99)), draw(st.booleans())
    return Story(count, edges, seed, is_linked, draw(st.lists(steps, min_size=30, max_size=90)))


def played(story: Story) -> Evening:
    """Every step of it, each machine watched meanwhile, then all is made well again."""
    evening = Evening(HALLS[: story.count], story.edges, story.seed)
    if story.is_linked:
        evening.heal()
    for step in story.steps:
        evening.take(step)
    evening.heal()
    return evening


# What is true then ----------------------------------------------------------------------------


@EVENINGS
@given(stories())
def test_a_town_that_is_whole_again_holds_the_same(story: Story) -> None:
    check(played(story))


def check(evening: Evening) -> None:
    for node in evening.nodes:
        assert node.left_out == []
        assert set(node.disk) == {each for each in node.disk if each in node.exchange.shelf}
        assert len(node.exchange.shelf) == len(node.disk)
        check_messages(evening, node)
        check_directory(evening, node)
    for one, other in ((evening.nodes[a], evening.nodes[b]) for a, b in evening.edges):
        assert summaries_agree(one, other)
        for here, there in ((one, other), (other, one)):
            assert here.exchange.waiting_records(there.hall.group) == []
    check_folds(evening)


def newest(evening: Evening) -> dict[ObjectId, Record]:
    """The last word on everything that anybody said."""
    found: dict[ObjectId, Record] = {}
    for record in evening.said:
        held = found.get(record.header.object)
        if held is None or held.header.version < record.header.version:
            found[record.header.object] = record
    return found


def graph_of(evening: Evening) -> Graph:
    """As the halls are paired, whoever has heard of it."""
    graph = Graph()
    for number, node in enumerate(evening.nodes):
        others = (evening.nodes[other].hall.group for other in evening.paired_with(number))
        graph.sign(node.hall.group, node.hall.device_key, others)
    return graph


def expected_messages(evening: Evening, node: Node) -> set[RecordId]:
    """The newest version of each request that reaches the hall, and all that answers it."""
    last, near = newest(evening), graph_of(evening).distances(node.hall.group, REACH_MAX)
    expected = set()
    for record in last.values():
        request = last[about(record) or record.header.object].header
        is_near = near.get(request.group, REACH_MAX + 1) <= request.reach
        if is_near and not record.header.in_directory:
            expected.add(record.id)
    return expected


def check_messages(evening: Evening, node: Node) -> None:
    held = {each.id for each in node.disk.values() if not each.header.in_directory}
    assert held == expected_messages(evening, node)


def check_directory(evening: Evening, node: Node) -> None:
    """Of who is near, all; of who is far away, roster and card if they answered what is held."""
    last, held = newest(evening), node.disk.values()
    near = graph_of(evening).within_hearsay(node.hall.group, DIRECTORY_REACH)
    authors = {each.header.group for each in held if not each.header.in_directory}
    directory = {each.id for each in held if each.header.in_directory}
    everybody = [each for each in last.values() if each.header.in_directory]
    assert directory >= {each.id for each in everybody if each.header.group in near}
    assert {each.header.group for each in held} <= {*near, *authors}
    for author in authors:
        assert node.exchange.shelf.profile_of(author) is not None


def check_folds(evening: Evening) -> None:
    for record in newest(evening).values():
        if isinstance(record.body, Request):
            folds = [each for node in evening.nodes for each in folded(node, record)]
            assert folds
            assert all(each == folds[0] for each in folds)


def folded(node: Node, record: Record) -> list[object]:
    """What the hall makes of a request, if it holds it."""
    shelf, request = node.exchange.shelf, record.header.object
    held = shelf.find(request)
    return [fold(held, shelf.pledges_of(request), NOW, shelf.ends_ms)] if held else []
