"""A large company by COPY: 2,000 users in 341 departments, N customers of whom 8 % lie in the pool, and what hangs on
them. Everything is as the actions would have left it, so that the bench may go on with the actions."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from multiprocessing import get_context
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from domain.core.places import Position, tile_of
from domain.customers.cells import COUNT_ALL
from domain.customers.search import SearchRow
from domain.search.companies import company_key, person_key
from tests.bench import names
from webapp.database import connect_arguments

DEPARTMENTS, BRANCHES, USERS, PRODUCTS = 341, 4, 2000, 200
LEVELS, STAGES = "abcd", ("new", "contacted", "interested")
INDUSTRIES = ("manufacturing", "retail", "food", "technology", "health")
ZONE = ZoneInfo("Asia/Shanghai")
RULE_DAYS = 365
OVERDUE = 0.11
"""Part of the owned customers whose day of return has come: 100,000 of a million."""
FIRST_USER = 10
"""Users have ids from here on; before them are those of the reference data."""
BULK = (
    "customers", "customer_search", "contacts", "orders", "order_lines", "followups", "events", "grants", "leads",
    "lead_search", "opportunities", "opportunity_search", "stage_moves",
)  # fmt: skip
CUSTOMER_COLUMNS = (
    "id", "owner_id", "department_id", "name", "name_key", "name_sort", "kind", "level", "industry", "phone", "city",
    "latitude", "longitude", "location_accuracy", "map_x", "map_y", "follow_stage", "activity_at", "pool_id",
    "home_pool_id", "owned_since", "pooled_since", "recycle_due_at", "recycle_rule_id", "created_at", "created_by_id",
)  # fmt: skip


@dataclass(frozen=True)
class Company:
    """Who can sign in: users by their post; and what there is."""

    customers: int
    pool_id: int
    admin: int
    reps: Sequence[int]
    managers: Sequence[int]


async def fill(url: str, customers: int, processes: int = 2) -> Company:
    """Fill a database that has its reference data. Triggers are off meanwhile and indexes are made at the end."""
    connection = await asyncpg.connect(**connect_arguments(url))
    try:
        await connection.execute("SET session_replication_role = replica")
        company = await _people(connection, customers)
        indexes = await connection.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY($1) "
            "AND indexname NOT IN (SELECT conname FROM pg_constraint)", list(BULK),
        )  # fmt: skip
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['indexname']}")
        await _in_processes(url, company, processes)
        for statement in HANGING:
            await connection.execute(statement)
        await connection.execute("SET maintenance_work_mem = '512MB'")
        for index in indexes:
            await connection.execute(index["indexdef"])
        await _set_sequences(connection)
        await connection.execute(str(COUNT_ALL))
        await connection.execute("UPDATE org_version SET number = number + 1")
        await connection.execute("VACUUM ANALYZE")
        return company
    finally:
        await connection.close()


async def _copy(connection: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    await connection.copy_records_to_table(table, records=rows, columns=columns)


def _department_of(user: int) -> int:
    return (user - FIRST_USER) % DEPARTMENTS + 1


async def _people(connection: Any, customers: int) -> Company:
    """Departments in five levels, each with a head; a rule that returns what nobody has touched for a year."""
    users = range(FIRST_USER, FIRST_USER + USERS)
    heads = {_department_of(user): user for user in reversed(users)}
    parents = [None if n == 1 else (n - 2) // BRANCHES + 1 for n in range(1, DEPARTMENTS + 1)]
    departments = [(n, f"Department {n}", parent, heads[n]) for n, parent in enumerate(parents, start=1)]
    await _copy(connection, "departments", ("id", "name", "parent_id", "head_id"), departments)
    columns = ("id", "user_name", "name", "language", "time_zone", "active", "department_id", "manager_id")
    managers = {n: heads[parents[_department_of(n) - 1] or 1] for n in users}
    rows = [(n, f"user{n}", f"User {n}", "en", ZONE.key, True, _department_of(n), managers[n]) for n in users]
    await _copy(connection, "users", columns, rows)
    roles = {row["code"]: row["id"] for row in await connection.fetch("SELECT id, code FROM roles")}
    leaders = set(heads.values())
    held = [(n, roles["department_manager" if n in leaders else "sales_rep"]) for n in users]
    await _copy(connection, "user_roles", ("user_id", "role_id"), held)
    pool_id = await connection.fetchval("SELECT id FROM pools WHERE kind = 'customer' ORDER BY id LIMIT 1")
    await connection.execute(
        "INSERT INTO recycle_rules (id, pool_id, kind, days) VALUES (1, $1, 'no_follow_up', $2)", pool_id, RULE_DAYS
    )
    await connection.execute(
        "INSERT INTO products (id, code, name, name_sort, txt, unit, list_price, active) "
        "SELECT n, 'P' || n, 'Product ' || n, 'product ' || n, 'product' || n || ' p' || n, 'box', n, true "
        f"FROM generate_series(1, {PRODUCTS}) n"
    )
    admin = await connection.fetchval("SELECT id FROM users WHERE user_name = 'admin'")
    third_level = range(2 + BRANCHES, 2 + BRANCHES + BRANCHES**2)
    reps = [user for user in users if user not in leaders]
    return Company(customers, pool_id, admin, reps, [heads[n] for n in third_level])


async def _in_processes(url: str, company: Company, processes: int) -> None:
    """Make the customers in several processes: most of the time goes into names and their grams."""
    step = company.customers // processes + 1
    spans = [(first, min(first + step, company.customers + 1)) for first in range(1, company.customers + 1, step)]
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        await asyncio.gather(*(loop.run_in_executor(pool, _span, url, company.pool_id, *span) for span in spans))


def _span(url: str, pool_id: int, first: int, last: int) -> None:
    asyncio.run(_copy_span(url, pool_id, first, last))


async def _copy_span(url: str, pool_id: int, first: int, last: int) -> None:
    connection = await asyncpg.connect(**connect_arguments(url))
    try:
        await connection.execute("SET session_replication_role = replica")
        dice, now = random.Random(first), datetime.now(UTC)
        for start in range(first, last, 50_000):
            searches: list[SearchRow] = []
            rows = (_customer(n, dice, now, pool_id, searches) for n in range(start, min(start + 50_000, last)))
            await _copy(connection, "customers", CUSTOMER_COLUMNS, rows)
            await _copy(connection, "customer_search", ("customer_id", "txt", "grams"), searches)
    finally:
        await connection.close()


def _customer(
    customer_id: int, dice: random.Random, now: datetime, pool_id: int, searches: list[SearchRow]
) -> tuple[Any, ...]:
    parts = names.parts_of_a_name(dice)
    name, person = names.whole(parts), len(parts[-1]) == 1
    phone = f"+861{dice.randrange(30, 99)}{dice.randrange(10**8):08d}"
    searches.append(names.search_row(customer_id, parts, phone))
    city, lat, lng = dice.choice(names.CITIES)
    place = Position(lat + dice.gauss(0, 0.2), lng + dice.gauss(0, 0.25))
    owner = None if dice.random() < 0.08 else dice.randrange(FIRST_USER, FIRST_USER + USERS)
    days = dice.uniform(RULE_DAYS + 2, 700) if dice.random() < OVERDUE else dice.uniform(0, RULE_DAYS - 5)
    at = now - timedelta(days=days)
    return (
        customer_id, owner, None if owner is None else _department_of(owner), name,
        person_key(name) if person else f"{company_key(name)}{customer_id}", names.sorting(parts),
        "person" if person else "company", dice.choice(LEVELS), dice.choice(INDUSTRIES), phone, city, place.lat,
        place.lng, "city", *tile_of(place), dice.choice(STAGES), at, None if owner else pool_id, pool_id,
        at if owner else None, None if owner else at, _due(at) if owner else None, 1 if owner else None, at, owner,
    )  # fmt: skip


def _due(since: datetime) -> datetime:
    """The owner's midnight after the rule's days, as `domain.pools.clock` sets it."""
    day = since.astimezone(ZONE).date() + timedelta(days=RULE_DAYS + 1)
    return datetime.combine(day, time(), ZONE)


async def _set_sequences(connection: Any) -> None:
    """Ids of new rows start in regions of their own, so that the floor can tell the ids in recorded statements."""
    columns = await connection.fetch(
        "SELECT pg_get_serial_sequence(quote_ident(table_name), column_name) AS name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND is_identity = 'YES' ORDER BY 1"
    )
    for place, column in enumerate(columns, start=1):
        await connection.execute("SELECT setval($1::text::regclass, $2)", column["name"], place * 10**10)


HANGING = (
    """
    INSERT INTO contacts (id, customer_id, name, name_sort, main)
    SELECT id, id, 'Contact ' || id, 'contact ' || id, true FROM customers WHERE id % 4 = 0
    """,
    """
    INSERT INTO orders (id, owner_id, department_id, number, customer_id, status, ordered_on, list_total, goods_total,
                        net_total, approved_at, round, created_at)
    SELECT id, owner_id, department_id, 'SO-' || id, id, 'approved', activity_at::date, 100, 100, 100, activity_at, 1,
           activity_at
    FROM customers WHERE id % 10 = 0 AND owner_id IS NOT NULL
    """,
    """
    INSERT INTO order_lines (order_id, position, product_id, product_name, unit, quantity, list_price, unit_price,
                             discount_percent, net)
    SELECT id, 1, id % 200 + 1, 'Product', 'box', 1, 100, 100, 0, 100 FROM orders
    """,
    """
    INSERT INTO followups (id, customer_id, way, content, at, created_by_id)
    SELECT id, id, 'phone', 'Talked about the next delivery', activity_at, owner_id
    FROM customers WHERE id % 5 = 0 AND owner_id IS NOT NULL
    """,
    """
    INSERT INTO events (at, name, actor_id, kind, record_id, customer_id, data)
    SELECT created_at, 'CustomerCreated', owner_id, 'customers', id, id, jsonb_build_object('name', name) FROM customers
    """,
    """
    INSERT INTO leads (id, owner_id, department_id, name, name_sort, company, mobile, mobile_key, source, city, status,
                       activity_at, pool_id, home_pool_id, owned_since, pooled_since, converted_at,
                       converted_customer_id, created_at, created_by_id)
    SELECT c.id, c.owner_id, c.department_id, c.name, c.name_sort, c.name, '+861' || 9900000000 + c.id,
           '+861' || 9900000000 + c.id, (ARRAY['trade_show', 'referral', 'search_engine', NULL])[c.id % 4 + 1], c.city,
           CASE WHEN c.owner_id IS NULL THEN 'unassigned' WHEN c.id % 5 = 0 THEN 'converted'
                ELSE (ARRAY['pending', 'following', 'following', 'invalid'])[c.id % 4 + 1] END,
           c.activity_at, CASE WHEN c.owner_id IS NULL THEN p.id END, p.id, c.owned_since, c.pooled_since,
           CASE WHEN c.owner_id IS NOT NULL AND c.id % 5 = 0 THEN c.activity_at END,
           CASE WHEN c.owner_id IS NOT NULL AND c.id % 5 = 0 THEN c.id END, c.created_at, c.owner_id
    FROM customers c, (SELECT min(id) AS id FROM pools WHERE kind = 'lead') p WHERE c.id % 2 = 0
    """,
    "INSERT INTO lead_search SELECT customer_id, txt, grams FROM customer_search WHERE customer_id % 2 = 0",
    """
    INSERT INTO opportunities (id, owner_id, department_id, name, customer_id, pipeline_id, stage_id, status, amount,
                               expected_on, probability, activity_at, stage_since, ended_at, end_note, created_at,
                               created_by_id)
    SELECT c.id, c.owner_id, c.department_id, c.name, c.id, s.pipeline_id, s.id, s.kind, 1000 + c.id % 90000,
           c.activity_at::date + 60, s.probability, c.activity_at, c.activity_at,
           CASE WHEN s.kind <> 'open' THEN c.activity_at END, CASE WHEN s.kind <> 'open' THEN 'As it was' END,
           c.created_at, c.owner_id
    FROM customers c
    JOIN (SELECT *, row_number() OVER (ORDER BY position) AS place FROM stages) s
      ON s.place = (ARRAY[1, 2, 3, 4, 5, 6, 1, 2, 3, 7])[c.id / 3 % 10 + 1]
    WHERE c.id % 3 = 0 AND c.owner_id IS NOT NULL
    """,
    """
    INSERT INTO stage_moves (opportunity_id, from_stage_id, to_stage_id, at, by_id, seconds, amount)
    SELECT o.id, lag(s.id) OVER passed, s.id, o.created_at + s.place * interval '3 days', o.owner_id,
           CASE WHEN lag(s.id) OVER passed IS NOT NULL THEN 259200 END, o.amount
    FROM opportunities o
    JOIN stages standing ON standing.id = o.stage_id
    JOIN (SELECT *, row_number() OVER (ORDER BY position) AS place FROM stages) s
      ON s.id = o.stage_id OR (s.kind = 'open' AND s.position < standing.position)
    WINDOW passed AS (PARTITION BY o.id ORDER BY s.position)
    """,
    """
    INSERT INTO opportunity_search SELECT customer_id, txt, grams FROM customer_search
    WHERE customer_id IN (SELECT id FROM opportunities)
    """,
    f"""
    INSERT INTO grants (kind, record_id, user_id, level, post)
    SELECT 'customers', id, {FIRST_USER} + id * 7 % {USERS}, 'read', 'shared' FROM customers WHERE id % 10 < 3
    """,
)
"""What the customers have: contacts of a quarter, orders and follow-ups, their creation, 30 % shared with somebody;
half as many leads, a fifth of them converted; and a third as many opportunities with their moves."""
