"""The one list of what is plugged into what. Read this to know what follows from what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from domain.approvals.kinds import APPROVABLES
from domain.core.events import Event, EventRow
from domain.core.work import Work
from domain.customers.pooled import POOLED as CUSTOMERS
from domain.orders import actions as orders
from domain.orders.approvable import APPROVABLE as ORDER_APPROVAL
from domain.payments.approvable import APPROVABLE as PAYMENT_APPROVAL
from domain.pools.kinds import POOL_KINDS
from domain.pools.models import PoolKind
from domain.shipments import actions as shipments

Reaction = Callable[[Work, EventRow], Awaitable[None]]

APPROVABLES["orders"] = replace(
    ORDER_APPROVAL, on_confirmed=(*ORDER_APPROVAL.on_confirmed, shipments.open_for_order)
)
APPROVABLES["payments"] = PAYMENT_APPROVAL
POOL_KINDS[PoolKind.customer] = CUSTOMERS
orders.ON_VOID.append(shipments.close_for_order)

REACTIONS: Mapping[type[Event], tuple[Reaction, ...]] = {}
"""What the worker does after an event, exactly once, each reaction in a transaction of its own."""

REACTING = {event.__name__: reactions for event, reactions in REACTIONS.items()}
