"""Commands and nodes of these tests begin with the program loaded, unless a test is `cold`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.halls import Hall
from tests.e2e.warm import Warmth


@pytest.fixture(scope="session", autouse=True)
def warmth() -> Iterator[None]:
    Hall.warmth = Warmth()
    yield
    Hall.warmth.close()
    Hall.warmth = None


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command and node reads the program first, as on a hall's own machine."""
    monkeypatch.setattr(Hall, "warmth", None)
