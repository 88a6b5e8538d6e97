"""A bad network on loopback: a proxy before the site that refuses, cuts, drops, delays or answers by itself.

It runs in a thread of its own, because a test that drives Firefox blocks the event loop. A fault holds for the requests
whose path begins with `path`, `times` times or until the next fault; all others pass.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PORTAL = b"<!doctype html><title>Hotel</title><h1>Welcome to the hotel wifi</h1><p>Accept our terms.</p>"
RESET = struct.pack("ii", 1, 0)


Answer = Callable[[bytes], bytes]
"""Makes a whole answer of the body of a request."""


@dataclass
class Fault:
    """What happens to requests under a path; `over` lets those go that it delays."""

    kind: str = "pass"
    path: str = ""
    left: int | None = None
    seconds: float = 0
    after: int = 0
    answer: Answer | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def strikes(self, path: str) -> bool:
        """Whether this request is hit, which uses it up once."""
        if self.kind == "pass" or not path.startswith(self.path) or self.left == 0:
            return False
        if self.left is not None:
            self.left -= 1
        return True


@dataclass(frozen=True)
class Request:
    """A request as it came from the browser."""

    method: str
    target: str
    headers: dict[str, str]
    head: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def length(self) -> int:
        return int(self.headers.get("content-length", 0))


class Reset(ConnectionError):
    """The browser's connection is to be reset now."""


class FaultProxy:
    """`base` is where the browser goes; `requests` is what came, those that a fault hit included."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.requests: list[Request] = []
        self.base = ""
        self._fault = Fault()
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)

    # What a test says

    def passes(self) -> None:
        """Everything goes through again; what waits in a delay goes on at once."""
        self._set(Fault())

    def refuse(self, path: str = "", times: int | None = None) -> None:
        """Reset connections, without asking the site."""
        self._set(Fault("refuse", path, times))

    def drop_response(self, path: str = "", times: int | None = None) -> None:
        """The site does it and answers, the browser gets a reset."""
        self._set(Fault("drop", path, times))

    def cut_upload(self, after: int, path: str = "", times: int | None = None) -> None:
        """Reset after so many bytes of a body."""
        self._set(Fault("cut", path, times, after=after))

    def delay(self, seconds: float, path: str = "", times: int | None = None) -> None:
        """Hold requests back so long, or until the next word to this proxy."""
        self._set(Fault("delay", path, times, seconds=seconds))

    def portal(self) -> None:
        """A hotel's page, with 200, for everything."""
        self._set(Fault("portal"))

    def answer(self, answer: Answer, path: str, times: int | None = None) -> None:
        """Answer by itself, without asking the site."""
        self._set(Fault("answer", path, times, answer=answer))

    def count(self, path: str, method: str | None = None) -> int:
        """How many requests came for exactly this path."""
        return sum(one.path == path and method in (None, one.method) for one in self.requests)

    async def came(self, path: str, times: int = 1, timeout_s: float = 30) -> None:
        """Wait until that many requests came for exactly this path."""
        for _attempt in range(int(timeout_s * 50)):
            if self.count(path) >= times:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{self.count(path)} requests for {path} in {timeout_s} s, not {times}")

    def forget(self) -> None:
        """Count from nought."""
        self.requests.clear()

    # How it is done

    @contextmanager
    def running(self) -> Iterator[FaultProxy]:
        """Listen on a free port for the length of a block."""
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._end(server), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self._loop.close()

    async def _listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)
        self.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return server

    async def _end(self, server: asyncio.Server) -> None:
        server.close()
        self._fault.over.set()
        for writer in list(self._open):
            _reset(writer)
        mine = asyncio.current_task()
        running = [task for task in asyncio.all_tasks() if task is not mine]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _set(self, fault: Fault) -> None:
        def change() -> None:
            before, self._fault = self._fault, fault
            before.over.set()
            if fault.kind == "refuse" and not fault.path:
                for writer in list(self._open):
                    _reset(writer)

        self._in_loop(change)

    def _in_loop(self, act: Callable[[], None]) -> None:
        async def run() -> None:
            act()

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser; the site gets one of its own, as warm or cold as this one."""
        self._open.add(writer)
        site: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while (request := await _read_request(reader)) is not None:
                self.requests.append(request)
                fault = self._fault
                kind = fault.kind if fault.strikes(request.path) else "pass"
                if kind == "delay":
                    await _either(fault.over, fault.seconds)
                elif kind == "refuse":
                    raise Reset
                elif kind == "answer" and fault.answer is not None:
                    writer.write(fault.answer(await reader.readexactly(request.length)))
                    await writer.drain()
                    continue
                elif kind == "portal":
                    await reader.readexactly(request.length)
                    await _answer_portal(writer)
                    continue
                site = site or await asyncio.open_connection(*_address(self.target))
                await self._pass_on(request, reader, writer, site, fault if kind in ("cut", "drop") else Fault())
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            _reset(writer)  # the site, the browser, the fault or the end of the test ended it in the middle
        finally:
            self._open.discard(writer)
            writer.close()
            if site is not None:
                site[1].close()

    async def _pass_on(
        self,
        request: Request,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        site: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        fault: Fault,
    ) -> None:
        site[1].write(request.head)
        if fault.kind == "cut":
            site[1].write(await reader.readexactly(min(fault.after, request.length)))
            await site[1].drain()
            raise Reset
        await _copy(reader, site[1], request.length)
        head = await site[0].readuntil(b"\r\n\r\n")
        if fault.kind == "drop":
            raise Reset
        writer.write(head)
        await _copy_body(request.method, head, site[0], writer)


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    """The head of the next request, or None at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, headers = _parsed(head)
    method, target, _version = first.split(" ", 2)
    return Request(method, target, headers, head)


def _parsed(head: bytes) -> tuple[str, dict[str, str]]:
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return first, {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, length: int) -> None:
    while length > 0:
        chunk = await reader.read(min(length, 65_536))
        if not chunk:
            raise ConnectionResetError
        writer.write(chunk)
        await writer.drain()
        length -= len(chunk)
    await writer.drain()


async def _copy_body(method: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    first, headers = _parsed(head)
    if headers.get("transfer-encoding", "").lower() == "chunked":
        size = -1
        while size != 0:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            writer.write(line)
            await _copy(reader, writer, size + 2)
    elif method != "HEAD" and first.split(" ")[1] not in ("204", "304"):
        await _copy(reader, writer, int(headers["content-length"]))
    await writer.drain()


async def _answer_portal(writer: asyncio.StreamWriter) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(PORTAL)}\r\n\r\n"
    writer.write(head.encode() + PORTAL)
    await writer.drain()


async def _either(over: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(over.wait(), seconds)
    except TimeoutError:
        return


def _address(target: str) -> tuple[str, int]:
    parts = urlsplit(target)
    assert parts.hostname and parts.port
    return parts.hostname, parts.port


def _reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN: the browser knows that it did not get everything."""
    found: socket.socket | None = writer.get_extra_info("socket")
    if found is not None and found.fileno() >= 0:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
