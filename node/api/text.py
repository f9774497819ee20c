"""How a front end shows words that come from elsewhere: as text that cannot act."""

from node.desk.text import inert

__all__ = ["inert"]
