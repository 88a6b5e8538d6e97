"""Just enough of RFC 6455 for a test service: whole text frames, masked by the client, not by us."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from typing import Any

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class WebSocket:
    """One open connection that carries JSON messages."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def accept(self, headers: dict[str, str]) -> None:
        """Answer the upgrade request, taking the first subprotocol that was offered."""
        accepted = base64.b64encode(hashlib.sha1(headers["sec-websocket-key"].encode() + _GUID).digest()).decode()
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
        lines.append(f"Sec-WebSocket-Accept: {accepted}")
        if offered := headers.get("sec-websocket-protocol"):
            lines.append(f"Sec-WebSocket-Protocol: {offered.split(',')[0].strip()}")
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        await self._writer.drain()

    async def receive(self) -> dict[str, Any] | None:
        """Return the next message, None when the other side is gone."""
        text = b""
        while True:
            try:
                final, kind, body = await self._frame()
            except (asyncio.IncompleteReadError, ConnectionError):
                return None
            if kind == _CLOSE:
                return None
            if kind == _PING:
                self._write(_PONG, body)
                continue
            if kind == _PONG:
                continue
            text += body
            if final:
                message: dict[str, Any] = json.loads(text)
                return message

    def send(self, message: dict[str, Any]) -> None:
        """Send one message; a lost connection is noticed by `receive`."""
        self._write(_TEXT, json.dumps(message).encode())

    def close(self) -> None:
        """Drop the connection as a failing network would."""
        self._writer.close()

    async def _frame(self) -> tuple[bool, int, bytes]:
        first, second = await self._reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(await self._reader.readexactly(2), "big")
        elif length == 127:
            length = int.from_bytes(await self._reader.readexactly(8), "big")
        mask = await self._reader.readexactly(4)
        body = await self._reader.readexactly(length)
        return bool(first & 0x80), first & 0x0F, bytes(byte ^ mask[i % 4] for i, byte in enumerate(body))

    def _write(self, kind: int, body: bytes) -> None:
        head = bytes([0x80 | kind])
        if len(body) < 126:
            head += bytes([len(body)])
        elif len(body) < 65536:
            head += bytes([126]) + len(body).to_bytes(2, "big")
        else:
            head += bytes([127]) + len(body).to_bytes(8, "big")
        self._writer.write(head + body)
