"""Who sees which customers, and who may change them (domain.md section 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true

from domain.core.access import Actor, Scope, granted
from domain.customers.models import Customer
from domain.pools.models import Pool
from domain.pools.scope import PooledScope

SCOPE = PooledScope(Customer, "customers")
LIVE = SCOPE.live
visible = SCOPE.visible
branches = SCOPE.branches
writable = SCOPE.writable
manageable = SCOPE.manageable


def pools_hiding_address(actor: Actor) -> Select[int] | None:
    """The pools that hide addresses, and so places, from the actor until somebody claims; None where none can."""
    if actor.scope("customers") is Scope.all or not actor.pool_ids:
        return None
    return select(Pool.id).where(Pool.hidden_fields.contains(["address"]), Pool.id.not_in(actor.admin_pool_ids))


def address_shown(actor: Actor, hiding: Select[int] | Sequence[int] | None) -> ColumnElement[bool]:
    """Condition on customers the actor sees: none of the pools that hide addresses keeps this one back."""
    if hiding is None:
        return true()
    return or_(Customer.pool_id.is_(None), Customer.pool_id.not_in(hiding), granted(actor, "customers", Customer.id))


def touches_seen(actor: Actor, table: Any, author_id: Any, at: Any) -> ColumnElement[bool]:
    """Condition on rows of `table`, which tell what was done with a customer: `PooledScope.touches_seen`."""
    return SCOPE.touches_seen(actor, table, table.customer_id, author_id, at)
