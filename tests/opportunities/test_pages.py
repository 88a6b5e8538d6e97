"""The pages of opportunities as a browser without JavaScript meets them, and the fragments htmx asks for."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from domain.contacts.models import Contact
from domain.customers.models import Customer
from domain.opportunities.models import OpportunityContact, Pipeline, StageMove
from domain.people.models import User
from tests.conftest import Client, PageClient
from tests.make import Make
from tests.opportunities.pages import HTMX, count, deal, main_of

pytestmark = pytest.mark.anyio


async def test_a_rep_enters_an_opportunity_and_finds_it(browser: PageClient, make: Make, customer: Customer) -> None:
    form = await browser.get(f"/opportunities/new?customer={customer.id}")
    assert "Kelp & Sons" in main_of(form)
    key = re.search(r'name="client_uuid" value="([^"]+)"', form.text)
    assert key
    data = {
        "customer_id": str(customer.id), "fixed": "1", "name": "Tea for 40 rooms", "amount": "12500",
        "expected_on": "2026-12-31", "need": "Green tea", "next_step": "Send the offer", "client_uuid": key[1],
    }  # fmt: skip
    saved = await browser.submit("/opportunities", data)
    assert saved.status_code == 303
    again = await browser.submit("/opportunities", data)
    assert again.headers["location"] == saved.headers["location"], "sent twice, saved once"
    assert await count(make) == 1
    record = main_of(await browser.get(saved.headers["location"]))
    for words in ("Tea for 40 rooms", "Kelp & Sons", "¥12,500.00", "10%", "weighted 1,250.00", "Green tea",
                  "Send the offer", "Stage 1", "Li Lei"):  # fmt: skip
        assert words in record, words
    for asked in ("q=40 rooms", "scene=mine", "expected=2026-12"):
        listed = main_of(await browser.get(f"/opportunities?{asked}"))
        assert "Tea for 40 rooms" in listed, asked
        assert "¥12,500" in listed
    assert "Tea for 40" not in main_of(await browser.get("/opportunities?expected=2026-11"))


async def test_products_are_added_and_reckoned_without_javascript(
    browser: PageClient, make: Make, customer: Customer
) -> None:
    tea = await make.product("Green tea", price="19.99")
    data = {"customer_id": str(customer.id), "fixed": "1", "name": "Tea", "amount": "5"}
    found = main_of(await browser.submit("/opportunities", {**data, "do": "search", "q": "green"}))
    assert f'name="add" value="{tea.id}"' in found
    added = main_of(await browser.submit("/opportunities", {**data, "q": "green", "add": str(tea.id)}))
    assert 'name="lines.0.price" value="19.99"' in added
    line = {"lines.0.product_id": str(tea.id), "lines.0.quantity": "3", "lines.0.price": "10.01"}
    reckoned = main_of(await browser.submit("/opportunities", {**data, **line, "do": "recalculate"}))
    assert "¥30.03" in reckoned
    wrong = await browser.submit("/opportunities", {**data, **line, "lines.0.quantity": "x", "do": "save"})
    assert wrong.status_code == 422
    assert 'value="x"' in wrong.text
    assert await count(make) == 0
    saved = await browser.submit("/opportunities", {**data, **line, "lines.0.price": "10", "do": "save"})
    record = main_of(await browser.get(saved.headers["location"]))
    assert "Green tea" in record
    assert "¥30.00" in record
    edit = main_of(await browser.get(saved.headers["location"] + "/edit"))
    assert 'name="lines.0.quantity"' in edit
    removed = main_of(await browser.submit(saved.headers["location"], {**data, **line, "remove": "0"}))
    assert "lines.0.quantity" not in removed


async def test_the_form_answers_while_one_types(browser: PageClient, make: Make) -> None:
    tea = await make.product("Green tea", price="20")
    await browser.get("/opportunities/new")
    headers = {**HTMX, "x-csrf-token": browser.csrf_token}
    found = await browser.get("/opportunities/products?q=green", headers=HTMX)
    assert 'hx-post="/opportunities/lines"' in found.text
    lines = await browser.post("/opportunities/lines", data={"add": str(tea.id)}, headers=headers)
    assert 'name="lines.0.product_id"' in lines.text
    assert "¥20.00" in lines.text
    typed = {"lines.0.product_id": str(tea.id), "lines.0.quantity": "4", "lines.0.price": ""}
    sums = await browser.post("/opportunities/sums", data=typed, headers=headers)
    assert "¥80.00" in sums.text
    assert "<html" not in sums.text


async def test_what_is_wrong_stands_by_its_field(browser: PageClient, make: Make, customer: Customer) -> None:
    data = {"customer_id": str(customer.id), "name": "", "amount": "lots", "probability": "101", "expected_on": "soon"}
    answer = await browser.submit("/opportunities", data)
    assert answer.status_code == 422
    for name in ("name", "amount", "probability", "expected_on"):
        assert f'href="#f-{name}"' in answer.text, name
    assert 'value="lots"' in answer.text
    assert re.search(r'<details class="more-fields" open', answer.text), "the fault of a folded field is seen"
    assert (await browser.submit("/opportunities", {"name": "x"})).status_code == 422
    assert (await browser.submit("/opportunities", {"name": "x", "customer_id": "999999"})).status_code == 422
    assert await count(make) == 0


async def test_two_who_change_the_same_see_both_versions(
    browser: PageClient, make: Make, customer: Customer, pipeline: Pipeline
) -> None:
    one = await deal(make, customer, pipeline, name="Tea")
    here, data = f"/opportunities/{one.id}", {"customer_id": str(customer.id), "version": "1"}
    assert (await browser.submit(here, {**data, "name": "Green tea"})).status_code == 303
    late = await browser.submit(here, {**data, "name": "Black tea"})
    assert late.status_code == 409
    page = main_of(late)
    assert "Green tea" in page
    assert 'value="Black tea"' in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert (await browser.submit(here, {**data, "name": "Black tea", "version": version[1]})).status_code == 303
    history = main_of(await browser.get(f"{here}/history"))
    assert "Green tea" in history


async def test_a_stage_asks_before_it_is_left(
    browser: PageClient, make: Make, customer: Customer, pipeline: Pipeline
) -> None:
    first, second = await make.stage(pipeline), await make.stage(pipeline, "Stage 2")
    question = await make.question(first, "Who decides?")
    one = await deal(make, customer, pipeline, name="Tea")
    here = f"/opportunities/{one.id}"
    form = main_of(await browser.get(f"{here}/stage?to={second.id}"))
    assert "Who decides?" in form
    assert re.search(rf'value="{second.id}" data-kind="open" data-asks checked', form)
    data = {"stage_id": str(second.id), "version": "1"}
    refused = await browser.submit(f"{here}/stage", data)
    assert refused.status_code == 422
    assert f'href="#f-answers.{question.id}"' in refused.text
    data |= {f"answers.{question.id}": "Ms Zhang", "note": "By phone", "amount": "700"}
    assert (await browser.submit(f"{here}/stage", data)).status_code == 303
    record = main_of(await browser.get(here))
    for words in ("Stage 1 → Stage 2", "Who decides?", "Ms Zhang", "By phone", "¥700.00", "50%"):
        assert words in record, words
    stale = await browser.submit(f"{here}/stage", {**data, "stage_id": str(first.id)})
    assert stale.status_code == 409


async def test_an_ending_needs_a_reason_and_can_be_taken_back(
    browser: PageClient, client: Client, make: Make, customer: Customer, pipeline: Pipeline
) -> None:
    lost = await make.stage(pipeline, "Lost")
    one = await deal(make, customer, pipeline, name="Tea")
    here = f"/opportunities/{one.id}"
    bare = await browser.submit(f"{here}/stage", {"stage_id": str(lost.id), "version": "1"})
    assert bare.status_code == 422
    assert "Please say why." in main_of(bare)
    ended = await browser.submit(f"{here}/stage", {"stage_id": str(lost.id), "version": "1", "end_note": "Too dear"})
    assert ended.status_code == 303
    record = main_of(await browser.get(here))
    assert "Lost: Too dear" in record
    assert f"{here}/stage" not in record, "nothing to move any more"
    for url in (f"{here}/stage", f"{here}/edit"):
        assert (await browser.get(url)).status_code == 403, url
    chief = await make.user("chief", "administrator")
    boss: Any = await client(chief)
    assert (await boss.submit(f"{here}/reopen", {"reason": ""})).status_code == 422
    assert (await boss.submit(f"{here}/reopen", {"reason": "They called again"})).status_code == 303
    assert "They called again" in main_of(await boss.get(here))
    assert (await boss.get(f"{here}/reopen")).status_code == 403


async def test_the_board_shows_the_stages_and_moves_cards(
    browser: PageClient, make: Make, customer: Customer, pipeline: Pipeline
) -> None:
    second, won = await make.stage(pipeline, "Stage 2"), await make.stage(pipeline, "Won")
    one = await deal(make, customer, pipeline, name="Tea", amount=Decimal(300))
    await deal(make, customer, pipeline, "Won", name="Coffee", amount=Decimal(50))
    page = main_of(await browser.get("/opportunities/board"))
    assert page.index("Stage 1") < page.index("Tea") < page.index("Stage 2")
    assert "Coffee" not in page, "of what has ended only figures are shown"
    assert "¥50" in page
    assert f'href="/opportunities/{one.id}/stage?board=' in page, "moves without a script too"
    headers = {**HTMX, "x-csrf-token": browser.csrf_token}
    data = {"id": str(one.id), "version": "1", "stage_id": str(second.id)}
    moved = await browser.post("/opportunities/board/move?scene=mine", data=data, headers=headers)
    assert moved.status_code == 200
    assert "<html" not in moved.text
    assert moved.text.index("Stage 2") < moved.text.index("Tea")
    assert "Moved to Stage 2" in moved.headers["hx-trigger"]
    late = await browser.post("/opportunities/board/move", data=data, headers=headers)
    assert late.status_code == 409
    assert "Tea" in late.text
    asked = await browser.post(
        "/opportunities/board/move?scene=mine",
        data={"id": str(one.id), "version": "2", "stage_id": str(won.id)},
        headers=headers,
    )
    form = f"/opportunities/{one.id}/stage?{urlencode({'board': 'scene=mine', 'to': won.id})}"
    assert asked.headers["hx-redirect"] == form
    done = await browser.submit(
        f"/opportunities/{one.id}/stage",
        {"stage_id": str(won.id), "version": "2", "end_note": "Best tea", "board": "scene=mine"},
    )
    assert done.headers["location"] == "/opportunities/board?scene=mine"


async def test_each_pipeline_has_a_board_of_its_own(
    browser: PageClient, make: Make, customer: Customer, pipeline: Pipeline
) -> None:
    await deal(make, customer, pipeline, name="Tea")
    assert "Renewals" not in main_of(await browser.get("/opportunities/board"))
    other = await make.pipeline("Renewals", position=9)
    await deal(make, customer, other, name="Once more")
    first = main_of(await browser.get("/opportunities/board?scene=mine"))
    assert "Tea" in first
    assert "Once more" not in first
    chip = re.search(r'href="(/opportunities/board\?[^"]+)">Renewals', first)
    assert chip
    second = main_of(await browser.get(chip[1]))
    assert "Once more" in second
    assert "Tea" not in second
    assert 'name="pipeline_id"' in main_of(await browser.get("/opportunities/new"))


async def test_a_call_goes_to_the_main_contact_else_to_the_customer(
    browser: PageClient, make: Make, rep: User, pipeline: Pipeline
) -> None:
    customer = await make.customer("Pearl", owner=rep, phone="+862155550000")
    one = await deal(make, customer, pipeline)
    assert "tel:+862155550000" in main_of(await browser.get(f"/opportunities/{one.id}"))
    contact = {"customer_id": str(customer.id), "name": "Zhang Min", "mobile": "+8613700137000"}
    assert (await browser.submit("/contacts", contact)).status_code == 303
    number = (await make.session.scalars(select(Contact.id).where(Contact.name == "Zhang Min"))).one()
    edit = {"customer_id": str(customer.id), "name": "Tea", "contact_id": str(number)}
    assert (await browser.submit(f"/opportunities/{one.id}", edit)).status_code == 303
    assert "tel:+8613700137000" in main_of(await browser.get(f"/opportunities/{one.id}"))


async def test_a_reader_of_the_team_may_look_but_not_touch(
    browser: PageClient, rep: User, make: Make, pipeline: Pipeline
) -> None:
    other = await make.user("other", "sales_rep")
    one = await deal(make, await make.customer("Pearl", owner=other), pipeline, name="Shared")
    here = f"/opportunities/{one.id}"
    assert (await browser.get(here)).status_code == 404
    await make.grant("opportunities", one.id, user=rep)
    page = main_of(await browser.get(here))
    assert "Shared" in page
    for verb in ("edit", "stage", "transfer", "delete", "contacts"):
        assert f"{here}/{verb}" not in page, verb
    for verb in ("edit", "stage", "contacts"):
        assert (await browser.get(f"{here}/{verb}")).status_code == 403, verb
    board = main_of(await browser.get("/opportunities/board?scene=taking_part"))
    assert "Shared" in board
    assert "deal-move" not in board
    target = {"stage_id": str((await make.stage(pipeline, "Stage 2")).id), "version": "1"}
    assert (await browser.submit(f"{here}/stage", target)).status_code == 403
    headers = {**HTMX, "x-csrf-token": browser.csrf_token}
    moved = await browser.post("/opportunities/board/move", data={**target, "id": str(one.id)}, headers=headers)
    assert moved.status_code == 403
    assert await count(make, StageMove) == 0


async def test_people_of_the_customer_get_their_parts(
    browser: PageClient, make: Make, customer: Customer, pipeline: Pipeline
) -> None:
    one = await deal(make, customer, pipeline)
    here = f"/opportunities/{one.id}"
    assert "has no contacts yet" in main_of(await browser.get(f"{here}/contacts"))
    made = await browser.submit("/contacts", {"customer_id": str(customer.id), "name": "Zhang Min", "post": "Buyer"})
    assert made.status_code == 303
    form = main_of(await browser.get(f"{here}/contacts"))
    found = re.search(r'<option value="(\d+)">Zhang Min', form)
    assert found
    assert (await browser.submit(f"{here}/contacts", {"contact_id": found[1]})).status_code == 422
    saved = await browser.submit(f"{here}/contacts", {"contact_id": found[1], "role": "opponent"})
    assert saved.status_code == 303
    page = main_of(await browser.get(here))
    assert "Zhang Min" in page
    assert "Is against us" in page
    assert (await browser.submit(f"{here}/contacts/{found[1]}/remove")).status_code == 303
    assert await count(make, OpportunityContact) == 0


async def test_transfer_of_one_and_of_several(
    client: Client, make: Make, rep: User, customer: Customer, pipeline: Pipeline
) -> None:
    chief, other = await make.user("chief", "administrator"), await make.user("other", "sales_rep", name="Anna")
    boss: Any = await client(chief)
    one = await deal(make, customer, pipeline, name="Tea")
    ended = await deal(make, customer, pipeline, "Won", name="Coffee")
    assert "Anna" in main_of(await boss.get(f"/opportunities/{one.id}/transfer"))
    assert (await boss.submit(f"/opportunities/{one.id}/transfer", {"user_id": ""})).status_code == 422
    choosing = main_of(await boss.get("/opportunities?select=1"))
    assert 'formaction="/opportunities/transfer"' in choosing
    picked = {"pick": [str(one.id), str(ended.id)], "back": "/opportunities?scene=all"}
    assert "To whom?" in main_of(await boss.submit("/opportunities/transfer", picked))
    told = main_of(await boss.submit("/opportunities/transfer", {**picked, "user_id": str(other.id)}))
    assert "It has ended" in told
    await make.session.refresh(one)
    assert one.owner_id == other.id
    nothing = await boss.submit("/opportunities/transfer", {"back": "https://elsewhere.test/"})
    assert nothing.headers["location"] == "/opportunities?select=1"


async def test_to_the_bin_and_back(
    client: Client, make: Make, customer: Customer, pipeline: Pipeline, rep: User
) -> None:
    boss: Any = await client(await make.user("boss", "administrator"))
    mine: Any = await client(rep)
    one = await deal(make, customer, pipeline, name="Tea")
    assert (await mine.get("/opportunities/bin")).status_code == 403
    assert (await boss.submit(f"/opportunities/{one.id}/delete")).status_code == 303
    assert (await mine.get(f"/opportunities/{one.id}")).status_code == 404
    assert "Tea" in main_of(await boss.get("/opportunities/bin"))
    back = await boss.submit(f"/opportunities/bin/{one.id}/restore")
    assert back.headers["location"] == f"/opportunities/{one.id}"
    assert "The bin is empty" in main_of(await boss.get("/opportunities/bin"))


async def test_fragments_answer_also_as_whole_pages(
    browser: PageClient, make: Make, customer: Customer, pipeline: Pipeline
) -> None:
    for number in range(55):
        await deal(make, customer, pipeline, name=f"Deal {number}")
    whole = await browser.get("/opportunities")
    assert whole.text.count('id="opportunity-') == 50
    more = re.search(r'href="(/opportunities\?[^"]*cursor=[^"]+)"', whole.text)
    assert more
    url = unescape(more[1])
    rows = await browser.get(url, headers=HTMX)
    assert rows.text.count('class="list-row"') == 5
    assert "<html" not in rows.text
    assert "<html" in (await browser.get(url)).text
    side = await browser.get("/opportunities?side=1", headers=HTMX)
    assert side.text.count('class="list-row"') == 50
    sheet = await browser.get("/opportunities/filter", headers=HTMX)
    assert "<html" not in sheet.text
    board = main_of(await browser.get("/opportunities/board"))
    assert board.count('class="deal"') == 50
    assert "Show all" in board


ENGLISH_LEFT = re.compile(
    r">[^<>{}]*\b(?:the|and|Save|Name|Owner|Created|Edit|customer|opportunity|stage|Won|Lost|Open|Move|Amount)\b[^<>]*<"
)


async def test_nothing_is_left_in_english_on_the_chinese_pages(client: Client, make: Make) -> None:
    user = await make.user("u", "administrator", language="zh", name="李雷")
    pipeline = await make.pipeline("流程", stages=(10,))
    for stage, name in zip(("Stage 1", "Won", "Lost", "Invalid"), ("接洽", "赢单", "输单", "无效"), strict=True):
        (await make.stage(pipeline, stage)).name_zh = name
    customer = await make.customer("蓝湾", owner=user)
    one = await deal(make, customer, pipeline, name="茶叶", source="campaign", expected_on=date(2020, 1, 1))
    ended = await deal(make, customer, pipeline, "Lost", name="咖啡", end_note="太贵", amount=Decimal(5))
    await make.session.flush()
    browser: Any = await client(user, "zh")
    here, gone = f"/opportunities/{one.id}", f"/opportunities/{ended.id}"
    await browser.submit(here, {"customer_id": str(customer.id), "name": "茶叶", "amount": "100"})
    for url in (
        "/opportunities", "/opportunities/new", "/opportunities/bin", "/opportunities/filter", "/opportunities/board",
        "/opportunities/board/filter", "/opportunities/funnel", "/opportunities/forecast",
        "/opportunities/forecast?by=owner", here, f"{here}/edit", f"{here}/stage", f"{here}/contacts",
        f"{here}/transfer", f"{here}/history", f"{here}/timeline", gone, f"{gone}/reopen",
        f"/opportunities/new?customer={customer.id}", f"/followups/new?opportunity={one.id}",
        f"/orders/new?opportunity={one.id}", f"/customers/{customer.id}", "/today",
    ):  # fmt: skip
        page = await browser.get(url)
        assert page.status_code == 200, url
        assert not ENGLISH_LEFT.findall(main_of(page)), (url, ENGLISH_LEFT.findall(main_of(page)))
