"""The front: who may come in, what every answer carries."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.core.access import Scope
from tests.conftest import Client
from tests.make import Make

pytestmark = pytest.mark.anyio


async def test_a_visitor_is_sent_to_sign_in_and_comes_back_to_where_they_wanted(client: Client) -> None:
    visitor = await client(None)
    answer = await visitor.get("/customers?q=tea")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/customers%3Fq%3Dtea")


async def test_the_database_is_asked_before_the_service_calls_itself_ready(client: Client) -> None:
    visitor = await client(None)
    answer = await visitor.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


async def test_an_unknown_address_is_a_page_in_the_readers_language(client: Client, make: Make) -> None:
    reader = await client(await make.user("li", language="zh"))
    answer = await reader.get("/nothing-here")
    assert answer.status_code == 404
    assert 'lang="zh"' in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy


async def test_a_change_of_post_works_on_the_next_request(make: Make, work_as) -> None:  # type: ignore[no-untyped-def]
    role = await make.role(scopes={"customers": Scope.own})
    user = await make.user("rep", role)
    assert (await work_as(user)).actor.scope("customers") is Scope.own


async def test_a_body_cut_off_on_its_way_is_no_fault_of_ours(
    client: Client, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """A PUT of which half has come when the phone loses its network."""
    phone = await client(await make.user("li"))
    await phone.get("/account")
    request = phone.build_request("PUT", f"/sync/files/{uuid4()}", content=b"half", headers=UPLOAD)
    request.headers["x-csrf-token"] = phone.csrf_token
    events = [{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}]
    said: list[Any] = []

    async def receive() -> Any:
        return events.pop(0) if events else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    with caplog.at_level("INFO", "offing.web"):
        caplog.clear()  # of the page before
        await phone._transport.app(asgi_scope(request), receive, send)
    assert [(one.levelname, one.message.split()[0]) for one in caplog.records] == [
        ("INFO", "hung"),
        ("INFO", "answered"),
    ]


UPLOAD = {"upload-offset": "0", "content-type": "application/octet-stream"}


def asgi_scope(request: httpx.Request) -> dict[str, Any]:
    """A request as a server hands it over."""
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method, "scheme": "http",
        "path": request.url.path, "raw_path": request.url.raw_path, "query_string": b"", "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
