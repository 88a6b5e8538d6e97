"""The customer pages as a browser without JavaScript meets them, and the fragments htmx asks for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.core.work import clock
from domain.customers.models import Customer
from tests.conftest import Client, PageClient
from tests.make import Make

pytestmark = pytest.mark.anyio


async def count(make: Make) -> int:
    return (await make.session.execute(select(func.count()).select_from(Customer))).scalar_one()


@pytest.fixture
async def rep(make: Make) -> Any:
    return await make.user("rep", "sales_rep", name="Li Lei")


@pytest.fixture
async def browser(client: Client, rep: Any) -> PageClient:
    return await client(rep)  # type: ignore[return-value]


async def test_a_rep_enters_a_customer_and_finds_it(browser: PageClient, make: Make) -> None:
    page = await browser.get("/customers/new")
    assert page.status_code == 200
    key = re.search(r'name="client_uuid" value="([^"]+)"', page.text)
    assert key
    data = {"name": "上海润达贸易有限公司", "kind": "company", "phone": "138 0013 8000", "client_uuid": key[1]}
    saved = await browser.submit("/customers", data)
    assert saved.status_code == 303
    again = await browser.submit("/customers", data)
    assert again.headers["location"] == saved.headers["location"], "sent twice, saved once"
    assert await count(make) == 1
    record = await browser.get(saved.headers["location"])
    assert record.status_code == 200
    for words in ("上海润达贸易有限公司", "138 0013 8000", "Li Lei", "Created the customer", "You are the owner."):
        assert words in record.text
    listed = await browser.get("/customers?q=shrd")
    assert "上海润达贸易有限公司" in listed.text
    assert "1 customer" in listed.text
    assert "Nothing found" in (await browser.get("/customers?q=zzzz")).text


async def test_save_and_add_contact_leads_to_the_contact_form(browser: PageClient) -> None:
    saved = await browser.submit("/customers", {"name": "Acme", "kind": "company", "then": "contact"})
    assert saved.status_code == 303
    assert saved.headers["location"].startswith("/contacts/new?customer=")
    form = await browser.get(saved.headers["location"])
    assert form.status_code == 200
    assert "Acme" in form.text


async def test_what_is_wrong_is_said_at_each_field_and_what_was_typed_stays(browser: PageClient, make: Make) -> None:
    data = {
        "name": "  ", "kind": "alien", "email": "no at sign", "website": "javascript:alert(1)",
        "credit_limit": "12,3x", "notes": "<b>kept</b>", "city": "Köln",
    }  # fmt: skip
    page = await browser.submit("/customers", data)
    assert page.status_code == 422
    for name in ("name", "kind", "email", "website", "credit_limit"):
        assert f'href="#f-{name}"' in page.text, name
    for kept in ("no at sign", "javascript:alert(1)", "12,3x", "&lt;b&gt;kept&lt;/b&gt;", "Köln"):
        assert kept in page.text, kept
    assert await count(make) == 0


HOSTILE = [
    "undefined", "\\", "../../../etc/passwd", "<script>alert(123)</script>", "';alert(1)//", "1;DROP TABLE customers",
    "' OR 1=1 -- 1", "＜script＞alert(123)＜/script＞", "$(touch /tmp/x)", "{{ 7*7 }}", "{% if %}", "%s%s%s%n",
    "田中さんにあげて下さい", "Ω≈ç√∫˜µ≤≥÷", "ﷺ", "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀", "👩🏽\u200d❤️\u200d💋\u200d👨",
    "\u202etest\u202c",
    "Ṱ̺̺̕o͞ ̷i̲̬n̝̗v̟̜o̘̫k͏̼e",
    "⒯⒣⒠ ⒬⒰⒤⒞⒦", "=1+1|cmd", "@SUM(1)", "a" * 200, "0x0", "-1/2", "NULL", "\ufeffBOM",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_are_kept_shown_and_found_as_they_are(browser: PageClient, make: Make, name: str) -> None:
    saved = await browser.submit("/customers", {"name": name, "kind": "company"})
    assert saved.status_code == 303, name
    stored = (await make.session.execute(select(Customer.name))).scalar_one()
    assert stored == name.strip()
    for url in (saved.headers["location"], "/customers", f"{saved.headers['location']}/edit"):
        shown = await browser.get(url)
        assert shown.status_code == 200
        assert "<script>alert" not in shown.text
        assert "49" not in re.findall(r"<h2>(.*?)</h2>", shown.text)
    asked = await browser.get("/customers", params={"q": name})
    assert asked.status_code == 200


@pytest.mark.parametrize("name", ["a\x00b", "a\nb", "a" * 201, "\ud800"])
async def test_what_no_row_can_hold_is_refused_not_cut(browser: PageClient, make: Make, name: str) -> None:
    page = await browser.submit("/customers", {"name": name.encode("utf-8", "replace").decode(), "kind": "company"})
    assert page.status_code == (303 if name == "\ud800" else 422)
    assert await count(make) == (1 if name == "\ud800" else 0)


@pytest.mark.parametrize(
    "query",
    ["cursor=xyz", "owner=abc", "level=z", "due=-1", "due=999999999999", "scene=nonsense&sort=nonsense",
     "q=%00", "q=%ff",
     "pool=1&owner=1&city=x&level=a&industry=food&stage=new&deal=deal&due=3&unplaced=1&sort=due&scene=mine&q=a"],
)  # fmt: skip
async def test_no_address_breaks_the_list(browser: PageClient, query: str) -> None:
    assert (await browser.get(f"/customers?{query}")).status_code in (200, 422)


async def test_what_one_may_not_see_is_not_there(client: Client, browser: PageClient, make: Make) -> None:
    other = await make.user("other", "sales_rep")
    theirs = await make.customer("Hidden Harbour", owner=other)
    for url in ("", "/edit", "/history", "/timeline", "/transfer", "/release", "/team/new"):
        assert (await browser.get(f"/customers/{theirs.id}{url}")).status_code == 404, url
    for verb in ("", "/claim", "/release", "/transfer", "/delete", "/team", "/team/1/remove"):
        answer = await browser.submit(f"/customers/{theirs.id}{verb}", {"name": "x", "reason": "x", "user_id": "1"})
        assert answer.status_code == 404, verb
    assert "Hidden Harbour" not in (await browser.get("/customers")).text
    assert "Hidden Harbour" not in (await browser.get("/customers/pick?q=Hidden")).text
    visitor = await client(None)
    assert (await visitor.get(f"/customers/{theirs.id}")).status_code == 303


async def test_a_reader_of_the_team_may_look_but_not_touch(browser: PageClient, rep: Any, make: Make) -> None:
    customer = await make.customer("Shared", owner=await make.user("owner", "sales_rep"))
    await make.grant("customers", customer.id, user=rep)
    page = await browser.get(f"/customers/{customer.id}")
    assert page.status_code == 200
    assert "You belong to its team." in page.text
    assert f"/customers/{customer.id}/edit" not in page.text
    assert (await browser.get(f"/customers/{customer.id}/edit")).status_code == 403
    assert (await browser.submit(f"/customers/{customer.id}", {"name": "Mine"})).status_code == 403
    assert (await browser.submit(f"/customers/{customer.id}/delete")).status_code == 403
    await make.session.refresh(customer)
    assert customer.name == "Shared"


async def test_a_stale_form_shows_both_values_and_keeps_what_was_typed(
    browser: PageClient, rep: Any, make: Make
) -> None:
    customer = await make.customer("Acme", owner=rep, city="Köln", level="a")
    first = await browser.submit(
        f"/customers/{customer.id}", {"name": "Acme", "city": "Bonn", "level": "b", "version": "1"}
    )
    assert first.status_code == 303
    second = await browser.submit(
        f"/customers/{customer.id}", {"name": "Acme 2", "city": "Berlin", "level": "b", "version": "1"}
    )
    assert second.status_code == 409
    for words in ("Bonn", "Berlin", "Acme 2", 'name="version" value="2"'):
        assert words in second.text
    await make.session.refresh(customer)
    assert (customer.name, customer.city, customer.version) == ("Acme", "Bonn", 2)
    third = await browser.submit(
        f"/customers/{customer.id}", {"name": "Acme 2", "city": "Berlin", "level": "b", "version": "2"}
    )
    assert third.status_code == 303
    await make.session.refresh(customer)
    assert (customer.name, customer.city) == ("Acme 2", "Berlin")


async def test_a_company_twice_is_refused_with_a_link_or_with_advice(browser: PageClient, rep: Any, make: Make) -> None:
    await browser.submit("/customers", {"name": "Acme Trading Co., Ltd.", "kind": "company"})
    mine = (await make.session.execute(select(Customer))).scalar_one()
    again = await browser.submit("/customers", {"name": "ACME TRADING", "kind": "company"})
    assert again.status_code == 422
    assert f'href="/customers/{mine.id}"' in again.text
    mine.owner_id = (await make.user("other", "sales_rep")).id
    await make.session.flush()
    unseen = await browser.submit("/customers", {"name": "ACME TRADING", "kind": "company"})
    assert unseen.status_code == 422
    assert f'href="/customers/{mine.id}"' not in unseen.text
    assert "Ask your manager" in unseen.text
    assert await count(make) == 1


async def test_a_person_of_the_same_name_is_saved_when_confirmed(browser: PageClient, make: Make) -> None:
    await browser.submit("/customers", {"name": "王芳", "kind": "person"})
    warned = await browser.submit("/customers", {"name": "王芳", "kind": "person"})
    assert warned.status_code == 422
    assert 'name="confirmed_duplicate"' in warned.text
    saved = await browser.submit("/customers", {"name": "王芳", "kind": "person", "confirmed_duplicate": "1"})
    assert saved.status_code == 303
    assert await count(make) == 2


async def test_a_pooled_customer_keeps_back_what_the_pool_hides_until_it_is_claimed(
    browser: PageClient, rep: Any, make: Make
) -> None:
    pool = await make.pool("Lake", members=(rep,), hidden_fields=["phone", "notes", "contacts"])
    lying = await make.customer("Fish & Co", pool=pool, phone="+8613800138000", notes="likes carp", city="Wuhan")
    for url in ("/customers", f"/customers/{lying.id}"):
        page = await browser.get(url)
        assert "Fish &amp; Co" in page.text
        assert "0013" not in page.text.split("<main")[1].split("</main>")[0], url
        assert "carp" not in page.text
    assert (await browser.get(f"/customers/{lying.id}/history")).status_code == 403
    claimed = await browser.submit(f"/customers/{lying.id}/claim")
    assert claimed.status_code == 303
    page = await browser.get(f"/customers/{lying.id}")
    assert "138 0013 8000" in page.text
    assert "likes carp" in page.text
    assert "Claimed from Lake" in page.text


async def test_the_timeline_does_not_tell_what_the_pool_keeps_back(
    browser: PageClient, rep: Any, make: Make, client: Client
) -> None:
    chief = await make.user("chief", "sales_director")
    pool = await make.pool("Lake", members=(rep,), administrators=(chief,), hidden_fields=["followups", "contacts"])
    customer = await make.customer("Fish & Co", owner=chief)
    boss = await client(chief)
    touch = {"customer_id": str(customer.id), "way": "phone", "content": "wants carp", "next_pick": "none"}
    assert (await boss.submit("/followups", touch)).status_code == 303
    assert (await boss.submit("/contacts", {"customer_id": str(customer.id), "name": "Ada Pike"})).status_code == 303
    customer.owner_id, customer.pool_id, customer.owned_since, customer.pooled_since = None, pool.id, None, clock()
    await make.session.flush()
    for url in (f"/customers/{customer.id}", f"/customers/{customer.id}/timeline"):
        told = (await boss.get(url)).text
        assert "wants carp" in told, url
        assert "Ada Pike" in told, url
        kept_back = (await browser.get(url)).text
        assert "Fish &amp; Co" in kept_back, url
        assert "wants carp" not in kept_back, url
        assert "Ada Pike" not in kept_back, url


async def test_claiming_in_the_list_gives_the_row_as_it_is_now(browser: PageClient, rep: Any, make: Make) -> None:
    pool = await make.pool("Lake", members=(rep,))
    lying = await make.customer("Fish", pool=pool)
    await browser.get("/customers")
    headers = {"hx-request": "true", "hx-target": f"li#customer-{lying.id}", "x-csrf-token": browser.csrf_token}
    row = await browser.post(f"/customers/{lying.id}/claim", headers=headers)
    assert row.status_code == 200
    assert row.text.strip().startswith('<li class="list-row" id="customer-')
    assert "toast" in row.headers["hx-trigger"]
    again = await browser.post(f"/customers/{lying.id}/claim", headers=headers)
    assert again.status_code == 409


async def test_a_full_hand_says_why_it_cannot_claim(browser: PageClient, rep: Any, make: Make) -> None:
    rep.holding_limit = 1
    await make.customer("Held", owner=rep)
    lying = await make.customer("Fish", pool=await make.pool("Lake", members=(rep,)))
    page = await browser.get(f"/customers/{lying.id}")
    assert "You hold 1 of 1" in page.text
    entered = await browser.submit("/customers", {"name": "One more", "kind": "company"})
    assert entered.status_code == 422
    assert "You hold 1 of 1" in entered.text


async def test_transfer_release_team_and_bin(client: Client, make: Make) -> None:
    boss = await make.user("boss", "administrator")
    mate = await make.user("mate", "sales_rep", name="Han Meimei")
    pool = await make.pool("Lake", members=(mate,), administrators=(boss,))
    customer = await make.customer("Acme", owner=boss, home_pool_id=pool.id)
    browser: Any = await client(boss)
    here = f"/customers/{customer.id}"
    assert "Han Meimei" in (await browser.get(f"{here}/team/new")).text
    assert (await browser.submit(f"{here}/team", {})).status_code == 422
    added = await browser.submit(f"{here}/team", {"user_id": str(mate.id), "level": "write", "post": "service"})
    assert added.status_code == 303
    page = await browser.get(here)
    assert "Added Han Meimei to the team" in page.text
    grant = re.search(r"/team/(\d+)/remove", page.text)
    assert grant
    assert (await browser.submit(f"{here}/team/{grant[1]}/remove")).status_code == 303
    assert (await browser.submit(f"{here}/transfer", {"user_id": "999999"})).status_code == 422
    assert (await browser.submit(f"{here}/transfer", {"user_id": str(mate.id)})).status_code == 303
    assert "Transferred to Han Meimei" in (await browser.get(here)).text
    assert (await browser.submit(f"{here}/release", {"reason": ""})).status_code == 422
    released = await browser.submit(f"{here}/release", {"reason": "other", "reason_other": "no budget"})
    assert released.status_code == 303
    assert "Returned to Lake: no budget" in (await browser.get(here)).text
    history = await browser.get(f"{here}/history")
    assert "Han Meimei" in history.text
    assert "Lake" in history.text
    assert (await browser.submit(f"{here}/delete")).status_code == 303
    assert (await browser.get(here)).status_code == 404
    assert "Acme" in (await browser.get("/customers/bin")).text
    assert (await browser.submit(f"{here}/restore")).status_code == 303
    assert (await browser.get(here)).status_code == 200


async def test_the_bin_is_for_administrators(browser: PageClient, rep: Any, make: Make) -> None:
    assert (await browser.get("/customers/bin")).status_code == 403
    binned = await make.customer("Gone", owner=rep, deleted_at=make_moment())
    assert (await browser.submit(f"/customers/{binned.id}/restore")).status_code == 403


def make_moment() -> Any:
    from tests.make import FIXED

    return FIXED


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ["客户", "我的", "全部"]), ("en", ["Customers", "Mine", "All"])],
)
async def test_speaks_both_languages(client: Client, make: Make, language: str, words: list[str]) -> None:
    user = await make.user("u", "sales_rep", language=language)
    await make.customer("Acme", owner=user, phone="+8613800138000", level="a", industry="food")
    browser = await client(user, language)
    listed = (await browser.get("/customers")).text
    for word in words:
        assert word in listed, word


ENGLISH_LEFT = re.compile(r">[^<>{}]*\b(?:the|and|Save|Name|Level|Phone|Owner|Created|Edit|customer|contact)\b[^<>]*<")


async def test_nothing_is_left_in_english_on_the_chinese_pages(client: Client, make: Make) -> None:
    user = await make.user("u", "administrator", language="zh", name="李雷")
    pool = await make.pool("东湖", administrators=(user,))
    customer = await make.customer("润达", owner=user, home_pool_id=pool.id, level="a")
    browser: Any = await client(user, "zh")
    await browser.submit(f"/customers/{customer.id}", {"name": "润达", "city": "上海"})
    here = f"/customers/{customer.id}"
    for url in (
        "/customers", "/customers/new", "/customers/bin", here, f"{here}/edit", f"{here}/transfer", f"{here}/release",
        f"{here}/team/new", f"{here}/history", f"{here}/timeline", "/contacts", f"/contacts/new?customer={customer.id}",
    ):  # fmt: skip
        page = await browser.get(url)
        assert page.status_code == 200, url
        inside = page.text.split("<main")[1].split("</main>")[0]
        assert not ENGLISH_LEFT.findall(inside), (url, ENGLISH_LEFT.findall(inside))


async def test_fragments_answer_also_as_whole_pages(browser: PageClient, rep: Any, make: Make) -> None:
    for number in range(55):
        await make.customer(f"Customer {number}", owner=rep)
    whole = await browser.get("/customers")
    assert whole.text.count('id="customer-') == 50
    more = re.search(r'href="(/customers\?[^"]*cursor=[^"]+)"', whole.text)
    assert more
    url = more[1].replace("&amp;", "&")
    rows = await browser.get(url, headers={"hx-request": "true"})
    assert rows.text.count('class="list-row"') == 5
    assert "<html" not in rows.text
    assert "<html" in (await browser.get(url)).text
    results = await browser.get("/customers?q=customer", headers={"hx-request": "true"})
    assert "<html" not in results.text
    assert 'id="count"' in results.text
    side = await browser.get("/customers?side=1", headers={"hx-request": "true"})
    assert side.text.count('class="list-row"') == 50


async def test_a_customer_is_shared_with_a_department_and_a_role(client: Client, make: Make, rep: Any) -> None:
    service = await make.department("Service desk")
    reader = await make.user("reader", "sales_rep", department=service)
    clerk = await make.user("clerk", "finance")
    role = await make.builtin("finance")
    customer = await make.customer("Acme", owner=rep)
    here, browser = f"/customers/{customer.id}", await client(rep)
    reads, clerks = await client(reader), await client(clerk)
    assert (await reads.get(here)).status_code == (await clerks.get(here)).status_code == 404
    form = await browser.get(f"{here}/team/new?post=shared")
    assert "Service desk" in form.text
    assert role.name in form.text
    shared = {"post": "shared", "level": "read"}
    both = await browser.submit(  # type: ignore[attr-defined]
        f"{here}/team", {**shared, "to_department_id": str(service.id), "to_role_id": str(role.id)}
    )
    assert both.status_code == 422
    assert "or with a role" in both.text, "the same form comes back"
    for field, key in (("to_department_id", service.id), ("to_role_id", role.id)):
        saved = await browser.submit(f"{here}/team", {**shared, field: str(key)})  # type: ignore[attr-defined]
        assert saved.status_code == 303
    assert (await reads.get(here)).status_code == (await clerks.get(here)).status_code == 200
    assert "Acme" in (await reads.get("/customers?scene=part")).text
    assert (await reads.get(f"{here}/edit")).status_code == 403
    team = (await browser.get(here)).text
    assert "Added Service desk to the team" in team
    assert "/team/new?post=shared" in team
