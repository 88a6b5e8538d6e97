"""A small HTTP/1.1 client for loads on loopback: it must cost less than what it measures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

Request = tuple[str, str, bytes, dict[str, str]]
"""Method, path, body, headers."""


@dataclass(frozen=True)
class Figure:
    """What was measured. `floor_ratio`: our requests/s over the floor's; None where there is no floor."""

    name: str
    p50_ms: float
    p95_ms: float
    rps: float
    bytes: int
    floor_ratio: float | None = None


class Connection:
    """One kept-alive connection."""

    def __init__(self, base: str, cookie: str) -> None:
        parts = urlsplit(base)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.cookie = cookie
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def send(self, request: Request) -> tuple[int, int]:
        """Send one request; returns status and body size on the wire."""
        method, path, body, extra = request
        if self.writer is None or self.reader is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        lines = [
            f"{method} {path} HTTP/1.1", f"host: {self.host}:{self.port}", f"cookie: {self.cookie}",
            "accept-encoding: br", "accept: text/html", f"content-length: {len(body)}",
            *(f"{name}: {value}" for name, value in extra.items()), "", "",
        ]  # fmt: skip
        self.writer.write("\r\n".join(lines).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        if b"transfer-encoding: chunked" in head:
            return status, await self._chunks(self.reader)
        size = int(head.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in head else 0
        await self.reader.readexactly(size)
        return status, size

    @staticmethod
    async def _chunks(reader: asyncio.StreamReader) -> int:
        total = 0
        while size := int((await reader.readline()).strip() or b"0", 16):
            await reader.readexactly(size + 2)
            total += size
        await reader.readline()
        return total

    def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()


async def measure(
    name: str, base: str, cookie: str, make: Callable[[int], Request], *, connections: int = 8, seconds: float = 4,
    most: int = 20_000, good: tuple[int, ...] = (200,),
) -> Figure:
    """Send requests for some seconds over some connections, after a warm-up. `make` gives the n-th request."""
    times: list[float] = []
    sizes: list[int] = []
    counter = iter(range(10**9))
    start = 0.0

    async def run(until: float, *, keep: bool) -> None:
        connection = Connection(base, cookie)
        while time.perf_counter() < until and len(times) < most:
            request = make(next(counter))
            began = time.perf_counter()
            status, size = await connection.send(request)
            if status not in good:
                raise RuntimeError(f"{name}: {request[0]} {request[1]} answered {status}")
            if keep:
                times.append(time.perf_counter() - began)
                sizes.append(size)
        connection.close()

    await asyncio.gather(*(run(time.perf_counter() + seconds / 4, keep=False) for _ in range(connections)))
    start = time.perf_counter()
    await asyncio.gather(*(run(start + seconds, keep=True) for _ in range(connections)))
    took = time.perf_counter() - start
    ordered = sorted(times)
    return Figure(
        name, round(ordered[len(ordered) // 2] * 1000, 2), round(ordered[int(len(ordered) * 0.95)] * 1000, 2),
        round(len(times) / took, 1), round(sum(sizes) / len(sizes)),
    )
