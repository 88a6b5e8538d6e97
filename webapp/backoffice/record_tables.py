"""Piccolo's view of what people do: only for reading here, as each of it has verbs of its own."""

from __future__ import annotations

from piccolo.columns.readable import Readable
from piccolo.table import Table

from domain.approvals.models import ApprovalStatus
from domain.customers.models import CustomerKind, DealStatus, FollowStage, Industry, Level
from domain.followups.models import Way
from domain.imports.models import ImportKind, ImportStatus
from domain.leads.models import LeadSource, LeadStatus
from domain.orders.models import OrderStatus, ShippingStatus
from domain.payments.models import PaymentMethod, PaymentStatus
from domain.shipments.models import ShipmentStatus
from webapp.backoffice.columns import day, key, line, moment, money, structure, to, whole, words, yes_no
from webapp.backoffice.engine import DB

HERE, PEOPLE, DEALS = "record_tables", "people_tables", "opportunity_tables"
ANY = 10_000
"""Texts are shown at any length."""


class Customer(Table, tablename="customers", db=DB):
    """Customers."""

    id = key()
    name = line(length=ANY)
    kind = line(choices=CustomerKind)
    level = line(null=True, choices=Level)
    industry = line(null=True, choices=Industry)
    phone = line(null=True, length=ANY)
    region = line(null=True, length=ANY)
    city = line(null=True, length=ANY)
    address = line(null=True, length=ANY)
    owner_id = to("User", PEOPLE)
    pool_id = to("Pool", PEOPLE)
    follow_stage = line(choices=FollowStage)
    deal_status = line(choices=DealStatus)
    last_follow_up_at = moment()
    recycle_due_at = moment()
    created_at = moment(null=False)
    deleted_at = moment()

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s", [cls.name])


class Contact(Table, tablename="contacts", db=DB):
    """Contacts."""

    id = key()
    customer_id = to("Customer", HERE, null=False)
    name = line(length=ANY)
    post = line(null=True, length=ANY)
    role = line(null=True, length=ANY)
    mobile = line(null=True, length=ANY)
    email = line(null=True, length=ANY)
    birthday = line(null=True, length=ANY)
    main = yes_no(False)
    created_at = moment(null=False)
    deleted_at = moment()

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s", [cls.name])


class Lead(Table, tablename="leads", db=DB):
    """Leads."""

    id = key()
    name = line(length=ANY)
    company = line(null=True, length=ANY)
    mobile = line(null=True, length=ANY)
    email = line(null=True, length=ANY)
    source = line(null=True, choices=LeadSource)
    city = line(null=True, length=ANY)
    need = words()
    status = line(choices=LeadStatus)
    reason = words()
    owner_id = to("User", PEOPLE)
    pool_id = to("Pool", PEOPLE)
    last_follow_up_at = moment()
    recycle_due_at = moment()
    converted_at = moment()
    converted_customer_id = to("Customer", HERE)
    created_at = moment(null=False)
    deleted_at = moment()

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s", [cls.name])


class Order(Table, tablename="orders", db=DB):
    """Orders."""

    id = key()
    number = line(length=ANY)
    customer_id = to("Customer", HERE, null=False)
    opportunity_id = to("Opportunity", DEALS)
    owner_id = to("User", PEOPLE)
    status = line(choices=OrderStatus)
    ordered_on = day(null=False)
    discount_percent = money(digits=(5, 2))
    goods_total = money()
    net_total = money()
    shipping_status = line(choices=ShippingStatus)
    submitted_at = moment()
    approved_at = moment()
    created_at = moment(null=False)

    @classmethod
    def get_readable(cls) -> Readable:
        """How a reference to it reads."""
        return Readable("%s", [cls.number])


class OrderLine(Table, tablename="order_lines", db=DB):
    """Lines of orders."""

    id = key()
    order_id = to("Order", HERE, null=False)
    position = whole(null=False, default=1)
    product_id = to("Product", PEOPLE, null=False)
    product_name = line(length=ANY)
    unit = line(length=ANY)
    quantity = money(digits=(12, 3))
    unit_price = money()
    discount_percent = money(digits=(5, 2))
    net = money()


class Payment(Table, tablename="payments", db=DB):
    """Payments."""

    id = key()
    number = line(length=ANY)
    order_id = to("Order", HERE, null=False)
    customer_id = to("Customer", HERE, null=False)
    owner_id = to("User", PEOPLE)
    amount = money()
    method = line(choices=PaymentMethod)
    received_on = day(null=False)
    status = line(choices=PaymentStatus)
    overpay_reason = line(null=True, length=ANY)
    confirmed_at = moment()


class Shipment(Table, tablename="shipments", db=DB):
    """Shipments."""

    id = key()
    number = line(length=ANY)
    order_id = to("Order", HERE, null=False)
    customer_id = to("Customer", HERE, null=False)
    status = line(choices=ShipmentStatus)
    promised_on = day(null=False)
    carrier = line(null=True, length=ANY)
    tracking_number = line(null=True, length=ANY)
    shipped_at = moment()
    shipped_by_id = to("User", PEOPLE)


class FollowUp(Table, tablename="followups", db=DB):
    """Follow-ups."""

    id = key()
    customer_id = to("Customer", HERE)
    lead_id = to("Lead", HERE)
    opportunity_id = to("Opportunity", DEALS)
    way = line(choices=Way)
    content = words(null=False)
    at = moment(null=False)
    next_contact_at = moment()
    created_by_id = to("User", PEOPLE)


class Approval(Table, tablename="approvals", db=DB):
    """Rounds of approval."""

    id = key()
    kind = line(length=ANY)
    record_id = whole(null=False)
    round = whole(null=False)
    status = line(choices=ApprovalStatus)
    submitted_by_id = to("User", PEOPLE, null=False)
    title = line(length=ANY)
    amount = money(null=True)
    created_at = moment(null=False)
    ended_at = moment()


class Event(Table, tablename="events", db=DB):
    """What happened."""

    id = key()
    at = moment(null=False)
    name = line(length=ANY)
    actor_id = to("User", PEOPLE)
    kind = line(length=ANY)
    record_id = whole(null=False)
    data = structure(null=False)


class AuditEntry(Table, tablename="audit_log", db=DB):
    """Every change of every row."""

    id = key()
    at = moment(null=False)
    table_name = line(length=ANY)
    row_id = whole(null=False)
    operation = line(length=ANY)
    actor_id = to("User", PEOPLE)
    old = structure()
    new = structure()


class Mail(Table, tablename="mails", db=DB):
    """The outbox; without a mail server this is where mails are read."""

    id = key()
    to_address = line(length=ANY)
    subject = line(length=ANY)
    body = words(null=False)
    created_at = moment(null=False)
    sent_at = moment()
    error = line(null=True, length=ANY)


class ImportBatch(Table, tablename="import_batches", db=DB):
    """Imported files."""

    id = key()
    kind = line(choices=ImportKind)
    file_name = line(length=ANY)
    status = line(choices=ImportStatus)
    row_count = whole(null=False)
    done_count = whole(null=False)
    totals = structure(null=False)
    created_by_id = to("User", PEOPLE)
    created_at = moment(null=False)
    ended_at = moment()
    error = line(null=True, length=ANY)
