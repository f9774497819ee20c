"""Pairing by one-time code, at both ends, over a wire whose handshake knew the code's secret.

The joiner confirms once it has seen who invites; the inviter saves and says so; then the joiner
saves. Should the last word be lost, the joiner tries again with the same code: the same device may.
"""

from __future__ import annotations

import sqlite3

from node.core import Core
from node.refusal import Refused, Why
from node.services.wire import (
    TurnedAwayError,
    Wire,
    hear_initiator,
    introduce_to_initiator,
    introduce_to_responder,
)
from node.standing import neighbour_groups, own_roster, peering_with
from node.store.neighbours import (
    InviteRow,
    Neighbour,
    add_neighbour,
    all_invites,
    spend_invite,
)
from protocol.errors import RuleBroken
from protocol.frames import Confirm, Frame, Paired, TurnedAway
from protocol.ids import GroupId
from protocol.introduction import Introduction
from protocol.limits import NEIGHBOURS_MAX
from protocol.record import Record

TURNED_AWAY: dict[int, Why] = {
    TurnedAway.CODE_USED: Why.CODE_USED,
    TurnedAway.CODE_EXPIRED: Why.CODE_EXPIRED,
    TurnedAway.OWN_CODE: Why.CODE_OWN,
    TurnedAway.TOO_MANY_NEIGHBOURS: Why.NEIGHBOURS_FULL,
}


async def welcome(core: Core, wire: Wire, secret: bytes) -> Introduction | None:
    """The inviter's side; None when the joiner was turned away. Raises PeerError, OSError."""
    joiner = await hear_initiator(wire)
    if await _turned_away(core, wire, secret, joiner):
        return None
    await introduce_to_initiator(wire, core.hall, own_roster(core))
    frame = await wire.receive_frame()
    if not isinstance(frame, Confirm):
        raise RuleBroken("not a confirmation")

    def spend(conn: sqlite3.Connection) -> None:
        _add(core, conn, joiner.group, frame.name)
        spend_invite(conn, secret, joiner.device, joiner.group, frame.name)

    async with core.writing:
        # Asked again: somebody else may have used the code while this one was confirming.
        if await _turned_away(core, wire, secret, joiner):
            return None
        await core.save(*_peering(core, joiner.group), also=spend)
    await wire.send_frame(Paired(core.hall.name))
    return joiner


async def join(core: Core, wire: Wire) -> Introduction:
    """The joiner's side. Raises Refused when we are turned away, PeerError, OSError."""
    try:
        inviter = await introduce_to_responder(wire, core.hall, own_roster(core))
        _refuse_beyond_limit(core, inviter.group)
        frame = await _confirm(core, wire)
    except TurnedAwayError as turned:
        why = TURNED_AWAY.get(turned.reason, Why.CODE_UNKNOWN)
        raise Refused(why, name=turned.name, limit=NEIGHBOURS_MAX) from turned
    if not isinstance(frame, Paired):
        raise RuleBroken("not the word that we are paired")

    async with core.writing:
        # Asked again: others may have been paired while this one was answering.
        _refuse_beyond_limit(core, inviter.group)
        await core.save(
            *_peering(core, inviter.group),
            also=lambda conn: _add(core, conn, inviter.group, frame.name),
        )
    return inviter


async def _confirm(core: Core, wire: Wire) -> Frame:
    try:
        await wire.send_frame(Confirm(core.hall.name))
        return await wire.receive_frame()
    except TurnedAwayError:
        raise
    except OSError as error:
        raise Refused(Why.CODE_BROKE_OFF) from error


def _refuse_beyond_limit(core: Core, group: GroupId) -> None:
    if _would_be_too_many(core, group):
        raise Refused(Why.NEIGHBOURS_FULL, limit=NEIGHBOURS_MAX)


async def _turned_away(core: Core, wire: Wire, secret: bytes, joiner: Introduction) -> bool:
    invites = await core.read(all_invites)
    invite = next((each for each in invites if each.secret == secret), None)
    reason = _reason(core, invite, joiner)
    if reason is not None:
        await wire.turn_away(reason, (invite and invite.spent_name) or "")
    return reason is not None


def _reason(core: Core, invite: InviteRow | None, joiner: Introduction) -> TurnedAway | None:
    """Why this joiner is not to be paired; an invite that newer ones pushed out has expired.

    The device that used a code may repeat it as long as the code is good, and no longer.
    """
    if invite is None:
        return TurnedAway.CODE_EXPIRED
    if joiner.group == core.hall.group:
        return TurnedAway.OWN_CODE
    if invite.spent_by is not None and invite.spent_by != joiner.device:
        return TurnedAway.CODE_USED
    if core.clock() > invite.until_ms:
        return TurnedAway.CODE_EXPIRED
    if _would_be_too_many(core, joiner.group):
        return TurnedAway.TOO_MANY_NEIGHBOURS
    return None


def _peering(core: Core, group: GroupId) -> list[tuple[Record, Record]]:
    return [] if group in neighbour_groups(core) else [peering_with(core, group)]


def _would_be_too_many(core: Core, group: GroupId) -> bool:
    return len(neighbour_groups(core) | {group}) > NEIGHBOURS_MAX


def _add(core: Core, conn: sqlite3.Connection, group: GroupId, name: str) -> None:
    add_neighbour(conn, Neighbour(group, name, core.clock()))
