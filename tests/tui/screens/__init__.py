"""How each screen behaves under a key."""
