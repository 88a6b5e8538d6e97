"""What was changed on an order, field by field, in the words of its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from domain.approvals.queries import names
from domain.contacts.models import Contact
from domain.core.audit import AuditEntry
from domain.core.text import Text, _
from domain.core.work import Work
from domain.orders.models import OrderStatus, ShippingStatus
from webapp.formats import amount, percent
from webapp.render import Page

LABELS: Mapping[str, Text] = {
    "status": _("State"), "owner_id": _("Owner"), "contact_id": _("Contact"), "ordered_on": _("Order date"),
    "required_on": _("Wanted by"), "discount_percent": _("Order discount"), "net_total": _("Total"),
    "approver_id": _("Approver"), "shipping_status": _("Shipping"), "ship_name": _("Receiver"),
    "ship_address": _("Delivery address"), "notes": _("Notes"),
}  # fmt: skip
PEOPLE = ("owner_id", "approver_id")


async def history_of(
    work: Work, entries: Sequence[AuditEntry], shown: Page
) -> list[tuple[AuditEntry, str | None, list[tuple[Text, Any, Any]]]]:
    """Each change with who made it and what it changed, less those that changed nothing people know."""
    people = await names(work, [*(one.actor_id for one in entries), *_ids(entries, *PEOPLE)])
    wanted = select(Contact.id, Contact.name).where(Contact.id.in_(_ids(entries, "contact_id")))
    contacts = {number: name for number, name in await work.session.execute(wanted)}
    told = []
    for entry in entries:
        old, new = (
            {name: _said(name, values.get(name), people, contacts, shown) for name in LABELS}
            for values in (entry.old or {}, entry.new or {})
        )
        fields = [
            (label, old[name], new[name])
            for name, label in LABELS.items()
            if old[name] is not None or new[name] is not None
        ]
        if fields:
            told.append((entry, people.get(entry.actor_id or 0), fields))
    return told


def _ids(entries: Sequence[AuditEntry], *fields: str) -> list[int]:
    both = (values for one in entries for values in (one.old or {}, one.new or {}))
    return [values[name] for values in both for name in fields if isinstance(values.get(name), int)]


def _said(name: str, value: Any, people: Mapping[int, str], contacts: Mapping[int, str], shown: Page) -> Any:
    if value is None:
        return None
    if name in PEOPLE:
        return people.get(value, f"#{value}")
    if name == "contact_id":
        return contacts.get(value, f"#{value}")
    if name == "status":
        return OrderStatus(value).label
    if name == "shipping_status":
        return ShippingStatus(value).label
    if name.endswith("_on"):
        return shown.date(date.fromisoformat(value))
    if name == "net_total":
        return amount(Decimal(str(value)))
    return percent(Decimal(str(value))) if name == "discount_percent" else str(value)
