"""What is looked up when the demo's evening is over: who never saw the need, and which files hold
what was typed for one desk alone."""

from __future__ import annotations

import time
from collections.abc import Iterator

from node.api.requests import ListNeighbours
from node.api.views import NeighbourView
from node.cli import plain, story
from node.cli.scratch import ScratchHall, failed
from node.cli.stage import Stage
from node.desk.text import inert

SPARE = 12


def leave_far_out(stage: Stage) -> None:
    """Raises NotDone unless Far Chapel has never got what Northgate asked, with all links up.

    Something of Eastside's takes the same way to it, through Mill Lane, and has to arrive: a list
    of a hall that is cut off would prove nothing.
    """
    offer = str(stage.east.run("offer", "add", "CLO", story.SPARE, "--qty", str(SPARE))["ref"])
    began_s = time.monotonic()
    given = str(stage.east.run("pass", offer, "--yes")["id"])
    seen = stage.until_listed(stage.far, given, story.WAITED_SPARE)
    seconds = time.monotonic() - began_s
    stage.until(lambda: _settled(stage), story.WAITED_SETTLED)
    if [each.id for each in stage.listed(stage.far)] != [given]:
        raise failed(stage.worded(story.FAR_SAW))
    stage.tell(
        story.LEFT_OUT,
        seconds=seconds,
        ref=inert(seen.ref),
        amount=plain.amount(seen.qty, seen.unit),
        words=inert(seen.text),
    )


def _settled(stage: Stage) -> NeighbourView | None:
    """Far Chapel as Mill Lane sees it, once it is linked and nothing waits for it."""
    neighbours = stage.ask(stage.mill, ListNeighbours())
    named = (one for one in neighbours if one.name == stage.far.name)
    return next((one for one in named if one.state == "linked" and not one.waiting), None)


def search_files(stage: Stage) -> None:
    """Raises NotDone when what was typed for Northgate's desk alone is in another hall's file.

    In each hall's files something that came to it must be found: a search that finds nothing
    proves nothing. What Northgate asked is in those of the halls that were to see it, and only
    there.
    """
    searched = 0
    for hall, came in (
        (stage.east, story.NEED),
        (stage.mill, story.NEED),
        (stage.far, story.SPARE),
    ):
        held = dict(_contents(hall))
        searched += len(held)
        if not any(_lower(came) in content for content in held.values()):
            raise failed(story.SEARCH_BLIND.format(hall=hall.name))
        for name, content in held.items():
            if holds_private(content):
                raise failed(stage.worded(story.PRIVATE_FOUND, hall=hall.name, file=name))
            if came != story.NEED and _lower(story.NEED) in content:
                raise failed(stage.worded(story.FAR_SAW))
    stage.tell(story.PRIVATE, files=searched, person=story.PERSON)


def _contents(hall: ScratchHall) -> Iterator[tuple[str, bytes]]:
    """The hall's files, its node's log among them, in small letters."""
    for file in [*hall.folder.rglob("*"), hall.log]:
        if file.is_file():
            yield file.name, file.read_bytes().lower()


def holds_private(content: bytes) -> bool:
    """`content` is in small letters. The number is found with its spaces and without."""
    number = story.PHONE.encode()
    surname = _lower(story.PERSON.split()[-1])
    return any(private in content for private in (surname, number, number.replace(b" ", b"")))


def _lower(text: str) -> bytes:
    return text.lower().encode()
