"""Where one can go: the tabs of a person's post, everything that may be opened, and what "+" offers (ui.md, Frame)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.core.access import Actor
from domain.core.text import Text, _


@dataclass(frozen=True, slots=True)
class Tab:
    """One destination; `current` when the page shown lies under it."""

    key: str
    label: Text
    url: str
    icon: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A destination and the right that opens it; None: open to everybody who signed in."""

    key: str
    label: Text
    url: str
    icon: str
    permission: str | None = None
    also: tuple[str, ...] = ()
    """Other addresses whose pages belong to it."""

    def holds(self, path: str) -> bool:
        """Whether a page lies here."""
        return any(path == url or path.startswith(url + "/") for url in (self.url, *self.also))


PLACES: tuple[Place, ...] = (
    Place("today", _("Today"), "/today", "today"),
    Place("approvals", _("Approvals"), "/approvals", "approvals", "approvals.view"),
    Place("team", _("Team"), "/team", "team", "team.view"),
    Place("customers", _("Customers"), "/customers", "customers", "customers.view"),
    Place("leads", _("Leads"), "/leads", "bolt", "leads.view"),
    Place("opportunities", _("Opportunities"), "/opportunities", "opportunity", "opportunities.view"),
    Place("contacts", _("Contacts"), "/contacts", "contacts", "contacts.view"),
    Place("visits", _("Visits"), "/visits", "visit", "visits.view", also=("/beats",)),
    Place("pools", _("Public pools"), "/pools", "pools", "pools.view"),
    Place("followups", _("Follow-ups"), "/followups", "follow-up", "followups.view"),
    Place("calendar", _("Calendar"), "/calendar", "calendar", "calendar.view"),
    Place("tasks", _("Tasks"), "/tasks", "check", "calendar.view"),
    Place("orders", _("Orders"), "/orders", "orders", "orders.view"),
    Place("shipments", _("Shipments"), "/shipments", "shipments", "shipments.view"),
    Place("payments", _("Payments"), "/payments", "payments", "payments.view"),
    Place("products", _("Products"), "/products", "products", "products.view"),
    Place("imports", _("Imports"), "/imports", "imports", "imports.view"),
    Place("inbox", _("Inbox"), "/inbox", "bell"),
    Place("conflicts", _("Disagreements"), "/conflicts", "double-check", "customers.edit"),
    Place("account", _("Account"), "/account", "account"),
    Place("admin", _("Back office"), "/admin", "admin", "backoffice.open"),
)
CREATE: tuple[Place, ...] = (
    Place("followup", _("Follow-up"), "/followups/new", "follow-up", "followups.create"),
    Place("visit", _("Visit"), "/visits/new", "visit", "visits.create"),
    Place("order", _("Order"), "/orders/new", "orders", "orders.create"),
    Place("customer", _("Customer"), "/customers/new", "customers", "customers.create"),
    Place("lead", _("Lead"), "/leads/new", "bolt", "leads.create"),
    Place("opportunity", _("Opportunity"), "/opportunities/new", "opportunity", "opportunities.create"),
    Place("payment", _("Payment"), "/payments/new", "payments", "payments.create"),
)
POSTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("team.view", ("approvals", "team", "customers")),
    ("shipments.ship", ("shipments", "orders")),
    ("payments.confirm", ("payments", "orders")),
    ("orders.approve", ("approvals", "orders", "customers")),
    ("customers.claim", ("today", "visits", "customers", "orders")),
)
"""What makes a post, and the places that come first for it. The first post held gives its tabs first."""

FIRST_VIEW = {"payments": ("payments.confirm", "/payments?scene=waiting"), "visits": ("visits.create", "/visits/today")}
"""Places that whoever holds a right opens on what waits, or on the day."""

EVERYTHING = ("customers", "orders", "approvals")
"""The first places of who may do all."""
ON_THE_BAR = 3
"""The bar of a phone holds three places, "More" and the plus between them."""
MORE = Place("more", _("More"), "/more", "grid")


def _tab(place: Place, path: str, actor: Actor | None = None) -> Tab:
    here = path.partition("?")[0].rstrip("/")
    right, first = FIRST_VIEW.get(place.key, ("", place.url))
    url = first if actor and actor.may(right) else place.url
    return Tab(place.key, place.label, url, place.icon, place.holds(here))


def _allowed(actor: Actor, places: Iterable[Place]) -> list[Place]:
    return [place for place in places if place.permission is None or actor.may(place.permission)]


def _first_places(actor: Actor) -> list[Place]:
    posts = [EVERYTHING] if actor.everything else [keys for right, keys in POSTS if actor.may(right)]
    wanted = [key for keys in posts for key in keys]
    allowed = {place.key: place for place in _allowed(actor, PLACES)}
    # Who has no post of these still gets a full bar, of the first things that may be opened.
    ordered = dict.fromkeys([*wanted, *(key for key in allowed if key not in {"account", "inbox", "admin"})])
    return [allowed[key] for key in ordered if key in allowed][:ON_THE_BAR]


def tabs(actor: Actor, path: str) -> tuple[Tab, ...]:
    """The bar of the phone: three places of the person's posts, and "More", which is current for all other places."""
    first = [_tab(place, path, actor) for place in _first_places(actor)]
    elsewhere = not any(tab.current for tab in first)
    return (*first, Tab(MORE.key, MORE.label, MORE.url, MORE.icon, elsewhere))


def menu(actor: Actor, path: str) -> tuple[Tab, ...]:
    """Everything else that the person may open: the rest of the side bar, and the page behind "More"."""
    shown = {place.key for place in _first_places(actor)}
    return tuple(_tab(place, path, actor) for place in _allowed(actor, PLACES) if place.key not in shown)


def create_items(actor: Actor) -> tuple[Tab, ...]:
    """What the person may make anew, for the sheet behind "+"."""
    return tuple(_tab(place, "") for place in _allowed(actor, CREATE))
