"""Pools: where customers lie that nobody owns, the rules by which they come and go, and the ownership ledger."""
