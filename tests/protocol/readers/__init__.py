"""Each folder of golden vectors against protocol/: what is read, and what has to come out."""
