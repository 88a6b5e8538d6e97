"""Offing on the web: pages, API, back office, worker and the command line."""
