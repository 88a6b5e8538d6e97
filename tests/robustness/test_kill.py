"""kill -9 of a web worker, the job worker and PostgreSQL amid writing: nothing promised is lost or doubled."""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.setup.test_supervisor import Serving, eventually, gone, offing, serve

pytestmark = pytest.mark.anyio
WRITES = 200
HANDS = 8
CUSTOMERS = 10
KILLS = {40: "web worker", 90: "job worker", 140: "PostgreSQL"}
"""After so many writes have been acknowledged, this is killed."""
AGAIN = frozenset({409, 429, 500, 502, 503, 504})
"""Answers after which a program tries again; 409 is the same write still under way."""


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    """An installation of its own, with its own PostgreSQL, without the demo company."""
    folder = Path(tempfile.mkdtemp(prefix="offing-kill-"))
    folder.chmod(0o755)
    server = serve(folder / "home")
    try:
        yield server
    finally:
        family = server.family()
        server.process.send_signal(signal.SIGTERM)
        code = server.process.wait(60)
        left = [one for one in family if not gone(one)]
        shutil.rmtree(folder, ignore_errors=True)
        assert (code, left) == (0, [])


@pytest.fixture(scope="module")
async def program(serving: Serving) -> AsyncIterator[httpx.AsyncClient]:
    """A program of the administrator."""
    made = offing("token", "create", "--user", "admin", home=serving.home)
    assert made.returncode == 0, made.stderr
    headers = {"authorization": f"Bearer {made.stdout.strip()}"}
    async with httpx.AsyncClient(base_url=f"{serving.address}/api/v1", headers=headers, timeout=20) as client:
        yield client


@dataclass
class Ledger:
    """What was acknowledged: number of the write → id of its record; and how often one had to be tried again."""

    acknowledged: dict[int, int] = field(default_factory=dict)
    again: int = 0
    killed: list[str] = field(default_factory=list)


def victim(serving: Serving, name: str) -> Any:
    """The process to kill, of this installation alone."""
    if name == "web worker":
        return serving.member("offing web").children()[0]
    return serving.member("webapp", "worker") if name == "job worker" else serving.member("postgres", "-D")


async def write(program: httpx.AsyncClient, ledger: Ledger, path: str, number: int, body: dict[str, Any]) -> None:
    """Send until it is acknowledged, each time with the same key."""
    for attempt in range(200):
        try:
            answer = await program.post(path, json=body, headers={"idempotency-key": f"write-{number}"})
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == 201:
            ledger.acknowledged[number] = answer.json()["id"]
            ledger.again += attempt
            return
        assert answer is None or answer.status_code in AGAIN, answer.text
        await asyncio.sleep(0.1)
    raise AssertionError(f"write {number} was never acknowledged")


def planned(number: int, customers: list[int]) -> tuple[str, dict[str, Any]]:
    """Every fourth write makes a customer, whom a job then finds on the map; the others are follow-ups."""
    if number % 4 == 0:
        return "/customers", {"name": f"Harbour {number}", "city": "Shanghai", "country": "China"}
    return "/followups", {"customer_id": customers[number % CUSTOMERS], "content": f"write {number}"}


async def everything(program: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    """A whole list, page after page."""
    found, url = [], f"{path}?limit=200"
    while url:
        page = (await program.get(url)).raise_for_status().json()
        found += page["items"]
        url = page["next"] and page["next"].removeprefix("/api/v1")
    return found


async def test_killed_in_the_middle_of_200_writes_nothing_is_lost_and_nothing_doubled(
    serving: Serving, program: httpx.AsyncClient
) -> None:
    first = Ledger()
    for number in range(CUSTOMERS):
        await write(program, first, "/customers", -1 - number, {"name": f"Pier {number}"})
    customers = list(first.acknowledged.values())
    ledger = Ledger()
    numbers = iter(range(WRITES))
    kills = dict(KILLS)

    async def hand() -> None:
        for number in numbers:
            path, body = planned(number, customers)
            await write(program, ledger, path, number, body)
            due = [after for after in kills if after <= len(ledger.acknowledged)]
            for after in due:
                name = kills.pop(after)
                victim(serving, name).kill()
                ledger.killed.append(name)

    async with asyncio.timeout(50):
        await asyncio.gather(*(hand() for _hand in range(HANDS)))

    assert ledger.killed == list(KILLS.values())
    assert ledger.again > 0, "no write met a dead server: the kills came too late to prove anything"
    assert len(ledger.acknowledged) == WRITES
    assert await asyncio.to_thread(eventually, serving.ready)

    followups = Counter(row["content"] for row in await everything(program, "/followups"))
    assert followups == Counter(f"write {number}" for number in range(WRITES) if number % 4)
    named = Counter(row["name"] for row in await everything(program, "/customers"))
    expected = [f"Harbour {number}" for number in range(0, WRITES, 4)] + [f"Pier {n}" for n in range(CUSTOMERS)]
    assert named == Counter(expected)
    for number, record_id in ledger.acknowledged.items():
        path = planned(number, customers)[0]
        assert (await program.get(f"{path}/{record_id}")).status_code == 200, (number, record_id)


async def test_afterwards_the_jobs_are_all_done(serving: Serving, program: httpx.AsyncClient) -> None:
    """The killed job worker's successor finishes what it left: each customer with a city lies on the map."""
    async with asyncio.timeout(40):
        while True:
            rows = [row for row in await everything(program, "/customers") if row["name"].startswith("Harbour")]
            found = [(await program.get(f"/customers/{row['id']}")).json()["location_accuracy"] for row in rows]
            if len(found) == WRITES // 4 and all(found):
                return
            await asyncio.sleep(0.5)
