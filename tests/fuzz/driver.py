"""`python -m tests.fuzz.driver TARGET FOLDER SECONDS`: atheris on one target, in its own process.

FOLDER/corpus holds what it begins with and what it finds; an input that does harm is written to
FOLDER/harm. This is the one module that needs atheris.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from time import process_time

import atheris

with atheris.instrument_imports(include=["protocol"], enable_loader_override=False):
    from tests.fuzz.oracle import MemoryWatch, try_one
    from tests.fuzz.shaping import reshape
    from tests.fuzz.targets import find_target

LOOKS = 8
"""How often memory is looked at in a run; at the first look all is warm."""
STUCK_S = 10
"""Seconds after which an input that doesn't end at all is given up by libFuzzer itself."""
OWN_WAY_SHARE = 0.5
"""Of the changes, how many keep the shape of MessagePack; the others are libFuzzer's."""


def main(name: str, folder: Path, seconds: int) -> None:
    target = find_target(name)
    watch = MemoryWatch()
    step_s = seconds / LOOKS
    next_look_s = step_s

    def one_input(data: bytes) -> None:
        nonlocal next_look_s
        try_one(target, data)
        if process_time() > next_look_s:
            watch.look()
            next_look_s += step_s

    def change(data: bytes, bytes_max: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < OWN_WAY_SHARE:
            return reshape(data, random)[:bytes_max]
        mutated: bytes = atheris.Mutate(data, bytes_max)
        return mutated

    options = [
        f"-max_total_time={seconds}",
        f"-max_len={target.bytes_max}",
        f"-timeout={STUCK_S}",
        f"-artifact_prefix={folder / 'harm'}/",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(folder / "corpus")], one_input, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
