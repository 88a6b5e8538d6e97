"""Rows that become orders with lines: grouped by order number, checked order by order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.core.errors import Invalid
from domain.core.inputs import Refusal, parse
from domain.core.sentences import stored
from domain.core.text import Text, _
from domain.customers.models import Customer
from domain.imports.cells import Row, amount, day, percent_of
from domain.imports.lookups import Owners
from domain.orders.inputs import OrderInput
from domain.orders.lines import priced_lines
from domain.orders.models import OrderLine
from domain.orders.pricing import Price
from domain.products.models import Product

HEAD = ("ship_name", "ship_address", "notes")
DATES = ("ordered_on", "required_on", "shipped_on")
LINE = {"quantity": "quantity", "unit_price": "unit_price", "discount_percent": "line_discount"}
"""Field of a line's input and the column that feeds it."""


@dataclass(slots=True)
class Arrival:
    """A checked order, ready to be stored. `number` is its number in the other system."""

    number: str
    rows: list[Row]
    entered: OrderInput
    lines: list[OrderLine]
    price: Price
    customer_id: int
    owner_id: int
    ordered_on: date
    shipped_on: date | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    delivered: bool = False
    id: int = 0
    at: datetime | None = None


@dataclass
class Group:
    """The rows of one order; the head is told by the first row that says something."""

    number: str
    rows: list[Row] = field(default_factory=list)

    def says(self, name: str) -> str | None:
        """What the rows say of a field of the head."""
        return next((row.values[name] for row in self.rows if name in row.values), None)


def grouped(rows: Iterable[Row]) -> list[Group]:
    """Orders in the order of the file. A row without a number belongs to the order above it."""
    groups: dict[str, Group] = {}
    last = ""
    for row in rows:
        last = row.values.get("number", "").strip() or last
        if not last:
            row.refuse(_("This is needed."), "number")
            continue
        groups.setdefault(last, Group(last)).rows.append(row)
    return list(groups.values())


def check(
    groups: Sequence[Group],
    customers: Mapping[str, Customer],
    products: Mapping[str, Product],
    owners: Owners,
    today: date,
) -> list[Arrival]:
    """Read the orders; one wrong line keeps the whole order out, and every row of it says why."""
    rows = [row for group in groups for row in group.rows]
    for row, percent in zip(rows, percent_of([row.values.get("line_discount", "") for row in rows]), strict=True):
        if "line_discount" in row.values:
            row.values["line_discount"] = percent
    found = []
    for group in groups:
        arrival = _check_one(group, customers, products, owners, today)
        if arrival is not None and all(row.sound for row in group.rows):
            found.append(arrival)
            continue
        for row in group.rows:
            if row.sound:
                row.refuse(_("Another line of this order cannot be taken."))
    return found


def _check_one(
    group: Group, customers: Mapping[str, Customer], products: Mapping[str, Product], owners: Owners, today: date
) -> Arrival | None:
    head = group.rows[0]
    customer = _customer(group, customers)
    owner = owners.find(word) if (word := group.says("owner")) else (customer and customer.owner_id) or owners.me
    if isinstance(owner, Text):
        head.refuse(owner, "owner")
    elif owner is None:
        head.refuse(_("Say who owns it: the system itself cannot."), "owner")
    dates = {name: _day(head, name, group.says(name)) for name in DATES}
    lines = [_line(row, products) for row in group.rows]
    raw: dict[str, Any] = {name: group.says(name) for name in HEAD}
    raw |= {
        "customer_id": customer.id if customer else 1, "external_ref": group.number, "lines": lines,
        "discount_percent": percent_of([group.says("order_discount") or ""])[0],
    }  # fmt: skip
    try:
        entered = parse(OrderInput, raw)
    except Invalid as problem:
        _spread(group, problem)
        return None
    ordered_on = dates["ordered_on"] or today
    if ordered_on > today:
        head.refuse(_("This lies in the future."), "ordered_on")
    if customer is None or not isinstance(owner, int) or not all(row.sound for row in group.rows):
        return None
    try:
        by_id = {product.id: product for product in products.values()}
        priced, price = priced_lines(entered.lines, by_id, entered.discount_percent)
    except Invalid as problem:
        _spread(group, problem)
        return None
    return Arrival(
        group.number, group.rows, entered.model_copy(update={"required_on": dates["required_on"]}), priced, price,
        customer.id, owner, ordered_on, dates["shipped_on"], group.says("carrier"), group.says("tracking_number"),
    )  # fmt: skip


def _customer(group: Group, customers: Mapping[str, Customer]) -> Customer | None:
    words = {row.values["customer"] for row in group.rows if "customer" in row.values}
    head = group.rows[0]
    if not words:
        head.refuse(_("This is needed."), "customer")
        return None
    found = {word: customers.get(word) for word in words}
    for word, customer in found.items():
        if customer is None:
            head.refuse(_("There is no customer %(word)s, or you may not see it.", word=word), "customer")
    if len({customer.id for customer in found.values() if customer}) > 1:
        head.refuse(_("The lines of this order name several customers."), "customer")
    return next(iter(found.values()))


def _line(row: Row, products: Mapping[str, Product]) -> dict[str, Any]:
    word = row.values.get("product", "")
    product = products.get(word)
    if product is None:
        row.refuse(_("There is no product %(word)s.", word=word) if word else _("This is needed."), "product")
    raw: dict[str, Any] = {name: row.values[column] for name, column in LINE.items() if column in row.values}
    if "unit_price" in raw:
        raw["unit_price"] = amount(raw["unit_price"])
    return raw | {"product_id": product.id if product else 1}


def _day(row: Row, name: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        return day(text)
    except Refusal:
        row.refuse(_("This is not a date."), name)
        return None


def _spread(group: Group, problem: Invalid) -> None:
    """Put each error on its row."""
    for place, texts in problem.errors.items():
        parts = place.split(".")
        row, name = group.rows[0], parts[-1]
        if len(parts) == 3:
            row, name = group.rows[int(parts[1])], LINE.get(parts[2], "product")
        row.outcome = "refused"
        row.errors += [{"field": name, "text": stored(text)} for text in texts]
