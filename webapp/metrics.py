"""Figures for Prometheus on a port of their own. Off, and costing nothing, unless OFFING_METRICS_PORT is set.

All processes write into one folder (PROMETHEUS_MULTIPROC_DIR, set by `offing serve`); the worker serves the sum.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from webapp.settings import Settings

_known: dict[str, Any] = {}


def enabled() -> bool:
    """Whether this installation wants figures."""
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ


def _metric(name: str) -> Any:
    if not _known:
        from prometheus_client import Counter, Histogram

        _known["requests"] = Histogram(
            "offing_request_seconds",
            "Time to answer a request",
            ["method", "status"],
            buckets=(0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 5),
        )
        _known["jobs"] = Histogram(
            "offing_job_seconds",
            "Time to carry out a job",
            ["job", "outcome"],
            buckets=(0.01, 0.05, 0.25, 1, 5, 30, 120),
        )
        _known["pushes"] = Counter("offing_pushes", "Pushes by the push service's answer", ["verdict"])
    return _known[name]


def request(method: str, status: int, seconds: float) -> None:
    """Note an answered request."""
    if enabled():
        _metric("requests").labels(method, f"{status // 100}xx").observe(seconds)


def push(verdict: str) -> None:
    """Note what a push service answered."""
    if enabled():
        _metric("pushes").labels(verdict).inc()


@contextmanager
def job(name: str) -> Iterator[None]:
    """Note a job's time and whether it failed."""
    start = time.perf_counter()
    outcome = "failed"
    try:
        yield
        outcome = "done"
    finally:
        if enabled():
            _metric("jobs").labels(name, outcome).observe(time.perf_counter() - start)


def serve(settings: Settings) -> None:
    """Serve the sum of all processes on 127.0.0.1, if a port is set."""
    if settings.metrics_port is None or not enabled():
        return
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    start_http_server(settings.metrics_port, addr="127.0.0.1", registry=registry)
