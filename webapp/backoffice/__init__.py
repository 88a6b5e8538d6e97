"""The back office at /admin: piccolo-admin on the same tables, behind our own sign-in.

It writes only what has no business verb; the rest is for reading.
"""
