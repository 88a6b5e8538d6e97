"""A small company with one record of each kind, all of them the rep's: what rights and pages are tried on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from domain.approvals import actions as approvals
from domain.approvals import queries as approval_queries
from domain.approvals.models import Approval
from domain.calendar import tasks
from domain.calendar.inputs import TaskInput
from domain.calendar.models import CalendarEvent
from domain.contacts import actions as contacts
from domain.contacts.inputs import ContactInput
from domain.core.access import SYSTEM
from domain.core.places import Position, tile_of
from domain.core.questions import QuestionKind
from domain.core.text import Text
from domain.core.work import Work, clock
from domain.customers.search import index_rows
from domain.followups import actions as followups
from domain.followups.inputs import FollowUpInput
from domain.imports import actions as imports
from domain.imports.models import ImportKind
from domain.notifications import actions as notifications
from domain.notifications.models import Notification, NotificationKind
from domain.opportunities import actions as opportunities
from domain.opportunities.inputs import ContactRoleInput, OpportunityInput, StageInput
from domain.opportunities.inputs import LineInput as DealLine
from domain.opportunities.models import ContactRole, Pipeline, Stage
from domain.orders import actions as orders
from domain.orders.inputs import LineInput, OrderInput
from domain.orders.models import Order
from domain.payments import actions as payments
from domain.payments.inputs import PaymentInput
from domain.payments.models import PaymentMethod
from domain.people.models import ApiToken, User
from domain.people.queries import load_actor
from domain.seeds.reference import seed
from domain.shipments.models import Shipment
from domain.visits import actions as visits
from domain.visits.inputs import BeatInput, PlanInput, VisitInput
from domain.visits.models import VisitQuestion, VisitType
from tests.make import Make

PEOPLE = {
    "director": "sales_director", "manager": "department_manager", "rep": "sales_rep", "rep2": "sales_rep",
    "approver": "order_administrator", "finance": "finance", "warehouse": "warehouse", "auditor": "auditor",
    "admin": "administrator", "helper": "service",
}  # fmt: skip
"""User name → role, as in the demo company. The helper is on the team of the rep's customer."""


@dataclass
class Company:
    """Who works there, and the ids of the records by the name of the part of an address that holds them."""

    users: dict[str, User]
    ids: dict[str, int]


MAP_X, MAP_Y = tile_of(Position(31.2304, 121.4737))
PLACED = {"latitude": 31.2304, "longitude": 121.4737, "map_x": MAP_X, "map_y": MAP_Y, "location_accuracy": "city"}


async def work_of(make: Make, user: User | None) -> Work:
    """Work for a user with the rights as of now; None: the system."""
    await make.session.flush()
    actor = SYSTEM if user is None else await load_actor(make.session, user.id)
    assert actor is not None
    return Work(make.session, actor, clock())


async def found_company(make: Make, language: str = "en") -> Company:
    """Reference data as at a real start, people in their departments, and the rep's records in every state."""
    await seed(await work_of(make, None), "tidewater-lantern-42")
    await make.session.flush()
    users = await _people(make, language)
    ids = await _customers(make, users)
    ids |= await _selling(make, users, ids)
    ids |= await _belongings(make, users, ids)
    ids |= await _leads(make, users)
    ids |= await _visiting(make, users, ids)
    ids |= await _opportunities(make, users, ids)
    await make.session.flush()
    return Company(users, ids)


async def _people(make: Make, language: str) -> dict[str, User]:
    headland = await make.department("Headland")
    sales = await make.department("Sales", headland)
    east = await make.department("East", sales)
    homes = {"director": sales, "manager": east, "rep": await make.department("Shanghai 1", east),
             "rep2": await make.department("Shanghai 2", east)}  # fmt: skip
    above = {"manager": "director", "rep": "manager", "rep2": "manager"}
    users: dict[str, User] = {}
    for name, role in PEOPLE.items():
        if name == "admin":
            users[name] = (await make.session.scalars(select(User).where(User.user_name == "admin"))).one()
            users[name].language = language
            continue
        users[name] = await make.user(
            name, role, department=homes.get(name, headland), manager=users.get(above.get(name, "")), language=language
        )
    sales.head_id, east.head_id = users["director"].id, users["manager"].id
    return users


