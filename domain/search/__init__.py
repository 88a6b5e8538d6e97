"""How names and numbers are folded, so that they are found, sorted and recognised when they come a second time.

Pure functions, no tables: customers, contacts and imports use them. Figures and reasons: docs/decisions on search.
"""
