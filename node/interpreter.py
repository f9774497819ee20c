"""Our own programs as processes: the same interpreter, the same packages."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import node


def python_module(module: str) -> tuple[str, ...]:
    """The start of a command line that runs `module` of this installation.

    `-P`: whoever stands in a folder that holds something called `node` must not run that.
    """
    return (sys.executable, "-P", "-m", module)


def own_environment() -> dict[str, str]:
    """This process's environment, in which our packages are found although not installed."""
    home = str(Path(node.__path__[0]).parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join(paths)}


def become(module: str, *arguments: str) -> NoReturn:
    """Replace this process by `module`."""
    command = [*python_module(module), *arguments]
    os.execve(command[0], command, own_environment())
