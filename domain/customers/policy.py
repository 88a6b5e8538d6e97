"""Pure questions about a customer: how complete it is, what a pool hides of it, what may be done."""

from __future__ import annotations

from collections.abc import Collection

from domain.core.access import Actor, Scope
from domain.core.text import Text, _
from domain.customers.models import Customer, CustomerKind

FILLABLE = ("level", "industry", "size", "need", "source", "phone", "email", "website", "city", "address")
"""What makes a profile complete, besides a contact."""
NOT_OF_PERSONS = frozenset({"industry", "size", "website"})
HIDEABLE = ("phone", "email", "website", "address", "credit_limit", "notes", "contacts", "followups")
"""What a pool can hide until somebody has claimed the customer."""


def completeness(customer: Customer, *, has_contact: bool) -> int:
    """Filled of fillable, in percent (domain.md, customer)."""
    person = customer.kind == CustomerKind.person
    names = [name for name in FILLABLE if not (person and name in NOT_OF_PERSONS)]
    filled = sum(getattr(customer, name) not in (None, "") for name in names)
    wanted = len(names)
    if not person:
        wanted += 1
        filled += has_contact
    return filled * 100 // wanted


def hidden(actor: Actor, pool_id: int | None, hidden_fields: Collection[str], *, granted: bool) -> frozenset[str]:
    """What the actor may not read of a customer in a pool: nothing for administrators, team, and who sees all."""
    if pool_id is None or granted or actor.scope("customers") is Scope.all or pool_id in actor.admin_pool_ids:
        return frozenset()
    return frozenset(hidden_fields)


def can_delete(live_orders: int, open_opportunities: int) -> Text | None:
    """None if a customer may go to the bin, else why not."""
    if live_orders:
        return _("It has %(n)s live order.", plural="It has %(n)s live orders.", n=live_orders)
    if open_opportunities:
        return _("It has %(n)s open opportunity.", plural="It has %(n)s open opportunities.", n=open_opportunities)
    return None


TOLD = {
    "followups": "followups", "visits": "visits", "beats": "visits", "contacts": "contacts", "orders": "orders",
    "shipments": "orders", "payments": "payments", "opportunities": "opportunities",
}  # fmt: skip
"""Kinds of events on a timeline, each with the feature whose rows the reader must be able to see."""
KEPT_BACK = {"followups": ("followups", "visits"), "contacts": ("contacts",)}
"""Features that go with a word of what a pool hides."""


def untold(actor: Actor, hidden: Collection[str]) -> list[str]:
    """Kinds of events that the timeline leaves out for this reader."""
    back = {feature for word in hidden for feature in KEPT_BACK.get(word, ())}
    return [kind for kind, feature in TOLD.items() if feature in back or not actor.may(f"{feature}.view")]
