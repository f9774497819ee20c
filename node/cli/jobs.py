"""`hallway job`: trips that carry out matches."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator
from typing import Final

from node.api.matches import (
    JobStep,
    JobView,
    Leg,
    ListJobs,
    MoveJob,
    Place,
    PlanJob,
    ShowJob,
)
from node.cli import plain, values, wording
from node.cli.matches import kind_of, references_in, refuse_options, step_in
from node.cli.output import Output, listing, output
from node.cli.parser import CommandLine, Misused
from node.cli.session import Session
from node.desk.references import Kind
from node.desk.text import inert
from node.wording import _

STEPS: Final = {
    "started": JobStep.STARTED,
    "done": JobStep.DONE,
    "cancelled": JobStep.CANCELLED,
}
EXAMPLE: Final = "hallway job J-4-K --started"


def add_commands(line: CommandLine) -> None:
    said = tuple(f"--{name}" for name in STEPS)
    line.add("job", job, "trip*", "--who", "--at", "--note", *said, "--all")


def job(given: Namespace, session: Session) -> Output:
    """Matches make one; a job's own reference shows or moves it; none lists all. Raises Misused
    where the options go with something else."""
    refs, step = references_in(given.trip), step_in(given, "job", STEPS)
    if refs and kind_of(refs[0]) is not Kind.JOB:
        refuse_options(given, wording.JOB_STEP_ONLY, EXAMPLE, *STEPS, "closed")
        return _planned(given, session, tuple(refs))
    refuse_options(given, wording.JOB_NEW_ONLY, EXAMPLE, "who", "at", "note")
    if len(refs) > 1:
        raise Misused(wording.JOB_ONE)
    if not refs:
        refuse_options(given, wording.JOB_STEP_ONLY, EXAMPLE, *STEPS)
        return _listed(session.ask(ListJobs(ended=bool(given.closed))))
    if step is None:
        shown = session.ask(ShowJob(refs[0]))
        return output(shown, *_lines(shown))
    moved = session.ask(MoveJob(refs[0], step))
    return output(moved, wording.JOB_MOVED.format(ref=inert(moved.ref), state=moved.state))


def _planned(given: Namespace, session: Session, refs: tuple[str, ...]) -> Output:
    request = PlanJob(refs, given.who or "", values.time(given.at), given.note or "")
    planned = session.ask(request)
    matches = plain.names(planned.matches)
    return output(planned, wording.JOB_PLANNED.format(ref=inert(planned.ref), matches=matches))


def _listed(jobs: tuple[JobView, ...]) -> Output:
    return listing(jobs, _table(jobs) if jobs else [wording.NO_JOBS])


def _table(jobs: Iterable[JobView]) -> list[str]:
    head = (_("REF"), _("STATE"), _("WHO"), _("WHEN"), _("MATCHES"), _("NOTE"))
    rows = [
        (each.ref, each.state, each.who, plain.when(each.at_ms), ", ".join(each.matches), each.note)
        for each in jobs
    ]
    return plain.table(head, rows)


def _lines(job: JobView) -> Iterator[str]:
    yield from plain.pairs(
        [
            (job.ref, job.state),
            (_("who"), job.who),
            (_("when"), plain.when(job.at_ms)),
            (_("note"), job.note),
            (_("written"), f"{plain.when(job.created_ms)} {job.initials}".rstrip()),
        ]
    )
    for leg in job.legs:
        yield ""
        yield _leg(leg)
        yield from plain.pairs([*_place(_("from"), leg.giver), *_place(_("to"), leg.receiver)])


def _leg(leg: Leg) -> str:
    return wording.LEG.format(
        match=inert(leg.match),
        amount=plain.amount(leg.qty, leg.unit),
        category=inert(leg.category),
        state=leg.state,
    )


def _place(label: str, place: Place) -> list[tuple[str, str]]:
    safe = place.safe
    if place.quiet:
        safe = wording.ONLY_SAFE.format(safe=safe) if safe else wording.NO_SAFE
    return [
        (f"  {label}", f"{place.ref} {place.text}"),
        ("  " + _("zone"), place.zone),
        ("  " + _("contact"), place.contact),
        ("  " + _("on behalf"), place.behalf),
        ("  " + _("safe ways"), safe),
        ("  " + _("ring"), place.ring),
        ("  " + _("access"), place.access),
        ("  " + _("languages"), place.languages),
        ("  " + _("limits"), place.limits),
    ]
