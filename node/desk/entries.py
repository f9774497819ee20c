"""Needs and offers: what can happen to one, and how it stands after what did.

`apply` folds the events about one entry, and nothing else, into it. What its matches add up to is
told beside (`Sums`), and how far it has got is arithmetic over both: never typed in, and the same
again whatever is replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from node.desk.events import Did, Event, ImpossibleError
from node.desk.references import Kind, Reference, parse
from node.desk.words import PERSONAL, Words
from node.refusal import Refused, Why
from protocol.ids import Thousandths


class State(StrEnum):
    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    MATCHED = "matched"
    UNDER_WAY = "under way"
    CLOSED = "closed"
    AVAILABLE = "available"
    RESERVED = "reserved"
    USED_UP = "used up"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


CLOSED_STATES: Final = frozenset({State.CLOSED, State.USED_UP, State.WITHDRAWN, State.EXPIRED})
FIRST_STATE: Final = {Kind.NEED: State.OPEN, Kind.OFFER: State.AVAILABLE}
MET: Final = "met"
NOTHING: Final = Thousandths(0)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the matches of one entry add up to.

    `reserved` is agreed and has not moved, `moving` is the part of that which is under way, `moved`
    was handed over, the last of it at `last_ms`.
    """

    reserved: Thousandths = NOTHING
    moving: Thousandths = NOTHING
    moved: Thousandths = NOTHING
    last_ms: int = 0


NO_MATCHES: Final = Sums()


@dataclass(frozen=True, slots=True)
class Entry:
    """A need or an offer. `decided` is what the desk said of it last, `state` how it stands."""

    ref: str
    kind: Kind
    words: Words
    created_ms: int
    """When it was said: what was taken down on paper has its own time."""
    initials: str
    decided: State
    written_ms: int = 0
    """When it was written down here."""
    why: str | None = None
    """Why the desk has closed it, opened it again, or waits."""
    until_ms: int | None = None
    """Until when the desk waits; None: until somebody looks."""
    direct: Thousandths = NOTHING
    """What came, or was given, without a match."""
    direct_ms: int = 0
    """When, the last of it."""
    before: Thousandths = NOTHING
    """What had come, or was given, when what comes again began again."""
    closed_at_ms: int | None = None
    """When the desk closed it."""
    touched_ms: int = 0
    """When somebody last said that it is still wanted, or there."""
    forgotten: bool = False
    sums: Sums = field(default=NO_MATCHES)

    @property
    def received(self) -> Thousandths:
        """What came of a need, was given of an offer; of one that comes again, this time."""
        return Thousandths(max(0, self.direct + self.sums.moved - self.before))

    @property
    def excess(self) -> Thousandths:
        """What came beyond what was asked for; of what stands, nothing is too much."""
        over = 0 if self.words.standing else self.received - self.words.qty
        return Thousandths(max(0, over))

    @property
    def outstanding(self) -> Thousandths:
        """What has not come, or is not given; a standing offer has all of it each time."""
        if self.words.standing:
            return self.words.qty
        return Thousandths(max(0, self.words.qty - self.received))

    @property
    def free(self) -> Thousandths:
        """What no match has promised: what a need still looks for, an offer can still promise."""
        return Thousandths(max(0, self.outstanding - self.sums.reserved))

    @property
    def state(self) -> State:
        if self.decided in CLOSED_STATES or self._is_untouched:
            return self.decided
        if self.kind is Kind.OFFER:
            return self._offer_state()
        if self.outstanding == 0:
            return State.WAITING if self.words.every else State.CLOSED
        if self.sums.reserved and self.free == 0:
            return State.UNDER_WAY if self.sums.moving else State.MATCHED
        return self.decided

    @property
    def _is_untouched(self) -> bool:
        """Nothing of it was promised and nothing has moved: so are most, and it is seen at once."""
        return self.sums is NO_MATCHES and not self.direct and self.words.qty > 0

    def _offer_state(self) -> State:
        """What comes again is reserved until then."""
        if self.outstanding == 0 and not self.words.every:
            return State.USED_UP
        return State.RESERVED if self.free == 0 else self.decided

    @property
    def because(self) -> str | None:
        """Why it is closed, or waits. Opened again, it says so as long as it is open."""
        if self.decided in CLOSED_STATES or not self.is_closed:
            return self.why
        return MET if self.kind is Kind.NEED else State.USED_UP.value

    @property
    def listed_because(self) -> str | None:
        """The same for lists, where only words of our own stand: in what words it was opened again,
        somebody has typed."""
        return self.because if self.is_closed or self.state is State.WAITING else None

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED_STATES

    @property
    def closed_ms(self) -> int | None:
        """When the desk closed it, or the last of it came, or was said; None: it is open."""
        if not self.is_closed:
            return None
        if self.closed_at_ms is not None:
            return self.closed_at_ms
        return max(self.direct_ms, self.sums.last_ms, self.touched_ms)


def apply(entry: Entry | None, event: Event) -> Entry:
    """The entry after `event`. Raises ImpossibleError where the history cannot be so."""
    if event.did is Did.ADDED:
        return _added(event)
    if entry is None:
        raise ImpossibleError(f"{event.did} before it was added: {event.about}")
    follow = FOLLOWS.get(event.did)
    return follow(entry, event) if follow else entry


