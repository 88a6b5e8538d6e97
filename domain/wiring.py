"""The one list of what is plugged into what. Read this to know what follows from what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from domain.approvals.events import (
    ApprovalConfirmed,
    ApprovalRejected,
    ApprovalRequested,
    ApprovalStranded,
    ApprovalWithdrawn,
)
from domain.approvals.kinds import APPROVABLES
from domain.approvals.reactions import alarm_administrators, ask_approvers, tell_owner
from domain.calendar.events import TaskDone, TaskGiven, TaskReopened
from domain.calendar.reactions import tell_task
from domain.company.queries import DealTrigger
from domain.contacts.events import ContactCreated
from domain.core.events import Event, EventRow
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import actions as customers
from domain.customers import scope as customer_scope
from domain.customers.models import Customer
from domain.customers.placed import CUSTOMERS as CUSTOMERS_PLACED
from domain.customers.pooled import POOLED as CUSTOMERS
from domain.files.subjects import SUBJECTS, Subject
from domain.leads import scope as lead_scope
from domain.leads.models import Lead
from domain.leads.placed import LEADS as LEADS_PLACED
from domain.leads.pooled import POOLED as LEADS
from domain.notifications.actions import settle
from domain.opportunities import scope as opportunity_scope
from domain.opportunities.models import Opportunity
from domain.orders import actions as orders
from domain.orders.approvable import APPROVABLE as ORDER_APPROVAL
from domain.orders.models import Order
from domain.payments.approvable import APPROVABLE as PAYMENT_APPROVAL
from domain.places.kinds import PLACED
from domain.pools.events import Recycled, Released, Transferred
from domain.pools.kinds import POOL_KINDS
from domain.pools.models import PoolKind
from domain.sharing.kinds import SHARED, Shared
from domain.sharing.queries import by_grant
from domain.shipments import actions as shipments
from domain.shipments.events import ShipmentOpened, ShipmentSent
from domain.shipments.reactions import tell_seller, tell_warehouse
from domain.sync.edits import CONTACT_EDITS, CUSTOMER_EDITS
from domain.sync.kinds import SYNCABLES
from domain.sync.records import CONTACTS, ORDERS
from domain.sync.records import CUSTOMERS as NEW_CUSTOMERS
from domain.sync.records import LEADS as NEW_LEADS
from domain.sync.touches import FOLLOWUPS
from domain.sync.visits import VISITS
from domain.visits import queries as visits
from domain.visits.events import BeatPlanned, VisitCancelled, VisitMoved, VisitPlanned
from domain.visits.models import Visit
from domain.visits.reactions import follow_owner, link_visits, tell_goer

Reaction = Callable[[Work, EventRow], Awaitable[None]]


async def note_deal(work: Work, order: Order) -> None:
    """An approved order may make its customer a deal customer."""
    await customers.mark_deal(work, order.customer_id, DealTrigger.order_approved)


async def by_customer(work: Work, opportunity: Opportunity) -> Text | None:
    """Who sees an opportunity for the sake of its customer: its owner and its team."""
    customer = await work.session.get(Customer, opportunity.customer_id)  # unscoped: only whose it is
    if customer is not None and customer.owner_id == work.actor.id:
        return _("Its customer is yours.")
    part = await by_grant(work, "customers", opportunity.customer_id)
    return None if part is None else _("Through its customer: %(reason)s", reason=part)


APPROVABLES["orders"] = replace(
    ORDER_APPROVAL, on_confirmed=(*ORDER_APPROVAL.on_confirmed, shipments.open_for_order, note_deal)
)
APPROVABLES["payments"] = PAYMENT_APPROVAL
POOL_KINDS[PoolKind.customer] = CUSTOMERS
POOL_KINDS[PoolKind.lead] = LEADS
SHARED |= {
    "customers": Shared(
        model=Customer,
        feature="customers",
        visible=customer_scope.visible,
        manageable=customer_scope.manageable,
        sees_all=_("Your role lets you see every customer."),
        customer_of=lambda customer: customer.id,
    ),
    "leads": Shared(
        model=Lead,
        feature="leads",
        visible=lead_scope.visible,
        manageable=lead_scope.manageable,
        sees_all=_("Your role lets you see every lead."),
    ),
    "opportunities": Shared(
        model=Opportunity,
        feature="opportunities",
        visible=opportunity_scope.visible,
        manageable=opportunity_scope.manageable,
        sees_all=_("Your role lets you see every opportunity."),
        besides=by_customer,
    ),
}
PLACED |= {placed.feature: placed for placed in (CUSTOMERS_PLACED, LEADS_PLACED)}
orders.ON_VOID.append(shipments.close_for_order)
SYNCABLES |= {
    "visits": VISITS,
    "followups": FOLLOWUPS,
    "contacts": CONTACTS,
    "customers": NEW_CUSTOMERS,
    "leads": NEW_LEADS,
    "orders": ORDERS,
    "customers.edit": CUSTOMER_EDITS,
    "contacts.edit": CONTACT_EDITS,
}
SUBJECTS["visits"] = Subject(model=Visit, visible=visits.visible, writable=visits.writable, right="visits.create")

REACTIONS: Mapping[type[Event], tuple[Reaction, ...]] = {
    ApprovalRequested: (ask_approvers,),
    ApprovalStranded: (alarm_administrators,),
    ApprovalConfirmed: (tell_owner, settle),
    ApprovalRejected: (tell_owner, settle),
    ApprovalWithdrawn: (settle,),
    ShipmentOpened: (tell_warehouse,),
    ShipmentSent: (tell_seller,),
    VisitPlanned: (tell_goer,),
    BeatPlanned: (tell_goer,),
    VisitMoved: (tell_goer,),
    VisitCancelled: (tell_goer,),
    ContactCreated: (link_visits,),
    TaskGiven: (tell_task,),
    TaskDone: (tell_task,),
    TaskReopened: (tell_task,),
    Transferred: (follow_owner,),
    Released: (follow_owner,),
    Recycled: (follow_owner,),
}
"""What the worker does after an event, exactly once, each reaction in a transaction of its own."""

REACTING = {event.__name__: reactions for event, reactions in REACTIONS.items()}
