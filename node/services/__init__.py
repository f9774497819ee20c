"""Coroutines that run until cancelled: discovery, listening, dialling."""
