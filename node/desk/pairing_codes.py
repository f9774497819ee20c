"""Pairing codes as people type them. Nothing here knows who gave them out."""

from node.refusal import Refused, Why
from protocol.invite import InviteCode, MistypedInvite, from_text


def parse_code(typed: str) -> InviteCode:
    """Raises Refused with CODE_UNREADABLE, or CODE_MISTYPED and the group that is wrong."""
    try:
        return from_text(typed)
    except MistypedInvite as error:
        if error.group == 0:
            raise Refused(Why.CODE_UNREADABLE) from error
        raise Refused(Why.CODE_MISTYPED, group=error.group) from error
