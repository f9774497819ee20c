"""What runs, and how many of everything."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from node.api.requests import Status
from node.api.views import StatusView
from node.core import Core, Rot
from node.desk.references import Kind
from node.frozen import warnings
from node.refusal import Refused, Why
from node.store.due import count_to_ask
from node.store.entries import count_open
from node.store.neighbours import Neighbour, all_neighbours
from node.store.scrub import Spoilt
from node.wording import N_, _, ngettext, sentence
from protocol.ids import as_text

SET_ASIDE: Final = (
    N_(
        "{count} record on this disk could not be read and was set aside; neighbours send it again."
    ),
    N_(
        "{count} records on this disk could not be read and were set aside; neighbours send them"
        " again."
    ),
)
OURS_UNREADABLE: Final = (
    N_(
        "{count} record of this hall's own could not be read from this disk and does not count"
        " here: copy the folder to another card, look through what was passed on and pledged, and"
        " write anew what is missing."
    ),
    N_(
        "{count} records of this hall's own could not be read from this disk and do not count"
        " here: copy the folder to another card, look through what was passed on and pledged, and"
        " write anew what is missing."
    ),
)
DISK_FAILS: Final = N_(
    "Nothing can be saved, this disk refuses ({problem}): copy the hall's folder to another card."
)
SPOILT: Final = N_(
    "This disk has changed what was written of {what}: copy the hall's folder to another card, look"
    " through it there, and put right what is wrong."
)
SPOILT_TABLES: Final = {
    "hall": N_("this hall itself"),
    "seal_key": N_("the keys that hand-over details are sealed to"),
    "neighbour": N_("the neighbour {about}"),
    "address": N_("where neighbours were reached"),
    "invite": N_("the codes for neighbours"),
    "block": N_("which references were given out"),
    "record": N_("what halls have signed"),
}
SPOILT_BOARD: Final = N_("the board")
SPOILT_NAMED_MAX: Final = 8
"""More would not fit under a board."""


async def status(core: Core, request: Status, initials: str) -> StatusView:
    neighbours = await core.read(all_neighbours)
    linked = core.network.linked() if core.network else frozenset()
    time = core.clock.standing()
    return StatusView(
        group_id=as_text(core.hall.group),
        name=core.hall.name,
        running=core.network is not None,
        neighbours=len(neighbours),
        linked=len(linked),
        needs_open=await core.read(lambda conn: count_open(conn, Kind.NEED)),
        offers_open=await core.read(lambda conn: count_open(conn, Kind.OFFER)),
        warnings=_warnings(core, neighbours, await core.database.hindrance()),
        place=core.hall.place,
        area=core.hall.area,
        address=core.network.address if core.network else None,
        now_ms=time.now_ms,
        time_by=time.by,
        to_ask=await core.read(partial(count_to_ask, now_ms=time.now_ms)),
    )


def _warnings(
    core: Core, neighbours: list[Neighbour], hindrance: Refused | None
) -> tuple[str, ...]:
    names = {each.group: each.name for each in neighbours}
    said = (
        *_of_disk(hindrance),
        *_of_rot(core.rot),
        *_of_spoilt(core.spoilt),
        *warnings(core.shelf, core.hall.device_key, names),
    )
    if core.network is None:
        stopped = _(
            "The node is stopped, so neighbours hear nothing: start it with “hallway node”."
        )
        return (stopped, *said)
    return said


def _of_disk(hindrance: Refused | None) -> Iterator[str]:
    if hindrance is None:
        return
    if hindrance.why is Why.DISK_FAILED:
        yield _(DISK_FAILS).format(problem=hindrance.facts["problem"])
    else:
        yield sentence(hindrance.why, hindrance.facts)


def _of_rot(rot: Rot) -> Iterator[str]:
    if rot.ours:
        yield ngettext(*OURS_UNREADABLE, len(rot.ours)).format(count=len(rot.ours))
    if rot.others:
        yield ngettext(*SET_ASIDE, len(rot.others)).format(count=len(rot.others))


def _of_spoilt(spoilt: tuple[Spoilt, ...]) -> Iterator[str]:
    names = list(dict.fromkeys(_spoken(each) for each in spoilt))
    if len(names) > SPOILT_NAMED_MAX:
        more = _("{count} more").format(count=len(names) - SPOILT_NAMED_MAX)
        names = [*names[:SPOILT_NAMED_MAX], more]
    if names:
        yield _(SPOILT).format(what=", ".join(names))


def _spoken(spoilt: Spoilt) -> str:
    said = SPOILT_TABLES.get(spoilt.table)
    if said is None:
        return spoilt.about or _(SPOILT_BOARD)
    return _(said).format(about=spoilt.about).strip()
