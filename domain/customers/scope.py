"""Who sees which customers, and who may change them (domain.md section 1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from domain.core.access import Actor
from domain.customers.models import Customer
from domain.pools.scope import PooledScope

SCOPE = PooledScope(Customer, "customers")
LIVE = SCOPE.live
visible = SCOPE.visible
branches = SCOPE.branches
writable = SCOPE.writable
manageable = SCOPE.manageable


def touches_seen(actor: Actor, table: Any, author_id: Any, at: Any) -> ColumnElement[bool]:
    """Condition on rows of `table`, which tell what was done with a customer: `PooledScope.touches_seen`."""
    return SCOPE.touches_seen(actor, table, table.customer_id, author_id, at)
