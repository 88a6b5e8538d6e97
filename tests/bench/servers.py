"""The processes of a bench: the real web server and the floor, each with a log file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from webapp.parents import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120.0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(url: str, home: Path) -> dict[str, str]:
    """As `serve` sets it for its children; nothing else is set that is not in an installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OFFING_", "PG"))}
    return kept | {"DATABASE_URL": url, "OFFING_HOME": str(home)}


@contextmanager
def web(settings: dict[str, str], log: Path, workers: int = 1) -> Iterator[str]:
    """The web server; yields its address."""
    port = free_port()
    extra = {"PORT": str(port), "OFFING_WORKERS": str(workers)}
    with _running(["webapp", "web"], settings | extra, log, f"http://127.0.0.1:{port}", "/readyz") as base:
        yield base


@contextmanager
def floor(settings: dict[str, str], log: Path, visits: Path) -> Iterator[str]:
    """The floor; yields its address."""
    port = free_port()
    command = ["tests.bench.floor", str(visits), str(port)]
    with _running(command, settings, log, f"http://127.0.0.1:{port}", "/static-file/0") as base:
        yield base


@contextmanager
def _running(command: list[str], settings: dict[str, str], log: Path, base: str, path: str) -> Iterator[str]:
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env=settings, cwd=ROOT, stdout=out, stderr=out,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip
        try:
            _await(base + path, process, log)
            yield base
        finally:
            process.terminate()
            process.wait(20)


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"{address} does not answer; the last it said:\n{log.read_text(errors='replace')[-3000:]}")
