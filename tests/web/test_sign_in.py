"""Signing in through the pages."""

import html
import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select

from domain.core.work import clock
from domain.notifications.models import Mail
from domain.people.actions.passwords import hashed
from domain.people.models import PasswordReset, UserSession

pytestmark = pytest.mark.anyio
GOOD = "correct horse battery"
WRONG = "User name or password is wrong."


@pytest.fixture
async def rep(make):
    return await make.user("rep", "sales_rep", password_hash=await hashed(GOOD), email="rep@example.com")


async def typed(visitor, user_name, password, **more):
    await visitor.get("/sign-in")
    return await visitor.submit("/sign-in", {"user_name": user_name, "password": password, **more})


async def count(session, model):
    return (await session.execute(select(func.count()).select_from(model))).scalar_one()


async def test_a_visitor_is_sent_to_sign_in_and_back(client, rep):
    visitor = await client(None)
    turned = await visitor.get("/account/devices?x=1")
    assert turned.status_code == 303 and turned.headers["location"] == "/sign-in?next=/account/devices%3Fx%3D1"
    page = await visitor.get(turned.headers["location"])
    target = html.unescape(re.search(r'name="next" value="([^"]*)"', page.text)[1])
    done = await visitor.submit("/sign-in", {"user_name": "REP", "password": GOOD, "next": target})
    assert done.status_code == 303 and done.headers["location"] == "/account/devices?x=1"
    assert (await visitor.get(done.headers["location"])).status_code == 200


async def test_wrong_password_and_unknown_user_get_the_same_answer(client, rep):
    visitor = await client(None)
    answers = [await typed(visitor, "rep", "nope"), await typed(visitor, "nobody", "nope")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all(WRONG in answer.text for answer in answers)
    bodies = [re.sub(r'(value|content)="[^"]*"', "", answer.text) for answer in answers]
    assert bodies[0] == bodies[1]
    assert 'value="rep"' in answers[0].text and "nope" not in answers[0].text
    assert (await visitor.get("/account")).status_code == 303


async def test_somebody_switched_off_cannot_sign_in_and_is_out_at_once(client, rep, session):
    inside = await client(rep)
    assert (await inside.get("/account")).status_code == 200
    rep.active = False
    await session.commit()
    assert (await inside.get("/account")).status_code == 303
    assert WRONG in (await typed(await client(None), "rep", GOOD)).text


async def test_after_five_wrong_tries_even_the_right_password_waits(client, rep):
    visitor = await client(None)
    for _ in range(5):
        await typed(visitor, "rep", "nope")
    locked = await typed(visitor, "rep", GOOD)
    assert locked.status_code == 429
    assert "Wait 15 minutes" in locked.text and 800 < int(locked.headers["retry-after"]) <= 901
    assert (await visitor.get("/account")).status_code == 303


async def test_signing_in_forgets_earlier_mistakes(client, rep):
    visitor = await client(None)
    for _ in range(4):
        await typed(visitor, "rep", "nope")
    assert (await typed(visitor, "rep", GOOD)).status_code == 303
    visitor = await client(None)
    for _ in range(4):
        assert (await typed(visitor, "rep", "nope")).status_code == 422


async def test_the_token_changes_at_every_sign_in_and_the_old_one_ends(client, rep, session):
    browser = await client(rep)
    before = browser.cookies["offing"]
    answer = await browser.submit("/sign-in", {"user_name": "rep", "password": GOOD})
    assert answer.status_code == 303
    assert browser.cookies["offing"] != before
    assert await count(session, UserSession) == 1
    stale = await client(None)
    stale.cookies.set("offing", before)
    assert (await stale.get("/account")).status_code == 303


async def test_a_session_cookie_that_somebody_planted_is_not_taken_over(client, rep):
    visitor = await client(None)
    visitor.cookies.set("offing", "planted-by-somebody")
    answer = await typed(visitor, "rep", GOOD)
    assert answer.status_code == 303
    assert "planted-by-somebody" not in answer.headers["set-cookie"]
    planted = await client(None)
    planted.cookies.set("offing", "planted-by-somebody")
    assert (await planted.get("/account")).status_code == 303


async def test_the_session_cookie_is_out_of_reach_of_scripts(client, rep):
    answer = await typed(await client(None), "rep", GOOD)
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("offing="))
    assert "HttpOnly" in cookie and re.search("samesite=lax", cookie, re.I) and "Path=/" in cookie


async def test_without_the_pages_token_nothing_happens(client, rep):
    visitor = await client(None)
    await visitor.get("/sign-in")
    for token in ("", "forged", "A" * 86):
        answer = await visitor.post("/sign-in", data={"user_name": "rep", "password": GOOD, "_csrf": token})
        assert answer.status_code == 403
    inside = await client(rep)
    assert (await inside.post("/sign-out")).status_code == 403
    assert (await inside.get("/account")).status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
async def test_signing_in_never_leads_to_another_site(client, rep, target):
    answer = await typed(await client(None), "rep", GOOD, next=target)
    assert answer.status_code == 303 and answer.headers["location"] == "/"


async def test_signing_out_ends_the_session_in_the_database(client, rep, session):
    inside = await client(rep)
    token = inside.cookies["offing"]
    answer = await inside.submit("/sign-out")
    assert answer.status_code == 303 and answer.headers["location"] == "/sign-in"
    assert await count(session, UserSession) == 0
    again = await client(None)
    again.cookies.set("offing", token)
    assert (await again.get("/account")).status_code == 303


