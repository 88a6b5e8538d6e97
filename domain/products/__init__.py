"""Products: what can be ordered, at which list price."""
