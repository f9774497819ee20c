"""Every key, in tables: what is bound, what the line of keys shows and what `?` lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding

from tui import wording


@dataclass(frozen=True, slots=True)
class Key:
    """`action` is a Textual action of the screen; `label` a text of the catalogue.

    `also` are further names of the same key that terminals send; `shown` is how it is written.
    """

    key: str
    action: str
    label: str
    shown: str
    also: tuple[str, ...] = ()


def bindings(keys: Iterable[Key]) -> list[Binding]:
    """The tables as Textual wants them."""
    return [
        Binding(",".join((key.key, *key.also)), key.action, key.label, key_display=key.shown)
        for key in keys
    ]


def chosen_by(key: Key) -> str:
    """The action of the screen below that a key of everything about one stands for."""
    return key.action.removeprefix("choose('").removesuffix("')")


def _key(key: str, action: str, label: str, shown: str = "") -> Key:
    return Key(key, action, label, shown or key)


SCREENS: Final = (
    _key("1", "app.show('board')", wording.BOARD),
    _key("2", "app.show('overflow')", wording.OVERFLOW),
    _key("3", "app.show('neighbours')", wording.NEIGHBOURS),
)
"""Shown in the top line of the three screens rather than among their keys."""

EVERYWHERE: Final = (
    _key("question_mark", "app.all_keys", wording.ALL_KEYS, "?"),
    _key("i", "app.initials", wording.INITIALS),
    _key("ctrl+p", "app.command_palette", wording.PALETTE, "ctrl+p"),
    _key("q", "app.leave", wording.LEAVE),
)

START: Final = _key("f5", "app.start_node", wording.START_NODE, "F5")
"""Shown in the sentence that says that the node has ended, and under `?`."""

BOARD: Final = (
    _key("n", "new_need", wording.NEW_NEED),
    _key("o", "new_offer", wording.NEW_OFFER),
    _key("enter", "open", wording.OPEN),
    _key("e", "edit", wording.EDIT),
    _key("x", "close", wording.CLOSE),
    _key("p", "pass_on", wording.PASS_ON),
    _key("space", "mark", wording.MARK),
    _key("tab", "other_side", wording.OTHER_SIDE),
)

OVERFLOW: Final = (
    _key("g", "pledge", wording.PLEDGE),
    _key("a", "answer", wording.ANSWER),
    _key("t", "on_its_way", wording.ON_ITS_WAY),
    _key("h", "received", wording.RECEIVED),
    _key("e", "resize", wording.MORE_OR_LESS),
    _key("k", "renew", wording.STILL_NEEDED),
    _key("w", "withdraw", wording.WITHDRAW),
    _key("enter", "open", wording.OPEN),
)

NEIGHBOURS: Final = (
    Key("plus", "add", wording.ADD_NEIGHBOUR, "+", also=("equals_sign",)),
    _key("minus", "remove", wording.REMOVE_NEIGHBOUR, "-"),
    _key("enter", "open", wording.OPEN),
)

SHEET: Final = (
    _key("ctrl+s", "save", wording.SAVE, "ctrl+s"),
    _key("escape", "back", wording.BACK, "esc"),
)

JOIN_SHEET: Final = (
    _key("ctrl+s", "save", wording.JOIN, "ctrl+s"),
    _key("escape", "back", wording.BACK, "esc"),
)


def _answers(accept: str, other: str) -> tuple[Key, ...]:
    return (
        _key("ctrl+s", "save", accept, "ctrl+s"),
        _key("ctrl+n", "other_way", other, "ctrl+n"),
        _key("escape", "back", wording.BACK, "esc"),
    )


ANSWER_SHEET: Final = _answers(wording.ACCEPT, wording.DECLINE)
RELEASE_SHEET: Final = _answers(wording.ACCEPT, wording.RELEASE)
GIVE_SHEET: Final = _answers(wording.GIVE, wording.NOT_GIVEN)
UNGIVE_SHEET: Final = _answers(wording.GIVE, wording.RELEASE_SURPLUS)
"""The answers to a pledge, and to a hall that asks for part of a surplus."""

FIELDS: Final = (
    Binding("tab", "app.focus_next", show=False, priority=True),
    Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    Binding("enter", "next_or_save", show=False, priority=True),
)
"""Between the fields of a sheet. With priority they act before the next key is handed out: what a
quick hand, or a slow line, sends in one go lands in the fields that it was meant for."""

QUESTION: Final = (
    _key("y", "yes", wording.YES),
    Key("n", "no", wording.NO, "n", also=("escape",)),
)

CHOICE: Final = (
    _key("enter", "open", wording.CHOOSE),
    _key("escape", "back", wording.BACK, "esc"),
)

PASS_ON: Final = (
    _key("y", "approve", wording.PASS_ON),
    _key("e", "words", wording.OTHER_WORDS),
    _key("number_sign", "amount", wording.HOW_MUCH, "#"),
    _key("1", "hops(1)", wording.HOPS, "1-3"),
    _key("escape", "back", wording.BACK, "esc"),
)

ABOUT_ENTRY: Final = (
    _key("e", "choose('edit')", wording.EDIT),
    _key("x", "choose('close')", wording.CLOSE),
    _key("p", "choose('pass_this_on')", wording.PASS_ON),
    _key("escape", "back", wording.BACK, "esc"),
)

ABOUT_OVERFLOW: Final = (
    _key("g", "choose('pledge')", wording.PLEDGE),
    _key("a", "choose('answer')", wording.ANSWER),
    _key("t", "choose('on_its_way')", wording.ON_ITS_WAY),
    _key("h", "choose('received')", wording.RECEIVED),
    _key("e", "choose('resize')", wording.MORE_OR_LESS),
    _key("k", "choose('renew')", wording.STILL_NEEDED),
    _key("w", "choose('withdraw')", wording.WITHDRAW),
    _key("escape", "back", wording.BACK, "esc"),
)

ABOUT_NEIGHBOUR: Final = (
    _key("minus", "choose('remove')", wording.REMOVE_NEIGHBOUR, "-"),
    _key("escape", "back", wording.BACK, "esc"),
)

INVITE: Final = (_key("escape", "back", wording.BACK, "esc"),)

WORDS: Final = (_key("y", "go_on", wording.WRITTEN_DOWN),)
