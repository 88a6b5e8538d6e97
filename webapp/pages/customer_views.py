"""What the page of a customer shows, section by section, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from domain.company.queries import company_settings
from domain.contacts import queries as contacts
from domain.contacts.models import ContactRole
from domain.core.access import Actor
from domain.core.places import Accuracy, Position
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries
from domain.customers.models import DealStatus, FollowStage
from domain.customers.queries import Detail
from domain.followups import queries as followups
from domain.followups.models import Way
from domain.opportunities import queries as opportunities
from domain.orders import queries as orders
from domain.orders.models import OrderStatus, ShippingStatus
from domain.payments import queries as payments
from domain.payments.models import PaymentStatus
from domain.people.models import User
from domain.places.links import map_links
from domain.pools import ledger
from domain.pools import queries as pools
from domain.pools.models import Pool, PoolKind
from domain.search import phones
from domain.visits import queries as visits
from webapp.history import Telling
from webapp.i18n import catalogue
from webapp.pages.customer_rows import STAGE_TONES, fact_line, website_url
from webapp.pages.customers import CHOICES, LABELS
from webapp.pages.followup_subjects import newest
from webapp.pages.opportunity_rows import KIND_TONES
from webapp.pages.row_parts import dialled
from webapp.pages.sharing import team_menu, team_section
from webapp.pages.visit_shapes import VISIT_WORDS
from webapp.timeline import TIMELINE_PAGE, timeline_of

KIND = PoolKind.customer


async def everything(work: Work, found: Detail, language: str) -> dict[str, Any]:
    """What the page shows, section by section; sections whose feature the reader may not see are None."""
    c, actor, hidden = found.customer, work.actor, found.hidden
    tel = dialled(None if "phone" in hidden else c.phone)
    at = None if "address" in hidden else Position.of(c.latitude, c.longitude)
    links = map_links(at, c.name) if at else []
    rows = await queries.timeline(work, found, limit=TIMELINE_PAGE + 1)
    sections: dict[str, Any] = {
        "totals": await queries.totals(work, c.id) if _sells(actor) else None,
        "contacts": () if "contacts" in hidden else await contacts.of_customer(work, c.id),
        "opportunities": await _opportunities(work, c.id),
        "orders": await orders.of_customer(work, c.id, limit=10) if actor.may("orders.view") else None,
        "payments": await payments.of_customer(work, c.id, limit=10) if actor.may("payments.view") else None,
        "followups": await newest(work, found, partial(followups.of_customer, work, c.id, limit=20)),
        "visits": await _visits(work, found), **await team_section(work, "customers", c, found.may_manage),
    }  # fmt: skip
    return {
        "c": c, "found": found, "hidden": hidden, "values": _values(c, hidden), **sections, "tabs": _tabs(sections),
        "facts": fact_line(c, catalogue(language).say), "stage": FollowStage(c.follow_stage).label,
        "stage_tone": STAGE_TONES[FollowStage(c.follow_stage)],
        "currency": (await company_settings(work.session)).currency,
        "due": None if c.owner_id is None else await pools.due_sentence(work, KIND, c),
        "claim_off": await pools.can_claim(work, KIND, c) if c.pool_id is not None else None,
        "claims": await ledger.claim_count(work, KIND, c.id),
        "links": links, "menu": _menu(actor, found), "quick": _quick(actor, c, tel, links, hidden),
        "accuracy": Accuracy(c.location_accuracy).label if c.location_accuracy else None, "shown_phone": phones.shown,
        "order_states": OrderStatus, "shipping": ShippingStatus, "payment_states": PaymentStatus, "ways": Way,
        "deal_tones": KIND_TONES, "contact_roles": ContactRole, **VISIT_WORDS,
        **timeline_of(f"/customers/{c.id}", rows),
    }  # fmt: skip


def _tabs(sections: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The sections there are, each with its number where that says something."""
    numbers = {name: len(sections[name] or ()) or None for name in ("team", "opportunities")}
    numbers["contacts"] = len(sections["contacts"])
    if sections["totals"] is not None:
        numbers["orders"] = sections["totals"].order_count
    return [
        (name, label, numbers.get(name)) for name, label in TABS if name not in sections or sections[name] is not None
    ]


TABS = (
    ("overview", _("Overview")), ("timeline", _("Timeline")), ("contacts", _("Contacts")),
    ("opportunities", _("Opportunities")), ("orders", _("Orders")), ("payments", _("Payments")),
    ("followups", _("Follow-ups")), ("visits", _("Visits")), ("team", _("Team")), ("history", _("History")),
)  # fmt: skip


