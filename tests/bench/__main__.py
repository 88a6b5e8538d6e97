"""`make bench`: fill a large company, measure it through HTTP beside the floor, print a table, write build/bench.json.

Everything lives in a folder of its own that is gone afterwards, unless --home names one: that is filled once and used
again, for working on a slow page.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pickle
import platform
import shutil
import statistics
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import uvloop

from tests.bench import bulk, phone, report, servers
from tests.bench.cpu import spent
from tests.bench.fill import Company, fill
from tests.bench.load import CONNECTIONS, measure, timing
from tests.bench.report import Line
from tests.bench.visits import Figure, figures, for_floor, slug_of
from webapp.commands.seed import fill as fill_reference
from webapp.keys import make_keys
from webapp.postgres import Cluster
from webapp.settings import Settings, load

SCALES = {"100k": 100_000, "1m": 1_000_000}
BUILD = servers.ROOT / "build" / "bench.json"
MOST_P95_MS = 40
TWO_WORKERS_RPS = 680
PHONE_TIMES = 5
TURNS = 4


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--scale", default="100k", help=f"{', '.join(SCALES)}, or a number of customers")
    parser.add_argument("--seconds", type=float, default=4, help="how long each figure is measured")
    parser.add_argument("--home", type=Path, help="keep the filled database in this folder and use it again")
    parser.add_argument("--only", default="", help="figures whose name holds this text")
    parser.add_argument("--out", type=Path, default=BUILD)
    return parser.parse_args()


def main() -> None:
    """Fill, measure, tell."""
    options = arguments()
    customers = SCALES.get(options.scale) or int(options.scale)
    home = options.home or Path(tempfile.mkdtemp(prefix="offing-bench-"))
    cluster = Cluster(home)
    try:
        cluster.start()
        settings = load({"OFFING_HOME": str(home), "DATABASE_URL": cluster.url})
        make_keys(home)
        company = _filled(settings, home, customers)
        lines = run(settings, home, company, options.seconds, options.only)
    finally:
        cluster.stop()
        if options.home is None:
            shutil.rmtree(home, ignore_errors=True)
    machine = {"cores": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version()}
    report.write(options.out, options.scale, machine, lines)
    print(f"{customers:,} customers, {CONNECTIONS} connections, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"\n{report.table(lines)}")


def _filled(settings: Settings, home: Path, customers: int) -> Company:
    kept = home / f"company-{customers}"
    if kept.exists():
        found: Company = pickle.loads(kept.read_bytes())
        return found
    start = time.perf_counter()
    fill_reference(settings, admin_password="bench-only")
    assert settings.database_url is not None
    company = asyncio.run(fill(settings.database_url, customers))
    print(f"Filled with {customers:,} customers in {time.perf_counter() - start:.0f} s.", flush=True)
    kept.write_bytes(pickle.dumps(company))
    return company


def run(settings: Settings, home: Path, company: Company, seconds: float, only: str) -> list[Line]:
    """Every figure whose name holds `only`."""
    url = settings.database_url
    assert url is not None
    claims = min(200, company.customers // 200)
    every = asyncio.run(figures(url, settings, company, claims, 200))
    found = [figure for figure in every if only in figure.name or figure.name == "static file"]
    environment, log = servers.environment(url, home), home / "bench.log"
    visits = home / "visits.json"
    visits.write_text(json.dumps({slug_of(one.name): [asdict(visit) for visit in one.several] for one in found}))
    with servers.web(environment, log) as base, servers.floor(environment, log, visits) as floor:
        lines = [uvloop.run(beside_floor(base, floor, figure, seconds, home)) for figure in found]
        if only in phone.NAME:
            lines += asyncio.run(phone.measure(base, url, settings, company, PHONE_TIMES if seconds >= 1 else 1))
    if only in "two workers":
        with servers.web(environment, log, workers=2) as base:
            lines.append(uvloop.run(two_workers(base, every[0], seconds, company.customers, home)))
    if only in bulk.NAME:
        lines += asyncio.run(bulk.measure(url, company))
    return lines


async def beside_floor(base: str, floor: str, figure: Figure, seconds: float, home: Path) -> Line:
    """One figure: in turns with the floor, so that other load weighs on both; the middle ratio counts."""
    replayed = Figure(figure.name, for_floor(figure.several, figure.name))
    ours = [figure.messages(n) for n in range(CONNECTIONS)]
    below = [replayed.messages(n) for n in range(CONNECTIONS)]
    for warmed, messages in ((base, ours), (floor, below)):
        await measure(warmed, messages, seconds / 4)
    pairs, parts = [], []
    for _turn in range(TURNS):
        under = await measure(floor, below, seconds / TURNS)
        before = spent(home)
        pairs.append((await measure(base, ours, seconds / TURNS), under))
        parts.append(spent(home).each(before, len(pairs[-1][0].times)))
    found, floor_rps = timing([one for one, _ in pairs]), timing([under for _, under in pairs]).rps
    ratio = round(statistics.median(one.rps / under.rps for one, under in pairs), 2)
    web, postgres = (statistics.median(one) for one in zip(*parts, strict=True))
    line = Line(
        figure.name, **asdict(found), floor_rps=floor_rps, floor_ratio=ratio, web_us=web, postgres_us=postgres
    )  # fmt: skip
    told = f"{found.rps} req/s, p95 {found.p95_ms} ms, ratio {ratio}, web {web:.0f} µs, PostgreSQL {postgres:.0f} µs"
    print(f"  {figure.name}: {told}", flush=True)
    if figure.aim is None:
        return line
    return Line(**asdict(line) | {
        "aim": f"ratio ≥ {figure.aim}, p95 ≤ {MOST_P95_MS} ms",
        "met": ratio >= figure.aim and found.p95_ms <= MOST_P95_MS,
    })  # fmt: skip


async def two_workers(base: str, figure: Figure, seconds: float, customers: int, home: Path) -> Line:
    """The list of a rep with a worker for each of two cores."""
    messages = [figure.messages(n) for n in range(2 * CONNECTIONS)]
    await measure(base, messages, seconds / 2)
    before = spent(home)
    sample = await measure(base, messages, seconds)
    web, postgres = spent(home).each(before, len(sample.times))
    found = timing([sample])
    promised = customers == SCALES["100k"]
    return Line(
        "customer list, two workers", **asdict(found), web_us=web, postgres_us=postgres,
        aim=f"≥ {TWO_WORKERS_RPS} req/s" if promised else None, met=found.rps >= TWO_WORKERS_RPS if promised else None,
    )  # fmt: skip


if __name__ == "__main__":
    main()
