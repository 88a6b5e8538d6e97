"""Columns recognised by their headings, cells read as people mean them."""

import csv
from datetime import date
from pathlib import Path

import pytest

from domain.core.inputs import Refusal
from domain.imports.cells import day, percent_of, yes
from domain.imports.fields import FIELDS, guess, missing
from domain.imports.models import ImportKind

DATA = Path(__file__).parents[1] / "data"


def columns(name: str) -> list[str]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


def test_headings_of_northwind_are_known() -> None:
    assert guess(ImportKind.customers, columns("northwind/customers.csv")) == {
        "name": "CompanyName", "contact_name": "ContactName", "contact_post": "ContactTitle", "address": "Address",
        "city": "City", "region": "Region", "postal_code": "PostalCode", "country": "Country", "phone": "Phone",
        "external_ref": "CustomerID",
    }  # fmt: skip
    found = guess(ImportKind.products, columns("northwind/products.csv"))
    assert found["code"] == "ProductID" and found["list_price"] == "UnitPrice"
    assert found["discontinued"] == "Discontinued"


def test_headings_of_a_salesforce_report_are_known() -> None:
    found = guess(ImportKind.customers, columns("tables/crm/Accounts-Contacts.csv"))
    assert found["name"] == "Account: Account Name"
    assert found["contact_first"] == "Contact: First Name" and found["contact_last"] == "Contact: Last Name"
    assert found["contact_email"] == "Contact: Email"


def test_headings_of_odoo_are_known() -> None:
    heads = ["name", "is_company", "company_name", "country_id", "state_id", "zip", "city", "street", "phone", "mobile"]
    found = guess(ImportKind.customers, heads)
    assert found["name"] == "name" and found["kind"] == "is_company" and found["country"] == "country_id"
    assert found["postal_code"] == "zip" and found["address"] == "street" and found["contact_mobile"] == "mobile"


def test_chinese_headings_are_known_with_marks_and_blanks() -> None:
    heads = ["客户名称*", "级别", "负责人", "联系人姓名", "手机 号码", "详细地址（必填）", "所在城市"]
    found = guess(ImportKind.customers, heads)
    assert found["name"] == "客户名称*" and found["owner"] == "负责人" and found["contact_mobile"] == "手机 号码"
    assert found["city"] == "所在城市" and "address" not in found


def test_a_column_feeds_one_field_only() -> None:
    for kind in ImportKind:
        found = guess(kind, ["name", "id", "phone", "discount", "price", "product", "order", "customer", "code"])
        assert len(set(found.values())) == len(found)


def test_no_two_fields_of_a_kind_claim_the_same_sure_heading() -> None:
    for kind in ImportKind:
        names = [field.known_by()[0] for field in FIELDS[kind]]
        assert len(set(names)) == len(names)


def test_what_is_needed_and_missing_is_named() -> None:
    assert [field.name for field in missing(ImportKind.orders, {"number": "No", "product": "SKU"})] == [
        "customer", "quantity",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01", date(2026, 3, 1)), ("2026/3/1", date(2026, 3, 1)), ("2026年3月1日", date(2026, 3, 1)),
        ("20260301", date(2026, 3, 1)), ("7/4/1996", date(1996, 7, 4)), ("31.12.2025", date(2025, 12, 31)),
        ("2026-03-01 10:20:00", date(2026, 3, 1)), ("46082", date(2026, 3, 1)),
        ("2026-03-01T10:20:00Z", date(2026, 3, 1)),
    ],
)  # fmt: skip
def test_days_are_read_in_the_ways_they_are_written(text: str, expected: date) -> None:
    assert day(text) == expected


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "13/13/2026", "99999999", "1"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        day(text)


def test_yes_and_no() -> None:
    assert [yes(text) for text in ("1", "TRUE", "是", "在售")] == [True] * 4
    assert [yes(text) for text in ("0", "no", "否", "停售")] == [False] * 4
    with pytest.raises(Refusal):
        yes("perhaps")


def test_fractions_are_told_from_percent_by_the_whole_column() -> None:
    assert percent_of(["0", "0.05", "0.15", ""]) == ["0", "5", "15", "0"]
    assert percent_of(["0.5", "5", "10"]) == ["0.5", "5", "10"]
    assert percent_of(["0.5%", "0"]) == ["0.5", "0"]
    assert percent_of(["0", ""]) == ["0", ""]
    assert percent_of(["x"]) == ["x"]
