"""Visits: planned by a rep or a manager, once or as a recurring beat; checked in and out in the field, with or without
a network; the form of a visit is rows of its type. Neighbours: customers, followups, calendar, files, sync."""
