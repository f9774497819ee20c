"""For all tests."""

from __future__ import annotations

import os


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: many tests wait for something that happens."""
    return (os.cpu_count() or 1) + 1
