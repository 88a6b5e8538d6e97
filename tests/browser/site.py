"""A running Offing for browser tests: own database, real web server, real sockets, users with a session each."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from domain.people.models import User
from tests.conftest import sign_in
from tests.make import Make
from webapp.database import Database
from webapp.keys import make_keys

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Site:
    """Where it answers, and how to get at its database."""

    base: str
    database: Database
    environment: dict[str, str]
    cookies: dict[str, str] = field(default_factory=dict)
    server: subprocess.Popen[bytes] | None = None

    def start(self, **extra: str) -> None:
        """Start the web server, with further settings."""
        environment = {**self.environment, **extra}
        self.server = subprocess.Popen([sys.executable, "-m", "webapp", "web"], env=environment, cwd=ROOT)
        _await(f"{self.base}/readyz", self.server)

    def stop(self) -> None:
        """End the web server and wait for it: from now on connections are refused."""
        if self.server is not None:
            self.server.terminate()
            self.server.wait(15)
            self.server = None

    def restart(self, **extra: str) -> None:
        """Start it again at the same address, as an update would."""
        self.stop()
        self.start(**extra)

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A job worker beside it, for the length of a block."""
        process = subprocess.Popen([sys.executable, "-m", "webapp", "worker"], env=self.environment, cwd=ROOT)
        try:
            yield
        finally:
            process.terminate()
            process.wait(15)

    @asynccontextmanager
    async def building(self) -> AsyncIterator[Make]:
        """Builders whose records are committed at the end."""
        async with AsyncSession(self.database.engine, expire_on_commit=False) as session:
            yield Make(session)
            await session.commit()

    async def signed_in(self, user: User) -> str:
        """Make a session for a user and return the value of the cookie `offing`."""
        async with AsyncSession(self.database.engine, expire_on_commit=False) as session:
            token = await sign_in(session, user)
        self.cookies[user.user_name] = token
        return token


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_site(database: Database, home: Path, *push_services: str) -> Iterator[Site]:
    """The web server on a database (made from the template), for the length of a block."""
    make_keys(home)
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "OFFING_HOME": str(home),
        "OFFING_WORKERS": "1",
        "PORT": str(port),
        "OFFING_PUSH_CONTACT": "operator@example.com",
        "OFFING_PUSH_SERVICES": ",".join(push_services),
        "OFFING_LOG_LEVEL": "warning",
    }
    site = Site(f"http://127.0.0.1:{port}", database, environment)
    try:
        site.start()
        yield site
    finally:
        site.stop()


def _await(url: str, server: subprocess.Popen[bytes], timeout_s: float = 180) -> None:
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"the web server ended with {server.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"no answer from {url} within {timeout_s} s")
