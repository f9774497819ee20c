"""Rules of the hall's own board, without I/O."""
