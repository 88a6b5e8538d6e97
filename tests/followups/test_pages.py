"""Follow-up pages without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain.calendar.models import CalendarEvent
from domain.core.work import clock
from domain.followups.models import FollowUp
from tests.conftest import Client
from tests.make import Make, today_of

pytestmark = pytest.mark.anyio


async def count(make: Make) -> int:
    """How many follow-ups there are."""
    number: int = (await make.session.execute(select(func.count()).select_from(FollowUp))).scalar_one()
    return number


async def test_noting_a_call_with_the_next_contact(client: Client, make: Make) -> None:
    rep = await make.user("rep", "sales_rep", name="Lin")
    customer = await make.customer("Acme", owner=rep)
    page = await client(rep)
    form = await page.get(f"/followups/new?customer={customer.id}")
    found = re.search(r'name="client_uuid" value="([0-9a-f-]{36})"', form.text)
    assert found is not None and "Acme" in form.text
    data = {"customer_id": str(customer.id), "way": "phone", "minutes": "4", "content": "Wants a quote",
            "next_pick": "tomorrow", "next_contact_at": "", "at": "", "client_uuid": found[1]}  # fmt: skip
    for _ in range(2):  # pressed twice
        answer = await page.submit("/followups", data)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/customers/{customer.id}")
    assert await count(make) == 1
    assert (await make.session.execute(select(func.count()).select_from(CalendarEvent))).scalar_one() == 1
    listed = (await page.get("/followups?scene=mine")).text
    assert "Acme" in listed and "Wants a quote" in listed and "Next contact" in listed


async def test_what_was_typed_stays_when_something_is_wrong(client: Client, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer("Acme", owner=rep)
    page = await client(rep)
    data = {"customer_id": str(customer.id), "way": "visit", "content": "Saw <Mr Wu>", "next_pick": "own",
            "next_contact_at": "2001-01-01T10:00", "at": "2099-01-01T10:00"}  # fmt: skip
    answer = await page.submit("/followups", data)
    assert answer.status_code == 422
    assert "This lies in the past." in answer.text and "This lies in the future." in answer.text
    assert "Saw &lt;Mr Wu&gt;" in answer.text and 'value="2001-01-01T10:00"' in answer.text
    assert re.search(r'value="visit" checked', answer.text)
    empty = await page.submit("/followups", {"customer_id": str(customer.id), "content": ""})
    assert empty.status_code == 422 and "This is needed." in empty.text
    assert (await page.submit("/followups", {"content": "x"})).status_code == 404
    assert await count(make) == 0


async def test_without_a_customer_it_asks_for_one(client: Client, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    await make.customer("Acme", owner=rep)
    page = await client(rep)
    assert "Acme" in (await page.get("/followups/new")).text
    assert (await page.get("/followups/new?customer=999999")).status_code == 404
    assert (await page.get("/followups/new?customer=" + "9" * 40)).status_code == 200


async def test_correcting_and_deleting(client: Client, make: Make) -> None:
    department = await make.department()
    rep = await make.user("rep", "sales_rep", department=department)
    boss = await make.user("boss", "department_manager", department=department)
    stranger = await make.user("stranger", "sales_rep")
    customer = await make.customer("Acme", owner=rep)
    page = await client(rep)
    await page.submit("/followups", {"customer_id": str(customer.id), "content": "first", "client_uuid": str(uuid4())})
    record = (await make.session.scalars(select(FollowUp))).one()
    url = f"/followups/{record.id}"
    assert "first" in (await page.get(url)).text and "Edit" in (await page.get(url)).text
    form = (await page.get(f"{url}/edit")).text
    assert "first" in form
    changed = {"customer_id": str(customer.id), "content": "second", "way": "wechat", "version": "1"}
    assert (await page.submit(url, changed)).status_code == 303
    assert (await page.submit(url, changed)).status_code == 409, "the version is an old one"
    assert (await page.submit(f"{url}/delete")).status_code == 403
    other = await client(stranger)
    assert (await other.get(url)).status_code == 404
    assert (await other.submit(url, changed)).status_code == 404
    lead = await client(boss)
    assert (await lead.submit(url, changed)).status_code == 403
    assert (await lead.submit(f"{url}/delete")).status_code == 303
    assert await count(make) == 0


async def test_the_list_filters_and_scopes(client: Client, make: Make) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    mine, theirs = await make.customer("Acme", owner=rep), await make.customer("Bolt", owner=other)
    make.session.add_all(
        FollowUp(customer_id=customer.id, way=way, content=f"about {customer.name} {way}",
                 at=clock() - timedelta(days=n), created_by_id=customer.owner_id)
        for n, (customer, way) in enumerate(((mine, "phone"), (mine, "visit"), (theirs, "phone")))
    )  # fmt: skip
    page = await client(rep)
    everything = (await page.get("/followups")).text
    assert "about Acme phone" in everything and "about Acme visit" in everything and "Bolt" not in everything
    visits = (await page.get("/followups?way=visit")).text
    assert "about Acme visit" in visits and "about Acme phone" not in visits
    today = (await page.get(f"/followups?from={today_of(rep)}")).text
    assert "about Acme visit" not in today
    assert (await page.get("/followups?way=pigeon")).status_code == 422
    assert (await page.get("/followups?from=nonsense")).status_code == 422
    fragment = await page.get("/followups?way=visit", headers={"hx-request": "true"})
    assert "<html" not in fragment.text and "about Acme visit" in fragment.text
    warehouse = await client(await make.user("w", "warehouse"))
    assert (await warehouse.get("/followups")).status_code == 403
