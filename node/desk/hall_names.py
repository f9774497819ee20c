"""Neighbours by name: those of one name are told apart by the beginning of their group id."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from node.desk.text import inert
from node.refusal import Refused, Why

ID_CHARACTERS_MIN: Final = 4
"""Of an id in base32, shown and taken: 20 bits, more than a hall's few neighbours need."""

TYPED_CHARACTERS_MAX: Final = 400
"""Longer texts are not looked at: the longest name with an id has fewer characters."""


@dataclass(frozen=True, slots=True)
class Named:
    """A hall and what it is called: on its card, and when it was paired."""

    group_id: str
    names: tuple[str, ...]


def short_ids(halls: Sequence[Named]) -> dict[str, str]:
    """For each hall that shares a name with another one: the beginning of its id that is only its
    own, under its id."""
    shared = Counter(name for hall in halls for name in _folded_names(hall))
    return {
        hall.group_id: _own_beginning(hall.group_id, halls)
        for hall in halls
        if any(shared[name] > 1 for name in _folded_names(hall))
    }


def hall_named(typed: str, halls: Sequence[Named]) -> Named:
    """The one of this name, of this name with its id behind it as it was shown once, or of this id
    or its beginning.

    Raises Refused with NOT_A_NEIGHBOUR or NAME_AMBIGUOUS.
    """
    said = _folded(typed[:TYPED_CHARACTERS_MAX])
    found = [hall for hall in halls if said == hall.group_id]
    if not found:
        found = [hall for hall in halls if _answers_to(said, hall)]
    if len(found) != 1:
        raise Refused(Why.NAME_AMBIGUOUS if found else Why.NOT_A_NEIGHBOUR, name=typed)
    return found[0]


def name_with_id(name: str, short_id: str | None) -> str:
    """`Eastside (k3f9)`; without an id the name alone."""
    return f"{name} ({short_id})" if short_id else name


def _answers_to(said: str, hall: Named) -> bool:
    names = _folded_names(hall)
    behind = [said.removeprefix(name).strip(" ()") for name in names if said.startswith(f"{name} ")]
    return said in names or any(_begins_id(each, hall) for each in (said, *behind))


def _begins_id(said: str, hall: Named) -> bool:
    return len(said) >= ID_CHARACTERS_MIN and hall.group_id.startswith(said)


def _own_beginning(group_id: str, halls: Sequence[Named]) -> str:
    others = [hall.group_id for hall in halls if hall.group_id != group_id]
    size = ID_CHARACTERS_MIN
    while size < len(group_id) and any(each.startswith(group_id[:size]) for each in others):
        size += 1
    return group_id[:size]


def _folded_names(hall: Named) -> set[str]:
    return {_folded(name) for name in hall.names}


def _folded(text: str) -> str:
    """As it is compared: what looks the same on a screen is the same."""
    return " ".join(inert(text).casefold().split())