async def test_a_second_factor_asks_for_a_code_that_works_once(client, rep, session):
    rep.totp_secret = pyotp.random_base32()
    await session.commit()
    browser = await client(None)
    answer = await typed(browser, "rep", GOOD, next="/account")
    assert answer.headers["location"] == "/sign-in/code"
    assert (await browser.get("/account")).status_code == 303
    assert "one-time-code" in (await browser.get("/sign-in/code")).text
    assert (await browser.submit("/sign-in/code", {"code": "000000"})).status_code == 422
    code = pyotp.TOTP(rep.totp_secret).now()
    done = await browser.submit("/sign-in/code", {"code": f"{code[:3]} {code[3:]}"})
    assert done.status_code == 303 and done.headers["location"] == "/account"
    assert (await browser.get("/account")).status_code == 200
    thief = await client(None)
    await typed(thief, "rep", GOOD)
    await thief.get("/sign-in/code")
    assert (await thief.submit("/sign-in/code", {"code": code})).status_code == 422


async def test_wrong_codes_lock_the_account_even_for_who_knows_the_password(client, rep, session):
    rep.totp_secret = pyotp.random_base32()
    await session.commit()
    browser = await client(None)
    for _ in range(4):
        assert (await typed(browser, "rep", GOOD)).status_code == 303
        await browser.get("/sign-in/code")
        assert (await browser.submit("/sign-in/code", {"code": "12345"})).status_code == 422
    await typed(browser, "rep", GOOD)
    await browser.get("/sign-in/code")
    assert (await browser.submit("/sign-in/code", {"code": "12345"})).status_code == 422
    assert (await typed(browser, "rep", GOOD)).status_code == 429


async def test_the_code_page_without_a_password_before_it_leads_back(client, rep):
    visitor = await client(None)
    visitor.cookies.set("offing_code", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.")
    assert (await visitor.get("/sign-in/code")).headers["location"] == "/sign-in"


async def test_a_forgotten_password_comes_back_by_a_link_that_works_once(client, rep, session):
    browser = await client(None)
    inside = await client(rep)
    await browser.get("/forgotten")
    answer = await browser.submit("/forgotten", {"who": "REP@example.com"})
    mail = (await session.execute(select(Mail))).scalar_one()
    assert mail.to_address == "rep@example.com" and mail.sent_at is None
    link = re.search(r"http://testserver(/reset/\S+)", mail.body)[1]
    assert link.split("/")[-1] not in answer.text
    assert (await browser.get(link)).status_code == 200
    bad = await browser.submit(link, {"new": "short", "repeated": "short"})
    assert bad.status_code == 422 and "At least 10 characters" in bad.text
    assert (await browser.submit(link, {"new": "brand new words", "repeated": "other words here"})).status_code == 422
    done = await browser.submit(link, {"new": "brand new words", "repeated": "brand new words"})
    assert done.status_code == 303 and done.headers["location"] == "/sign-in"
    assert (await inside.get("/account")).status_code == 303
    assert (await browser.get(link)).status_code == 404
    assert (await typed(browser, "rep", "brand new words")).status_code == 303


async def test_an_old_link_for_a_password_does_not_work(client, rep, session):
    browser = await client(None)
    await browser.get("/forgotten")
    await browser.submit("/forgotten", {"who": "rep"})
    reset = (await session.execute(select(PasswordReset))).scalar_one()
    reset.expires_at = clock() - timedelta(seconds=1)
    mail = (await session.execute(select(Mail))).scalar_one()
    await session.commit()
    link = re.search(r"http://testserver(/reset/\S+)", mail.body)[1]
    assert (await browser.get(link)).status_code == 404
    answer = await browser.submit(link, {"new": "brand new words", "repeated": "brand new words"})
    assert answer.status_code == 404


async def test_asking_for_somebody_unknown_looks_the_same_and_sends_nothing(client, rep, session):
    browser = await client(None)
    answers = []
    for who in ("rep", "nobody@example.com"):
        await browser.get("/forgotten")
        answers.append(await browser.submit("/forgotten", {"who": who}))
    bodies = [re.sub(r'content="[^"]*"|value="[^"]*"', "", answer.text) for answer in answers]
    assert bodies[0] == bodies[1] and [answer.status_code for answer in answers] == [200, 200]
    assert await count(session, Mail) == 1


async def test_nobody_is_flooded_with_reset_mails(client, rep, session):
    browser = await client(None)
    await browser.get("/forgotten")
    for _ in range(5):
        assert (await browser.submit("/forgotten", {"who": "rep"})).status_code == 200
    assert await count(session, Mail) == 3


async def test_the_demo_users_fill_in_the_form_by_one_tap(client, rep):
    visitor = await client(None)
    page = await visitor.get("/sign-in?next=/customers")
    assert "/sign-in?user=warehouse&amp;next=" in page.text
    chosen = await visitor.get("/sign-in?user=warehouse&next=/customers")
    assert 'value="warehouse"' in chosen.text and 'value="/customers"' in chosen.text


async def test_the_sign_in_page_speaks_the_chosen_language(client):
    visitor = await client(None, language="en")
    assert "Sign in" in (await visitor.get("/sign-in")).text
    await visitor.submit("/sign-in/language", {"language": "zh", "from": "/forgotten"})
    page = await visitor.get("/sign-in")
    assert 'lang="zh"' in page.text and "登录" in page.text