async def _customers(make: Make, users: dict[str, User]) -> dict[str, int]:
    rep = users["rep"]
    members = (rep, users["rep2"], users["manager"])
    pool = await make.pool("East China", members=members, administrators=(users["director"],))
    owned = await make.customer(
        "Harbour Foods",
        owner=rep,
        home_pool_id=pool.id,
        city="Shanghai",
        phone="+8613800138000",
        level="a",
        **PLACED,
        location_provider="gazetteer",
    )
    pooled = await make.customer("Lighthouse Trading", pool=pool, city="Ningbo")
    lone = await make.customer("Lone Buoy", owner=rep)
    binned = await make.customer("Old Pier", owner=rep, deleted_at=clock())
    await index_rows(make.session, [owned.id, pooled.id], fresh=True)
    grant = await make.grant("customers", owned.id, user=users["helper"])
    work = await work_of(make, rep)
    contact = await contacts.create(work, ContactInput(customer_id=owned.id, name="Wang Fang", mobile="+8613900139000"))
    gone = await contacts.create(work, ContactInput(customer_id=owned.id, name="Old Wang"))
    await contacts.delete(work, gone.id)
    touch = await followups.create(
        work,
        FollowUpInput(customer_id=owned.id, content="Wants tea", next_contact_at=work.now + timedelta(hours=1)),
    )
    entry = (await make.session.scalars(select(CalendarEvent).where(CalendarEvent.user_id == rep.id))).one()
    task = await tasks.create(work, TaskInput(title="Count stock", due_on=work.today))
    return {
        "task_id": task.id, "pool_id": pool.id, "customer_id": owned.id, "pooled": pooled.id, "lone": lone.id,
        "binned": binned.id, "grant_id": grant.id, "contact_id": contact.id, "binned_contact": gone.id,
        "followup_id": touch.id, "entry_id": entry.id,
    }  # fmt: skip


async def _selling(make: Make, users: dict[str, User], ids: dict[str, int]) -> dict[str, int]:
    """A draft, a waiting and an approved order, the last with its shipment and with a draft and a waiting payment."""
    tea = await make.product("Oolong tea", "19.99", active=True)
    rep = await work_of(make, users["rep"])
    made: list[Order] = []
    for send in (False, True, True):
        lines = [LineInput(product_id=tea.id, quantity=Decimal(3))]
        entered = OrderInput(customer_id=ids["customer_id"], approver_id=users["approver"].id, lines=lines)
        made.append(await orders.create(rep, entered, send=send))
    draft, waiting, approved = made
    await make.session.flush()
    rounds = {one.record_id: one for one in await make.session.scalars(select(Approval))}
    step = (await approval_queries.rounds(rep, "orders", approved.id))[0].steps[0]
    await approvals.confirm(await work_of(make, users["approver"]), step.id, rounds[approved.id].record_version)
    shipment = (await make.session.scalars(select(Shipment))).one()
    money = [
        await payments.create(
            rep,
            PaymentInput(
                order_id=approved.id, amount=Decimal("10.00"), method=PaymentMethod.transfer, received_on=rep.today
            ),
            submit_now=send,
        )
        for send in (False, True)
    ]
    await make.session.flush()
    open_step = (await approval_queries.rounds(rep, "orders", waiting.id))[0].steps[0]
    return {
        "product_id": tea.id, "order_id": draft.id, "waiting": waiting.id, "approved": approved.id,
        "shipment_id": shipment.id, "draft_payment": money[0].id, "payment_id": money[1].id,
        "approval_id": rounds[waiting.id].id, "open_step": open_step.id, "open_version": waiting.version,
    }  # fmt: skip


async def _belongings(make: Make, users: dict[str, User], ids: dict[str, int]) -> dict[str, int]:
    """What is personal: the rep's item of the inbox and token, and an import of the manager (reps may not import)."""
    rep = users["rep"]
    words = Text("The stock count is tomorrow.")
    await notifications.notify(
        await work_of(make, None), [rep.id], NotificationKind.approval, words,
        url="/inbox", tag="count", decides_step_id=ids["open_step"],
    )  # fmt: skip
    item = (await make.session.scalars(select(Notification).where(Notification.user_id == rep.id))).one()
    token = ApiToken(token_hash=b"rep's", user_id=rep.id, name="A program", scopes=[], created_at=clock())
    make.session.add(token)
    await make.session.flush()
    batch = await imports.upload(
        await work_of(make, users["manager"]), ImportKind.customers, "customers.csv", ["Name"], [(2, ["Kelp & Co"])]
    )
    return {"item_id": item.id, "token_id": token.id, "batch_id": batch.id}