def _menu(actor: Actor, found: Detail) -> list[dict[str, Any]]:
    """The seldom acts of a customer that this reader may do."""
    here, owned = f"/customers/{found.customer.id}", found.customer.owner_id is not None
    items: list[dict[str, Any]] = []
    if found.may_write:
        items.append({"label": _("Edit"), "icon": "edit", "href": f"{here}/edit"})
        items.append({"label": _("Position on the map"), "icon": "pin", "href": f"{here}/place"})
    if found.may_manage and owned and actor.may("customers.transfer"):
        items.append({"label": _("Change owner"), "icon": "transfer", "href": f"{here}/transfer"})
    items += team_menu(actor, "customers", found.customer.id, found.may_manage)
    if found.may_manage and owned and actor.may("customers.release"):
        items.append({"label": _("Return to a pool"), "icon": "release", "href": f"{here}/release"})
    if found.may_manage and actor.may("customers.delete"):
        items.append({"label": _("Delete"), "icon": "trash", "opens": "delete", "tone": "bad"})
    return items


def _quick(actor: Actor, c: Any, tel: str, links: Sequence[Any], hidden: frozenset[str]) -> list[dict[str, Any]]:
    """The acts in reach of the thumb; what cannot be done now says why."""
    pooled = _("It lies in a public pool. Claim it first.") if c.owner_id is None else None
    items: list[dict[str, Any]] = [
        {"label": _("Call"), "icon": "phone", "href": f"tel:{tel}", "off": None if tel else _("No phone number")},
        *_messages(c, hidden),
        {"label": _("Navigate"), "icon": "navigate", "opens": "navigate", "off": None if links else _("No position")},
    ]
    for right, label, icon, url in (
        ("followups.create", _("Follow up"), "follow-up", f"/followups/new?customer={c.id}"),
        ("visits.create", _("Visit"), "check-in", f"/visits/new?customer={c.id}"),
        ("opportunities.create", _("Opportunity"), "opportunity", f"/opportunities/new?customer={c.id}"),
        ("orders.create", _("Order"), "orders", f"/orders/new?customer={c.id}"),
        ("payments.create", _("Payment"), "payments", f"/payments/new?customer={c.id}"),
    ):
        if actor.may(right):
            items.append({"label": label, "icon": icon, "href": url, "off": pooled})
    return items


def _messages(c: Any, hidden: frozenset[str]) -> list[dict[str, Any]]:
    """SMS and e-mail, where there is something to send them to: a landline takes no SMS."""
    items: list[dict[str, Any]] = []
    if "phone" not in hidden and phones.is_mobile(c.phone):
        items.append({"label": _("SMS"), "icon": "chat", "href": f"sms:{dialled(c.phone)}"})
    if "email" not in hidden and c.email:
        items.append({"label": _("E-mail"), "icon": "mail", "href": f"mailto:{c.email}"})
    return items


def _sells(actor: Actor) -> bool:
    """Whether the figures of a customer are for this reader."""
    return actor.may("orders.view") or actor.may("opportunities.view")


async def _opportunities(work: Work, customer_id: int) -> Any:
    """The open opportunities and the newest of the others, as far as the reader sees them."""
    if not work.actor.may("opportunities.view"):
        return None
    return await opportunities.of_customer(work, customer_id)


async def _visits(work: Work, found: Detail) -> Any:
    """The newest visits that the reader sees; a pool that keeps follow-ups back keeps these back too."""
    if not work.actor.may("visits.view") or "followups" in found.hidden:
        return None
    return await visits.of_customer(work, found.customer.id, limit=20)


def _values(c: Any, hidden: frozenset[str]) -> list[tuple[Text, Any, str | None]]:
    """The customer's fields for reading: label, value, link; what the pool hides is not even there."""
    found: list[tuple[Text, Any, str | None]] = []
    for name, label in LABELS.items():
        value, link = getattr(c, name), None
        if name in hidden or name in ("name", "follow_stage", "notes", "credit_limit") or value in (None, ""):
            continue
        if name in CHOICES:
            value = CHOICES[name](value).label
        elif name == "phone":
            value, link = phones.shown(value), f"tel:{dialled(value)}"
        elif name == "email":
            link = f"mailto:{value}"
        elif name == "website":
            link = website_url(value)
        found.append((label, value, link))
    return found


TELLING = Telling(
    table="customers", made=_("Created the customer"), altered=_("Changed the customer"),
    labels={
        **LABELS, "owner_id": _("Owner"), "pool_id": _("Public pool"), "deal_status": _("Deal status"),
        "last_follow_up_at": _("Last follow-up"), "recycle_due_at": _("Returns to the pool"),
        "owned_since": _("Owned since"), "pooled_since": _("In the pool since"),
        "location_accuracy": _("Found on the map"), "deleted_at": _("In the bin since"),
    },
    names={"owner_id": User, "pool_id": Pool},
    choices={**CHOICES, "deal_status": DealStatus, "location_accuracy": Accuracy},
    said={"phone": phones.shown},
)  # fmt: skip
"""How the history of a customer is told."""
