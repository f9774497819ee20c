"""A sheet: a few fields that a person fills in, and one request that takes them.

A refusal stands as one sentence under the fields, with the cursor in the field that it is about,
and everything typed stays. `esc` asks before it drops anything.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from node.api.door import NodeGone
from node.refusal import Refused, Why
from node.wording import _, sentence
from tui import keys, wording
from tui.screens.question import Question
from tui.screens.window import Window
from tui.widgets.bars import KeyBar
from tui.widgets.plain import Plain, say_in

Out = TypeVar("Out")

TYPED_CHARACTERS_MAX: Final = 2_000
"""A field takes no more: longer than any text a record holds, short enough to stay quick."""

_FIELDS_OF: Final = {
    Why.UNKNOWN_CATEGORY: ("category",),
    Why.UNKNOWN_UNIT: ("unit",),
    Why.QUANTITY_NOT_A_NUMBER: ("qty",),
    Why.QUANTITY_NOT_POSITIVE: ("qty",),
    Why.QUANTITY_TOO_LARGE: ("qty",),
    Why.QUANTITY_TOO_FINE: ("qty",),
    Why.QUANTITY_OTHER_UNIT: ("qty",),
    Why.QUANTITY_UNCLEAR: ("qty",),
    Why.ACCEPT_TOO_MUCH: ("qty",),
    Why.ACCEPT_MORE_THAN_PLEDGED: ("qty",),
    Why.ASKED_BELOW_ACCEPTED: ("qty",),
    Why.CONDITION_NO_ROOM: ("condition",),
    Why.TIME_UNREADABLE: ("by",),
    Why.TIME_PAST: ("by",),
    Why.TIME_TOO_FAR: ("by",),
    Why.TIME_BEYOND_CALENDAR: ("by",),
    Why.TEXT_EMPTY: ("text", "name"),
}
"""The field that a reason is about, where the reason alone says it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One line to fill in. `hint` stands in it while it is empty."""

    name: str
    label: str
    value: str = ""
    hint: str = ""


class FieldInput(Input):
    """One line of typing. Too long a paste is refused whole, and says so."""

    def __init__(self, field: Field) -> None:
        super().__init__(
            field.value,
            placeholder=field.hint,
            id=field.name,
            compact=True,
            max_length=TYPED_CHARACTERS_MAX,
        )

    def restricted(self) -> None:
        say_in(self.screen, ".sentence", _(wording.TOO_LONG_HERE))


@dataclass(frozen=True, slots=True)
class Form(Generic[Out]):
    """What a sheet says and asks; `send` gets the values by name and may raise Refused."""

    title: str
    fields: tuple[Field, ...]
    send: Callable[[Mapping[str, str]], Awaitable[Out]]
    explain: tuple[str, ...] = ()
    waiting: str = wording.WORKING


class Sheet(Window[Out | None]):
    """Answers with what the node answered, or None when the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.SHEET), *keys.FIELDS]

    def __init__(self, form: Form[Out], shown_keys: tuple[keys.Key, ...] = keys.SHEET) -> None:
        super().__init__()
        self.form = form
        self._keys = shown_keys
        self._sending = False

    def compose_panel(self) -> ComposeResult:
        with Vertical(classes="panel"):
            yield from self.compose_inside()
            yield KeyBar(*self._keys)

    def compose_inside(self) -> ComposeResult:
        """Title, explanation, fields and the sentence: all but the keys."""
        yield Plain(self.form.title, classes="title")
        for line in self.form.explain:
            yield Plain(line, classes="explain")
        for field in self.form.fields:
            with Horizontal(id=f"{field.name}-row", classes="field"):
                yield Plain(_(field.label), classes="label")
                yield FieldInput(field)
        yield Plain(classes="sentence")

    def on_mount(self) -> None:
        if self.form.fields:
            self.query(FieldInput).first().focus()

    @property
    def values(self) -> dict[str, str]:
        return {str(box.id): box.value for box in self.query(FieldInput)}

    @property
    def dirty(self) -> bool:
        """Whether something was typed that going back would drop."""
        return self.values != {field.name: field.value for field in self.form.fields}

    def say(self, text: str) -> None:
        say_in(self, ".sentence", text)

    def action_next_or_save(self) -> None:
        if (
            not isinstance(self.focused, FieldInput)
            or self.focused is self.query(FieldInput).last()
        ):
            self.action_save()
        else:
            self.focus_next()

    def action_save(self) -> None:
        if not self._sending:
            self._sending = True
            self.say(_(self.form.waiting))
            self.send_now()

    async def is_sure(self, values: Mapping[str, str]) -> bool:
        """Whether to send just these; one that says no has said why. May raise Refused."""
        return True

    @work(group="send")
    async def send_now(self) -> None:
        values = self.values
        try:
            if not await self.is_sure(values):
                return
            answer = await self.form.send(values)
        except Refused as refused:
            self.refuse(refused)
        except NodeGone:
            self.say(_(wording.NODE_GONE_SAVING))
        else:
            self.dismiss(answer)
        finally:
            self._sending = False

    def refuse(self, refused: Refused) -> None:
        """Say why, and put the cursor where it can be mended."""
        self.say(sentence(refused.why, refused.facts))
        if name := field_at_fault(refused, self.values):
            self.query_one(f"#{name}", FieldInput).focus()

    def action_back(self) -> None:
        if not self.dirty:
            self.dismiss(None)
            return

        def answered(drop: str | None) -> None:
            if drop:
                self.dismiss(None)

        self.app.push_screen(Question(_(wording.DROP_TYPED)), answered)


def field_at_fault(refused: Refused, values: Mapping[str, str]) -> str | None:
    """The name of the field that a refusal is about, as far as it can be told."""
    for name in _FIELDS_OF.get(refused.why, ()):
        if name in values:
            return name
    if (said := refused.facts.get("text")) in values:
        return str(said)
    if refused.why is Why.TEXT_TOO_LONG:
        return max(values, key=lambda name: len(values[name]), default=None)
    piece = str(refused.facts.get("found", ""))
    for name, value in values.items():
        if (piece and piece in value) or (
            refused.why is Why.TEXT_CONTROL and not value.isprintable()
        ):
            return name
    return next(iter(values), None) if refused.why.name.startswith("CODE_") else None