async def _visiting(make: Make, users: dict[str, User], ids: dict[str, int]) -> dict[str, int]:
    """A planned visit of today, one that is done, and a beat; the first type asks questions."""
    rep = await work_of(make, users["rep"])
    kind = (await make.session.scalars(select(VisitType).order_by(VisitType.position))).first()
    assert kind is not None
    shelf = VisitQuestion(
        type_id=kind.id, kind=QuestionKind.choice.value, text_zh="陈列", text_en="Shelf", choices_zh="充足\n断货",
        choices_en="Full\nEmpty", required=True,
    )  # fmt: skip
    make.session.add(shelf)
    await make.session.flush()
    customer_id = ids["customer_id"]
    planned = await visits.plan(rep, PlanInput(customer_id=customer_id, planned_on=rep.today, type_id=kind.id))
    far = {"arrived_fix": "fixed", "arrived_lat": 31.5, "arrived_lng": 121.5, "arrived_accuracy_m": 8}
    said = {"customer_id": customer_id, "type_id": kind.id, "result": "Full shelf", "answers": {shelf.id: "Full"}}
    done = await visits.record(rep, VisitInput.model_validate(said | far))
    later = rep.today + timedelta(days=1)
    beat = await visits.plan_beat(rep, BeatInput(customer_id=customer_id, weekdays=[1], planned_on=later))
    return {"visit_id": planned.id, "done_visit": done.id, "beat_id": beat.id}


async def _opportunities(make: Make, users: dict[str, User], ids: dict[str, int]) -> dict[str, int]:
    """An open opportunity of the rep's whose first stage asks a question, a lost one, and one in the bin."""
    pipeline = (await make.session.scalars(select(Pipeline))).one()
    stages = {
        stage.name_en: stage
        for stage in await make.session.scalars(select(Stage).where(Stage.pipeline_id == pipeline.id))
    }
    await make.question(stages["First contact"], "Budget?", required=False)
    work = await work_of(make, users["rep"])
    customer_id, lines = ids["customer_id"], [DealLine(product_id=ids["product_id"], quantity=Decimal(10))]
    entered = {"customer_id": customer_id, "contact_id": ids["contact_id"], "expected_on": work.today}
    open_, lost, binned = [
        await opportunities.create(work, OpportunityInput(name=name, lines=lines, **entered))
        for name in ("Tea for the new hotel", "Tea for the old hotel", "Entered twice")
    ]
    why = StageInput(stage_id=stages["Lost"].id, end_note="Too dear")
    await opportunities.move(work, lost.id, why)
    await opportunities.delete(await work_of(make, users["manager"]), binned.id)
    grant = await make.grant("opportunities", open_.id, user=users["helper"])
    role = ContactRoleInput(contact_id=ids["contact_id"], role=ContactRole.decision_maker)
    await opportunities.add_contact(work, open_.id, role)
    return {
        "opportunity_id": open_.id, "lost_opportunity": lost.id, "binned_opportunity": binned.id,
        "opportunity_grant": grant.id, "pipeline_id": pipeline.id, "stage_id": stages["Needs confirmed"].id,
    }  # fmt: skip


async def _leads(make: Make, users: dict[str, User]) -> dict[str, int]:
    """A lead of the rep's in every state, with a follow-up, and one in a pool of which both reps are members."""
    rep = users["rep"]
    members = (rep, users["rep2"], users["manager"])
    pool = await make.pool("Trade shows", kind="lead", members=members, administrators=(users["director"],))
    known = {"company": "Blue Bay Hotel", "mobile": "+8613700137000", "email": "zhang@bluebay.example"}
    lead = await make.lead(
        "Zhang Min", owner=rep, home_pool_id=pool.id, source="trade_show", need="Tea", **known, **PLACED
    )
    pooled = await make.lead("Gao Yuan", pool=pool, source="campaign", mobile="+8613600136000")
    asides = {
        status: await make.lead(f"Lead {status}", owner=rep, status=status, reason="No answer")
        for status in ("invalid", "void")
    }
    binned = await make.lead("Old lead", owner=rep, deleted_at=clock())
    work = await work_of(make, rep)
    touch = await followups.create(work, FollowUpInput(lead_id=lead.id, content="Wants a sample"))
    grant = await make.grant("leads", lead.id, user=users["helper"])
    return {
        "lead_pool_id": pool.id, "lead_id": lead.id, "pooled_lead": pooled.id, "invalid_lead": asides["invalid"].id,
        "void_lead": asides["void"].id, "binned_lead": binned.id, "lead_touch": touch.id,
        "lead_grant": grant.id,
    }  # fmt: skip
