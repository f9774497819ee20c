"""What follows without a person."""

from __future__ import annotations

from node.core import Core


async def look_after(core: Core) -> None:
    """Sign what follows by itself."""
