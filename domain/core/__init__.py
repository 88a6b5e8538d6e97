"""Mechanisms that every feature calls or fills in. Nothing here knows a feature."""
