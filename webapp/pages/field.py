"""What a phone fetches in the morning: the pages of today's and tomorrow's visits, each with a version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar import Controller, Request, Response, get
from sqlalchemy import func, select, text, union_all

from domain.contacts.models import Contact
from domain.core.events import EventRow
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.followups.models import FollowUp
from domain.orders import catalogue
from domain.orders.models import Order
from domain.payments.models import Payment
from domain.visits import policy
from domain.visits import queries as visits
from domain.visits.models import Visit, VisitQuestion, VisitStatus, VisitType
from webapp.assets import shell_version
from webapp.formats import plain
from webapp.i18n import catalogue as words_in
from webapp.pages.sync import OFFLINE_FOR
from webapp.work import reading

MOST_VISITS = 40
"""Of both days together, the first ones: a day has twelve, and a phone has an end."""
AHEAD = (timedelta(0), timedelta(days=1))
CATALOGUE = "/field/catalogue"
TOUCHING = (Contact, Order, FollowUp, Visit, Payment)
"""What else stands on a customer's pages."""
FORMS: tuple[tuple[str, Text, str, bool], ...] = (
    ("visits.create", _("Visit %(name)s"), "/visits/new?customer={}", False),
    ("followups.create", _("Follow up %(name)s"), "/followups/new?customer={}", False),
    ("orders.create", _("Order of %(name)s"), "/orders/new?customer={}", False),
    ("contacts.create", _("New contact of %(name)s"), "/contacts/new?customer={}", True),
    ("customers.edit", _("Change %(name)s"), "/customers/{}/edit", True),
)
"""For each customer of the day, for whoever may send them; the last two only to who may change the customer."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A customer of the day: what changes when anything on its pages does, and whether the person may change it."""

    version: str
    writable: bool


@dataclass(frozen=True, slots=True)
class DayPage:
    """A page to keep; an empty version is fetched each time. `main` ones are offered where there is no network."""

    url: str
    title: Text | str
    version: str = ""
    main: bool = False
    type: str = "text/html"


class Field(Controller):
    """Asked by the service worker, for whoever is signed in; nobody gets more pages than they may open."""

    path = "/field"

    @get("/manifest")
    async def manifest(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The pages of the day for this person."""
        language: str = request.scope["state"]["language"]
        words = words_in(language)
        async with reading(request) as work:
            days = [await visits.day(work, work.actor.id, work.today + ahead) for ahead in AHEAD]
            rows = [row for day in days for row in day if row.Visit.status != VisitStatus.cancelled][:MOST_VISITS]
            pages = await pages_of(work, rows, language)
        content = {
            "user": work.actor.id,
            "at": work.now.isoformat(),
            "expires": (work.now + OFFLINE_FOR).isoformat(),
            "visits": len(rows),
            "pages": [
                {
                    "url": one.url,
                    "title": words.say(one.title),
                    "version": one.version,
                    "main": one.main,
                    "type": one.type,
                }
                for one in pages
            ],
        }
        return Response(content, headers={"Cache-Control": "no-store"})

    @get("/catalogue")
    async def products(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """Products as rows of id, name, code, specification, unit, price, and the words that a search looks through;
        read by the order form (static/js/offline/order.js)."""
        async with reading(request) as work:
            work.actor.require("orders.create")
            products, total = await catalogue.carried(work)
            rows = [[p.id, p.name, p.code, p.spec or "", p.unit, plain(p.list_price), p.txt] for p in products]
        body = json.dumps({"total": total, "products": rows}, ensure_ascii=False, separators=(",", ":"))
        return Response(body.encode(), media_type="application/json")


async def pages_of(work: Work, rows: Sequence[Any], language: str) -> list[DayPage]:
    """The lists, then visit by visit in the order of the route what is needed there, each page once."""
    pages = [DayPage("/today", _("Today"), main=True)]
    if not work.actor.may("visits.view"):
        return pages
    today, tomorrow = (f"/visits/today?day={work.today + ahead}" for ahead in AHEAD)
    pages += [
        DayPage("/visits/today", _("Today's visits"), main=True),
        DayPage(today, _("Today's visits")),  # where the form of a visit leads back to
        DayPage(tomorrow, _("Tomorrow's visits"), main=True),
    ]
    general = await _general(work, language)
    seen = await _customers(work, {row.Visit.customer_id for row in rows})
    for row in rows:
        pages += _visit_pages(work, row, general, seen.get(row.Visit.customer_id))
    if work.actor.may("orders.create"):
        products = _digest(general, *await catalogue.version(work))
        pages.append(DayPage(CATALOGUE, _("Products"), products, type="application/json"))
    if work.actor.may("visits.create"):
        pages.append(DayPage("/visits/new", _("Visit without a plan")))
    if work.actor.may("customers.view"):
        pages.append(DayPage("/customers", _("Customers")))
    pages.append(DayPage("/more", _("More"), general))
    if work.actor.may("customers.create"):
        pages.append(DayPage("/customers/new", _("New customer"), general))
    if work.actor.may("leads.create"):
        pages.append(DayPage("/leads/new", _("New lead"), general))
    return list({one.url: one for one in reversed(pages)}.values())[::-1]


def _visit_pages(work: Work, row: Any, general: str, customer: Seen | None) -> Iterable[DayPage]:
    visit: Visit = row.Visit
    version = _digest(general, customer, visit.version, visit.updated_at)
    doable = policy.can_check_in(work.actor, visit) is None
    if doable:
        yield DayPage(f"/visits/{visit.id}/do", row.customer, version, main=True)
    yield DayPage(f"/visits/{visit.id}", _("Visit to %(name)s", name=row.customer), version, main=not doable)
    if customer is None:
        return
    version = _digest(general, customer)
    yield DayPage(f"/customers/{visit.customer_id}", row.customer, version)
    for permission, title, url, writes in FORMS:
        if work.actor.may(permission) and (customer.writable or not writes):
            yield DayPage(url.format(visit.customer_id), Text(title.msgid, name=row.customer), version)


async def _general(work: Work, language: str) -> str:
    """What every page hangs on: release, language, rights and names, the day, the questions of visits."""
    number = (await work.session.execute(text("SELECT number FROM org_version"))).scalar_one()
    asked = (await work.session.execute(select(func.max(VisitQuestion.updated_at), func.count()))).one()
    types = (await work.session.execute(select(func.max(VisitType.updated_at), func.count()))).one()
    return _digest(shell_version(), language, number, work.today, *asked, *types)


async def _customers(work: Work, ids: set[int]) -> dict[int, Seen]:
    """Those of the customers that the person may see."""
    if not ids:
        return {}
    columns = select(Customer.id, Customer.version, Customer.updated_at, customers.writable(work.actor).label("mine"))
    asked = columns.where(Customer.id.in_(ids), customers.visible(work.actor))
    shown = (await work.session.execute(asked)).all()
    known = [row.id for row in shown]
    newest = union_all(
        *(
            select(table.customer_id, func.max(table.updated_at).label("at"), func.count().label("number"))
            .where(table.customer_id.in_(known))
            .group_by(table.customer_id)
            for table in TOUCHING
        )
    )
    events = select(EventRow.customer_id, func.max(EventRow.id)).where(EventRow.customer_id.in_(known))
    last = events.group_by(EventRow.customer_id)
    marks: dict[int, list[str]] = {row.id: [_digest(*row)] for row in shown}
    for statement in (newest, last):
        for row in await work.session.execute(statement):
            marks[row.customer_id].append(_digest(*row))
    return {row.id: Seen(_digest(*sorted(marks[row.id])), row.mine) for row in shown}


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]
