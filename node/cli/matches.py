"""`hallway match`, `hallway suggest` and `hallway handover`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from node.api.matches import (
    HandOver,
    HandOverView,
    ListMatches,
    MakeMatch,
    MatchView,
    MoveMatch,
    ShowMatch,
    Step,
    Suggest,
)
from node.api.views import Candidate
from node.cli import plain, values, wording
from node.cli.output import Output, listing, output
from node.cli.parser import CommandLine, Misused
from node.cli.session import Session
from node.desk.references import Kind, looks_like_reference, written
from node.desk.text import inert
from node.wording import _

Said = TypeVar("Said")

HOURS_MAX: Final = 336
"""As the node has it: what it refuses is said with this where nothing was typed."""
STEPS: Final = {
    "agreed": Step.AGREED,
    "started": Step.STARTED,
    "confirmed": Step.CONFIRMED,
    "declined": Step.DECLINED,
    "fell_through": Step.FELL_THROUGH,
}
"""What a match is said to be, by the option that says it."""


def add_commands(line: CommandLine) -> None:
    line.add("suggest", suggest, "ref+")
    said = tuple(f"--{name.replace('_', '-')}" for name in STEPS)
    line.add("match", match, "pair*", "--qty", "--asked", "--for", *said, "--all")
    line.add("handover", hand_over, "moved+", "--qty", "--back", "--at")


# Candidates ------------------------------------------------------------------------------


def suggest(given: Namespace, session: Session) -> Output:
    candidates = session.ask(Suggest(" ".join(given.ref)))
    if not candidates:
        return listing((), [wording.NO_CANDIDATES])
    head = (_("REF"), _("FITS"), _("HOW MUCH"), _("TEXT"), _("BECAUSE"))
    rows = [
        (
            each.ref,
            str(each.score),
            plain.amount(each.qty, each.unit),
            each.text,
            ", ".join(each.because),
        )
        for each in candidates
    ]
    return listing(candidates, plain.table(head, rows))


def candidate_lines(ref: str, candidates: Sequence[Candidate]) -> Iterator[str]:
    """What the other board has for what was just saved; nothing where it has nothing."""
    if candidates:
        yield wording.CANDIDATES.format(ref=inert(ref))
    for each in candidates:
        yield "  " + wording.CANDIDATE.format(
            ref=inert(each.ref),
            amount=plain.amount(each.qty, each.unit),
            text=inert(each.text),
            because=inert(", ".join(each.because)),
        )


# Matches ---------------------------------------------------------------------------------


def match(given: Namespace, session: Session) -> Output:
    """Two references make one; a match's shows or moves it, a need's or an offer's lists its own,
    none lists all. Raises Misused where the options go with something else."""
    refs, step = references_in(given.pair), step_in(given, "match", STEPS)
    if len(refs) > 2:
        raise Misused(wording.MATCH_NEITHER)
    if len(refs) == 2:
        _refuse_options(given, wording.STEP_NEEDS_MATCH, *STEPS, "closed")
        return _made(given, session, refs)
    if step is None or not refs:
        _refuse_options(given, wording.STEP_NEEDS_MATCH, *STEPS)
        _refuse_options(given, wording.NEW_MATCH_ONLY, "qty", "asked", "hours")
        return _told(given, session, refs)
    _refuse_options(given, wording.NEW_MATCH_ONLY, "qty", "asked")
    return _moved(given, session, refs[0], step)


def _made(given: Namespace, session: Session, refs: Sequence[str]) -> Output:
    made = session.ask(
        MakeMatch(
            first=refs[0],
            second=refs[1],
            qty=values.quantity(given.qty),
            asked=bool(given.asked),
            hours=values.hours(given.hours, HOURS_MAX),
        )
    )
    text = wording.MATCHED_ASKED if given.asked else wording.MATCHED
    told = text.format(
        ref=inert(made.ref),
        amount=plain.amount(made.qty, made.unit),
        offer=inert(made.offer),
        need=inert(made.need),
        state=made.state,
    )
    return output(made, told, *_until(made))


def _moved(given: Namespace, session: Session, ref: str, step: Step) -> Output:
    moved = session.ask(MoveMatch(ref, step, values.hours(given.hours, HOURS_MAX)))
    told = wording.MATCH_MOVED.format(ref=inert(moved.ref), state=moved.state)
    return output(moved, told, *_until(moved))


def _until(match: MatchView) -> Iterator[str]:
    if match.until_ms is not None:
        yield wording.MATCH_UNTIL.format(until=plain.when(match.until_ms))


def _told(given: Namespace, session: Session, refs: Sequence[str]) -> Output:
    ref = refs[0] if refs else ""
    if ref and kind_of(ref) not in {Kind.NEED, Kind.OFFER}:
        shown = session.ask(ShowMatch(ref))
        return output(shown, *_lines(shown))
    matches = session.ask(ListMatches(ref, ended=bool(given.closed)))
    return listing(matches, _table(matches) if matches else [wording.NO_MATCHES])


def _table(matches: Iterable[MatchView]) -> list[str]:
    head = (
        _("REF"), _("STATE"), _("HOW MUCH"), _("NEED"), _("TEXT"), _("OFFER"), _("TEXT"),
        _("HANDED OVER"), _("FREE AGAIN"), _("JOB"),
    )  # fmt: skip
    rows = [
        (
            each.ref,
            each.state,
            plain.amount(each.qty, each.unit),
            each.need,
            each.need_text,
            each.offer,
            each.offer_text,
            plain.part(each.moved, each.qty),
            plain.when(each.until_ms),
            ", ".join(each.jobs),
        )
        for each in matches
    ]
    return plain.table(head, rows)


def _lines(match: MatchView) -> list[str]:
    return plain.pairs(
        [
            (match.ref, match.category),
            (_("state"), match.state),
            (_("how much"), plain.amount(match.qty, match.unit)),
            (_("handed over"), plain.part(match.moved, match.qty)),
            (_("need"), f"{match.need} {match.need_text}"),
            (_("offer"), f"{match.offer} {match.offer_text}"),
            (_("free again"), plain.when(match.until_ms)),
            (_("job"), ", ".join(match.jobs)),
            (_("written"), f"{plain.when(match.created_ms)} {match.initials}".rstrip()),
        ]
    )


# Hand-overs ------------------------------------------------------------------------------


def hand_over(given: Namespace, session: Session) -> Output:
    ref = " ".join(given.moved)
    if given.qty is None and kind_of(ref) in {Kind.NEED, Kind.OFFER}:
        raise Misused(wording.MISSING.format(given="--qty", command="hallway handover"))
    request = HandOver(
        ref, values.quantity(given.qty), back=bool(given.back), at=values.time(given.at)
    )
    moved = session.ask(request)
    return output(moved, *_handed_over(moved))


def _handed_over(moved: HandOverView) -> Iterator[str]:
    state = f"{moved.state} ({moved.because})" if moved.because else moved.state
    if moved.received is None or moved.qty is None:
        yield wording.HANDED_OVER_JOB.format(ref=inert(moved.ref), state=inert(state))
    else:
        part = wording.OF.format(
            part=plain.number(moved.received), whole=plain.amount(moved.qty, moved.unit)
        )
        text = wording.HANDED_OVER
        yield text.format(ref=inert(moved.ref), received=part, state=inert(state))
    for each in moved.excess:
        amount = plain.amount(each.qty, each.unit)
        yield wording.EXCESS.format(ref=inert(each.need), amount=amount)
    if moved.also_changed:
        yield wording.NOW_FREE.format(refs=plain.names(moved.also_changed))


# What is typed ---------------------------------------------------------------------------


def references_in(words: Sequence[str]) -> list[str]:
    """The references in these words, also where one was typed with spaces: `N 417 K O 210 M`.

    What is none stays as it is: the node says so.
    """
    found: list[str] = []
    typed = ""
    for word in words:
        typed = f"{typed} {word}".strip()
        if looks_like_reference(typed):
            found.append(typed)
            typed = ""
    return [*found, typed] if typed else found


def kind_of(ref: str) -> Kind | None:
    """Also of one with a wrong character in it. None for what is no reference: the node says so."""
    letter = written(ref).rpartition(" ")[2][:1]
    return Kind(letter) if looks_like_reference(ref) and letter in set(Kind) else None


def step_in(given: Namespace, command: str, steps: Mapping[str, Said]) -> Said | None:
    """What is said of it. Raises Misused where that is two things."""
    said = [step for name, step in steps.items() if getattr(given, name)]
    if len(said) > 1:
        raise Misused(wording.STEPS_MANY.format(command=command))
    return said[0] if said else None


def _refuse_options(given: Namespace, text: str, *names: str) -> None:
    refuse_options(given, text, "hallway match M-12-E --started", *names)


def refuse_options(given: Namespace, text: str, example: str, *names: str) -> None:
    """Raises Misused for options that go with something else."""
    typed = {"hours": "for", "closed": "all"}
    said = [
        f"--{typed.get(name, name).replace('_', '-')}" for name in names if getattr(given, name)
    ]
    if said:
        raise Misused(text.format(options=", ".join(said), example=f"“{example}”"))
