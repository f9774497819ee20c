"""The door: everything that a front end may ask of a node, and what it gets back."""
