"""What happens with one order of the demo company: approval, shipment, payment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from domain.approvals import actions as approvals
from domain.approvals import queries as rounds
from domain.approvals.models import StepStatus
from domain.core.numbering import next_number
from domain.imports.order_store import store
from domain.imports.orders import Arrival
from domain.orders import actions as orders
from domain.orders.events import OrderApproved
from domain.orders.inputs import LineInput, OrderInput
from domain.orders.lines import priced_lines
from domain.orders.models import Order
from domain.payments import actions as payments
from domain.payments.events import PaymentConfirmed
from domain.payments.inputs import PaymentInput
from domain.payments.models import PAYMENT_NUMBERS, Payment, PaymentMethod, PaymentStatus
from domain.products.queries import by_ids
from domain.seeds import demo_words as words
from domain.seeds.demo_stage import Stage, Story
from domain.seeds.demo_stories import Course
from domain.shipments import actions as shipments
from domain.shipments.inputs import ShipInput, ShipLineInput
from domain.shipments.models import Shipment, ShipmentStatus

GOODS = ("CB", "CB", "TE", "SY", "MK", "CU")


@dataclass(frozen=True)
class OrderPlan:
    """An order written so many days ago that comes as far as `stop`; `size` is goods, machine or large.

    Stops: draft, awaiting, rejected, void, to_ship, picked, part, shipped, unpaid, awaiting_money, paid.
    """

    days: int
    stop: str = "paid"
    size: str = "goods"
    line_percent: int = 0
    order_percent: int = 0
    promised_in: int | None = None
    """Days from today by which the goods were promised."""
    wanted: tuple[tuple[str, int], ...] = ()
    """Products and quantities that were agreed on before; else they are drawn."""
    opportunity_id: int | None = None

    @property
    def old(self) -> bool:
        """Whether it is long done."""
        return self.stop == "paid" and self.days > 30


async def ordering(stage: Stage, course: Course, plan: OrderPlan) -> Story:
    """From the order to the money, as far as it goes."""
    yield stage.day(plan.days)
    owner = course.owner or ""
    order = await orders.create(await stage.as_(owner), _entered(stage, course, plan), send=plan.stop != "draft")
    if plan.stop in ("draft", "awaiting"):
        return
    while found := await _waiting(stage, "orders", order.id):
        yield stage.day(plan.days - 1)
        step_id, approver = found
        if plan.stop == "rejected":
            reason = stage.chance.choice(words.REJECTED)
            await approvals.reject(await stage.as_(approver), step_id, order.version, reason)
            return
        await approvals.confirm(await stage.as_(approver), step_id, order.version)
    if plan.stop == "void":
        yield stage.day(plan.days - 2)
        await orders.void(await stage.as_("director"), order.id, stage.chance.choice(words.VOIDED))
        return
    if plan.stop == "to_ship":
        return
    async for moment in _shipping(stage, order, plan):
        yield moment
    if plan.stop in ("unpaid", "awaiting_money", "paid"):
        async for moment in _paying(stage, owner, order, plan):
            yield moment


async def remembering(stage: Stage, course: Course, plan: OrderPlan) -> Story:
    """An order of long ago: delivered and paid, put in as it came out."""
    yield stage.day(plan.days)
    work = await stage.as_(course.owner or "")
    entered = _entered(stage, course, plan)
    products = await by_ids(work, {line.product_id for line in entered.lines})
    lines, price = priced_lines(entered.lines, products, entered.discount_percent)
    arrival = Arrival(
        f"H{course.customer_id}-{plan.days}", [], entered, lines, price, course.customer_id, work.actor.id or 0,
        stage.at.date(), stage.at.date() + timedelta(days=2), stage.chance.choice(words.CARRIERS),
        f"SF{stage.chance.randint(10**11, 10**12 - 1)}", True, at=stage.at,
    )  # fmt: skip
    await store(work, [arrival], OrderApproved)
    yield stage.day(plan.days - stage.chance.randint(7, 24))
    work = await stage.as_(course.owner or "")
    number = await next_number(work.session, PAYMENT_NUMBERS, "PA", work.now)
    payment = Payment(
        number=number, order_id=arrival.id, customer_id=course.customer_id, amount=price.net_total, round=1,
        method=PaymentMethod.transfer.value, received_on=stage.at.date(), status=PaymentStatus.confirmed.value,
        bank_reference=f"{stage.at:%m%d}{stage.chance.randint(1000, 9999)}", confirmed_at=work.now,
        owner_id=work.actor.id, created_by_id=work.actor.id,
    )  # fmt: skip
    work.session.add(payment)
    await work.session.flush()  # the event names it by id
    finance = await stage.as_("finance")
    finance.record(
        PaymentConfirmed(
            record_id=payment.id,
            customer_id=course.customer_id,
            number=number,
            amount=payment.amount,
            order_id=arrival.id,
        )
    )


async def _shipping(stage: Stage, order: Order, plan: OrderPlan) -> Story:
    yield stage.day(plan.days - 2)
    clerk = stage.chance.choice(("warehouse", "qianjin", "fengchun"))
    shipment = await stage.session.scalar(
        select(Shipment).where(Shipment.order_id == order.id, Shipment.status == ShipmentStatus.to_ship)
        .options(selectinload(Shipment.lines))
    )  # fmt: skip  # unscoped: the play knows its own order
    assert shipment is not None
    if plan.stop == "picked":
        await shipments.pick(await stage.as_(clerk), shipment.id)
        return
    lines: Sequence[ShipLineInput] = ()
    if plan.stop == "part":
        first = shipment.lines[0]
        lines = [ShipLineInput(line_id=first.id, quantity=max(Decimal(1), first.quantity // 2))]
        lines += [ShipLineInput(line_id=line.id, quantity=line.quantity) for line in shipment.lines[1:]]
    sent = ShipInput(
        carrier=stage.chance.choice(words.CARRIERS),
        tracking_number=f"SF{stage.chance.randint(10**11, 10**12 - 1)}",
        lines=list(lines),
    )
    await shipments.ship(await stage.as_(clerk), shipment.id, sent)
    if plan.stop not in ("part", "shipped"):
        yield stage.day(plan.days - 5)
        await shipments.deliver(await stage.as_(clerk), shipment.id)


async def _paying(stage: Stage, owner: str, order: Order, plan: OrderPlan) -> Story:
    """Money in one or two parts; finance confirms each."""
    if plan.stop == "unpaid":
        return
    parts = [order.net_total]
    if order.net_total > 9000 and plan.stop == "paid" and stage.chance.random() < 0.3:
        half = (order.net_total / 2).quantize(Decimal(1))
        parts = [half, order.net_total - half]
    for number, amount in enumerate(parts):
        yield stage.day(max(0, plan.days - 6 - stage.chance.randint(0, 12) - number * 15))
        entered = PaymentInput(
            order_id=order.id,
            amount=amount,
            received_on=stage.at.date(),
            method=stage.chance.choice((PaymentMethod.transfer, PaymentMethod.transfer, PaymentMethod.wechat)),
            bank_reference=f"{stage.at:%m%d}{stage.chance.randint(1000, 9999)}",
        )
        payment = await payments.create(await stage.as_(owner), entered)
        if plan.stop == "awaiting_money":
            return
        while found := await _waiting(stage, "payments", payment.id):
            yield stage.at + timedelta(hours=1)
            await approvals.confirm(await stage.as_(found[1]), found[0], payment.version)


async def _waiting(stage: Stage, kind: str, record_id: int) -> tuple[int, str] | None:
    """The step of a record that waits, and one of those it waits for."""
    latest = (await rounds.rounds(await stage.system(), kind, record_id))[0]
    for step in latest.steps:
        if step.status == StepStatus.awaiting:
            return step.id, await stage.name_of(min(one.user_id for one in step.approvers))
    return None


def _entered(stage: Stage, course: Course, plan: OrderPlan) -> OrderInput:
    chance = stage.chance
    if plan.wanted:
        wanted = list(plan.wanted)
    elif plan.size == "goods":
        codes = [f"{head}-{chance.randint(101, 107)}" for head in chance.sample(GOODS, k=chance.randint(2, 4))]
        wanted = [(code, chance.choice((2, 3, 4, 5, 6, 8, 10, 12))) for code in dict.fromkeys(codes)]
    elif plan.size == "machine":
        wanted = [("EQ-102", 1), ("EQ-104", 1), ("EQ-107", 1), ("CB-109", 10)]
    else:
        wanted = [("EQ-101", 2), ("EQ-104", 2), ("EQ-106", 1), ("CB-108", 20), ("CU-102", 6)]
    lines = [
        LineInput(
            product_id=stage.products[code][0],
            quantity=Decimal(quantity),
            discount_percent=Decimal(plan.line_percent if number == 0 else 0),
        )
        for number, (code, quantity) in enumerate(wanted)
    ]
    promised: Any = stage.at.date() + timedelta(days=7)
    if plan.promised_in is not None:
        promised = stage.today(12, 0, plan.promised_in).date()
    return OrderInput(
        customer_id=course.customer_id,
        opportunity_id=plan.opportunity_id,
        required_on=promised,
        discount_percent=Decimal(plan.order_percent),
        lines=lines,
    )
