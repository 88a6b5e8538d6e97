"""Public pools: who may claim, return, assign, move and transfer records, and when the clock takes them back.

A mechanism that is independent of what lies in a pool: kinds plug in through `kinds.POOL_KINDS` (filled by
`domain/wiring.py`). Words: claim, release, assign, move, transfer, recycle; the ledger keeps every change of hands.
"""
