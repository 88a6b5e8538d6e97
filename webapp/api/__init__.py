"""API v1: the same actions and rights as the pages, in JSON."""
