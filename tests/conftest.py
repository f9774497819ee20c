"""For all tests."""

from __future__ import annotations

import os


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than this process has cores: many tests wait for something that happens."""
    return len(os.sched_getaffinity(0)) + 1