def _added(event: Event) -> Entry:
    kind = Kind(event.about[0])
    data = dict(event.data)
    first = State.NEW if data.pop("unread", False) else FIRST_STATE[kind]
    data.pop("said_ms", None)
    return Entry(
        ref=event.about,
        kind=kind,
        words=Words(**{**_WORDLESS, **data}),
        created_ms=event.happened_ms,
        initials=event.initials,
        decided=first,
        written_ms=event.at_ms,
        touched_ms=event.at_ms,
    )


_WORDLESS: Final[Mapping[str, Any]] = {"text": ""}
"""What is missing from the words of a forgotten person, and has no default."""


def _decided(entry: Entry, state: State, event: Event) -> Entry:
    """Whatever the desk decides, somebody has looked at it."""
    why, until_ms = event.data.get("because"), None
    return replace(_touched(entry, event), decided=state, why=why, until_ms=until_ms)


def _touched(entry: Entry, event: Event) -> Entry:
    seen = FIRST_STATE[entry.kind] if entry.decided is State.NEW else entry.decided
    return replace(entry, decided=seen, touched_ms=event.at_ms)


def _closed(entry: Entry, event: Event) -> Entry:
    end = _end(entry.kind, event.data.get("because"))
    return replace(_decided(entry, end, event), closed_at_ms=event.at_ms)


def _end(kind: Kind, because: str | None) -> State:
    """An offer that is a duplicate is withdrawn, whatever else is said of it."""
    if kind is Kind.NEED:
        return State.CLOSED
    return State(because) if because in CLOSED_STATES else State.WITHDRAWN


def _opened(entry: Entry, event: Event) -> Entry:
    return replace(_decided(entry, FIRST_STATE[entry.kind], event), closed_at_ms=None)


def _moved(entry: Entry, event: Event) -> Entry:
    """Less than zero did not come, or was not given, after all."""
    direct = Thousandths(max(0, entry.direct + event.data["qty"]))
    direct_ms = event.last_ms(entry.direct_ms)
    return replace(_touched(entry, event), direct=direct, direct_ms=direct_ms)


def _edited(entry: Entry, event: Event) -> Entry:
    return _touched(replace(entry, words=replace(entry.words, **event.data)), event)


def _filled(entry: Entry, event: Event) -> Entry:
    """`from` is the reference of the duplicate that had these words."""
    words = {name: said for name, said in event.data.items() if name != "from"}
    return _touched(replace(entry, words=replace(entry.words, **words)), event)


def _quieted(entry: Entry, event: Event) -> Entry:
    """`like` is the reference of the one whose mark it is: nobody has looked at this one."""
    return replace(entry, words=replace(entry.words, quiet=True))


def _waits(entry: Entry, event: Event) -> Entry:
    decided = _decided(entry, State.WAITING, event)
    return replace(decided, until_ms=event.data["until_ms"])


def _began_again(entry: Entry, event: Event) -> Entry:
    """Where all of it moved, that says as well that it is wanted, or there; that its time is over
    says nothing. What moved with a match is not known here: the event says it."""
    words = replace(entry.words, by_ms=event.data["by_ms"])
    before = Thousandths(event.data["before"])
    opened = replace(_opened(entry, event), words=words, before=before)
    return opened if event.data.get("moved", True) else replace(opened, touched_ms=entry.touched_ms)


def _forgotten(entry: Entry, event: Event) -> Entry:
    """However it was closed, it stays so: nobody can be asked about it, and nothing opens it."""
    entry = replace(entry, words=entry.words.without(PERSONAL), forgotten=True)
    if entry.decided in CLOSED_STATES:
        return entry
    because = event.data.get("because")
    end, closed_ms = _end(entry.kind, because), event.data.get("closed_ms", event.at_ms)
    return replace(entry, decided=end, why=because, until_ms=None, closed_at_ms=closed_ms)


FOLLOWS: Final[dict[Did, Callable[[Entry, Event], Entry]]] = {
    Did.EDITED: _edited,
    Did.FILLED: _filled,
    Did.QUIETED: _quieted,
    Did.CLOSED: _closed,
    Did.MERGED: _closed,
    Did.OPENED: _opened,
    Did.READ: _touched,
    Did.WAITS: _waits,
    Did.STILL: _touched,
    Did.ROUND: _began_again,
    Did.RECEIVED: _moved,
    Did.GIVEN: _moved,
    Did.FORGOTTEN: _forgotten,
}
"""How an entry stands after each; what is not here changes nothing about it."""


def refuse_closed(entry: Entry) -> None:
    """Raises Refused with NOT_OPEN, or IS_FORGOTTEN where it cannot be opened again either."""
    if entry.forgotten:
        raise Refused(Why.IS_FORGOTTEN, ref=entry.ref)
    if entry.is_closed:
        noun = "need" if entry.kind is Kind.NEED else "offer"
        raise Refused(Why.NOT_OPEN, ref=entry.ref, noun=noun)


def written(typed: str, kind: Kind) -> str:
    """The reference of one of our own needs or offers, as it is kept, from how it was typed.

    Raises Refused with REFERENCE_UNREADABLE, REFERENCE_CHECK or REFERENCE_WRONG_KIND.
    """
    _, reference = parse(typed)
    if reference.kind is not kind:
        wanted = "N-…" if kind is Kind.NEED else "O-…"
        raise Refused(Why.REFERENCE_WRONG_KIND, given=str(reference), wanted=wanted)
    return str(Reference(reference.kind, reference.number))
