"""What the bench found: a table for people, build/bench.json for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Line:
    """One figure. `floor_ratio`: our requests/s over the floor's. `aim` says in words what was wanted, `met` whether
    it was reached; None where nothing is promised. `web_us`, `postgres_us`: processor time of each for an answer."""

    name: str
    p50_ms: float | None = None
    p95_ms: float | None = None
    rps: float | None = None
    floor_ratio: float | None = None
    bytes: int | None = None
    floor_rps: float | None = None
    web_us: float | None = None
    postgres_us: float | None = None
    rows: int | None = None
    seconds: float | None = None
    aim: str | None = None
    met: bool | None = None


HEADINGS = ("figure", "p50 ms", "p95 ms", "req/s", "floor req/s", "ratio", "web µs", "pg µs", "bytes", "seconds", "aim")


def table(lines: Sequence[Line]) -> str:
    """As text with aligned columns."""
    rows = [HEADINGS, *(_cells(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) if column in (0, 10) else cell.rjust(width)
                  for column, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    )  # fmt: skip


def _cells(line: Line) -> tuple[str, ...]:
    verdict = "" if line.aim is None else f"{line.aim}: {'met' if line.met else 'MISSED'}"
    return (
        line.name, _shown(line.p50_ms), _shown(line.p95_ms), _shown(line.rps), _shown(line.floor_rps),
        _shown(line.floor_ratio, 2), _shown(line.web_us, 0), _shown(line.postgres_us, 0), _shown(line.bytes, 0),
        _shown(line.seconds, 2), verdict,
    )  # fmt: skip


def _shown(value: float | None, places: int = 1) -> str:
    return "" if value is None else f"{value:,.{places}f}"


def write(path: Path, scale: str, machine: dict[str, Any], lines: Sequence[Line]) -> None:
    """The same as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {"scale": scale, "machine": machine, "figures": [asdict(line) for line in lines]}
    path.write_text(json.dumps(found, indent=1) + "\n")
