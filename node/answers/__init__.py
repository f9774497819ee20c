"""How each request is answered: one file a noun."""
