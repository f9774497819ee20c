"""A town of nodes on the machines of `protocol/`, in virtual time, and what goes wrong in it."""
