"""What makes the golden vectors: msgpack, hashes, signatures, and nothing of protocol/."""
