"""What a device has signed two contents of as one version: neither counts, and people are told.

The proof of the two stands where the object stood. Here it is put into words, for whoever asks for
the object by name and for the warnings of `hallway status`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from node.refusal import Refused, Why
from node.wording import N_, _
from protocol.bodies import Details, Peering, Pledge, Profile, Request
from protocol.ids import DeviceKey, GroupId, ObjectId, as_text
from protocol.record import Proof, Record
from protocol.shelf import Shelf

NAMED_MAX: Final = 3
"""Objects in one warning: as many as a person rings up about at once."""

SIGNED_TWICE: Final = N_(
    "{hall} has signed two different versions of {what}. Neither counts until they write it anew."
    " Call them."
)
STAYS_ACCEPTED: Final = N_("What this hall has accepted of it stays counted.")
CARD_SIGNED_TWICE: Final = N_(
    "{hall} has signed two different versions of {what}. Neither counts for now. Call them."
)
TWO_ROSTERS: Final = N_(
    "{hall} has two rosters that contradict each other. Only the devices on both speak for it until"
    " it signs a new one: call them, do not write."
)
OURS_SIGNED_TWICE: Final = N_(
    "This hall has signed two different versions of {what}. Neither counts. If a copy of its folder"
    " or card is at work somewhere else, end it. Then write anew what is still needed, and call"
    " whoever was to come."
)
OUR_CARD_SIGNED_TWICE: Final = N_(
    "This hall has signed two different versions of {what}. Neither counts for up to 30 days. If a"
    " copy of its folder or card is at work somewhere else, end it, and call the neighbours."
)
OUR_TWO_ROSTERS: Final = N_(
    "This hall has two rosters that contradict each other. Only the devices on both speak for it"
    " until a new one is signed with its recovery words. Have the words at hand, and call the"
    " neighbours."
)
NOT_LISTED: Final = N_(
    "This device does not speak for the hall now: what is written here counts nowhere else. Write"
    " on another device of the hall, or call."
)
DETAILS_FOR: Final = N_("the details for {ref}")
DETAILS: Final = N_("the details for a pledge")
CARD: Final = N_("its card")
LIST: Final = N_("its list of neighbours")
ANOTHER: Final = N_("another record")
AND_MORE: Final = N_("{some} and {n} more")


def contradicting(shelf: Shelf) -> frozenset[GroupId]:
    """The halls that have signed two contents as one version, ours among them."""
    return frozenset(proof.header.group for proof in shelf.proofs())


def refusal(shelf: Shelf, frozen: Record) -> Refused:
    """Why nothing can be done with what `frozen` is the proof of."""
    group, what = frozen.header.group, named(shelf, frozen)
    if group == shelf.us:
        return Refused(Why.SIGNED_TWICE_HERE, what=what)
    card = shelf.profile_of(group)
    return Refused(Why.SIGNED_TWICE, hall=card.name if card else as_text(group)[:8], what=what)


def named(shelf: Shelf, frozen: Record) -> str:
    """What was signed twice, as people speak of it."""
    assert isinstance(frozen.body, Proof)
    return spoken_of(shelf, frozen.body.first)


def spoken_of(shelf: Shelf, record: Record) -> str:
    """As people speak of a record: `NG V-12-K`, `the details for ES P-3-K`."""
    match record.body:
        case Request(ref=ref) | Pledge(ref=ref):
            return _spoken(shelf, record.header.group, ref)
        case Details(pledge=pledge):
            return _details_named(shelf, pledge)
        case Profile():
            return _(CARD)
        case Peering():
            return _(LIST)
    return _(ANOTHER)


def refs_of(frozen: Record) -> frozenset[str]:
    """The references that the two contents have, where they are overflows or pledges."""
    body = frozen.body
    contents = (body.first.body, body.second.body) if isinstance(body, Proof) else ()
    return frozenset(each.ref for each in contents if isinstance(each, Request | Pledge))


def warnings(shelf: Shelf, device: DeviceKey, names: Mapping[GroupId, str]) -> tuple[str, ...]:
    """What to tell people, ours first. `device` is this one; `names` are our neighbours' names,
    for those whose card does not count either."""
    groups = contradicting(shelf) - {shelf.us}
    said = [*_of_ours(shelf, device)]
    for hall, group in sorted((_hall(shelf, group, names), group) for group in groups):
        said += _of_theirs(shelf, group, hall)
    return tuple(said)


def _of_ours(shelf: Shelf, device: DeviceKey) -> Iterator[str]:
    if _has_two_rosters(shelf, shelf.us):
        yield _(OUR_TWO_ROSTERS)
    if not shelf.speaks(shelf.us, device):
        yield _(NOT_LISTED)
    cards, others = _frozen(shelf, shelf.us)
    if cards:
        yield _(OUR_CARD_SIGNED_TWICE).format(what=_listed(shelf, cards))
    if others:
        yield _(OURS_SIGNED_TWICE).format(what=_listed(shelf, others))


def _of_theirs(shelf: Shelf, group: GroupId, hall: str) -> Iterator[str]:
    if _has_two_rosters(shelf, group):
        yield _(TWO_ROSTERS).format(hall=hall)
    cards, others = _frozen(shelf, group)
    if cards:
        yield _(CARD_SIGNED_TWICE).format(hall=hall, what=_listed(shelf, cards))
    if others:
        said = _(SIGNED_TWICE).format(hall=hall, what=_listed(shelf, others))
        stays = any(_is_accepted(shelf, each.header.object) for each in others)
        yield f"{said} {_(STAYS_ACCEPTED)}" if stays else said


def _frozen(shelf: Shelf, group: GroupId) -> tuple[list[Record], list[Record]]:
    """What a group has signed twice: what it says of itself (but rosters), and all else."""
    roster = shelf.roster_of(group)
    found = [each for each in shelf.proofs() if each.header.group == group and each is not roster]
    cards = [each for each in found if each.header.in_directory]
    return cards, [each for each in found if not each.header.in_directory]


def _has_two_rosters(shelf: Shelf, group: GroupId) -> bool:
    roster = shelf.roster_of(group)
    return roster is not None and isinstance(roster.body, Proof)


def _is_accepted(shelf: Shelf, pledge: ObjectId) -> bool:
    """Whether a request of ours counts something of this pledge."""
    return any(
        decision.pledge == pledge and decision.accepted
        for request in shelf.own_messages()
        if isinstance(request.body, Request)
        for decision in request.body.decisions
    )


def _listed(shelf: Shelf, frozen: list[Record]) -> str:
    """`ML V-1-E, ML P-2-C, the details for ML P-2-C and 2 more`."""
    whats = sorted({named(shelf, each) for each in frozen})
    some, left = ", ".join(whats[:NAMED_MAX]), len(whats) - NAMED_MAX
    return _(AND_MORE).format(some=some, n=left) if left > 0 else some


def _details_named(shelf: Shelf, pledge: ObjectId) -> str:
    found = shelf.find(pledge)
    if found is None or not isinstance(found.body, Pledge):
        return _(DETAILS)
    return _(DETAILS_FOR).format(ref=_spoken(shelf, found.header.group, found.body.ref))


def _spoken(shelf: Shelf, group: GroupId, ref: str) -> str:
    card = shelf.profile_of(group)
    return f"{card.call_sign if card else '?'} {ref}"


def _hall(shelf: Shelf, group: GroupId, names: Mapping[GroupId, str]) -> str:
    card = shelf.profile_of(group)
    return card.name if card else names.get(group, as_text(group)[:8])
