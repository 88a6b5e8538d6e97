"""What the page of an opportunity shows, section by section, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.company.queries import company_settings
from domain.contacts.models import Contact
from domain.core.access import Actor
from domain.core.money import cents
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.followups import queries as followups
from domain.followups.models import Way
from domain.leads.models import LeadSource
from domain.opportunities import queries
from domain.opportunities.models import ContactRole, StageKind
from domain.opportunities.queries import Detail, Move, PipelineView
from domain.opportunities.stages import StageView, pipeline_of
from domain.orders.models import OrderStatus
from domain.people.models import User
from webapp.formats import amount, plain
from webapp.history import Telling
from webapp.pages.opportunity_forms import CHOICES, LABELS
from webapp.pages.opportunity_rows import KIND_TONES, stale_sentence
from webapp.pages.orders import TONES as ORDER_TONES
from webapp.pages.row_parts import dialled
from webapp.pages.sharing import team_menu, team_section
from webapp.timeline import TIMELINE_PAGE, timeline_of

AT_ONCE = 50
ROLE_TONES = {
    ContactRole.decision_maker: ("signal", "star"), ContactRole.supporter: ("good", "check"),
    ContactRole.opponent: ("bad", "close"),
}  # fmt: skip
"""Tone and picture of the parts that matter most; the others are neutral."""


async def everything(work: Work, found: Detail) -> dict[str, Any]:
    """What the page shows; sections whose feature the reader may not see are None."""
    deal, actor = found.opportunity, work.actor
    here, is_open = f"/opportunities/{deal.id}", deal.status == StageKind.open
    moves = await queries.moves(work, deal.id)
    way = await pipeline_of(work, deal.pipeline_id)
    rail = rail_of(way, deal, moves)
    people = await queries.contacts(work, deal.id)
    lines = await queries.lines(work, deal.id)
    touches = await followups.of_opportunity(work, deal.id, limit=AT_ONCE) if actor.may("followups.view") else None
    made = await queries.orders(work, deal.id) if actor.may("orders.view") else None
    rows = await queries.timeline(work, deal.id, limit=TIMELINE_PAGE + 1)
    may_edit = found.may_write and is_open
    phone = await _phone(work, found)
    return {
        "deal": deal, "found": found, "here": here, "rail": rail, "next_stage": next_of(way, deal) if is_open else None,
        "tone": KIND_TONES[StageKind(deal.status)], "may_edit": may_edit, "may_move": may_edit,
        "may_delete": found.may_manage and actor.may("opportunities.delete"),
        "may_reopen": found.may_reopen and not is_open, "ended": None if is_open else _ended(found),
        "warning": _warning(work, found), "lines": [_line(line) for line in lines], "people": people,
        "roles": ContactRole, "role_tones": ROLE_TONES, "moves": moves, "kinds": _kinds(way),
        "lasted": lasted, "tones": KIND_TONES,
        "followups": touches, "ways": Way, "orders": made, "order_states": OrderStatus, "order_tones": ORDER_TONES,
        "may_follow": actor.may("followups.create") and found.sees_customer,
        "may_order": actor.may("orders.create") and found.sees_customer,
        "weighted": _weighted(deal) if is_open else None, "values": _values(found),
        "currency": (await company_settings(work.session)).currency, "menu": _menu(actor, found, here, is_open),
        "quick": _quick(actor, found, phone),
        "tabs": _tabs(people, touches, made), **timeline_of(here, rows),
        **await team_section(work, "opportunities", deal, found.may_manage),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the way as the bar shows it."""

    id: int
    name: str
    css: str
    current: bool


def rail_of(way: PipelineView, deal: Any, moves: Sequence[Move]) -> list[Step]:
    """The open stages and the ending: won as long as it may still be, else how it ended."""
    ended = deal.status in (StageKind.lost, StageKind.invalid)
    last_id = moves[0].row.from_stage_id if ended and moves else deal.stage_id
    last = way.stage(last_id or deal.stage_id)
    steps = []
    for stage in way.stages:
        if stage.ends or not (stage.active or stage.id == deal.stage_id):
            continue
        css = "now" if stage.id == deal.stage_id else "past" if last and stage.rank <= last.rank else ""
        steps.append(Step(stage.id, stage.name, css, stage.id == deal.stage_id))
    end = way.stage(deal.stage_id) if deal.status != StageKind.open else way.end(StageKind.won)
    assert end is not None, "a pipeline has each of its endings"
    reached = deal.status != StageKind.open
    css = f"now {'won' if end.kind is StageKind.won else 'lost'}" if reached else ""
    return [*steps, Step(end.id, end.name, css, reached)]


def next_of(way: PipelineView, deal: Any) -> StageView | None:
    """The stage that follows: the next open one, else won."""
    now = way.stage(deal.stage_id)
    later = [stage for stage in way.stages if stage.active and now and stage.rank > now.rank]
    return later[0] if later else None


def lasted(seconds: int) -> Text:
    """How long a stage took."""
    days = seconds // 86_400
    if days == 0:
        return _("after less than a day")
    return _("after %(n)s day", plural="after %(n)s days", n=days)


def _kinds(way: PipelineView) -> Mapping[int, StageKind]:
    return {stage.id: stage.kind for stage in way.stages}


