"""What another implementation would need in order to talk to us. No I/O, clock or randomness."""
