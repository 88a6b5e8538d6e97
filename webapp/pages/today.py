"""Today: what waits for me, in the order of the clock; everything acts in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.response import Redirect
from sqlalchemy import select

from domain.approvals import queries as approvals
from domain.approvals.kinds import APPROVABLES
from domain.calendar import items
from domain.calendar import queries as calendar
from domain.contacts import queries as people
from domain.core.lists import ListQuery, ListSpec, Page, fetch_page
from domain.core.text import _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.leads import queries as leads
from domain.opportunities import queries as opportunities
from domain.orders import queries as orders
from domain.payments import queries as payments
from domain.pools import queries as pools
from domain.pools.models import PoolKind
from domain.shipments import queries as shipments
from domain.visits import queries as visits
from domain.visits.models import VisitStatus
from webapp.pages.row_parts import dialled
from webapp.pages.visit_shapes import VISIT_WORDS, place_of
from webapp.render import page
from webapp.work import reading

MOST = 8
"""Rows of one kind; the rest is behind a link."""


class Today(Controller):
    """Open to everybody who signed in: it shows only what is theirs."""

    @get("/")
    async def first(self, request: Request[Any, Any, Any]) -> Redirect:
        """The first page is Today."""
        return Redirect("/today", status_code=303)

    @get("/today")
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Contacts due, customers about to leave, approvals, what came back, what is to ship and to confirm."""
        async with reading(request) as work:
            may = work.actor.may
            tonight = calendar.day_starts(work.actor, work.today + timedelta(days=1))
            context: dict[str, Any] = {
                "visits": await visits_left(work),
                "contacts": [items.of_entry(row, work) for row in await calendar.open_until(work, tonight)],
                "birthdays": await people.born(work, work.today, limit=MOST + 1),
                "leads": await some(work, leads.LIST, "leads.edit", "waiting"),
                "stale_deals": await some(work, opportunities.LIST, "opportunities.edit", "mine", stale="1"),
                "late_deals": await some(work, opportunities.LIST, "opportunities.edit", "mine", expected="overdue"),
                "leaving": await pools.leaving(work, PoolKind.customer, limit=MOST + 1),
                "leads_leaving": await pools.leaving(work, PoolKind.lead, limit=MOST + 1),
                "approvals": await waiting(work),
                "rejected": await some(work, orders.LIST, "orders.create", "mine", status="rejected"),
                "refused": await some(work, payments.LIST, "payments.create", "mine", status="rejected"),
                "to_ship": await some(work, shipments.LIST, "shipments.ship", "open"),
                "to_confirm": await some(work, payments.LIST, "payments.confirm", "waiting"),
                "sells": may("customers.claim"),
                "most": MOST,
            }
        context["deals"] = list(
            {row.id: row for row in (*context["late_deals"].rows, *context["stale_deals"].rows)}.values()
        )
        nothing = not any(
            value.rows if isinstance(value, Page) else value
            for name, value in context.items()
            if name not in ("sells", "most")
        )
        return page(
            request, "today/show.html", title=_("Today"), nothing=nothing, **VISIT_WORDS, place_of=place_of,
            dialled=dialled, **context,
        )  # fmt: skip


async def visits_left(work: Work) -> Sequence[Any]:
    """My visits of today that are not over, in the order of the route."""
    if not work.actor.may("visits.edit"):
        return ()
    rows = await visits.day(work, work.actor.id, work.today)
    return [row for row in rows if row.Visit.status in (VisitStatus.planned, VisitStatus.open)]


async def some(work: Work, spec: ListSpec, permission: str, scene: str, **filters: str) -> Page:
    """The first rows of a list, for who has the right that makes them act on it."""
    if not work.actor.may(permission):
        return Page((), None)
    return await fetch_page(work, spec, ListQuery(scene=scene, filters=filters), size=MOST)


async def waiting(work: Work) -> Sequence[dict[str, Any]]:
    """Approvals that wait for me, the longest waiting first, with the names that a row says."""
    found = list((await work.session.scalars(approvals.waiting(work.actor).limit(MOST + 1))).all())
    ids = {one.customer_id for one in found if one.customer_id}
    # Names only: whoever decides may read whose order it is.
    pairs = await work.session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
    names: dict[int, str] = {number: name for number, name in pairs}
    people = await approvals.names(work, [one.submitted_by_id for one in found])
    return [
        {
            "id": one.id, "title": one.title, "kind": APPROVABLES[one.kind].label, "amount": one.amount,
            "customer": names.get(one.customer_id or 0), "sender": people.get(one.submitted_by_id, ""),
            "at": one.created_at,
        }
        for one in found
    ]  # fmt: skip
