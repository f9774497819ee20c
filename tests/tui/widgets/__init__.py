"""How each widget draws and moves."""
