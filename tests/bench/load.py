"""A small HTTP/1.1 client for loads on loopback: it must cost less than what it measures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

CONNECTIONS = 8
PATIENCE_S = 30


@dataclass(frozen=True)
class Visit:
    """One request of somebody: what the browser would send. `body` is a form."""

    cookie: str
    path: str
    method: str = "GET"
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def message(self) -> bytes:
        """As it goes over the wire."""
        lines = [
            f"{self.method} {self.path} HTTP/1.1", "host: 127.0.0.1", f"cookie: {self.cookie}", "accept-encoding: br",
            "accept: text/html", *(f"{name}: {value}" for name, value in self.headers.items()),
        ]  # fmt: skip
        if self.method != "GET":
            lines += ["content-type: application/x-www-form-urlencoded", f"content-length: {len(self.body.encode())}"]
        return "\r\n".join([*lines, "", self.body]).encode()


@dataclass(frozen=True)
class Timing:
    """What a load came to. `bytes`: of a body, as compressed for the wire."""

    p50_ms: float
    p95_ms: float
    rps: float
    bytes: int


@dataclass(frozen=True)
class Sample:
    """Answers to one load: seconds and bytes of each, and how long all of it took."""

    times: Sequence[float]
    sizes: Sequence[int]
    seconds: float

    @property
    def rps(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds


def timing(samples: Sequence[Sample]) -> Timing:
    """What several samples come to."""
    times = sorted(one for sample in samples for one in sample.times)
    sizes = [one for sample in samples for one in sample.sizes]
    return Timing(
        p50_ms=round(times[len(times) // 2] * 1000, 2),
        p95_ms=round(times[int(len(times) * 0.95)] * 1000, 2),
        rps=round(len(times) / sum(sample.seconds for sample in samples), 1),
        bytes=round(sum(sizes) / len(sizes)),
    )


class Refused(RuntimeError):
    """An answer that was not expected: the bench would measure error pages."""


class _Connection(asyncio.Protocol):
    """Sends one request after the other on a kept-alive connection, without a task: each answer sends the next."""

    def __init__(self, messages: Iterator[bytes], until: float) -> None:
        self.messages = messages
        self.until = until
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.times: list[float] = []
        self.sizes: list[int] = []
        self.buffer = b""
        self.whole = 0
        self.sent = b""
        self.began = 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._next()

    def _next(self) -> None:
        message = next(self.messages, None)
        late = bool(self.times) and time.perf_counter() > self.until  # on a busy machine one answer may take longer
        if message is None or late:
            self.done.set_result(None)
            return
        self.sent, self.buffer, self.whole = message, b"", 0
        self.began = time.perf_counter()
        self.transport.write(message)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.whole:
            head, found, _body = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            head = head.lower()
            size = int(head.split(b"content-length:", 1)[1].split(b"\r\n")[0]) if b"content-length:" in head else 0
            self.whole = len(head) + 4 + size
            if head[9:10] not in b"23":
                what = b" ".join(self.sent.split(b" ")[:2]).decode()
                self.done.set_exception(Refused(f"{what} was answered {head[9:12].decode()}"))
                return
            self.size = size
        if len(self.buffer) >= self.whole:
            self.times.append(time.perf_counter() - self.began)
            self.sizes.append(self.size)
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(Refused(f"hung up after {self.sent[:80]!r}"))


async def measure(base: str, visitors: Sequence[Iterator[bytes]], seconds: float) -> Sample:
    """Send each visitor's requests over a connection of their own for some seconds, or until there are no more."""
    parts = urlsplit(base)
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    opened = [
        await loop.create_connection(lambda v=visitor: _Connection(v, start + seconds), parts.hostname, parts.port)
        for visitor in visitors
    ]  # fmt: skip
    connections = [connection for _transport, connection in opened]
    try:
        async with asyncio.timeout(seconds + PATIENCE_S):
            await asyncio.gather(*(connection.done for connection in connections))
    finally:
        for transport, _connection in opened:
            transport.close()
    return Sample(
        [one for connection in connections for one in connection.times],
        [one for connection in connections for one in connection.sizes],
        time.perf_counter() - start,
    )
