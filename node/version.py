"""Which Hallway this is. The project's metadata reads it from here."""

from typing import Final

VERSION: Final = "0.1.0"
