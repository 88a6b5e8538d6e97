"""Entering, changing, transferring and deleting opportunities; their contacts, follow-ups, orders and totals."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.contacts.models import Contact
from domain.core.access import GrantLevel, Scope
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.inputs import parse
from domain.customers import actions as customer_actions
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.followups import actions as followups
from domain.followups import queries as followup_queries
from domain.followups.inputs import FollowUpInput
from domain.followups.models import FollowUp
from domain.notifications.models import Notification
from domain.opportunities import actions, queries
from domain.opportunities.inputs import ContactRoleInput, LineInput, OpportunityInput, StageInput
from domain.opportunities.models import Opportunity, StageMove
from domain.opportunities.search import probe
from domain.orders import actions as orders
from domain.orders.inputs import LineInput as OrderLineInput
from domain.orders.inputs import OrderInput
from tests.conftest import WorkAs
from tests.make import FIXED, Make

pytestmark = pytest.mark.anyio


async def contact(session: AsyncSession, customer: Customer, name: str = "Wang", **values: object) -> Contact:
    made = Contact(customer_id=customer.id, name=name, name_sort=name.lower(), **values)
    session.add(made)
    await session.flush()
    return made


async def test_a_new_one_is_mine_and_begins_in_the_first_stage(
    make: Make, session: AsyncSession, work_as: WorkAs
) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    await make.pipeline("Second", position=20)
    first = await make.pipeline("First", stages=(15, 40), position=10)
    customer = await make.customer(owner=other)
    await make.grant("customers", customer.id, user=rep)
    work = await work_as(rep)
    data = parse(OpportunityInput, {"name": " 新产线 ", "customer_id": customer.id, "amount": "1,234.50"})
    made = await actions.create(work, data)
    assert (made.name, made.owner_id, made.pipeline_id, made.probability) == ("新产线", rep.id, first.id, 15)
    assert (made.stage_id, made.status) == ((await make.stage(first, "Stage 1")).id, "open")
    assert (made.amount, made.activity_at, made.stage_since) == (Decimal("1234.50"), work.now, work.now)
    (move,) = (await session.scalars(select(StageMove).where(StageMove.opportunity_id == made.id))).all()
    assert (move.from_stage_id, move.to_stage_id, move.seconds) == (None, made.stage_id, None)
    assert [(row.name, row.customer_id) for row in work.recorded] == [("OpportunityCreated", customer.id)]
    assert (await queries.detail(await work_as(other), made.id)).opportunity.id == made.id  # the customer is theirs


async def test_who_may_enter_one_for_whom(make: Make, work_as: WorkAs) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    pool = await make.pool(members=(rep,))
    hidden, pooled = await make.customer(owner=other), await make.customer(pool=pool)
    await make.pipeline()
    for customer in (hidden, pooled):
        with pytest.raises(Invalid) as refused:
            await actions.create(await work_as(rep), OpportunityInput(name="x", customer_id=customer.id))
        assert list(refused.value.errors) == ["customer_id"]
    reader = await make.user("reader", "service")
    with pytest.raises(Denied):
        await actions.create(await work_as(reader), OpportunityInput(name="x", customer_id=hidden.id))


async def test_without_a_pipeline_a_sentence_says_so(make: Make, work_as: WorkAs) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    work = await work_as(rep)
    for pipeline_id in (None, 4711):
        with pytest.raises(Invalid) as refused:
            data = OpportunityInput(name="x", customer_id=customer.id, pipeline_id=pipeline_id)
            await actions.create(work, data)
        assert list(refused.value.errors) == ["pipeline_id"]
    empty = await make.pipeline(stages=())
    with pytest.raises(Invalid) as refused:
        await actions.create(work, OpportunityInput(name="x", customer_id=customer.id, pipeline_id=empty.id))
    assert str(refused.value.errors["pipeline_id"][0]) == "This pipeline has no open stage."


async def test_the_same_key_makes_one(make: Make, session: AsyncSession, work_as: WorkAs) -> None:
    rep = await make.user("rep", "sales_rep")
    customer, _pipeline = await make.customer(owner=rep), await make.pipeline()
    data = OpportunityInput(name="Once", customer_id=customer.id, client_uuid=uuid4())
    first = await actions.create(await work_as(rep), data)
    again = await actions.create(await work_as(rep), data)
    assert again.id == first.id
    with pytest.raises(Invalid) as refused:
        await actions.create(await work_as(rep), data.model_copy(update={"name": "Other"}))
    assert refused.value.code == "key_reused"


async def test_lines_make_the_amount_rounded_half_up_one_by_one(make: Make, work_as: WorkAs) -> None:
    rep = await make.user("rep", "sales_rep")
    customer, _pipeline = await make.customer(owner=rep), await make.pipeline()
    tea, cup = await make.product(price="0.35"), await make.product("Cup", price="2.00")
    lines = [
        LineInput(product_id=tea.id, quantity=Decimal("0.1")),  # 0.035 → 0.04
        LineInput(product_id=tea.id, quantity=Decimal("0.1")),
        LineInput(product_id=cup.id, quantity=Decimal(3), price=Decimal("1.50")),
    ]
    work = await work_as(rep)
    data = OpportunityInput(name="Lines", customer_id=customer.id, amount=Decimal(9), lines=lines)
    made = await actions.create(work, data)
    assert made.amount == Decimal("4.58")
    assert [(row.product, row.quantity, row.price) for row in await queries.lines(work, made.id)] == [
        ("Tea", Decimal("0.100"), Decimal("0.35")),
        ("Tea", Decimal("0.100"), Decimal("0.35")),
        ("Cup", Decimal("3.000"), Decimal("1.50")),
    ]
    bad = data.model_copy(update={"lines": [LineInput(product_id=10**9, quantity=Decimal(1))], "contact_id": 10**9})
    with pytest.raises(Invalid) as refused:
        await actions.create(work, bad)
    assert set(refused.value.errors) == {"lines.0.product_id", "contact_id"}

    typed = await actions.edit(work, made.id, data.model_copy(update={"lines": []}))
    assert typed.amount == Decimal("9.00")
    assert await queries.lines(work, made.id) == []
    assert work.recorded[-1].data["fields"] == ["amount", "lines"]


async def test_editing_keeps_customer_and_pipeline_and_asks_the_version(make: Make, work_as: WorkAs) -> None:
    rep = await make.user("rep", "sales_rep")
    customer, other = await make.customer(owner=rep), await make.customer(owner=rep)
    opportunity = await make.opportunity(customer)
    elsewhere = await make.pipeline("Elsewhere")
    work = await work_as(rep)
    data = OpportunityInput(name="New name", customer_id=customer.id, probability=33, next_step="Call")
    for change in ({"customer_id": other.id}, {"pipeline_id": elsewhere.id}):
        with pytest.raises(Invalid) as refused:
            await actions.edit(work, opportunity.id, data.model_copy(update=change))
        assert list(refused.value.errors) == list(change)
    edited = await actions.edit(work, opportunity.id, data, opportunity.version)
    assert (edited.name, edited.probability, edited.next_step) == ("New name", 33, "Call")
    with pytest.raises(Conflict) as stale:
        await actions.edit(work, opportunity.id, data, 1)
    assert stale.value.current is not None and stale.value.current["name"] == "New name"
    page = await probe(work, "new na")
    found = select(Opportunity.id).join(Customer, Customer.id == Opportunity.customer_id).where(page.where)
    assert (await work.session.scalars(found)).all() == [opportunity.id]


async def test_what_has_ended_is_not_changed(make: Make, work_as: WorkAs) -> None:
    rep = await make.user("rep", "sales_rep")
    customer, pipeline = await make.customer(owner=rep), await make.pipeline()
    won = await make.opportunity(customer, stage=await make.stage(pipeline, "Won"))
    work = await work_as(rep)
    with pytest.raises(Denied, match="ended"):
        await actions.edit(work, won.id, OpportunityInput(name="x", customer_id=customer.id))
    with pytest.raises(Denied, match="ended"):
        await actions.transfer(work, won.id, (await make.user("other", "sales_rep")).id)


async def test_the_database_knows_what_an_ending_is(make: Make, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    customer, pipeline = await make.customer(owner=rep), await make.pipeline()
    lost = await make.stage(pipeline, "Lost")
    for wrong in ({"end_note": None}, {"ended_at": None}):
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await make.opportunity(customer, stage=lost, **wrong)
    opportunity = await make.opportunity(customer)
    with pytest.raises(IntegrityError, match="fk_opportunities_stage"):  # the state is that of the stage
        async with session.begin_nested():
            opportunity.stage_id = lost.id
            await session.flush()


async def test_transfer_gives_it_to_somebody_who_is_told(make: Make, session: AsyncSession, work_as: WorkAs) -> None:
    sales = await make.department("Sales")
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep", department=sales)
    gone = await make.user("gone", "sales_rep", active=False)
    helper = await make.user("helper", "sales_rep")
    customer = await make.customer(owner=rep)
    first, second = await make.opportunity(customer, name="A"), await make.opportunity(customer, name="B")
    await make.grant("opportunities", first.id, user=helper, level=GrantLevel.write)
    with pytest.raises(Denied):
        await actions.transfer(await work_as(helper), first.id, helper.id)
    work = await work_as(rep)
    with pytest.raises(Denied, match="switched off"):
        await actions.transfer(work, first.id, gone.id)
    moved = await actions.transfer(work, first.id, other.id, first.version)
    assert (moved.owner_id, moved.department_id) == (other.id, sales.id)
    outcomes = await actions.transfer_many(work, [second.id, first.id, 10**9], other.id)
    assert [(one.name, one.done) for one in outcomes] == [("A", False), ("B", True), (f"#{10**9}", False)]
    told = (await session.scalars(select(Notification.url).where(Notification.user_id == other.id))).all()
    assert sorted(told) == sorted([f"/opportunities/{first.id}", f"/opportunities/{second.id}"])
    # The customer is still the rep's, who sees it but answers for it no more.
    assert not (await queries.detail(work, first.id)).may_manage
    with pytest.raises(Denied):
        await actions.transfer(work, first.id, rep.id)


async def test_bin(make: Make, work_as: WorkAs) -> None:
    rep, admin = await make.user("rep", "sales_rep"), await make.user("admin", "administrator")
    customer = await make.customer(owner=rep)
    opportunity = await make.opportunity(customer)
    with pytest.raises(Denied):
        await actions.delete(await work_as(rep), opportunity.id)
    work = await work_as(admin)
    await actions.delete(work, opportunity.id, opportunity.version)
    with pytest.raises(NotFound):
        await queries.detail(work, opportunity.id)
    assert [row.id for row in await queries.binned(work)] == [opportunity.id]
    with pytest.raises(Denied):
        await actions.restore_deleted(await work_as(rep), opportunity.id)
    await actions.restore_deleted(work, opportunity.id)
    assert (await queries.detail(work, opportunity.id)).opportunity.deleted_at is None
    with pytest.raises(NotFound):
        await actions.restore_deleted(work, opportunity.id)


async def test_contacts_have_a_part(make: Make, session: AsyncSession, work_as: WorkAs) -> None:
    rep = await make.user("rep", "sales_rep")
    customer, other = await make.customer(owner=rep), await make.customer(owner=rep)
    opportunity = await make.opportunity(customer)
    wang, foreign = await contact(session, customer), await contact(session, other, "Li")
    work = await work_as(rep)
    with pytest.raises(Invalid):
        await actions.add_contact(work, opportunity.id, ContactRoleInput(contact_id=foreign.id, role="user"))
    for role in ("user", "decision_maker"):
        await actions.add_contact(work, opportunity.id, parse(ContactRoleInput, {"contact_id": wang.id, "role": role}))
    (row,) = await queries.contacts(work, opportunity.id)
    assert (row.name, row.role) == ("Wang", "decision_maker")
    await actions.remove_contact(work, opportunity.id, wang.id)
    assert await queries.contacts(work, opportunity.id) == []
    with pytest.raises(NotFound):
        await actions.remove_contact(work, opportunity.id, wang.id)


async def test_follow_ups_keep_it_from_being_forgotten(make: Make, session: AsyncSession, work_as: WorkAs) -> None:
    rep = await make.user("rep", "department_manager")
    customer, other = await make.customer(owner=rep), await make.customer(owner=rep)
    opportunity = await make.opportunity(customer, created_at=FIXED)
    work = await work_as(rep)
    noted = await followups.create(work, FollowUpInput(opportunity_id=opportunity.id, content="Showed it"))
    assert (noted.customer_id, noted.opportunity_id) == (customer.id, opportunity.id)
    await session.refresh(opportunity)
    assert (opportunity.last_follow_up_at, opportunity.activity_at) == (work.now, work.now)
    earlier = work.now - timedelta(days=3)
    await followups.create(work, FollowUpInput(opportunity_id=opportunity.id, content="Before", at=earlier))
    await session.refresh(opportunity)
    assert opportunity.last_follow_up_at == work.now
    with pytest.raises(Invalid) as refused:
        data = FollowUpInput(opportunity_id=opportunity.id, customer_id=other.id, content="x")
        await followups.create(work, data)
    assert list(refused.value.errors) == ["opportunity_id"]
    assert {row.content for row in await followup_queries.of_opportunity(work, opportunity.id)} == {
        "Showed it",
        "Before",
    }
    assert len(await queries.timeline(work, opportunity.id)) == 2

    await followups.delete(work, noted.id)
    await session.refresh(opportunity)
    assert (opportunity.last_follow_up_at, opportunity.activity_at) == (earlier, earlier)
    rest = (await session.scalars(select(FollowUp).where(FollowUp.opportunity_id == opportunity.id))).one()
    await followups.edit(work, rest.id, FollowUpInput(customer_id=customer.id, content="Not about it", at=earlier))
    await session.refresh(opportunity)
    assert opportunity.last_follow_up_at is None
    assert opportunity.activity_at == FIXED


async def test_whose_opportunity_it_is_may_note_and_read(make: Make, work_as: WorkAs) -> None:
    """The customer is somebody else's; the opportunity is opened to the helper for writing."""
    rep, helper, stranger = [await make.user(name, "sales_rep") for name in ("rep", "helper", "stranger")]
    customer = await make.customer(owner=rep)
    opportunity = await make.opportunity(customer)
    await make.grant("opportunities", opportunity.id, user=helper, level=GrantLevel.write)
    noted = await followups.create(
        await work_as(helper), FollowUpInput(opportunity_id=opportunity.id, content="Helped")
    )
    assert (await followup_queries.get(await work_as(helper), noted.id)).id == noted.id
    with pytest.raises(NotFound):
        await followups.create(await work_as(helper), FollowUpInput(customer_id=customer.id, content="x"))
    with pytest.raises(Invalid):
        await followups.create(await work_as(stranger), FollowUpInput(opportunity_id=opportunity.id, content="x"))
    with pytest.raises(NotFound):
        await followup_queries.get(await work_as(stranger), noted.id)