async def _phone(work: Work, found: Detail) -> str | None:
    """The number of the main contact, for who may see contacts, else that of a customer who lies in no pool."""
    number: str | None = None
    if found.opportunity.contact_id is not None and work.actor.scope("contacts") is not None:
        contact = await work.session.get(Contact, found.opportunity.contact_id)
        number = (contact.mobile or contact.phone) if contact else None
    if number is None and found.sees_customer:
        customer = await work.session.get_one(Customer, found.opportunity.customer_id)
        number = None if customer.owner_id is None else customer.phone
    return number


def _weighted(deal: Any) -> Decimal | None:
    if deal.amount is None:
        return None
    return cents(deal.amount * deal.probability / 100)


def _ended(found: Detail) -> Text:
    status = StageKind(found.opportunity.status)
    why = found.reason or found.opportunity.end_note or "–"
    if status is StageKind.won:
        return _("Won: %(reason)s", reason=why)
    return _("Lost: %(reason)s", reason=why) if status is StageKind.lost else _("Invalid: %(reason)s", reason=why)


def _warning(work: Work, found: Detail) -> Text | None:
    """What is wrong with an open one."""
    if found.stale:
        return stale_sentence((work.now - found.opportunity.activity_at).days)
    return _("It was to be closed by now.") if found.overdue else None


def _line(line: Any) -> dict[str, Any]:
    return {
        "name": line.product, "note": line.code, "quantity": plain(line.quantity), "unit": line.unit,
        "price": line.price, "total": cents(line.quantity * line.price),
    }  # fmt: skip


def _values(found: Detail) -> list[tuple[Any, ...]]:
    """What has no place of its own on the page: label, value, link."""
    deal = found.opportunity
    return [
        (_("Main contact"), found.contact, f"/contacts/{deal.contact_id}"),
        (_("Pipeline"), found.pipeline), (_("Source"), LeadSource(deal.source).label if deal.source else None),
        (_("Lead"), found.lead, f"/leads/{deal.lead_id}"),
    ]  # fmt: skip


def _tabs(people: Sequence[Any], touches: Sequence[Any] | None, made: Sequence[Any] | None) -> list[tuple[Any, ...]]:
    tabs: list[tuple[Any, ...]] = [("overview", _("Overview")), ("timeline", _("Timeline"))]
    if touches is not None:
        tabs.append(("followups", _("Follow-ups"), len(touches) or None))
    tabs += [("people", _("People"), len(people) or None), ("moves", _("Stages"))]
    if made is not None:
        tabs.append(("orders", _("Orders"), len(made) or None))
    return [*tabs, ("team", _("Team")), ("history", _("History"))]


def _menu(actor: Actor, found: Detail, here: str, is_open: bool) -> list[dict[str, Any]]:
    """The seldom acts that this reader may do."""
    items: list[dict[str, Any]] = []
    if found.may_write and is_open:
        items.append({"label": _("Edit"), "icon": "edit", "href": f"{here}/edit"})
    if found.may_write:
        items.append({"label": _("Add a contact"), "icon": "contacts", "href": f"{here}/contacts"})
    if found.may_reopen and not is_open:
        items.append({"label": _("Reopen"), "icon": "undo", "href": f"{here}/reopen"})
    if found.may_manage and is_open and actor.may("opportunities.transfer"):
        items.append({"label": _("Change owner"), "icon": "transfer", "href": f"{here}/transfer"})
    items += team_menu(actor, "opportunities", found.opportunity.id, found.may_manage)
    if found.may_manage and actor.may("opportunities.delete"):
        items.append({"label": _("Delete"), "icon": "trash", "opens": "delete", "tone": "bad"})
    return items


def _quick(actor: Actor, found: Detail, phone: str | None) -> list[dict[str, Any]]:
    """The acts in reach of the thumb; what cannot be done now says why."""
    number = found.opportunity.id
    unseen = None if found.sees_customer else _("You may not see the customer.")
    off = None if phone else _("No phone number")
    items: list[dict[str, Any]] = [
        {"label": _("Call"), "icon": "phone", "href": f"tel:{dialled(phone)}", "off": off},
    ]
    if actor.may("followups.create"):
        url = f"/followups/new?opportunity={number}"
        items.append({"label": _("Follow up"), "icon": "follow-up", "href": url, "off": unseen})
    if actor.may("orders.create"):
        url = f"/orders/new?opportunity={number}"
        items.append({"label": _("Order"), "icon": "orders", "href": url, "off": unseen})
    return items


TELLING = Telling(
    table="opportunities", made=_("Created the opportunity"), altered=_("Changed the opportunity"),
    labels={
        **LABELS, "contact_id": _("Main contact"), "status": _("State"),
        "stage_since": _("In this stage since"), "owner_id": _("Owner"), "last_follow_up_at": _("Last follow-up"),
        "ended_at": _("Ended"), "end_note": _("Reason"), "deleted_at": _("In the bin since"),
    },
    names={"owner_id": User, "contact_id": Contact},
    choices={**CHOICES, "status": StageKind},
    said={"amount": lambda value: amount(Decimal(str(value))), "probability": lambda value: f"{value}%"},
)  # fmt: skip
"""How the history of an opportunity is told."""
