"""The screens: each asks the node and carries out what its widgets announce."""
