"""Calendar: a person's own entries with reminders; follow-ups put their next contact here.

Words: entry, remind, done. Superiors may read the calendars of their people and change nothing in them.
"""
