"""What runs over many rows at once: the nightly sweep, and an import with its check for duplicates."""

from __future__ import annotations

import csv
import random
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from domain.core.access import SYSTEM
from domain.core.work import Work
from domain.pools import sweep
from tests.bench import names
from tests.bench.fill import FIRST_USER, RULE_DAYS, USERS, Company
from tests.bench.report import Line
from webapp.database import Database
from webapp.importing import import_file
from webapp.work import transaction

NAME = "bulk: sweep and import"
ROWS = 100_000
SWEEP_S, IMPORT_S = 5, 8


async def measure(url: str, company: Company) -> list[Line]:
    """Both, in the database that was filled."""
    database = Database(url)
    try:
        return [await _sweep(database, company), await _import(database, company)]
    finally:
        await database.close()


async def _sweep(database: Database, company: Company) -> Line:
    """The nightly job with its commits; afterwards everybody has theirs again, so that the company is there for another
    run. With few customers time is put forward until all owned ones are due."""
    ahead = timedelta(0) if company.customers >= 10 * ROWS else timedelta(days=2 * RULE_DAYS)

    @asynccontextmanager
    async def night() -> AsyncIterator[Work]:
        async with transaction(database, SYSTEM) as work:
            yield replace(work, now=work.now + ahead)

    await _each(database, KEEP)
    start = time.perf_counter()
    rows = await sweep.recycle_all(night, lanes=2)
    seconds = round(time.perf_counter() - start, 2)
    await _each(database, BRING_BACK)
    per_row = seconds / max(1, rows) * ROWS
    return Line(
        f"recycle sweep of {rows:,} rows", rows=rows, seconds=seconds,
        aim=f"100,000 rows ≤ {SWEEP_S} s", met=rows > 0 and per_row <= SWEEP_S,
    )  # fmt: skip


KEEP = (
    "DROP TABLE IF EXISTS held_before",
    "CREATE TABLE held_before AS SELECT id, owner_id, home_pool_id, owned_since, recycle_due_at, recycle_rule_id "
    "FROM customers WHERE owner_id IS NOT NULL",
    "CHECKPOINT",
)
BRING_BACK = (
    "UPDATE customers c SET owner_id = h.owner_id, pool_id = NULL, pooled_since = NULL, home_pool_id = h.home_pool_id, "
    "owned_since = h.owned_since, recycle_due_at = h.recycle_due_at, recycle_rule_id = h.recycle_rule_id "
    "FROM held_before h WHERE h.id = c.id AND c.owner_id IS NULL",
    "DELETE FROM ownership_changes WHERE verb = 'recycle'",
    "DELETE FROM events WHERE name IN ('Recycled', 'Notified')",
    "DELETE FROM notifications WHERE kind = 'recycle'",
    "DELETE FROM audit_log WHERE table_name = 'customers' AND operation = 'update' AND actor_id IS NULL",
    "DROP TABLE held_before",
    "VACUUM ANALYZE",
)


async def _each(database: Database, statements: Sequence[str]) -> None:
    """Statements one by one on one connection, each committed at once."""
    async with database.reading() as session:
        for statement in statements:
            await session.execute(text(statement))


async def _import(database: Database, company: Company) -> Line:
    """A file as another system would export it, from reading to storing; a fifth of its names comes twice."""
    rows = min(ROWS, company.customers)
    with tempfile.TemporaryDirectory(prefix="offing-bench-") as folder:
        path = Path(folder) / "customers.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(("Company", "Phone", "City", "Level", "Owner"))
            out.writerows(_file_rows(rows))
        start = time.perf_counter()
        result = await import_file(database, "admin", "customers", path)
        seconds = round(time.perf_counter() - start, 2)
    if result.made + result.there + result.refused != rows or result.made < rows // 2:
        raise RuntimeError(f"the import went wrong: {result}")
    return Line(
        f"import of {rows:,} rows", rows=rows, seconds=seconds, aim=f"100,000 rows ≤ {IMPORT_S} s",
        met=seconds / rows * ROWS <= IMPORT_S,
    )  # fmt: skip


def _file_rows(number: int) -> Iterator[tuple[str, str, str, str, str]]:
    dice = random.Random()
    earlier: list[str] = []
    for place in range(number):
        if place % 5 == 4:
            name = dice.choice(earlier)
        else:
            name = f"{names.whole(names.parts_of_a_name(dice))}{dice.randrange(10**9)}"
            earlier.append(name)
        phone = f"1{dice.randrange(30, 99)}{dice.randrange(10**8):08d}"
        owner = f"user{dice.randrange(FIRST_USER, FIRST_USER + USERS)}"
        yield name, phone, dice.choice(names.CITIES)[0], dice.choice("ABCD"), owner
