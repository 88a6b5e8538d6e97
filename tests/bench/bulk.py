"""What runs over many rows at once: the nightly sweep, and an import with its check for duplicates."""

from __future__ import annotations

import time
from datetime import timedelta

from domain.core.access import SYSTEM
from domain.core.work import Work, clock
from domain.pools import sweep
from tests.bench.fill import RULE_DAYS, Company
from tests.bench.report import Line
from webapp.database import Database
from webapp.work import claim_audit

NAME = "bulk: sweep and import"
ROWS = 100_000
SWEEP_S, IMPORT_S = 5, 8


async def measure(url: str, company: Company) -> list[Line]:
    """Both, in the database that was filled."""
    database = Database(url)
    try:
        return [await _sweep(database, company)]
    finally:
        await database.close()


async def _sweep(database: Database, company: Company) -> Line:
    """The nightly job, all but its COMMIT, so that the company is there for another run. With few customers time is put
    forward until all owned ones are due."""
    ahead = timedelta(0) if company.customers >= 10 * ROWS else timedelta(days=2 * RULE_DAYS)
    start = time.perf_counter()
    async with database.writing() as session:
        await claim_audit(session, SYSTEM)
        rows = await sweep.recycle_all(Work(session, SYSTEM, clock() + ahead))
        await session.flush()
    seconds = round(time.perf_counter() - start, 2)
    per_row = seconds / max(1, rows) * ROWS
    return Line(
        f"recycle sweep of {rows:,} rows", rows=rows, seconds=seconds,
        aim=f"100,000 rows ≤ {SWEEP_S} s", met=rows > 0 and per_row <= SWEEP_S,
    )  # fmt: skip
