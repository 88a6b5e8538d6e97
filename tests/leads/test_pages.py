"""The pages of leads as a browser without JavaScript meets them, and the fragments htmx asks for."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.contacts.models import Contact
from domain.core.work import clock
from domain.customers.models import Customer
from domain.followups.models import FollowUp
from domain.leads.models import Lead
from domain.people.models import User
from domain.search.companies import company_key
from tests.conftest import Client, PageClient
from tests.make import Make

pytestmark = pytest.mark.anyio


async def count(make: Make, model: Any = Lead) -> int:
    return (await make.session.execute(select(func.count()).select_from(model))).scalar_one()


def main_of(page: Any) -> str:
    """What stands on the page itself, without the frame around it."""
    whole: str = page.text
    return whole.split("<main")[1].split("</main>")[0]


@pytest.fixture
async def rep(make: Make) -> User:
    return await make.user("rep", "sales_rep", name="Li Lei")


@pytest.fixture
async def browser(client: Client, rep: User) -> PageClient:
    return await client(rep)  # type: ignore[return-value]


async def test_a_rep_enters_a_lead_and_finds_it(browser: PageClient, make: Make) -> None:
    form = await browser.get("/leads/new?name=Zhang")
    assert 'value="Zhang"' in form.text
    key = re.search(r'name="client_uuid" value="([^"]+)"', form.text)
    assert key
    data = {"name": "张敏", "company": "蓝湾酒店", "mobile": "137 0013 7000", "source": "trade_show",
            "need": "Tea for 40 rooms", "client_uuid": key[1]}  # fmt: skip
    saved = await browser.submit("/leads", data)
    assert saved.status_code == 303
    again = await browser.submit("/leads", data)
    assert again.headers["location"] == saved.headers["location"], "sent twice, saved once"
    assert await count(make) == 1
    record = main_of(await browser.get(saved.headers["location"]))
    for words in ("张敏", "蓝湾酒店", "137 0013 7000", "Trade show", "Tea for 40 rooms", "Pending", "Li Lei"):
        assert words in record, words
    for asked in ("zm", "蓝湾", "7000"):
        listed = main_of(await browser.get("/leads", params={"q": asked}))
        assert "张敏" in listed, asked
        assert "1 lead" in listed
    assert "Nothing found" in (await browser.get("/leads?q=zzzz")).text


async def test_what_is_wrong_is_said_at_each_field_and_what_was_typed_stays(browser: PageClient, make: Make) -> None:
    data = {"name": " ", "email": "no at sign", "source": "the moon", "notes": "<b>kept</b>", "city": "Köln"}
    page = await browser.submit("/leads", data)
    assert page.status_code == 422
    for name in ("name", "email", "source"):
        assert f'href="#f-{name}"' in page.text, name
    for kept in ("no at sign", "&lt;b&gt;kept&lt;/b&gt;", "Köln"):
        assert kept in page.text, kept
    assert '<details class="more-fields" open>' in page.text, "the wrong field is not folded away"
    assert await count(make) == 0


async def test_a_number_that_is_known_is_refused_with_a_link_or_with_advice(
    browser: PageClient, rep: User, make: Make
) -> None:
    mine = await make.lead("Zhang Min", owner=rep, mobile="+8613700137000")
    again = await browser.submit("/leads", {"name": "Min Zhang", "mobile": "13700137000"})
    assert again.status_code == 422
    assert f'href="/leads/{mine.id}"' in main_of(again)
    await make.lead("Secret", owner=await make.user("other", "sales_rep"), mobile="+8613700137001")
    unseen = await browser.submit("/leads", {"name": "Somebody", "mobile": "13700137001"})
    assert unseen.status_code == 422
    assert "Secret" not in unseen.text
    assert "Ask your manager" in unseen.text


async def test_a_stale_form_shows_both_values_and_keeps_what_was_typed(
    browser: PageClient, rep: User, make: Make
) -> None:
    lead = await make.lead("Zhang", owner=rep, city="Köln")
    first = await browser.submit(f"/leads/{lead.id}", {"name": "Zhang", "city": "Bonn", "version": str(lead.version)})
    assert first.status_code == 303
    second = await browser.submit(
        f"/leads/{lead.id}", {"name": "Zhang Min", "city": "Berlin", "version": str(lead.version)}
    )
    assert second.status_code == 409
    for words in ("Bonn", "Berlin", "Zhang Min", f'name="version" value="{lead.version + 1}"'):
        assert words in second.text, words
    third = await browser.submit(
        f"/leads/{lead.id}", {"name": "Zhang Min", "city": "Berlin", "version": str(lead.version + 1)}
    )
    assert third.status_code == 303


async def test_put_aside_with_a_reason_and_woken_again(browser: PageClient, rep: User, make: Make) -> None:
    lead = await make.lead("Zhang", owner=rep)
    here = f"/leads/{lead.id}"
    assert (await browser.get(f"{here}/invalid")).status_code == 200
    missing = await browser.submit(f"{here}/invalid", {"reason": "", "version": str(lead.version)})
    assert missing.status_code == 422
    assert 'href="#f-reason"' in missing.text
    past = {"reason": "No answer", "look_again_on": "2020-01-01", "version": str(lead.version)}
    refused = await browser.submit(f"{here}/invalid", past)
    assert refused.status_code == 422
    assert "No answer" in refused.text
    again = (clock() + timedelta(days=40)).date().isoformat()
    done = await browser.submit(f"{here}/invalid", {**past, "look_again_on": again})
    assert done.status_code == 303
    page = main_of(await browser.get(here))
    assert "Invalid: No answer" in page
    assert f'action="{here}/wake"' in page
    stale = await browser.submit(f"{here}/wake", {"version": str(lead.version)})
    assert stale.status_code == 409
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert (await browser.submit(f"{here}/wake", {"version": version[1]})).status_code == 303
    assert "Invalid: No answer" not in main_of(await browser.get(here)).split('id="timeline"')[0]


async def test_an_old_page_of_putting_aside_comes_again_with_what_was_typed(
    browser: PageClient, rep: User, make: Make
) -> None:
    lead = await make.lead("Zhang", owner=rep)
    await browser.submit(f"/leads/{lead.id}", {"name": "Zhang Min", "version": str(lead.version)})
    old = await browser.submit(f"/leads/{lead.id}/invalid", {"reason": "Wrong number", "version": str(lead.version)})
    assert old.status_code == 409
    assert "Wrong number" in old.text
    assert f'name="version" value="{lead.version + 1}"' in old.text


async def test_void_is_for_leaders_and_taken_back_by_administrators(client: Client, rep: User, make: Make) -> None:
    boss = await make.user("boss", "administrator")
    lead = await make.lead("Zhang", owner=rep)
    here, mine, admin = f"/leads/{lead.id}", await client(rep), await client(boss)
    assert (await mine.get(f"{here}/void")).status_code == 403
    assert (await mine.submit(f"{here}/void", {"reason": "x"})).status_code == 403  # type: ignore[attr-defined]
    assert (await admin.submit(f"{here}/void", {"reason": "A test"})).status_code == 303  # type: ignore[attr-defined]
    page = main_of(await mine.get(here))
    assert "Void: A test" in page
    for closed in (f"{here}/edit", f"{here}/invalid", f'action="{here}/restore"'):
        assert closed not in page, closed
    assert (await mine.get(f"{here}/edit")).status_code == 403
    assert f'action="{here}/restore"' in main_of(await admin.get(here))
    assert (await mine.submit(f"{here}/restore")).status_code == 403  # type: ignore[attr-defined]
    assert (await admin.submit(f"{here}/restore")).status_code == 303  # type: ignore[attr-defined]
    assert "Void: A test" not in main_of(await admin.get(here)).split('id="timeline"')[0]


async def test_a_touch_makes_it_followed_and_stands_on_its_page(browser: PageClient, rep: User, make: Make) -> None:
    lead = await make.lead("Zhang Min", owner=rep)
    assert "Zhang Min" in main_of(await browser.get("/leads?scene=waiting"))
    form = await browser.get(f"/followups/new?lead={lead.id}")
    assert f'name="lead_id" value="{lead.id}"' in form.text
    empty = await browser.submit("/followups", {"lead_id": str(lead.id), "way": "phone", "content": ""})
    assert empty.status_code == 422
    assert 'href="#f-content"' in empty.text
    touch = {"lead_id": str(lead.id), "way": "phone", "content": "Wants a sample", "next_pick": "tomorrow"}
    saved = await browser.submit("/followups", touch)
    assert saved.headers["location"] == f"/leads/{lead.id}"
    page = main_of(await browser.get(f"/leads/{lead.id}"))
    assert "Following" in page
    assert "Wants a sample" in page
    assert "Zhang Min" not in main_of(await browser.get("/leads?scene=waiting"))
    followup = await make.session.scalar(select(FollowUp.id))
    for url in ("/followups", f"/followups/{followup}", f"/followups/{followup}/edit", "/calendar"):
        shown = await browser.get(url)
        assert shown.status_code == 200, url
    assert "Zhang Min" in main_of(await browser.get("/followups"))
    edited = await browser.submit(f"/followups/{followup}", {**touch, "content": "Wants two samples"})
    assert edited.status_code == 303
    assert "Wants two samples" in main_of(await browser.get(f"/leads/{lead.id}"))


async def test_converting_makes_customer_and_contact_and_takes_the_follow_ups_along(
    browser: PageClient, rep: User, make: Make
) -> None:
    lead = await make.lead("Zhang Min", owner=rep, company="Blue Bay Hotel", mobile="+8613700137000")
    await browser.submit("/followups", {"lead_id": str(lead.id), "way": "phone", "content": "Wants tea"})
    form = await browser.get(f"/leads/{lead.id}/convert")
    for words in ('value="Blue Bay Hotel"', 'value="Zhang Min"', 'name="to" value="new" checked'):
        assert words in form.text, words
    version = re.search(r'name="version" value="(\d+)"', main_of(form))
    assert version
    data = {"to": "new", "customer_name": "Blue Bay Hotel", "kind": "company", "who": "new",
            "contact_name": "Zhang Min", "version": version[1]}  # fmt: skip
    made = await browser.submit(f"/leads/{lead.id}/convert", data)
    assert made.status_code == 303
    assert made.headers["location"].startswith("/customers/")
    customer = main_of(await browser.get(made.headers["location"]))
    for words in ("Blue Bay Hotel", "Zhang Min", "Wants tea"):
        assert words in customer, words
    page = main_of(await browser.get(f"/leads/{lead.id}"))
    assert "Became the customer Blue Bay Hotel." in page
    assert f'href="/leads/{lead.id}/edit"' not in page
    assert (await browser.get(f"/leads/{lead.id}/edit")).status_code == 403
    twice = await browser.submit(f"/leads/{lead.id}/convert", data)
    assert twice.status_code in (303, 403, 409)
    assert await count(make, Customer) == 1
    assert await count(make, Contact) == 1


async def test_converting_asks_first_whether_it_is_somebody_known(browser: PageClient, rep: User, make: Make) -> None:
    known = await make.customer("Blue Bay Hotel", owner=rep, name_key=company_key("Blue Bay Hotel"))
    lead = await make.lead("Zhang Min", owner=rep, company="Blue Bay Hotel")
    here = f"/leads/{lead.id}/convert"
    form = await browser.get(here)
    assert f'name="to" value="{known.id}"' in form.text
    assert 'name="to" value="new" checked' not in form.text, "nothing is chosen for the reader"
    data = {"who": "none", "version": str(lead.version), "customer_name": "Blue Bay Hotel", "kind": "company"}
    for to in ({}, {"to": "other"}, {"to": "other", "customer_id": "abc"}, {"to": "nonsense"}):
        refused = await browser.submit(here, {**data, **to})
        assert refused.status_code == 422, to
        assert 'id="f-customer_id-error"' in refused.text, to
    twice = await browser.submit(here, {**data, "to": "new"})
    assert twice.status_code == 422
    assert 'href="#f-customer_name"' in twice.text
    stranger = await make.customer("Stranger", owner=await make.user("other", "sales_rep"))
    hidden = await browser.submit(here, {**data, "to": str(stranger.id)})
    assert hidden.status_code in (404, 422)
    made = await browser.submit(here, {**data, "to": str(known.id)})
    assert made.headers["location"] == f"/customers/{known.id}"
    assert await count(make, Contact) == 0


async def test_what_one_may_not_see_is_not_there(browser: PageClient, client: Client, make: Make) -> None:
    theirs = await make.lead("Hidden Harbour", owner=await make.user("other", "sales_rep"))
    here = f"/leads/{theirs.id}"
    for url in ("", "/edit", "/history", "/timeline", "/invalid", "/convert"):
        assert (await browser.get(f"{here}{url}")).status_code == 404, url
    for verb in ("", "/invalid", "/wake", "/convert"):
        answer = await browser.submit(f"{here}{verb}", {"name": "x", "reason": "x", "to": "new", "customer_name": "x"})
        assert answer.status_code == 404, verb
    assert (await browser.get(f"/followups/new?lead={theirs.id}")).status_code == 404
    assert "Hidden Harbour" not in (await browser.get("/leads")).text
    warehouse = await client(await make.user("clerk", "warehouse"))
    assert (await warehouse.get("/leads")).status_code == 403
    assert 'href="/leads"' not in (await warehouse.get("/more")).text


async def test_a_pool_keeps_back_what_it_hides_until_the_lead_is_claimed(
    browser: PageClient, rep: User, make: Make
) -> None:
    pool = await make.pool("Fairs", kind="lead", members=(rep,), hidden_fields=["phone", "notes"])
    lying = await make.lead("Fish", pool=pool, mobile="+8613800138000", notes="likes carp", need="a pond")
    for url in ("/leads", "/leads?scene=pool", f"/leads/{lying.id}"):
        page = main_of(await browser.get(url))
        assert "Fish" in page
        for secret in ("0013", "carp", "a pond"):
            assert secret not in page, (url, secret)
    assert (await browser.get(f"/leads/{lying.id}/history")).status_code == 403
    assert (await browser.submit(f"/leads/{lying.id}/claim")).status_code == 303
    page = main_of(await browser.get(f"/leads/{lying.id}"))
    for words in ("138 0013 8000", "likes carp", "a pond", "Pending", "Claimed from Fairs"):
        assert words in page, words


async def test_the_timeline_of_a_lead_does_not_tell_what_the_pool_keeps_back(
    browser: PageClient, rep: User, make: Make, client: Client
) -> None:
    chief = await make.user("chief", "sales_director")
    pool = await make.pool("Fairs", kind="lead", members=(rep,), administrators=(chief,), hidden_fields=["followups"])
    lead = await make.lead("Fish", owner=chief)
    boss = await client(chief)
    touch = {"lead_id": str(lead.id), "way": "phone", "content": "wants carp", "next_pick": "none"}
    assert (await boss.submit("/followups", touch)).status_code == 303
    await make.session.refresh(lead)
    lead.owner_id, lead.pool_id, lead.status = None, pool.id, "unassigned"
    await make.session.flush()
    for url in (f"/leads/{lead.id}", f"/leads/{lead.id}/timeline"):
        assert "wants carp" in (await boss.get(url)).text, url
        kept_back = (await browser.get(url)).text
        assert "Fish" in kept_back, url
        assert "wants carp" not in kept_back, url


async def test_the_figures_of_conversion_open_the_lists_behind_them(browser: PageClient, rep: User, make: Make) -> None:
    customer = await make.customer("Acme", owner=rep)
    for status, source in (("pending", "referral"), ("invalid", "referral"), ("converted", "referral"),
                           ("pending", None)):  # fmt: skip
        became: Any = {"converted_customer_id": customer.id} if status == "converted" else {}
        await make.lead(owner=rep, status=status, source=source, **became)
    for by in ("source", "owner"):
        page = main_of(await browser.get(f"/leads/rates?by={by}"))
        figures = re.findall(r'<a href="(/leads\?[^"]+)">(\d+)</a>', page)
        assert figures
        for url, figure in figures:
            listed = main_of(await browser.get(url.replace("&amp;", "&")))
            assert listed.count('class="list-row" id="lead-') == int(figure), url
    assert "33.3%" in main_of(await browser.get("/leads/rates"))
    assert "25%" in main_of(await browser.get("/leads/rates?by=owner"))


async def test_to_the_bin_and_back(client: Client, rep: User, make: Make) -> None:
    boss, mine = await client(await make.user("boss", "administrator")), await client(rep)
    lead = await make.lead("Zhang", owner=rep, mobile="+8613700137000")
    assert (await mine.submit(f"/leads/{lead.id}/delete")).status_code == 403  # type: ignore[attr-defined]
    assert (await mine.get("/leads/bin")).status_code == 403
    assert (await boss.submit(f"/leads/{lead.id}/delete")).status_code == 303  # type: ignore[attr-defined]
    assert (await mine.get(f"/leads/{lead.id}")).status_code == 404
    assert "Zhang" in main_of(await boss.get("/leads/bin"))
    taken = await make.lead("Li", owner=rep, mobile="+8613700137000")
    back = f"/leads/bin/{lead.id}/restore"
    assert (await boss.submit(back)).headers["location"] == "/leads/bin"  # type: ignore[attr-defined]
    assert "This is the number of Li already." in (await boss.get("/leads/bin")).text
    await make.session.delete(taken)
    await make.session.flush()
    assert (await boss.submit(back)).headers["location"] == f"/leads/{lead.id}"  # type: ignore[attr-defined]
    assert "The bin is empty" in main_of(await boss.get("/leads/bin"))


async def test_a_reader_of_the_team_may_look_but_not_touch(browser: PageClient, rep: User, make: Make) -> None:
    lead = await make.lead("Shared", owner=await make.user("owner", "sales_rep"))
    await make.grant("leads", lead.id, user=rep)
    page = main_of(await browser.get(f"/leads/{lead.id}"))
    for verb in ("edit", "invalid", "transfer", "release", "delete"):
        assert f"/leads/{lead.id}/{verb}" not in page, verb
    for url in ("edit", "invalid", "convert"):
        assert (await browser.get(f"/leads/{lead.id}/{url}")).status_code == 403, url
    assert (await browser.submit(f"/leads/{lead.id}", {"name": "Mine"})).status_code == 403
    assert (await browser.submit(f"/leads/{lead.id}/convert", {"to": "new", "customer_name": "x"})).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["cursor=xyz", "owner=abc", "status=z", "source=z", "due=-1", "due=999999999999", "scene=nonsense&sort=nonsense",
     "q=%00", "q=%ff", "status=void&source=none&owner=1&due=3&pool=1&sort=due&scene=mine&q=a", "select=1"],
)  # fmt: skip
async def test_no_address_breaks_the_list(browser: PageClient, query: str) -> None:
    assert (await browser.get(f"/leads?{query}")).status_code in (200, 422)
    assert (await browser.get(f"/leads/filter?{query}")).status_code in (200, 422)


async def test_fragments_answer_also_as_whole_pages(browser: PageClient, rep: User, make: Make) -> None:
    for number in range(55):
        await make.lead(f"Lead {number}", owner=rep)
    whole = await browser.get("/leads")
    assert whole.text.count('id="lead-') == 50
    more = re.search(r'href="(/leads\?[^"]*cursor=[^"]+)"', whole.text)
    assert more
    url = more[1].replace("&amp;", "&")
    rows = await browser.get(url, headers={"hx-request": "true"})
    assert rows.text.count('class="list-row"') == 5
    assert "<html" not in rows.text
    assert "<html" in (await browser.get(url)).text
    side = await browser.get("/leads?side=1", headers={"hx-request": "true"})
    assert side.text.count('class="list-row"') == 50
    choosing = main_of(await browser.get("/leads?select=1&scene=mine"))
    assert choosing.count('name="pick"') == 50
    assert 'formaction="/leads/transfer"' in choosing


async def test_today_shows_the_leads_that_wait(browser: PageClient, rep: User, make: Make) -> None:
    await make.lead("Zhang Min", owner=rep)
    await make.lead("Followed", owner=rep, status="following")
    page = main_of(await browser.get("/today"))
    assert "Leads waiting for you" in page
    assert "Zhang Min" in page
    assert "Followed" not in page


ENGLISH_LEFT = re.compile(r">[^<>{}]*\b(?:the|and|Save|Name|Phone|Owner|Created|Edit|customer|contact|lead)\b[^<>]*<")


async def test_nothing_is_left_in_english_on_the_chinese_pages(client: Client, make: Make) -> None:
    user = await make.user("u", "administrator", language="zh", name="李雷")
    pool = await make.pool("展会", kind="lead", administrators=(user,))
    lead = await make.lead("张敏", owner=user, home_pool_id=pool.id, source="campaign", company="蓝湾")
    browser: Any = await client(user, "zh")
    await browser.submit(f"/leads/{lead.id}", {"name": "张敏", "city": "上海"})
    here = f"/leads/{lead.id}"
    for url in (
        "/leads", "/leads/new", "/leads/bin", "/leads/filter", "/leads/rates", "/leads/rates?by=owner", here,
        f"{here}/edit", f"{here}/invalid", f"{here}/void", f"{here}/convert", f"{here}/history", f"{here}/timeline",
        f"{here}/transfer", f"{here}/release", f"/followups/new?lead={lead.id}", "/pools", f"/pools/{pool.id}",
    ):  # fmt: skip
        page = await browser.get(url)
        assert page.status_code == 200, url
        assert not ENGLISH_LEFT.findall(main_of(page)), (url, ENGLISH_LEFT.findall(main_of(page)))
