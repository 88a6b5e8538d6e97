"""The bench itself, on a company so small that it takes seconds: figures come out, and what it fills in is true."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from domain.customers.search import search_row
from domain.search.pinyin import sort_key
from tests.bench import names
from tests.bench.load import Refused, Visit, measure, timing
from tests.bench.report import Line, table

ROOT = Path(__file__).parents[2]


def test_names_made_of_parts_are_indexed_as_the_actions_would() -> None:
    dice = random.Random(3)
    for number in range(300):
        parts = names.parts_of_a_name(dice)
        whole = names.whole(parts)
        assert names.search_row(number, parts, "+8613912345678") == search_row(number, whole, ("+8613912345678",))
        assert names.sorting(parts) == sort_key(whole)


def test_the_table_says_what_was_missed() -> None:
    shown = table([Line("a page", p95_ms=50.0, rps=1234.5, aim="p95 ≤ 40 ms", met=False), Line("another", seconds=0.5)])
    assert "1,234.5" in shown
    assert "p95 ≤ 40 ms: MISSED" in shown


@pytest.mark.parametrize("status", [200, 303, 500])
def test_the_load_counts_answers_and_refuses_errors(status: int) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _time in range(20):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 %d Any\r\nContent-Length: 5\r\n\r\nhello" % status)
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        visits = [itertools.repeat(Visit("a=b", "/").message(), 20) for _person in range(2)]
        found = timing([await measure(f"http://127.0.0.1:{port}", visits, seconds=5)])
        assert (found.bytes, found.rps > 0) == (5, True)
        server.close()

    if status == 500:
        with pytest.raises(Refused, match="500"):
            asyncio.run(run())
    else:
        asyncio.run(run())


def test_a_small_company_gives_every_figure(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    command = [sys.executable, "-m", "tests.bench", "--scale", "4000", "--seconds", "0.2", "--out", str(out)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OFFING_")}
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = {figure["name"]: figure for figure in json.loads(out.read_text())["figures"]}
    pages = [
        "customer list, rep",
        "search, by phone",
        "record page",
        "map, zoom 8",
        "claim",
        "order submit",
        "lead list, rep",
        "leads that wait, rep",
        "lead search, manager",
        "conversion rates, manager",
        "opportunity list, rep",
        "opportunity board, manager",
        "opportunity funnel, manager",
    ]
    assert all(figures[name]["rps"] > 0 and figures[name]["floor_ratio"] > 0 for name in pages)
    assert figures["phone: first visit"]["bytes"] > 1000
    swept = next(figure for name, figure in figures.items() if name.startswith("recycle sweep"))
    assert swept["rows"] > 3000
