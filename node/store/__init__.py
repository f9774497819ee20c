"""SQLite: one connection, one thread, numbered migrations."""
