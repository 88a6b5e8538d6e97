"""Microsoft's Northwind sample, whole: a way to try imports on a company with orders of three years.

Employees become users with their managers; the rest goes through the ordinary import, joined to one table a kind.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import func, select

from domain.core.errors import Invalid
from domain.core.text import _
from domain.core.work import Work
from domain.imports.models import ImportKind
from domain.people.actions import create_department, create_user
from domain.people.inputs import DepartmentInput, UserInput
from domain.people.models import Department, Role, User
from webapp.database import Database
from webapp.importing import Result, import_table
from webapp.reading_files import Table
from webapp.work import command_work

FILES = ("customers", "products", "orders", "order_details", "employees", "categories", "shippers")
COMPANY = "Northwind Traders"
ROLES = (("Vice President", "sales_director"), ("Manager", "department_manager"))
"""By words of the title; everybody else sells."""
Rows = list[dict[str, str]]


async def import_northwind(
    database: Database, user_name: str, folder: Path, *, dry_run: bool = False
) -> dict[str, Result]:
    """Load the folder of CSV files. A second time nothing is made twice. Raises Invalid if a file is missing.

    With `dry_run` no employees are made either, so records that name them are refused unless they are there.
    """
    data = {name: _rows(folder / f"{name}.csv") for name in FILES}
    async with command_work(database, user_name) as work:
        made = 0 if dry_run else await _employees(work, data["employees"])
    found = {"employees": Result(len(data["employees"]), made, there=len(data["employees"]) - made)}
    for kind, table in (
        (ImportKind.products, _products(data)),
        (ImportKind.customers, _customers(data)),
        (ImportKind.orders, _orders(data)),
    ):
        name = f"northwind {kind}"
        found[kind.value] = await import_table(database, user_name, kind, name, table, dry_run=dry_run)
    return found


def _rows(path: Path) -> Rows:
    if not path.is_file():
        raise Invalid.of("file", _("%(file)s is missing.", file=path.name))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def _employees(work: Work, rows: Rows) -> int:
    """Users in a department of their own, managers first; how many are new."""
    department_id = await _department(work)
    roles = {code: number for code, number in await work.session.execute(select(Role.code, Role.id))}
    ids: dict[str, int] = {}
    made = 0
    for row in _managers_first(rows):
        name = user_name(row)
        known = select(User.id).where(func.lower(User.user_name) == name)
        user_id = (await work.session.execute(known)).scalar_one_or_none()
        if user_id is None:
            code = next((code for words, code in ROLES if words in row["Title"]), "sales_rep")
            entered = UserInput.model_validate({
                "user_name": name, "name": f"{row['FirstName']} {row['LastName']}", "language": "en",
                "time_zone": "America/Los_Angeles" if row["Country"] == "USA" else "Europe/London",
                "department_id": department_id, "manager_id": ids.get(row["ReportsTo"]), "role_ids": [roles[code]],
            })  # fmt: skip
            user_id = (await create_user(work, entered)).id
            made += 1
        ids[row["EmployeeID"]] = user_id
    return made


async def _department(work: Work) -> int:
    known = select(Department.id).where(Department.name == COMPANY).order_by(Department.id).limit(1)
    found = (await work.session.execute(known)).scalar_one_or_none()
    return found or (await create_department(work, DepartmentInput(name=COMPANY))).id


def _managers_first(rows: Rows) -> Iterator[dict[str, str]]:
    placed: set[str] = {""}
    left = list(rows)
    while left:
        ready = [row for row in left if row["ReportsTo"] in placed] or left[:1]  # a circle is broken anywhere
        for row in ready:
            placed.add(row["EmployeeID"])
            left.remove(row)
            yield row


def user_name(row: Mapping[str, str]) -> str:
    """nancy.davolio"""
    return f"{row['FirstName']}.{row['LastName']}".lower().replace(" ", "")


def _customers(data: Mapping[str, Rows]) -> Table:
    """Customers belong to whoever sold to them most often, the later one where two are level."""
    sellers: dict[str, Counter[str]] = defaultdict(Counter)
    latest: dict[tuple[str, str], int] = {}
    for place, order in enumerate(data["orders"]):
        sellers[order["CustomerID"]][order["EmployeeID"]] += 1
        latest[order["CustomerID"], order["EmployeeID"]] = place
    names = {row["EmployeeID"]: user_name(row) for row in data["employees"]}
    first = names[next(row["EmployeeID"] for row in data["employees"] if not row["ReportsTo"])]
    rows = []
    for row in data["customers"]:
        counted = sellers[row["CustomerID"]]
        best = max(counted, key=lambda one: (counted[one], latest[row["CustomerID"], one]), default=None)
        rows.append({**row, "owner": names[best] if best else first})
    return _table(rows)


def _products(data: Mapping[str, Rows]) -> Table:
    categories = {row["CategoryID"]: row["CategoryName"] for row in data["categories"]}
    return _table([{**row, "CategoryName": categories.get(row["CategoryID"], "")} for row in data["products"]])


def _orders(data: Mapping[str, Rows]) -> Table:
    """One row a line, the head of its order repeated; what stands twice in the files keeps its meaning by its name."""
    names = {row["EmployeeID"]: user_name(row) for row in data["employees"]}
    shippers = {row["ShipperID"]: row["CompanyName"] for row in data["shippers"]}
    heads = {row["OrderID"]: row for row in data["orders"]}
    rows = []
    for line in data["order_details"]:
        head = heads[line["OrderID"]]
        place = [head[f"Ship{part}"] for part in ("Address", "City", "Region", "PostalCode", "Country")]
        rows.append({
            "OrderID": head["OrderID"], "CustomerID": head["CustomerID"], "owner": names[head["EmployeeID"]],
            "OrderDate": head["OrderDate"], "RequiredDate": head["RequiredDate"], "ShippedDate": head["ShippedDate"],
            "ShipVia": shippers.get(head["ShipVia"], ""), "ShipName": head["ShipName"],
            "ShipAddress": ", ".join(part for part in place if part), "ProductID": line["ProductID"],
            "Quantity": line["Quantity"], "UnitPrice": line["UnitPrice"], "Discount": line["Discount"],
        })  # fmt: skip
    return _table(rows)


def _table(rows: Rows) -> Table:
    columns = list(rows[0]) if rows else []
    return Table(columns, [(number, [row[name] for name in columns]) for number, row in enumerate(rows, start=2)])