async def test_an_order_is_made_from_one_of_its_customer(make: Make, work_as: WorkAs) -> None:
    rep = await make.user("rep", "sales_rep")
    customer, other = await make.customer(owner=rep), await make.customer(owner=rep)
    opportunity, product = await make.opportunity(customer), await make.product()
    work = await work_as(rep)
    data = OrderInput(
        customer_id=customer.id, opportunity_id=opportunity.id,
        lines=[OrderLineInput(product_id=product.id, quantity=Decimal(2))],
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await orders.create(work, data.model_copy(update={"customer_id": other.id}))
    assert list(refused.value.errors) == ["opportunity_id"]
    order = await orders.create(work, data)
    assert [row.id for row in await queries.orders(work, opportunity.id)] == [order.id]
    await orders.edit(work, order.id, data.model_copy(update={"opportunity_id": None}))
    assert order.opportunity_id == opportunity.id
    await orders.edit(work, order.id, data.model_copy(update={"customer_id": other.id}))
    assert order.opportunity_id is None


async def test_totals_of_a_customer_count_open_and_won(make: Make, work_as: WorkAs) -> None:
    rep = await make.user("rep", "sales_rep")
    customer, pipeline = await make.customer(owner=rep), await make.pipeline()
    for name, amount in (("Stage 1", "10.50"), ("Stage 2", None), ("Won", "20.00"), ("Lost", "99"), ("Invalid", "99")):
        stage = await make.stage(pipeline, name)
        await make.opportunity(customer, stage=stage, amount=amount and Decimal(amount))
    await make.opportunity(customer, stage=await make.stage(pipeline), amount=Decimal(7), deleted_at=FIXED)
    work = await work_as(rep)
    total = await queries.total_of_customer(work, customer.id)
    assert (total.open, total.won, total.number) == (Decimal("10.50"), Decimal("20.00"), 3)
    whole = await customers.totals(work, customer.id)
    assert (whole.opportunities, whole.opportunity_count) == (Decimal("30.50"), 3)
    listed = await queries.of_customer(work, customer.id)
    assert [row.status for row in listed][:2] == ["open", "open"]
    assert len(listed) == 5


async def test_its_events_are_told_to_those_who_may_view_opportunities(make: Make, work_as: WorkAs) -> None:
    rep = await make.user("rep", "sales_rep")
    role = await make.role("Blind", ("customers.view",), {"customers": Scope.all})
    blind = await make.user("blind", role)
    customer, pipeline = await make.customer(owner=rep), await make.pipeline()
    work = await work_as(rep)
    made = await actions.create(work, OpportunityInput(name="Secret", customer_id=customer.id))
    await actions.move(work, made.id, StageInput(stage_id=(await make.stage(pipeline, "Stage 2")).id))
    told = await customers.timeline(work, await customers.detail(work, customer.id))
    assert [row.name for row in told] == ["StageChanged", "OpportunityCreated"]
    untold = await work_as(blind)
    assert list(await customers.timeline(untold, await customers.detail(untold, customer.id))) == []


async def test_a_customer_with_an_open_one_is_not_deleted(make: Make, work_as: WorkAs) -> None:
    admin = await make.user("admin", "administrator")
    customer, pipeline = await make.customer(owner=admin), await make.pipeline()
    opportunity = await make.opportunity(customer, stage=await make.stage(pipeline))
    work = await work_as(admin)
    with pytest.raises(Denied, match="1 open opportunity"):
        await customer_actions.delete(work, customer.id)
    await actions.move(work, opportunity.id, StageInput(stage_id=(await make.stage(pipeline, "Lost")).id, end_note="x"))
    await customer_actions.delete(work, customer.id)
    with pytest.raises(Denied, match="customer"):
        await actions.delete(work, opportunity.id)
        await actions.restore_deleted(work, opportunity.id)


async def test_in_a_pool_the_customer_is_claimed_first(make: Make, work_as: WorkAs) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(pool=await make.pool(members=(rep,)))
    opportunity = await make.opportunity(customer, owner=rep)
    with pytest.raises(Denied, match="Claim it first"):
        await followups.create(await work_as(rep), FollowUpInput(opportunity_id=opportunity.id, content="x"))
