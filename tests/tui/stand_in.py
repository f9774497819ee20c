"""`python -m tests.tui.stand_in [empty|evening|street|first]`: the board over the fake node."""

from __future__ import annotations

import sys

from tests.tui.fake_node import FakeHall, FakeNode
from tests.tui.halls import app_of, evening, street


def main() -> None:
    what = sys.argv[1] if len(sys.argv) > 1 else "evening"
    node = {"evening": evening, "street": street}.get(what, FakeNode)()
    app_of(node, initials="", hall=FakeHall(node, exists=what != "first")).run()


if __name__ == "__main__":
    main()
