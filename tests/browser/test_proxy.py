"""The bad network does what it says, or no test behind it proves anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.browser.proxy import FaultProxy

pytestmark = pytest.mark.anyio


class Echo:
    """A site that counts what it did and answers with the length of the body, in pieces if asked."""

    def __init__(self) -> None:
        self.done: list[tuple[str, int]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            path = head.decode().split(" ")[1]
            length = 0
            while (line := await reader.readline()) not in (b"\r\n", b""):
                name, _, value = line.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
            try:
                body = await reader.readexactly(length)
            except asyncio.IncompleteReadError:
                break
            self.done.append((path, len(body)))
            if path == "/pieces":
                writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
            else:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
        writer.close()


@pytest.fixture
async def echo() -> AsyncIterator[tuple[Echo, str]]:
    site = Echo()
    server = await asyncio.start_server(site, "127.0.0.1", 0)
    yield site, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


@pytest.fixture
def network(echo: tuple[Echo, str]) -> Iterator[FaultProxy]:
    with FaultProxy(echo[1]).running() as running:
        yield running


@pytest.fixture
async def client(network: FaultProxy) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=network.base) as client:
        yield client


async def test_it_passes_on_and_counts_on_one_warm_connection(
    network: FaultProxy, client: httpx.AsyncClient, echo: tuple[Echo, str]
) -> None:
    assert (await client.post("/one?x=1", content=b"12345")).text == "ok"
    assert (await client.get("/pieces")).text == "onetwo"
    assert (await client.get("/one")).text == "ok"
    assert echo[0].done == [("/one?x=1", 5), ("/pieces", 0), ("/one", 0)]
    assert (network.count("/one"), network.count("/one", "POST"), network.count("/")) == (2, 1, 0)


async def test_refused_and_good_again(network: FaultProxy, client: httpx.AsyncClient, echo: tuple[Echo, str]) -> None:
    await client.get("/one")
    network.refuse()
    with pytest.raises(httpx.TransportError):
        await client.get("/one")
    network.passes()
    assert (await client.get("/one")).text == "ok"
    assert len(echo[0].done) == 2


async def test_a_dropped_answer_was_done_all_the_same_and_only_as_often_as_said(
    network: FaultProxy, client: httpx.AsyncClient, echo: tuple[Echo, str]
) -> None:
    network.drop_response("/save", times=1)
    assert (await client.get("/other")).text == "ok"
    with pytest.raises(httpx.TransportError):
        await client.post("/save", content=b"a visit")
    assert echo[0].done[-1] == ("/save", 7)
    assert (await client.post("/save", content=b"a visit")).text == "ok"


async def test_a_cut_upload_never_arrives_whole(
    network: FaultProxy, client: httpx.AsyncClient, echo: tuple[Echo, str]
) -> None:
    network.cut_upload(1000, "/files", times=1)
    with pytest.raises(httpx.TransportError):
        await client.put("/files/1", content=b"x" * 5000)
    assert echo[0].done == []
    await client.put("/files/1", content=b"x" * 5000)
    assert echo[0].done == [("/files/1", 5000)]


async def test_what_is_delayed_goes_on_at_the_next_word(network: FaultProxy, client: httpx.AsyncClient) -> None:
    network.delay(3600, "/slow")
    slow = asyncio.create_task(client.get("/slow"))
    assert (await client.get("/quick")).text == "ok"
    await network.came("/slow")
    assert not slow.done()
    network.passes()
    assert (await slow).text == "ok"


async def test_a_portal_answers_everything_itself(
    network: FaultProxy, client: httpx.AsyncClient, echo: tuple[Echo, str]
) -> None:
    network.portal()
    answer = await client.post("/save", content=b"a visit")
    assert answer.status_code == 200
    assert "hotel wifi" in answer.text
    assert echo[0].done == []
