"""A lead becomes a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from domain.calendar import queries as calendar
from domain.calendar.models import CalendarEvent
from domain.contacts.actions import DuplicateMobile
from domain.contacts.models import Contact
from domain.core.access import Scope
from domain.core.errors import Conflict, Denied, Invalid
from domain.core.inputs import parse
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.duplicates import Duplicate
from domain.customers.models import Customer
from domain.followups import actions as followups
from domain.followups import queries as touches
from domain.followups.inputs import FollowUpInput
from domain.leads import actions, queries
from domain.leads.inputs import ConvertInput, LeadInput
from domain.leads.matching import Why, matches
from domain.leads.models import Lead
from domain.people.models import User

pytestmark = pytest.mark.anyio
MOBILE = "+8613800138000"


@dataclass
class Case:
    """A rep with a lead that was followed once, and the next contact planned."""

    work: Work
    rep: User
    boss: User
    lead: Lead


@pytest.fixture
async def case(make: Any, work_as: Any) -> Case:
    sales = await make.department()
    boss = await make.user("boss", "department_manager", department=sales)
    rep = await make.user("rep", "sales_rep", department=sales, manager=boss)
    work = await work_as(rep)
    values = {
        "name": "王芳", "company": "上海润达有限公司", "post": "Buyer", "mobile": MOBILE, "phone": "021 5888 1234",
        "email": "wang@runda.cn", "city": "上海", "need": "Tea", "notes": "Met at the fair",
    }  # fmt: skip
    lead = await actions.create(work, parse(LeadInput, values))
    noted = {"lead_id": lead.id, "content": "Called", "next_pick": "tomorrow"}
    await actions.note(work, lead.id, parse(FollowUpInput, noted))
    await work.session.refresh(lead)
    return Case(work, rep, boss, lead)


async def test_a_company_with_its_contact(case: Case) -> None:
    work, lead = case.work, case.lead
    made = await actions.convert(work, lead.id, ConvertInput(), lead.version)

    assert (made.customer.name, made.customer.kind, made.customer.owner_id) == (
        "上海润达有限公司",
        "company",
        case.rep.id,
    )
    assert (made.customer.phone, made.customer.email, made.customer.city) == ("+862158881234", None, "上海")
    assert made.customer.notes == "Tea\n\nMet at the fair"
    contact: Any = made.contact
    assert (contact.name, contact.mobile_key, contact.email, contact.post, contact.main) == (
        "王芳", MOBILE, "wang@runda.cn", "Buyer", True,
    )  # fmt: skip
    assert (lead.status, lead.converted_customer_id, lead.converted_contact_id, lead.owner_id, lead.converted_at) == (
        "converted", made.customer.id, contact.id, case.rep.id, work.now,
    )  # fmt: skip
    (touch,) = await touches.of_customer(work, made.customer.id)
    assert (touch.content, touch.lead_id, touch.contact_id, touch.contact) == ("Called", lead.id, contact.id, "王芳")
    await work.session.refresh(made.customer)
    assert (made.customer.last_follow_up_at, made.customer.follow_stage) == (work.now, "contacted")
    happened = [row.name for row in await customers.timeline(work, await customers.detail(work, made.customer.id))]
    assert happened == ["LeadConverted", "ContactCreated", "CustomerCreated", "FollowedUp"]
    plan = (await work.session.execute(select(CalendarEvent))).scalar_one()
    assert (plan.customer_id, plan.lead_id) == (made.customer.id, lead.id)
    assert await work.session.scalar(select(calendar.stands(work.actor)).select_from(CalendarEvent)) is True
    detail = await queries.detail(work, lead.id)
    assert (detail.customer, detail.contact) == ("上海润达有限公司", "王芳")
    assert [row.name for row in await queries.of_customer(work, made.customer.id)] == ["王芳"]

    with pytest.raises(Conflict):
        await actions.convert(work, lead.id, ConvertInput())
    with pytest.raises(Denied, match="customer"):
        await actions.note(work, lead.id, parse(FollowUpInput, {"lead_id": lead.id, "content": "More"}))
    with pytest.raises(Denied):
        await actions.edit(work, lead.id, parse(LeadInput, {"name": "x"}))


async def test_a_person_without_a_contact(case: Case) -> None:
    entered = parse(ConvertInput, {"kind": "person", "contact": False})
    made = await actions.convert(case.work, case.lead.id, entered)
    assert (made.customer.name, made.customer.kind, made.contact) == ("王芳", "person", None)
    assert (made.customer.phone, made.customer.email) == ("+862158881234", "wang@runda.cn")


async def test_a_superior_converts_for_the_owner(case: Case, work_as: Any) -> None:
    work = await work_as(case.boss)
    made = await actions.convert(work, case.lead.id, parse(ConvertInput, {"customer_name": "Runda"}))
    assert (made.customer.name, made.customer.owner_id, made.customer.created_by_id) == (
        "Runda", case.rep.id, case.boss.id,
    )  # fmt: skip


async def test_the_owner_must_have_room(case: Case, work_as: Any, make: Any) -> None:
    case.rep.holding_limit = 2
    for _ in range(2):
        await make.customer(owner=case.rep)
    await case.work.session.flush()
    with pytest.raises(Invalid, match="2 of 2 customers"):
        try:
            await actions.convert(await work_as(case.boss), case.lead.id, ConvertInput())
        except Invalid as refusal:
            raise Invalid({}, refusal.sentence) from refusal


async def test_into_a_customer_that_is_there(case: Case, make: Any) -> None:
    work, lead = case.work, case.lead
    customer = await make.customer("Runda", owner=case.rep)
    foreign = await make.customer("Foreign", owner=await make.user("other", "sales_rep"))
    known = await make._keep(Contact(customer_id=customer.id, name="Fang", name_sort="fang"))
    with pytest.raises(Invalid) as refusal:
        await actions.convert(work, lead.id, parse(ConvertInput, {"customer_id": foreign.id}))
    assert list(refusal.value.errors) == ["customer_id"]
    await work.session.refresh(lead)
    with pytest.raises(Invalid) as wrong:
        await actions.convert(work, lead.id, parse(ConvertInput, {"customer_id": customer.id, "contact_id": 2**40}))
    assert list(wrong.value.errors) == ["contact_id"]
    await work.session.refresh(lead)
    linked = parse(ConvertInput, {"customer_id": customer.id, "contact_id": known.id})
    made = await actions.convert(work, lead.id, linked)
    assert (made.customer.id, made.contact) == (customer.id, known)
    assert (await work.session.scalars(select(Customer.id).where(Customer.name != "Foreign"))).all() == [customer.id]
    await work.session.refresh(customer)
    assert customer.last_follow_up_at == work.now


async def test_a_team_member_who_may_only_read_cannot_link(case: Case, make: Any) -> None:
    customer = await make.customer("Runda", owner=await make.user("other", "sales_rep"))
    await make.grant("customers", customer.id, user=case.rep)
    with pytest.raises(Denied):
        await actions.convert(case.work, case.lead.id, parse(ConvertInput, {"customer_id": customer.id}))


async def test_what_exists_is_refused_at_its_field_and_matched(case: Case, make: Any) -> None:
    work, lead = case.work, case.lead
    mine = await make.customer("上海润达", owner=case.rep, name_key="上海润达")
    await make._keep(Contact(customer_id=mine.id, name="Fang", name_sort="fang", mobile=MOBILE, mobile_key=MOBILE))
    hidden = await make.customer("Hidden", owner=await make.user("other", "sales_rep"), email="info@runda.cn")
    binned = await make.customer("Binned", owner=case.rep, email="x@runda.cn", deleted_at=work.now)

    found = await matches(work, lead)
    assert [(m.customer_id, m.contact, m.why) for m in found.seen] == [(mine.id, "Fang", Why.mobile)]
    assert found.unseen == 1
    assert {hidden.id, binned.id}.isdisjoint(m.customer_id for m in found.seen)

    with pytest.raises(Duplicate) as company:
        await actions.convert(work, lead.id, ConvertInput())
    assert list(company.value.errors) == ["customer_name"]
    assert company.value.seen == [(mine.id, "上海润达")]
    await work.session.refresh(lead)
    with pytest.raises(DuplicateMobile) as contact:
        await actions.convert(work, lead.id, parse(ConvertInput, {"customer_id": mine.id}))
    assert list(contact.value.errors) == ["contact_id"]


async def test_mail_boxes_for_everybody_and_nothing_at_all_match_nobody(case: Case, make: Any, work_as: Any) -> None:
    await make.customer("Acme", owner=case.rep, email="acme@qq.com")
    await make.customer("Wang", owner=case.rep, kind="person", name_key="wang")
    work = case.work
    free = await actions.create(work, parse(LeadInput, {"name": "Li", "email": "li@qq.com"}))
    assert (await matches(work, free)).seen == []
    bare = await actions.create(work, parse(LeadInput, {"name": "Wang"}))
    assert [m.why for m in (await matches(work, bare)).seen] == [Why.called]


async def test_touches_of_a_converted_lead_are_for_who_sees_the_customer(case: Case, make: Any, work_as: Any) -> None:
    work, lead = case.work, case.lead
    other = await make.user("other", "sales_rep")
    theirs = await work_as(other)
    (touch,) = await touches.of_lead(work, lead.id)
    assert await touches.of_lead(theirs, lead.id) == []
    made = await actions.convert(work, lead.id, ConvertInput())
    await make.grant("customers", made.customer.id, user=other)
    assert (await touches.get(theirs, touch.id)).customer_id == made.customer.id
    record, names = await touches.detail(theirs, touch.id)
    assert (names.customer, names.lead) == ("上海润达有限公司", None)
    correction = {"customer_id": made.customer.id, "content": "Called twice"}
    await followups.edit(work, record.id, parse(FollowUpInput, correction))
    await work.session.refresh(record)
    assert record.content == "Called twice"


async def test_converting_needs_the_right(make: Any, work_as: Any) -> None:
    role = await make.role("collector", ("leads.view", "leads.edit"), {"leads": Scope.own})
    clerk = await make.user("clerk", role)
    lead = await make.lead("Wang", owner=clerk)
    with pytest.raises(Denied):
        await actions.convert(await work_as(clerk), lead.id, ConvertInput())
