"""A push service on loopback: what autopush is to Firefox and to a sender, with answers made to order.

It checks what real services check (token, audience, age, TTL, size) and answers as they do. A browser connects by
websocket (`websocket_url`), a test without a browser makes its own subscription with `subscribe`.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from tests.push.websocket import WebSocket

Headers = dict[str, str]
MAX_BODY = 4096


@dataclass
class Subscription:
    """One channel of one browser; `forgotten` answers 410 from then on."""

    id: str
    application_key: str
    channel: str = ""
    browser: WebSocket | None = None
    forgotten: bool = False


@dataclass
class Delivery:
    """One POST as it came, what we answered, and the code of the browser's acknowledgement (100: decrypted)."""

    subscription: str
    headers: Headers
    body: bytes
    status: int
    fault: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    acknowledged: int | None = None


@dataclass(frozen=True)
class Scripted:
    """An answer to give instead of the honest one; `hang` never answers."""

    status: int = 201
    headers: Headers = field(default_factory=dict)
    body: bytes = b""
    hang: bool = False


class FakePushService:
    """Runs in its own thread, so that asynchronous tests and Marionette's blocking calls can both use it."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.subscriptions: dict[str, Subscription] = {}
        self.port = 0
        self._script: deque[Scripted] = deque()
        self._versions: dict[str, Delivery] = {}
        self._count = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def start(self) -> FakePushService:
        """Listen on a free port of 127.0.0.1."""
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._connection, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def stop(self) -> None:
        """Close everything, hanging answers too."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    @property
    def origin(self) -> str:
        """What a sender's token must name as its audience, and the entry for the list of allowed services."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def websocket_url(self) -> str:
        """Firefox's `dom.push.serverURL`."""
        return f"ws://127.0.0.1:{self.port}/"

    def answer_next(self, *answers: Scripted) -> None:
        """Give these answers, in order, to the next requests; afterwards honest ones again."""
        self._script.extend(answers)

    def subscribe(self, application_key: str = "") -> str:
        """Make a subscription with no browser behind it and return its endpoint; "" takes any sender's key."""
        made = Subscription(uuid.uuid4().hex, application_key)
        self.subscriptions[made.id] = made
        return f"{self.origin}/push/{made.id}"

    def forget(self) -> None:
        """Lose all subscriptions and cut the browsers off, as a push service does with a long unseen browser."""
        for known in self.subscriptions.values():
            known.forgotten = True
            if known.browser is not None:
                self._loop.call_soon_threadsafe(known.browser.close)

    def wait(self, ready: Callable[[], Any], timeout_s: float = 30) -> Any:
        """Return the first truthy value of `ready()`; fails after the time."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            if value := ready():
                return value
            time.sleep(0.05)
        raise AssertionError(f"the push service waited {timeout_s} s in vain")

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        waiting: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return waiting.result(10)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                method, path, headers = await _request_head(reader)
                if headers.get("upgrade", "").lower() == "websocket":
                    await self._browser(WebSocket(reader, writer), headers)
                    return
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                answer = self._answer(method, path, headers, body)
                if answer.hang:
                    await asyncio.sleep(3600)
                _write_answer(writer, answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the other side closed, as it may, or the test is over
        finally:
            writer.close()

    async def _browser(self, socket: WebSocket, headers: Headers) -> None:
        await socket.accept(headers)
        while (message := await socket.receive()) is not None:
            self._spoken(socket, message)

    def _spoken(self, socket: WebSocket, message: dict[str, Any]) -> None:
        kind = message.get("messageType")
        if kind is None:
            socket.send({})
        elif kind == "hello":
            uaid = uuid.uuid4().hex  # always a new one: a browser that we forgot learns it so
            socket.send({"messageType": "hello", "status": 200, "uaid": uaid, "use_webpush": True, "broadcasts": {}})
        elif kind == "register":
            endpoint = self.subscribe((message.get("key") or "").rstrip("="))
            made = self.subscriptions[endpoint.rsplit("/", 1)[1]]
            made.channel, made.browser = message["channelID"], socket
            reply = {"channelID": made.channel, "status": 200, "pushEndpoint": endpoint}
            socket.send({"messageType": "register", **reply})
        elif kind == "unregister":
            for known in self.subscriptions.values():
                known.forgotten = known.forgotten or known.channel == message["channelID"]
            socket.send({"messageType": "unregister", "status": 200, "channelID": message["channelID"]})
        elif kind == "ack":
            for update in message["updates"]:
                self._versions[update["version"]].acknowledged = update["code"]

    def _answer(self, method: str, path: str, headers: Headers, body: bytes) -> Scripted:
        known = self.subscriptions.get(path.removeprefix("/push/"))
        if method != "POST" or known is None:
            return Scripted(404)
        delivery = Delivery(known.id, headers, body, 201)
        self.deliveries.append(delivery)
        if self._script:
            scripted = self._script.popleft()
            delivery.status = 0 if scripted.hang else scripted.status
            return scripted
        delivery.status, delivery.fault = self._judge(known, delivery)
        if delivery.status == 201 and known.browser is not None:
            self._deliver(known, delivery)
        return Scripted(delivery.status, body=delivery.fault.encode())

    def _judge(self, known: Subscription, delivery: Delivery) -> tuple[int, str]:
        headers = delivery.headers
        if known.forgotten:
            return 410, "gone"
        if len(delivery.body) > MAX_BODY:
            return 413, "too large"
        if not headers.get("ttl", "").isdecimal():
            return 400, "no TTL"
        if headers.get("content-encoding") != "aes128gcm":
            return 400, "not aes128gcm"
        try:
            token, key = _vapid(headers.get("authorization", ""))
            public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _unb64(key))
            delivery.claims = jwt.decode(token, public, algorithms=["ES256"], audience=self.origin)
        except (ValueError, jwt.InvalidTokenError) as fault:
            return 401, f"token: {fault}"
        if delivery.claims["exp"] > time.time() + 86_400:
            return 401, "token lives too long"
        if not delivery.claims.get("sub", "").startswith("mailto:"):
            return 401, "no contact"
        if known.application_key and known.application_key != key:
            return 403, "another sender's key"
        return 201, ""

    def _deliver(self, known: Subscription, delivery: Delivery) -> None:
        version = str(next(self._count))
        self._versions[version] = delivery
        data = base64.urlsafe_b64encode(delivery.body).rstrip(b"=").decode()
        message = {"messageType": "notification", "channelID": known.channel, "version": version, "data": data}
        assert known.browser is not None
        known.browser.send({**message, "headers": {"encoding": "aes128gcm"}})


async def _request_head(reader: asyncio.StreamReader) -> tuple[str, str, Headers]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _version = lines[0].split(" ")
    pairs = (line.split(":", 1) for line in lines[1:] if line)
    return method, path, {name.strip().lower(): value.strip() for name, value in pairs}


def _write_answer(writer: asyncio.StreamWriter, answer: Scripted) -> None:
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    lines = [f"HTTP/1.1 {answer.status} Made-To-Order", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode() + answer.body)


def _vapid(authorization: str) -> tuple[str, str]:
    scheme, _space, rest = authorization.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    if scheme != "vapid" or not {"t", "k"} <= parts.keys():
        raise ValueError("no vapid header")
    return parts["t"], parts["k"]


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
