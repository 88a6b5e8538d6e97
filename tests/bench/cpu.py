"""Processor time that a page takes, of the web server and of PostgreSQL: what counts where both share the cores."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Spent:
    """Seconds of processor time so far."""

    web: float
    postgres: float

    def each(self, before: Spent, answers: int) -> tuple[int, int]:
        """Microseconds of both for each of so many answers since then."""
        return _micro(self.web - before.web, answers), _micro(self.postgres - before.postgres, answers)


def spent(home: Path) -> Spent:
    """By the web servers that this process started, and by the cluster of that folder."""
    mine = psutil.Process(os.getpid()).children()
    web = [one for one in mine if "webapp" in one.cmdline() or one.cmdline()[:1] == ["offing web"]]
    number = int(next(home.glob("pg*/postmaster.pid")).read_text().split()[0])
    return Spent(_seconds(web), _seconds([psutil.Process(number)]))


def _seconds(roots: Iterable[psutil.Process]) -> float:
    """Of these processes and of all below them, those that have ended too."""
    total = 0.0
    for root in roots:
        for one in (root, *root.children(recursive=True)):
            try:
                times = one.cpu_times()
            except psutil.NoSuchProcess:  # ended just now: its time is in its parent's from now on
                continue
            total += times.user + times.system + times.children_user + times.children_system
    return total


def _micro(seconds: float, answers: int) -> int:
    return round(seconds / answers * 1_000_000)
