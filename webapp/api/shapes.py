"""What the API answers about each kind of record."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from types import GenericAlias
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, create_model

from domain.contacts.models import ContactRole
from domain.core.lists import ListSpec
from domain.customers.models import CustomerKind, DealStatus, FollowStage, Industry, Level, Need, Size
from domain.followups.models import Way
from domain.leads.models import LeadSource, LeadStatus
from domain.orders.models import OrderStatus, ShippingStatus
from domain.payments.models import PaymentMethod, PaymentStatus
from domain.shipments.models import ShipmentStatus
from domain.visits.models import Verdict, VisitStatus
from webapp.api.endpoints import Shape


class Stamped(Shape):
    """What every record has. Send `version` back as If-Match to be told of somebody else's change."""

    id: int
    version: int
    created_at: datetime
    updated_at: datetime


class CustomerTotals(Shape):
    """Open and won opportunities, and live orders and payments with their approved and confirmed parts
    (S-071..S-074)."""

    open_opportunities: Decimal
    won_opportunities: Decimal
    orders: Decimal
    approved: Decimal
    payments: Decimal
    confirmed: Decimal
    outstanding: Decimal


class CustomerShape(Stamped):
    """A customer. Fields that its pool hides are null until it is claimed."""

    name: str
    kind: CustomerKind
    level: Level | None
    industry: Industry | None
    size: Size | None
    need: Need | None
    source: str | None
    phone: str | None
    email: str | None
    website: str | None
    country: str | None
    region: str | None
    city: str | None
    address: str | None
    postal_code: str | None
    credit_limit: Decimal | None
    notes: str | None
    external_ref: str | None
    latitude: float | None
    longitude: float | None
    location_accuracy: str | None
    follow_stage: FollowStage
    deal_status: DealStatus
    completeness: int
    owner_id: int | None
    pool_id: int | None
    home_pool_id: int | None
    last_follow_up_at: datetime | None
    recycle_due_at: datetime | None
    totals: CustomerTotals | None = None


class LeadShape(Stamped):
    """A lead. Fields that its pool hides are null until it is claimed."""

    name: str
    company: str | None
    post: str | None
    phone: str | None
    mobile: str | None
    email: str | None
    wechat: str | None
    source: LeadSource | None
    country: str | None
    region: str | None
    city: str | None
    address: str | None
    need: str | None
    notes: str | None
    status: LeadStatus
    reason: str | None
    look_again_on: date | None
    owner_id: int | None
    pool_id: int | None
    home_pool_id: int | None
    last_follow_up_at: datetime | None
    recycle_due_at: datetime | None
    converted_at: datetime | None
    converted_customer_id: int | None
    converted_contact_id: int | None


class ConvertedShape(Shape):
    """What a lead became."""

    lead_id: int
    customer_id: int
    contact_id: int | None
    opportunity_id: int | None


class ContactShape(Stamped):
    """A person at a customer."""

    customer_id: int
    name: str
    post: str | None
    role: ContactRole | None
    mobile: str | None
    phone: str | None
    email: str | None
    wechat: str | None
    address: str | None
    birthday: str | None
    notes: str | None
    main: bool


class PoolShape(Stamped):
    """A pool with its limits; null is no limit."""

    kind: str
    name: str
    active: bool
    claiming: bool
    holding_limit: int | None
    daily_limit: int | None
    batch_limit: int | None
    cooldown_days: int | None
    protect_days: int | None
    hidden_fields: list[str]


class FollowUpShape(Stamped):
    """A touch with a customer or a lead; one with a lead that became a customer has both."""

    customer_id: int | None
    lead_id: int | None
    opportunity_id: int | None
    contact_id: int | None
    way: Way
    minutes: int | None
    content: str
    at: datetime
    next_contact_at: datetime | None
    created_by_id: int | None


class VisitShape(Stamped):
    """A visit, planned or done. Positions are shown on its page only; `answers` by the number of the question."""

    customer_id: int
    contact_id: int | None
    type_id: int | None
    owner_id: int | None
    status: VisitStatus
    planned_on: date
    planned_at: time | None
    purpose: str | None
    arrived_at: datetime | None
    left_at: datetime | None
    verdict: Verdict | None
    distance_m: float | None
    result: str | None
    answers: dict[str, Any]
    next_contact_at: datetime | None
    followup_id: int | None
    reason: str | None
    client_uuid: UUID


