"""The one list of what is plugged into what. Read this to know what follows from what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from domain.approvals.kinds import APPROVABLES
from domain.core.events import Event, EventRow
from domain.core.work import Work
from domain.customers.models import Customer
from domain.orders import actions as orders
from domain.orders.approvable import APPROVABLE as ORDERS
from domain.payments.approvable import APPROVABLE as PAYMENTS
from domain.pools.kinds import POOL_KINDS
from domain.pools.models import PoolKind
from domain.shipments import actions as shipments

Reaction = Callable[[Work, EventRow], Awaitable[None]]

POOL_KINDS[PoolKind.customer] = Customer

APPROVABLES["orders"] = replace(ORDERS, on_confirmed=(*ORDERS.on_confirmed, shipments.open_for_order))
APPROVABLES["payments"] = PAYMENTS
"""What can be approved, and what must be true together with the last confirmation."""

orders.ON_VOID[:] = [shipments.close_for_order]

REACTIONS: Mapping[type[Event], tuple[Reaction, ...]] = {}
"""What the worker does after an event, exactly once, each reaction in a transaction of its own."""
