"""Whatever an evening brings, once all links are up again every hall in reach holds the same."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.bodies import Request
from protocol.errors import MalformedRecord
from protocol.events import FrameArrived
from protocol.frames import Records, to_bytes
from protocol.graph import Graph
from protocol.ids import ObjectId, RecordId
from protocol.limits import DIRECTORY_REACH, HOUR_MS, REACH_MAX
from protocol.overflow import fold
from protocol.record import Record, about
from tests.protocol.desks import Deed
from tests.protocol.disks import Node
from tests.protocol.evenings import Edge, Evening, Happening, Step
from tests.protocol.halls import NOW, Hall, accepts, as_map, resigned, signed_map
from tests.protocol.towns import summaries_agree

HALLS = [Hall(name) for name in ("ada", "bea", "cleo", "dora", "edna", "fay")]

EVENINGS = settings(max_examples=60)


# What is drawn --------------------------------------------------------------------------------


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Edge]]:
    """How many halls there are, and which are paired."""
    count = draw(st.integers(3, len(HALLS)))
    return count, draw(st.one_of(st.sampled_from(shapes(count)), random_edges(count)))


def shapes(count: int) -> list[list[Edge]]:
    """A line, a ring and a star."""
    line = list(pairwise(range(count)))
    return [line, [*line, (count - 1, 0)], [(0, other) for other in range(1, count)]]


def random_edges(count: int) -> st.SearchStrategy[list[Edge]]:
    pairs = list(combinations(range(count), 2))
    return st.lists(st.sampled_from(pairs), min_size=2, max_size=8, unique=True)


OFTEN = [
    *[Happening.DELIVER] * 6,
    *[Happening.LINK] * 4,
    *[Happening.SAVE] * 3,
    *[Deed.PLEDGE] * 4,
    *[Deed.ACCEPT] * 4,
    *[Deed.REQUEST, Deed.DETAILS, Deed.MARK_MOVED, Deed.MOVE, Deed.FOLLOW_UP] * 2,
]
WHAT = [each for each in [*OFTEN, *Happening, *Deed] if each is not Happening.HOURS]
AT_NIGHT = [*Happening, *[Happening.HOURS, Happening.DELIVER, Happening.LINK] * 2]


def steps_of(what: list[Happening | Deed]) -> st.SearchStrategy[Step]:
    numbers = [st.integers(0, 5), st.integers(0, 3), st.integers(1, 40)]
    return st.builds(Step, st.sampled_from(what), *numbers)


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
    steps = draw(st.lists(steps_of(WHAT), min_size=40, max_size=120))
    return Story(count, edges, seed, is_linked, steps)


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


# Any order ------------------------------------------------------------------------------------


@EVENINGS
@given(stories(), st.randoms(use_true_random=False))
def test_any_order_and_any_duplication_ends_the_same(story: Story, rng: Random) -> None:
    """All that was ever said, every version of it, shuffled and some of it said twice."""
    evening = played(story)
    number = rng.randrange(story.count)
    node = evening.nodes[number]
    shelf, neighbours = node.hall.shelf(), [HALLS[each] for each in evening.paired_with(number)]
    for record in shuffled(evening, node, rng):
        if record.header.group == node.hall.group:
            shelf.place_own(record)
        else:
            shelf.place_verified(record, rng.choice([*neighbours, node.hall]).group)
    held = {each.id for each in evening.said if each.id in shelf}
    assert held == set(node.disk)
    assert len(shelf) == len(held)
    assert shelf.own_messages() == [r for r in shelf.own_messages() if r.id in node.disk]


def shuffled(evening: Evening, node: Node, rng: Random) -> list[Record]:
    """Our own are signed one after the other; those of others come whenever they come."""
    own = [each for each in evening.said if each.header.group == node.hall.group]
    others = [each for each in evening.said if each.header.group != node.hall.group]
    others += rng.sample(others, len(others) // 2)
    rng.shuffle(others)
    for at in sorted((rng.randint(0, len(others)) for _ in own), reverse=True):
        others.insert(at, own.pop())
    return others


# The night after ------------------------------------------------------------------------------


@EVENINGS
@given(stories(), st.lists(steps_of(AT_NIGHT), max_size=40))
def test_what_expires_is_gone_everywhere_and_stays_away(story: Story, night: list[Step]) -> None:
    """Clocks are hours apart meanwhile; in the morning all of them tell the same time."""
    evening = played(story)
    for step in night:
        evening.take(step)
    morning = max(node.now_ms for node in evening.nodes)
    for node in evening.nodes:
        evening.tick(node, morning)
    evening.heal()
    for node in evening.nodes:
        assert node.purged_ms == evening.nodes[0].purged_ms
        check_night(evening, node)
    for one, other in ((evening.nodes[a], evening.nodes[b]) for a, b in evening.edges):
        assert summaries_agree(one, other)


def check_night(evening: Evening, node: Node) -> None:
    """Of what lasts, all is held; of what is over, only what this hall was party to."""
    last, us = newest(evening), node.hall.group

    def lasts(record: Record) -> bool:
        expires_ms = record.header.expires_ms
        return expires_ms is None or expires_ms > node.purged_ms

    def request_of(record: Record) -> Record:
        return last[about(record) or record.header.object]

    expected = expected_messages(evening, node)
    messages = [each for each in last.values() if not each.header.in_directory]
    lasting = {each.id for each in messages if lasts(each) and lasts(request_of(each))}
    held = [each for each in node.disk.values() if not each.header.in_directory]
    assert {each.id for each in held} & lasting == expected & lasting
    ours = {request_of(each).id for each in held if each.header.group == us}
    for record in held:
        assert lasts(record) or request_of(record).id in ours


# Evenings worth a test of their own -----------------------------------------------------------

ADA, BEA, CLEO = HALLS[:3]


@pytest.mark.parametrize("answer", [BEA.pledge(ADA.request()), BEA.seen(ADA.request())])
@pytest.mark.parametrize("is_lost", [True, False])
def test_an_answer_is_on_disk_before_what_it_answers(answer: Record, is_lost: bool) -> None:
    """What our desk signs is saved at once; what a neighbour sent can be lost with the power."""
    evening = Evening([ADA, BEA], [(0, 1)], seed=0)
    evening.heal()
    ada, bea = evening.nodes
    evening.publish(ada, ADA.request())
    evening.deliver(1)
    evening.publish(bea, answer)
    if is_lost:
        evening.cut((0, 1))
    evening.restart(bea)
    assert list(bea.exchange.shelf.all_requests()) == []
    evening.heal()
    assert ada.holds(answer)
    check(evening)


def test_what_waited_at_a_neighbour_is_acknowledged_whoever_ends_the_waiting() -> None:
    """Cleo hears from Bea that it has seen a request; the request itself comes from Ada."""
    evening = Evening([ADA, BEA, CLEO], [(0, 1), (1, 2), (0, 2)], seed=0)
    evening.heal()
    ada, bea, cleo = evening.nodes
    evening.cut((1, 2))
    evening.cut((0, 2))
    evening.publish(ada, ADA.request())
    evening.settle()
    evening.link_up((1, 2))
    evening.publish(bea, BEA.seen(ADA.request()))
    evening.deliver_to(cleo)
    assert not cleo.exchange.shelf.all_requests()
    evening.link_up((0, 2))
    evening.publish(ada, ADA.request(version=2))
    evening.deliver_to(cleo)
    assert cleo.exchange.shelf.all_requests()
    evening.heal()
    check(evening)


def lasting(hours: int, version: int = 1) -> Record:
    """Ada's request, for some hours."""
    return resigned(ADA.request(version=version), {6: hours * HOUR_MS}, ADA.device)


