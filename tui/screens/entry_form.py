"""The form of a need or an offer: four lines that matter, four more below, categories beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from node.api.categories import CATEGORIES, CategoryCode
from node.api.requests import AddEntry, EditEntry
from node.api.views import EntryView, Kind
from node.wording import _
from tui import telling, wording
from tui.desk import Desk
from tui.screens.sheet import Field, FieldInput, Form, Sheet
from tui.widgets.categories import CategoryList


class EntryForm(Sheet[EntryView]):
    """A new need or offer, or other words for one; answers with what was saved."""

    BINDINGS: ClassVar[list[BindingType]] = [("up", "category(-1)"), ("down", "category(1)")]

    @classmethod
    def for_new(cls, desk: Desk, kind: Kind) -> EntryForm:
        title = wording.NEW_NEED if kind is Kind.NEED else wording.NEW_OFFER

        async def send(values: Mapping[str, str]) -> EntryView:
            typed = dict(values)
            desk.initials = typed.pop("initials", desk.initials).strip()
            return await desk.ask(AddEntry(kind, **typed))  # type: ignore[arg-type]

        asked = () if desk.initials else (_initials_field(),)
        return cls(Form(_(title), (*_fields(), *asked), send))

    @classmethod
    def for_edit(cls, desk: Desk, entry: EntryView) -> EntryForm:
        fields = _filled(_fields(), entry, desk)
        before = {field.name: field.value for field in fields}

        async def send(values: Mapping[str, str]) -> EntryView:
            changed = {name: value for name, value in values.items() if value != before[name]}
            return await desk.ask(EditEntry(entry.kind, entry.ref, **changed))  # type: ignore[arg-type]

        return cls(Form(_(wording.EDIT_TITLE).format(ref=entry.ref), fields, send))

    def compose_inside(self) -> ComposeResult:
        with Horizontal(classes="beside"):
            with Vertical(classes="fields"):
                yield from super().compose_inside()
            yield CategoryList()

    def on_mount(self) -> None:
        super().on_mount()
        self._settle_category()

    @on(Input.Changed, "#category")
    def _narrow(self, event: Input.Changed) -> None:
        self.query_one(CategoryList).look_for(event.value)

    def action_category(self, step: int) -> None:
        if self._in_category:
            self.query_one(CategoryList).move(step)

    @property
    def _in_category(self) -> bool:
        return self.query_one("#category", FieldInput).has_focus

    @on(CategoryList.Picked)
    def _picked(self, message: CategoryList.Picked) -> None:
        self.query_one("#category", FieldInput).value = message.code
        self._settle_category()
        self.query_one("#text", FieldInput).focus()

    @on(events.DescendantBlur)
    def _left(self, event: events.DescendantBlur) -> None:
        if event.widget is self.query_one("#category", FieldInput):
            self._settle_category()

    def action_save(self) -> None:
        self._settle_category()
        super().action_save()

    def _settle_category(self) -> None:
        """Write the code that the list marks into the field, and the unit that goes with it."""
        box = self.query_one("#category", FieldInput)
        code = self.query_one(CategoryList).chosen
        if code is None:
            return
        box.value = code
        unit = telling.unit_word(CATEGORIES[CategoryCode(code)].unit)
        hint = _(wording.HINT_UNIT_OF).format(unit=unit) if unit else _(wording.HINT_UNIT)
        self.query_one("#unit", FieldInput).placeholder = hint


def _fields() -> tuple[Field, ...]:
    return (
        Field("category", wording.CATEGORY, hint=_(wording.HINT_CATEGORY)),
        Field("text", wording.WHAT, hint=_(wording.HINT_WHAT)),
        Field("zone", wording.ZONE, hint=_(wording.HINT_ZONE)),
        Field("contact", wording.CONTACT, hint=_(wording.HINT_CONTACT)),
        Field("qty", wording.QUANTITY, hint=_(wording.HINT_QUANTITY)),
        Field("unit", wording.UNIT, hint=_(wording.HINT_UNIT)),
        Field("by", wording.BY_WHEN, hint=_(wording.HINT_BY)),
        Field("note", wording.NOTE, hint=_(wording.HINT_NOTE)),
        Field("consent", wording.CONSENT, hint=_(wording.HINT_CONSENT)),
    )


def _initials_field() -> Field:
    return Field("initials", wording.YOUR_INITIALS, hint=_(wording.HINT_INITIALS))


def _filled(fields: tuple[Field, ...], entry: EntryView, desk: Desk) -> tuple[Field, ...]:
    """The form as it stands now. An instant is written so that the node reads it back the same."""
    by = "" if entry.by_ms is None else desk.clock.local(entry.by_ms).isoformat(timespec="seconds")
    values = {
        "category": entry.category,
        "text": entry.text,
        "zone": entry.zone,
        "contact": entry.contact,
        "qty": telling.number(entry.qty),
        "unit": entry.unit,
        "by": by,
        "note": entry.note,
        "consent": entry.consent,
    }
    return tuple(Field(f.name, f.label, values[f.name], f.hint) for f in fields)
