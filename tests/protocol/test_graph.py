"""Reach is measured on what groups signed, the same by everyone who holds the same."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from protocol.graph import Graph
from protocol.ids import DeviceKey, GroupId
from tests.protocol.halls import seed_of

A, B, C, D, E = (GroupId(seed_of(name)) for name in "ABCDE")
DESK, PHONE = DeviceKey(seed_of("desk")), DeviceKey(seed_of("phone"))
EVERYONE = [A, B, C, D, E]


def line(*groups: GroupId) -> Graph:
    """Each paired with the next."""
    graph = Graph()
    for group in groups:
        graph.sign(
            group, DESK, [b for a, b in [*pairwise(groups), *pairwise(groups[::-1])] if a == group]
        )
    return graph


def test_an_edge_needs_both_ends() -> None:
    graph = Graph()
    graph.sign(A, DESK, [B])
    assert graph.neighbours(A) == graph.neighbours(B) == frozenset()
    assert graph.distances(A, 3) == {A: 0}
    graph.sign(B, DESK, [A])
    assert graph.neighbours(A) == {B}
    assert graph.distances(B, 3) == {B: 0, A: 1}


def test_hearsay_needs_one() -> None:
    graph = Graph()
    graph.sign(A, DESK, [B])
    graph.sign(B, DESK, [C])
    assert graph.within_hearsay(A, 3) == {A: 0, B: 1, C: 2}
    assert graph.within_hearsay(C, 3) == {C: 0}
    assert graph.distances(A, 3) == {A: 0}


def test_distances_are_counted_in_links_up_to_the_limit() -> None:
    graph = line(A, B, C, D, E)
    assert graph.distances(A, 3) == {A: 0, B: 1, C: 2, D: 3}
    assert graph.distances(A, 1) == {A: 0, B: 1}
    assert graph.distances(A, 0) == {A: 0}
    assert graph.distances(C, 3) == {C: 0, B: 1, D: 1, A: 2, E: 2}


def test_the_shortest_way_counts() -> None:
    graph = line(A, B, C, D)
    graph.sign(A, DESK, [B, D])
    graph.sign(D, DESK, [C, A])
    assert graph.distances(A, 3) == {A: 0, B: 1, D: 1, C: 2}


def test_a_group_names_whom_any_of_its_devices_names() -> None:
    graph = Graph()
    graph.sign(A, DESK, [B])
    graph.sign(A, PHONE, [C])
    assert graph.named_by(A) == {B, C}
    graph.sign(A, DESK, [])
    assert graph.named_by(A) == {C}


def test_whom_one_device_has_removed_no_other_names() -> None:
    graph = Graph()
    graph.sign(A, DESK, [B, C])
    graph.sign(A, PHONE, [D], [B])
    assert graph.named_by(A) == {C, D}
    graph.sign(A, PHONE, [D])
    assert graph.named_by(A) == {B, C, D}


def test_the_newest_word_of_a_device_counts() -> None:
    graph = line(A, B)
    graph.sign(B, DESK, [])
    assert graph.neighbours(A) == frozenset()
    assert graph.distances(A, 3) == {A: 0}


def test_a_group_for_which_nobody_speaks_names_nobody() -> None:
    graph = line(A, B)
    assert graph.has_signed(A)
    graph.forget(A)
    assert not graph.has_signed(A)
    assert graph.named_by(A) == graph.neighbours(B) == frozenset()
    graph.forget(A)
    assert not graph.has_signed(A)


def test_nobody_is_a_neighbour_of_themselves() -> None:
    graph = Graph()
    graph.sign(A, DESK, [A])
    assert graph.neighbours(A) == frozenset()
    assert graph.distances(A, 3) == {A: 0}


@given(st.dictionaries(st.sampled_from(EVERYONE), st.sets(st.sampled_from(EVERYONE))))
def test_distance_is_the_same_from_both_ends(named: dict[GroupId, set[GroupId]]) -> None:
    graph = Graph()
    for group, neighbours in named.items():
        graph.sign(group, DESK, neighbours)
    for start in EVERYONE:
        near, heard = graph.distances(start, 3), graph.within_hearsay(start, 3)
        for other, distance in near.items():
            assert graph.distances(other, 3)[start] == distance
            assert heard[other] <= distance
