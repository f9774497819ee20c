"""The blind relay."""
