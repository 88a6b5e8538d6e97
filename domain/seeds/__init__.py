"""Seeds: what Offing needs to run (reference) and a believable company to try it with (demo)."""
