"""Payments: recorded by the rep, confirmed by finance, never silently too much."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import domain.wiring  # noqa: F401  the kinds are registered there
from domain.approvals import actions as approvals
from domain.approvals.models import Approval, ApprovalStep
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.orders.models import Order, OrderStatus
from domain.payments import actions, queries
from domain.payments.inputs import PaymentInput
from domain.payments.models import Payment, PaymentMethod, PaymentStatus
from domain.people.models import User
from tests.conftest import WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio


@dataclass
class Scene:
    """A rep with an approved order of 100.00, and finance."""

    rep: User
    finance: User
    order: Order

    def entered(self, amount: str, **values: object) -> PaymentInput:
        """Money for the order, by finance's approver."""
        return PaymentInput.model_validate(
            {
                "order_id": self.order.id,
                "amount": amount,
                "method": "transfer",
                "received_on": date(2026, 3, 3),
                "approver_id": self.finance.id,
                **values,
            }
        )


@pytest.fixture
async def scene(make: Make) -> Scene:
    rep = await make.user("rep", "sales_rep", department=await make.department())
    finance = await make.user("finance", "finance")
    customer = await make.customer("Acme", owner=rep)
    order = await make.order(customer, rep, quantity="10", status="approved")
    return Scene(rep, finance, order)


async def step_of(session: AsyncSession, payment: Payment) -> ApprovalStep:
    """The open step of a payment's approval."""
    statement = (
        select(ApprovalStep)
        .join(Approval)
        .where(Approval.kind == "payments", Approval.record_id == payment.id, ApprovalStep.status == "awaiting")
    )
    return (await session.scalars(statement)).one()


async def test_finance_confirms_and_the_order_shows_it(scene: Scene, work_as: WorkAs, session: AsyncSession) -> None:
    payment = await actions.create(await work_as(scene.rep), scene.entered("40"))
    step = await step_of(session, payment)
    work = await work_as(scene.finance)
    await approvals.confirm(work, step.id, payment.version)
    totals = await queries.order_totals(work, scene.order.id)
    assert payment.status == PaymentStatus.confirmed
    assert (totals.confirmed, totals.awaiting, totals.outstanding) == (Decimal(40), Decimal(0), Decimal(60))


async def test_a_rejected_payment_no_longer_counts_and_can_be_sent_again(
    scene: Scene, work_as: WorkAs, session: AsyncSession
) -> None:
    payment = await actions.create(await work_as(scene.rep), scene.entered("40"))
    step = await step_of(session, payment)
    await approvals.reject(await work_as(scene.finance), step.id, payment.version, "not on the account")
    work = await work_as(scene.rep)
    assert (await queries.order_totals(work, scene.order.id)).outstanding == Decimal(100)
    await actions.edit(work, payment.id, scene.entered("41"), payment.version)
    await actions.submit(work, payment.id)
    assert (payment.status, payment.round, payment.amount) == (PaymentStatus.awaiting, 2, Decimal(41))


async def test_more_than_outstanding_is_refused_with_the_figures_unless_there_is_a_reason(
    scene: Scene, work_as: WorkAs, session: AsyncSession
) -> None:
    work = await work_as(scene.rep)
    await actions.create(work, scene.entered("70"))
    with pytest.raises(Invalid) as refused:
        await actions.create(work, scene.entered("30.01"))
    told = str(refused.value.errors["overpay_reason"][0])
    assert "30.01" in told and "30.00" in told and "70.00" in told
    assert len((await session.scalars(select(Payment))).all()) == 1
    over = await actions.create(work, scene.entered("30.01", overpay_reason="advance for the next order"))
    assert (await queries.order_totals(work, scene.order.id)).outstanding == Decimal("-0.01")
    round_ = (await session.scalars(select(Approval).where(Approval.record_id == over.id))).one()
    assert "advance for the next order" in str(round_.why)


async def test_the_same_save_twice_is_one_payment(scene: Scene, work_as: WorkAs) -> None:
    key = str(uuid4())
    first = await actions.create(await work_as(scene.rep), scene.entered("40", client_uuid=key))
    again = await actions.create(await work_as(scene.rep), scene.entered("40", client_uuid=key))
    assert again.id == first.id


async def test_finance_cannot_confirm_before_the_order_is_approved(
    scene: Scene, make: Make, work_as: WorkAs, session: AsyncSession
) -> None:
    customer = await make.customer("Bolt", owner=scene.rep)
    scene.order = await make.order(customer, scene.rep, status="awaiting")
    payment = await actions.create(await work_as(scene.rep), scene.entered("5"))
    step = await step_of(session, payment)
    with pytest.raises(Conflict) as refused:
        await approvals.confirm(await work_as(scene.finance), step.id, payment.version)
    assert refused.value.code == "order_not_approved"


@pytest.mark.parametrize("status", [OrderStatus.draft, OrderStatus.rejected, OrderStatus.void])
async def test_no_money_for_an_order_that_is_not_live(
    status: OrderStatus, scene: Scene, make: Make, work_as: WorkAs, session: AsyncSession
) -> None:
    scene.order = await make.order(await make.customer(owner=scene.rep), scene.rep, status=status.value)
    with pytest.raises(Conflict):
        await actions.create(await work_as(scene.rep), scene.entered("5"))
    assert (await session.scalars(select(Payment))).first() is None


async def test_another_rep_sees_neither_order_nor_payment(scene: Scene, make: Make, work_as: WorkAs) -> None:
    payment = await actions.create(await work_as(scene.rep), scene.entered("40"))
    other = await make.user("other", "sales_rep")
    with pytest.raises(NotFound):
        await actions.create(await work_as(other), scene.entered("1"))
    with pytest.raises(NotFound):
        await queries.get(await work_as(other), payment.id)


async def test_only_the_owner_withdraws(scene: Scene, make: Make, work_as: WorkAs) -> None:
    payment = await actions.create(await work_as(scene.rep), scene.entered("40"))
    boss = await make.user("boss", "administrator")
    with pytest.raises(Denied):
        await actions.withdraw(await work_as(boss), payment.id)
    await actions.withdraw(await work_as(scene.rep), payment.id)
    assert payment.status == PaymentStatus.draft


async def test_amounts_must_be_money() -> None:
    for wrong in ("0", "-1", "1.005", "NaN", "1e400", "abc"):
        with pytest.raises(ValueError):
            PaymentInput(order_id=1, amount=wrong, method=PaymentMethod.cash, received_on=date(2026, 1, 1))  # type: ignore[arg-type]
