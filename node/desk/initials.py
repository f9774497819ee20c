"""Initials: whose hands did something, in the one way in which they are kept and compared."""

from typing import Final

from node.desk.events import BY_ITSELF
from node.desk.text import clean_text
from node.refusal import Refused, Why

INITIALS_BYTES_MAX: Final = 12
"""UTF-8: three or four letters of any script, and a word where somebody insists."""


def clean_initials(typed: str) -> str:
    """Capitals, in NFC: `ak` and `AK` are the same hands. Nothing typed is nobody.

    Raises Refused as `clean_text` does, and with INITIALS_NOBODY_S.
    """
    if not typed:
        return ""
    tidy = clean_text(typed, INITIALS_BYTES_MAX, "initials")
    initials = clean_text(tidy.upper(), INITIALS_BYTES_MAX, "initials")  # capitals may be longer
    if initials == BY_ITSELF:
        raise Refused(Why.INITIALS_NOBODY_S, given=initials)
    return initials