def test_answers_rest_with_the_request_that_they_outlive_and_come_back_with_it() -> None:
    """Ada and Bea keep it for their own desks, Cleo does not; Bea's pledge lasts for days."""
    evening = Evening([ADA, BEA, CLEO], [(0, 1), (1, 2)], seed=0)
    evening.heal()
    ada, bea, cleo = evening.nodes
    for node, record in ((ada, lasting(1)), (bea, BEA.pledge(ADA.request()))):
        evening.publish(node, record)
        evening.settle()
    for node in evening.nodes:
        evening.pass_hours(node, 2, is_trusted=True)
    evening.settle()
    evening.restart(bea)
    evening.heal()
    assert bea.exchange.waiting_records(CLEO.group) == []
    assert bea.holds(lasting(1))
    assert cleo.exchange.shelf.all_requests() == []
    evening.publish(ada, lasting(10, version=2))
    evening.heal()
    check(evening)


def test_what_comes_when_it_is_over_is_not_counted_as_held() -> None:
    """It was under way while Bea's clock moved on; then Ada lets go of it as well."""
    evening = Evening([ADA, BEA], [(0, 1)], seed=0)
    evening.heal()
    ada, bea = evening.nodes
    evening.publish(ada, lasting(1))
    evening.pass_hours(bea, 2, is_trusted=True)
    evening.deliver_to(bea)
    assert bea.exchange.shelf.all_requests() == []
    evening.pass_hours(ada, 2, is_trusted=True)
    evening.heal()
    assert summaries_agree(ada, bea)


def test_a_request_that_accepts_more_than_it_asks_is_refused_everywhere() -> None:
    """Nor is anything taken that came with it; who passes it on has not read it."""
    bea_s, cleo_s = BEA.pledge(ADA.request()), CLEO.pledge(ADA.request())
    decisions = [accepts(bea_s, 35_000).write(), accepts(cleo_s, 25_001).write()]
    too_much = signed_map({**as_map(ADA.request(version=2)), 21: decisions}, ADA.device)
    frame = to_bytes(Records([ADA.request("beds").envelope, [*too_much]]))
    evening = Evening([ADA, BEA, CLEO], [(0, 1), (1, 2)], seed=0)
    evening.heal()
    evening.publish(evening.nodes[0], ADA.request())
    evening.settle()
    for node in evening.nodes:
        for link in node.ends:
            with pytest.raises(MalformedRecord):
                node.exchange.handle(FrameArrived(link, frame))
        assert node.exchange.shelf.find(ADA.request().header.object) == ADA.request()
        assert ADA.request("beds").id not in node.exchange.shelf
