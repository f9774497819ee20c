"""`hallway demo`: one evening of four halls, played by real nodes and told as a story."""

from __future__ import annotations

from argparse import Namespace

from node.cli import story
from node.cli.aftermath import leave_far_out, search_files
from node.cli.evening import ASKED, Evening
from node.cli.output import Output, write
from node.cli.parser import CommandLine
from node.cli.scratch import scratch_halls
from node.cli.session import Session
from node.cli.stage import Stage

HALLS = (
    (story.NORTHGATE, story.NORTH_PLACE, story.NORTH_AREA),
    (story.EASTSIDE, story.EAST_PLACE, story.EAST_AREA),
    (story.MILL_LANE, story.MILL_PLACE, story.MILL_AREA),
    (story.FAR_CHAPEL, story.FAR_PLACE, story.FAR_AREA),
)
"""In the order of the row: each is paired with the next only."""


def add_commands(line: CommandLine) -> None:
    line.add("demo", demo)


def demo(given: Namespace, session: Session) -> Output:
    """Raises NotDone with what did not arrive."""

    def say(text: str) -> None:
        if not given.json:
            write(text + "\n")

    say(story.OPENING)
    with scratch_halls(*HALLS) as (north, east, mill, far):
        stage = Stage(session.house, north, east, mill, far, say)
        received = Evening(stage).play()
        leave_far_out(stage)
        search_files(stage)
    return Output({"received": received, "asked": ASKED}, (story.ENDING,))
