"""What a phone is told to fetch for its day: all that is needed there, nothing that stays closed, and what is new."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from domain.contacts.models import Contact
from domain.core.model import Record
from domain.core.work import clock
from domain.followups.models import FollowUp
from domain.people.models import User
from domain.visits.models import VisitStatus
from tests.conftest import Client
from tests.make import Make, today_of

pytestmark = pytest.mark.anyio
FORMS = ("/visits/new?customer={}", "/followups/new?customer={}", "/orders/new?customer={}",
         "/contacts/new?customer={}", "/customers/{}/edit")  # fmt: skip


@pytest.fixture
async def rep(make: Make) -> User:
    return await make.user("rep", "sales_rep")


async def manifest(browser: httpx.AsyncClient) -> dict[str, Any]:
    """The list for whoever is signed in."""
    answer = await browser.get("/field/manifest")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def versions(browser: httpx.AsyncClient) -> dict[str, str]:
    """Versions of pages by address."""
    return {one["url"]: one["version"] for one in (await manifest(browser))["pages"]}


async def test_it_holds_what_is_needed_at_the_customers_of_today_and_tomorrow(
    make: Make, client: Client, rep: User
) -> None:
    near, far, late = [await make.customer(owner=rep) for _ in range(3)]
    today = today_of(rep)
    one = await make.visit(near, rep, on=today)
    two = await make.visit(far, rep, on=today + timedelta(days=1))
    await make.visit(late, rep, on=today + timedelta(days=2))
    found = await manifest(await client(rep))
    urls = [page["url"] for page in found["pages"]]
    assert urls[:2] == ["/today", "/visits/today"]
    assert f"/visits/today?day={today + timedelta(days=1)}" in urls
    for visit, customer in ((one, near), (two, far)):
        needed = {f"/visits/{visit.id}/do", f"/visits/{visit.id}", f"/customers/{customer.id}"}
        assert needed | {form.format(customer.id) for form in FORMS} <= set(urls)
    assert f"/customers/{late.id}" not in urls
    assert len(urls) == len(set(urls))
    assert found["user"] == rep.id
    assert found["visits"] == 2
    assert datetime.fromisoformat(found["expires"]) - datetime.fromisoformat(found["at"]) == timedelta(hours=72)


async def test_each_page_can_be_opened_and_may_be_saved(make: Make, client: Client, rep: User) -> None:
    colleague = await make.user("colleague", "sales_rep", department=await make.department("Elsewhere"))
    mine, lost = await make.customer(owner=rep), await make.customer(owner=rep)
    await make.visit(mine, rep)
    await make.visit(mine, rep, status=VisitStatus.done)
    await make.visit(mine, rep, status=VisitStatus.cancelled)
    await make.visit(lost, rep)
    lost.owner_id = colleague.id
    await make.session.flush()
    browser = await client(rep)
    for page in (await manifest(browser))["pages"]:
        answer = await browser.get(page["url"], headers={"X-Offing-Prepare": "1"})
        assert answer.status_code == 200, page["url"]
        assert answer.headers["x-offing"] == str(rep.id)
        assert "no-store" not in answer.headers["cache-control"]
        assert answer.headers["content-type"].startswith(page["type"])
        if page["type"] == "text/html":
            assert answer.text.count("<saved-copy ") == 1
            assert answer.text.rstrip().endswith("</html>")


async def test_the_pages_of_other_people_and_of_lost_customers_are_not_in_it(
    make: Make, client: Client, rep: User
) -> None:
    colleague = await make.user("colleague", "sales_rep", department=await make.department("Elsewhere"))
    theirs, lost = await make.customer(owner=colleague), await make.customer(owner=colleague)
    visit = await make.visit(theirs, colleague)
    kept = await make.visit(lost, rep)
    urls = set(await versions(await client(rep)))
    assert f"/visits/{visit.id}/do" not in urls
    assert f"/visits/{kept.id}/do" in urls  # a planned visit can be made all the same
    assert not {url for url in urls if f"customers/{lost.id}" in url or f"customer={lost.id}" in url}


async def test_only_what_one_may_write_is_offered(make: Make, client: Client) -> None:
    auditor = await make.user("auditor", "auditor")
    urls = set(await versions(await client(auditor)))
    assert urls <= {url for url in urls if "/new" not in url and "/edit" not in url and "/do" not in url}
    assert "/today" in urls


async def test_without_a_session_it_is_refused_in_a_word(client: Client) -> None:
    answer = await (await client(None)).get("/field/manifest")
    assert answer.status_code == 401
    assert answer.headers["x-offing"] == "-"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_pages_are_named_in_the_readers_language(make: Make, client: Client, language: str) -> None:
    reader = await make.user("reader", "sales_rep", language=language)
    customer = await make.customer("Kelp", owner=reader)
    await make.visit(customer, reader)
    titles = {page["url"]: page["title"] for page in (await manifest(await client(reader)))["pages"]}
    assert titles["/today"] == {"en": "Today", "zh": "今日"}[language]
    assert titles[f"/followups/new?customer={customer.id}"] == {"en": "Follow up Kelp", "zh": "跟进 Kelp"}[language]


async def test_an_unchanged_day_keeps_its_versions(make: Make, client: Client, rep: User) -> None:
    await make.visit(await make.customer(owner=rep), rep)
    browser = await client(rep)
    assert await versions(browser) == await versions(browser)


async def touch(make: Make, record: Record) -> None:
    """Change a row as any edit does."""
    table = record.__tablename__
    now = clock() + timedelta(seconds=1)
    await make.session.execute(
        text(f"UPDATE {table} SET updated_at = :now WHERE id = :id"), {"now": now, "id": record.id}
    )


@pytest.mark.parametrize("what", ["customer", "contact", "visit", "followup", "order"])
async def test_what_changes_a_customers_page_changes_its_version_and_nobody_elses(
    make: Make, client: Client, rep: User, what: str
) -> None:
    customer, other = await make.customer(owner=rep), await make.customer(owner=rep)
    records: dict[str, Any] = {
        "customer": customer,
        "contact": Contact(customer_id=customer.id, name="Li Wei", name_sort="li wei"),
        "visit": await make.visit(customer, rep),
        "followup": FollowUp(customer_id=customer.id, way="phone", content="Called", at=clock()),
        "order": await make.order(customer, rep),
    }
    make.session.add_all([records["contact"], records["followup"]])
    await make.session.flush()
    await make.visit(other, rep)
    browser = await client(rep)
    before = await versions(browser)
    await touch(make, records[what])
    after = await versions(browser)
    changed = {url for url in before if before[url] != after[url]}
    assert f"/customers/{customer.id}" in changed
    assert f"/visits/{records['visit'].id}/do" in changed
    assert not {url for url in changed if url.endswith((f"customer={other.id}", f"customers/{other.id}"))}


async def test_a_change_of_rights_or_questions_changes_every_version(make: Make, client: Client, rep: User) -> None:
    customer = await make.customer(owner=rep)
    await make.visit(customer, rep)
    browser = await client(rep)
    before = await versions(browser)
    await make.visit_type("Routine")
    asked = await versions(browser)
    await make.user("newcomer", "sales_rep")
    after = await versions(browser)
    for url in (f"/customers/{customer.id}", f"/followups/new?customer={customer.id}", "/customers/new"):
        assert len({before[url], asked[url], after[url]}) == 3


async def test_it_has_an_end(make: Make, client: Client, rep: User) -> None:
    customer = await make.customer(owner=rep)
    for _number in range(50):
        await make.visit(customer, rep)
    found = await manifest(await client(rep))
    assert found["visits"] == 40
    assert len(found["pages"]) < 100
