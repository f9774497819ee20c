"""Vectors of the signed graph: who names whom in, distances out."""

from __future__ import annotations

from protocol.graph import Graph
from protocol.ids import DeviceKey, GroupId
from tests.protocol.readers.reading import Reading

STEPS_MAX = 3


def read_graph(reading: Reading) -> None:
    graph = Graph()
    for line in reading.all("signs"):
        named, _, removed = line.partition(" without ")
        group, device, *neighbours = named.split()
        graph.sign(
            group_of(group),
            DeviceKey(device.encode() * 32),
            [group_of(each) for each in neighbours],
            [group_of(each) for each in removed.split()],
        )
    walk = {"edges": graph.distances, "hears": graph.within_hearsay}[reading.one("over")]
    found = walk(group_of(reading.one("from")), STEPS_MAX)
    expected = (line.split() for line in reading.all("at"))
    assert found == {group_of(group): int(steps) for group, steps in expected}


def group_of(letter: str) -> GroupId:
    return GroupId(letter.encode() * 32)
