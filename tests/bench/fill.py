"""A large company by COPY: 2,000 users in 346 departments, N customers (62 % Chinese companies, 18 % Chinese people,
20 % Latin), 8 % of them in pools, a tenth with orders."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg

from domain.core.places import Position, tile_of
from domain.customers.search import search_row
from domain.people.permissions import BUILT_IN_ROLES
from domain.search.companies import company_key, person_key
from domain.search.pinyin import sort_key
from webapp.worker import connect_arguments

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
CITIES = (
    ("上海", 31.23, 121.47), ("北京", 39.90, 116.40), ("深圳", 22.54, 114.06), ("广州", 23.13, 113.26),
    ("成都", 30.57, 104.07), ("杭州", 30.27, 120.15), ("武汉", 30.59, 114.31), ("西安", 34.34, 108.94),
    ("南京", 32.06, 118.80), ("重庆", 29.56, 106.55), ("苏州", 31.30, 120.58), ("天津", 39.13, 117.20),
)  # fmt: skip
SYLLABLES = "华兴盛润达宏远信诚德隆泰和丰瑞祥安康明辉宇通恒利捷顺金鼎天成海洋中科联创新世纪东方锦绣博雅嘉汇"
TRADES = ("贸易", "科技", "食品", "机械", "电子", "医药", "建材", "物流", "服饰", "化工")
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英"
LATIN = ("Nova", "Acme", "Global", "Blue", "North", "Prime", "Delta", "Orion", "Summit", "River", "Stone", "Bright")
KINDS = ("Trading", "Systems", "Foods", "Logistics", "Partners", "Industries", "Labs", "Supplies")
LEVELS, INDUSTRIES, STAGES = "abcd", ("manufacturing", "retail", "food", "technology", "health"), ("new", "contacted", "interested")


@dataclass(frozen=True)
class Company:
    """Who can be signed in as, and what there is."""

    users: dict[str, int]
    customers: int
    pool_id: int


async def fill(url: str, customers: int) -> Company:
    """Fill an empty, migrated database. Triggers are off while it is filled: the rows are right as they are."""
    connection = await asyncpg.connect(**connect_arguments(url))
    try:
        await connection.execute("SET session_replication_role = replica")
        users = await _people(connection)
        await _customers(connection, customers, len(users))
        await connection.execute("SET session_replication_role = DEFAULT")
        for table in ("departments", "users", "roles", "pools", "customers", "products", "orders", "contacts", "order_lines",
                      "role_permissions", "role_scopes", "user_roles", "pool_members", "recycle_rules"):  # fmt: skip
            await connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        await connection.execute("VACUUM ANALYZE")
        return Company({"rep": 700, "manager": 2, "admin": 1, "approver": 3}, customers, 1)
    finally:
        await connection.close()


async def _copy(connection: Any, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    await connection.copy_records_to_table(table, records=rows, columns=columns.split())


async def _people(connection: Any) -> list[int]:
    """346 departments in five levels, 2,000 users spread over them; user 1 may do all, user 2 leads a branch."""
    departments = [(1, "Company", None)]
    for number in range(2, 347):
        departments.append((number, f"Department {number}", 1 if number < 8 else (number - 2) // 7 + 1))
    await _copy(connection, "departments", "id name parent_id", departments)
    users = [
        (n, f"user{n}", f"User {n}", "en", "Asia/Shanghai", True, 2 if n == 2 else (n - 1) % 346 + 1)
        for n in range(1, 2001)
    ]
    await _copy(connection, "users", "id user_name name language time_zone active department_id", users)
    rights, scopes = [], []
    roles = {role.code: number for number, role in enumerate(BUILT_IN_ROLES, start=1)}
    await _copy(connection, "roles", "id name code everything",
                [(roles[role.code], role.code, role.code, role.everything) for role in BUILT_IN_ROLES])  # fmt: skip
    for role in BUILT_IN_ROLES:
        rights += [(roles[role.code], right) for right in role.permissions]
        scopes += [(roles[role.code], feature, scope.value) for feature, scope in role.feature_scopes().items()]
    await _copy(connection, "role_permissions", "role_id permission", rights)
    await _copy(connection, "role_scopes", "role_id feature scope", scopes)
    held = {1: "administrator", 2: "department_manager", 3: "order_administrator"}
    await _copy(connection, "user_roles", "user_id role_id", [(n, roles[held.get(n, "sales_rep")]) for n in range(1, 2001)])
    await _copy(connection, "pools", "id kind name active claiming", [(1, "customer", "North China", True, True)])
    await _copy(connection, "pool_members", "pool_id role_id administrator", [(1, roles["sales_rep"], False)])
    await _copy(connection, "recycle_rules", "id pool_id kind days", [(1, 1, "no_follow_up", 30)])
    await _copy(connection, "products", "id code name name_sort txt unit list_price active",
                [(n, f"P{n:04d}", f"Product {n}", f"product {n}", f"product{n} p{n:04d}", "box", Decimal(n), True)
                 for n in range(1, 201)])  # fmt: skip
    return [user[0] for user in users]


def _name(dice: random.Random) -> tuple[str, str]:
    lot = dice.random()
    if lot < 0.62:
        city = dice.choice(CITIES)[0]
        return "company", f"{city}{''.join(dice.choices(SYLLABLES, k=3))}{dice.choice(TRADES)}有限公司"
    if lot < 0.80:
        return "person", dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=2))
    return "company", f"{dice.choice(LATIN)} {''.join(dice.choices('abcdefghijkl', k=4)).title()} {dice.choice(KINDS)}"


async def _customers(connection: Any, number: int, users: int) -> None:
    dice = random.Random(7)
    searches: list[tuple[int, str, list[int]]] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for customer_id in range(1, number + 1):
            kind, name = _name(dice)
            phone = f"+861{dice.randrange(30, 99)}{dice.randrange(10**8):08d}"
            city, lat, lng = dice.choice(CITIES)
            x, y = tile_of(Position(lat + dice.gauss(0, 0.2), lng + dice.gauss(0, 0.25)))
            owner = None if dice.random() < 0.08 else dice.randrange(1, users + 1)
            at = NOW - timedelta(seconds=dice.randrange(31_536_000))
            key = person_key(name) if kind == "person" else f"{company_key(name)}{customer_id}"
            searches.append(search_row(customer_id, name, (phone,)))
            yield (
                customer_id, owner, None if owner is None else 2 if owner == 2 else (owner - 1) % 346 + 1, name, key,
                sort_key(name), kind, dice.choice(LEVELS), dice.choice(INDUSTRIES), phone, city, lat, lng, "city", x, y,
                dice.choice(STAGES), at, None if owner else 1, 1, at if owner else None, None if owner else at, at,
            )  # fmt: skip

    await _copy(
        connection, "customers",
        "id owner_id department_id name name_key name_sort kind level industry phone city latitude longitude "
        "location_accuracy map_x map_y follow_stage activity_at pool_id home_pool_id owned_since pooled_since created_at",
        rows(),
    )
    await _copy(connection, "customer_search", "customer_id txt grams", searches)
    await _orders(connection, number, users, dice)


async def _orders(connection: Any, customers: int, users: int, dice: random.Random) -> None:
    await connection.execute(
        """
        INSERT INTO orders (id, owner_id, department_id, number, customer_id, status, ordered_on, list_total, goods_total,
                            net_total, approved_at, round, created_at)
        SELECT row_number() OVER (ORDER BY c.id), c.owner_id, c.department_id, 'SO-2026-' || lpad(c.id::text, 7, '0'), c.id,
               'approved', c.activity_at::date, 100, 100, 100, c.activity_at, 1, c.activity_at
        FROM customers c WHERE c.id % 10 = 0 AND c.owner_id IS NOT NULL
        """
    )
    await connection.execute(
        """
        INSERT INTO order_lines (order_id, position, product_id, product_name, unit, quantity, list_price, unit_price,
                                 discount_percent, net)
        SELECT id, 1, id % 200 + 1, 'Product', 'box', 1, 100, 100, 0, 100 FROM orders
        """
    )
    await connection.execute(
        """
        INSERT INTO contacts (customer_id, name, name_sort, main)
        SELECT id, 'Contact ' || id, 'contact ' || id, true FROM customers WHERE id % 4 = 0
        """
    )
