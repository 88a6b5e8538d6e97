"""Offing's business rules. Nothing here knows of HTTP, HTML or the back office."""
