"""What a refusal must be: the right reason, a sentence, and nothing changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from string import Formatter

import pytest

from node.core import Core
from node.refusal import Refused, Why
from node.wording import SENTENCES, sentence


@contextmanager
def refused(why: Why) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """What is done inside is refused for this reason, and the sentence has all its facts."""
    with pytest.raises(Refused) as raised:
        yield raised
    assert raised.value.why is why
    needed = {name for _, name, _, _ in Formatter().parse(SENTENCES[why]) if name}
    assert needed <= raised.value.facts.keys()
    assert "\n" not in sentence(why, raised.value.facts)


@asynccontextmanager
async def unchanged(*cores: Core) -> AsyncIterator[None]:
    """What is done inside leaves every row on disk and every record on the shelf as it was."""
    before = [await _all_of(core) for core in cores]
    yield
    assert [await _all_of(core) for core in cores] == before


async def _all_of(core: Core) -> tuple[list[str], frozenset[bytes]]:
    rows = await core.read(lambda conn: list(conn.iterdump()))
    return rows, frozenset(core.shelf._held.by_id)
