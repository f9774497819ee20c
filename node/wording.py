"""Every sentence that a person reads when something cannot be done, in one place.

The terminal and the command line both take their words from here, so that one translation serves
both. The language is the environment's (`LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`); where there
is no translation, the English text stands.
"""

from collections.abc import Mapping
from typing import Final

from node.desk.text import inert
from node.refusal import Why
from node.sentences import HOUSE, TEXT_NAMES
from node.sentences_desk import DESK
from node.translation import N_, _, ngettext

__all__ = ["N_", "SENTENCES", "_", "ngettext", "sentence"]

FACT_CHARACTERS_MAX = 60
"""A fact from elsewhere must not push what to do off a screen of 80 columns."""

PATHS = frozenset({"folder", "log", "choices"})
PATH_CHARACTERS_MAX = 300
"""A path or an id that is cut helps nobody; both come from this machine."""

SENTENCES: Final[dict[Why, str]] = HOUSE | DESK
"""The sentence for each reason, with the facts that it needs as named fields."""


class _Facts(dict[str, str]):
    """A node of another version may tell fewer facts; the sentence still says what to do."""

    def __missing__(self, name: str) -> str:
        return "…"


def sentence(why: Why, facts: Mapping[str, object]) -> str:
    """One plain sentence for people; facts are shown as text that cannot act on the screen."""
    facts = {"text": "text", **facts}
    shown = _Facts({name: _shown(fact, _limit(name)) for name, fact in facts.items()})
    shown["text"] = _(TEXT_NAMES.get(shown["text"], shown["text"]))
    return _(SENTENCES[why]).format_map(shown)


def _limit(name: str) -> int:
    return PATH_CHARACTERS_MAX if name in PATHS else FACT_CHARACTERS_MAX


def _shown(fact: object, limit: int) -> str:
    """A fact as text, made inert and short. Cut first: it may be ten megabytes long."""
    told = inert(str(fact)[: 4 * limit])
    return told if len(told) <= limit else told[: limit - 1] + "…"
