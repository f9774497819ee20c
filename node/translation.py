"""Texts for people in the language of the environment, in English where there is none of it."""

import gettext
from pathlib import Path

_TRANSLATION = gettext.translation(
    "hallway", localedir=Path(__file__).parent / "locale", fallback=True
)
_ = _TRANSLATION.gettext
ngettext = _TRANSLATION.ngettext


def N_(text: str) -> str:
    """Mark a text in a module's table for translation; `_` translates it where it is shown."""
    return text
