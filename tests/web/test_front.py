"""The front: who may come in, what every answer carries."""

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
