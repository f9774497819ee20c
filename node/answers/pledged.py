"""A pledge that somebody wants to do something with: whose part that is, and if it can be done."""

from __future__ import annotations

from dataclasses import dataclass

from node.answers.acts import (
    Role,
    is_too_late,
    part_of,
    refuse_overflow,
    refuse_pledge,
    role_of,
)
from node.answers.lookup import find_pledge
from node.answers.views import fold_of, name_of, pledge_view, spoken, spoken_pledge
from node.api.views import Act, PledgeView
from node.core import Core
from node.refusal import Refused, Why
from protocol.bodies import Decision, Pledge, Request, Verdict
from protocol.ids import ObjectId, as_text
from protocol.overflow import OverflowFold, PledgeFold
from protocol.record import Record


@dataclass(frozen=True, slots=True)
class Pledged:
    """A pledge and the overflow that it is for, as they stand; `role` is ours in it."""

    role: Role | None
    request: Record
    overflow: OverflowFold
    record: Record
    fold: PledgeFold

    @property
    def asked(self) -> Request:
        return self.overflow.request

    @property
    def decision(self) -> Decision:
        """What stands about the pledge, or the beginning of it."""
        return self.fold.decision or Decision(self.fold.id, 1, Verdict.NOT_NEEDED)


def pledge_for(core: Core, typed: str, act: Act) -> Pledged:
    """The pledge that `typed` names. Raises Refused unless we may do this with it now."""
    record, _ = find_pledge(core, typed, lambda each: _is_ours_to(core, act, each))
    pledged = _pledged(core, record)
    if pledged is None:
        raise Refused(Why.REFERENCE_NOT_FOUND, given=typed)
    role = part_of(act, pledged.asked.direction)
    if pledged.role is not role:
        raise _not_ours(core, pledged, role)
    if is_too_late(act, pledged.overflow):
        ref = spoken(core, pledged.request)
        refuse_overflow(act, core.hall.group, pledged.overflow, ref)
    ref = spoken_pledge(core, pledged.fold)
    refuse_pledge(act, core.hall.group, pledged.overflow, pledged.fold, ref)
    return pledged


def pledged_at(core: Core, id_: ObjectId) -> Pledged | None:
    """The pledge with this id, whatever can be done with it; None: none that counts is held."""
    record = core.shelf.find(id_)
    if record is None or not isinstance(record.body, Pledge):
        return None
    return _pledged(core, record)


def view_of(core: Core, pledge: ObjectId) -> PledgeView:
    """A pledge as it stands now.

    Raises Refused where it has turned out not to count: a neighbour may have brought the proof of
    that, or the roster, while we saved.
    """
    typed = as_text(pledge)
    record, _ = find_pledge(core, typed)
    pledged = _pledged(core, record)
    if pledged is None:
        raise Refused(Why.REFERENCE_NOT_FOUND, given=typed)
    return pledge_view(core, pledged.overflow, pledged.fold)


def _pledged(core: Core, record: Record) -> Pledged | None:
    assert isinstance(record.body, Pledge)
    request = core.shelf.find(record.body.request)
    if request is None or not isinstance(request.body, Request):
        return None
    overflow = fold_of(core, request)
    folded = next((each for each in overflow.pledges if each.id == record.header.object), None)
    if folded is None:
        return None  # of a hall that is out of reach of what we ask
    role = role_of(core.hall.group, overflow.origin, folded.by)
    return Pledged(role, request, overflow, record, folded)


def _is_ours_to(core: Core, act: Act, record: Record) -> bool:
    """Whether this is for us to do with that pledge, whatever its state."""
    pledged = _pledged(core, record)
    return pledged is not None and pledged.role is part_of(act, pledged.asked.direction)


def _not_ours(core: Core, pledged: Pledged, role: Role) -> Refused:
    if role is Role.PLEDGER:
        owner = name_of(core, pledged.fold.by)
        return Refused(Why.NOT_OURS, ref=spoken_pledge(core, pledged.fold), owner=owner)
    owner = name_of(core, pledged.overflow.origin)
    return Refused(Why.NOT_OURS, ref=spoken(core, pledged.request), owner=owner)