class ProductShape(Stamped):
    """Something that can be ordered."""

    code: str
    name: str
    unit: str
    spec: str | None
    category_id: int | None
    list_price: Decimal
    active: bool


class OrderLineShape(Shape):
    """One product of an order."""

    id: int
    position: int
    product_id: int
    product_name: str
    unit: str
    quantity: Decimal
    list_price: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    net: Decimal


class OrderShape(Stamped):
    """An order with its lines."""

    number: str
    customer_id: int
    opportunity_id: int | None
    contact_id: int | None
    owner_id: int | None
    status: OrderStatus
    shipping_status: ShippingStatus
    ordered_on: date
    required_on: date | None
    discount_percent: Decimal
    list_total: Decimal
    goods_total: Decimal
    net_total: Decimal
    approver_id: int | None
    round: int
    submitted_at: datetime | None
    approved_at: datetime | None
    ship_name: str | None
    ship_address: str | None
    notes: str | None
    external_ref: str | None
    lines: list[OrderLineShape]


class StepShape(Shape):
    """A step of an approval and who may decide it."""

    id: int
    position: int
    status: str
    rule: str
    approver_ids: list[int]
    decided_by_id: int | None
    decided_at: datetime | None
    comment: str | None


class ApprovalShape(Stamped):
    """One round of approval. Confirm or reject with the step's id and `record_version`."""

    kind: str
    record_id: int
    record_version: int
    round: int
    status: str
    title: str
    amount: Decimal | None
    customer_id: int | None
    submitted_by_id: int
    ended_at: datetime | None
    steps: list[StepShape]


class ShipmentLineShape(Shape):
    """How much of an order line goes with a shipment."""

    id: int
    order_line_id: int
    quantity: Decimal


class ShipmentShape(Stamped):
    """Goods of one order that leave together."""

    number: str
    order_id: int
    customer_id: int
    status: ShipmentStatus
    promised_on: date
    ship_name: str | None
    ship_address: str | None
    carrier: str | None
    tracking_number: str | None
    shipped_at: datetime | None
    notes: str | None
    lines: list[ShipmentLineShape]


class PaymentShape(Stamped):
    """Money received for one order."""

    number: str
    order_id: int
    customer_id: int
    owner_id: int | None
    amount: Decimal
    method: PaymentMethod
    received_on: date
    status: PaymentStatus
    approver_id: int | None
    bank_reference: str | None
    overpay_reason: str | None
    notes: str | None
    confirmed_at: datetime | None


class UserShape(Stamped):
    """A colleague."""

    user_name: str
    name: str
    email: str | None
    mobile: str | None
    language: str
    time_zone: str
    active: bool
    department_id: int | None
    manager_id: int | None


class DepartmentShape(Stamped):
    """A node of the department tree."""

    name: str
    parent_id: int | None
    head_id: int | None


class ProblemError(Shape):
    """One fault at one field; nested places have dots: `lines.0.quantity`."""

    field: str
    message: str


class ProblemShape(Shape):
    """RFC 9457 problem details. `code` is stable; `detail` is for people. What does not apply is left out."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    errors: list[ProblemError] | None = None
    current: dict[str, Any] | None = None


@cache
def page_shape(kind: str, item: type[BaseModel]) -> type[BaseModel]:
    """A page of a list."""
    rows: Any = GenericAlias(list, (item,))
    about = f"A page of {kind}; `next` leads to the following one."
    return create_model(f"{kind.title()}Page", __base__=Shape, __doc__=about, items=(rows, ...), next=(str | None, ...))


def row_shape(spec: ListSpec) -> type[BaseModel]:
    """A row of a list: the columns of the screen."""
    fields: dict[str, Any] = {"id": (int, ...)}
    for column in spec.columns:
        kind: Any = getattr(column.value, "type", None)
        fields[column.name] = (kind.python_type | None if kind is not None else str | None, ...)
    return create_model(
        f"{spec.kind.title()}Row", __base__=Shape, __doc__=f"A row of the list of {spec.kind}.", **fields
    )


def page_of(spec: ListSpec) -> type[BaseModel]:
    """The page of a feature's list."""
    return page_shape(spec.kind, row_shape(spec))
