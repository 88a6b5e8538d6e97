"""One's own account through the pages."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from domain.core.work import clock
from domain.people.actions.passwords import hashed
from domain.people.models import ApiToken, UserSession

pytestmark = pytest.mark.anyio
GOOD = "correct horse battery"


@pytest.fixture
async def rep(make):
    return await make.user("rep", "sales_rep", password_hash=await hashed(GOOD))


async def test_the_profile_is_saved_and_the_pages_speak_the_new_language(client, rep, session):
    me = await client(rep)
    assert (await me.get("/account")).status_code == 200
    bad = await me.submit("/account", {"name": "", "language": "xx", "time_zone": "Mars/Olympus"})
    assert bad.status_code == 422 and bad.text.count('aria-invalid="true"') == 2
    done = await me.submit("/account", {"name": "王小明", "language": "zh", "time_zone": "Europe/Berlin"})
    assert done.status_code == 303
    await session.refresh(rep)
    assert (rep.name, rep.language, rep.time_zone) == ("王小明", "zh", "Europe/Berlin")
    page = await me.get("/account")
    assert 'lang="zh"' in page.text and "王小明" in page.text


async def test_changing_the_password_signs_out_the_other_devices(client, rep):
    here, there = await client(rep), await client(rep)
    await here.get("/account/password")
    wrong = await here.submit(
        "/account/password", {"current": "no", "new": "a new one indeed", "repeated": "a new one indeed"}
    )
    assert wrong.status_code == 422 and "This is not your password." in wrong.text
    done = await here.submit(
        "/account/password", {"current": GOOD, "new": "a new one indeed", "repeated": "a new one indeed"}
    )
    assert done.status_code == 303
    assert (await here.get("/account")).status_code == 200
    assert (await there.get("/account")).status_code == 303


async def test_devices_are_listed_and_signed_out_one_by_one_and_all_at_once(client, rep, session):
    here, phone, tablet = await client(rep), await client(rep), await client(rep)
    page = await here.get("/account/devices")
    assert page.text.count('id="device-') == 3 and "This device" in page.text
    ids = (await session.scalars(select(UserSession.id).order_by(UserSession.id))).all()
    assert (await here.submit(f"/account/devices/{ids[1]}/sign-out")).status_code == 303
    assert (await phone.get("/account")).status_code == 303
    assert (await tablet.get("/account")).status_code == 200
    await here.submit("/account/devices/sign-out-others")
    assert (await tablet.get("/account")).status_code == 303
    assert (await here.get("/account")).status_code == 200


async def test_nobody_signs_out_somebody_elses_device(client, rep, make, session):
    other = await make.user("other", "administrator")
    inside, outsider = await client(rep), await client(other)
    session_id = (await session.execute(select(UserSession.id).where(UserSession.user_id == rep.id))).scalar_one()
    await outsider.get("/account/devices")
    assert (await outsider.submit(f"/account/devices/{session_id}/sign-out")).status_code == 404
    assert (await inside.get("/account")).status_code == 200


async def test_the_second_factor_is_switched_on_with_a_code_and_off_with_the_password(client, rep, session):
    me = await client(rep)
    page = await me.get("/account/two-factor")
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page.text)[1]
    assert "<svg" in page.text and "style=" not in page.text
    bad = await me.submit("/account/two-factor/on", {"secret": secret, "code": "000"})
    assert bad.status_code == 422 and secret in bad.text
    await session.refresh(rep)
    assert rep.totp_secret is None
    await me.submit("/account/two-factor/on", {"secret": secret, "code": pyotp.TOTP(secret).now()})
    await session.refresh(rep)
    assert rep.totp_secret == secret
    assert secret not in (await me.get("/account/two-factor")).text
    assert (await me.submit("/account/two-factor/off", {"password": "no"})).status_code == 422
    await me.submit("/account/two-factor/off", {"password": GOOD})
    await session.refresh(rep)
    assert rep.totp_secret is None


async def test_a_token_is_shown_once_and_ended(client, rep, session):
    me = await client(rep)
    assert (await me.get("/account/tokens")).status_code == 200
    bad = await me.submit("/account/tokens", {"name": "", "scopes": "payments.confirm"})
    assert bad.status_code == 422
    day = (clock() + timedelta(days=30)).date().isoformat()
    made = await me.submit("/account/tokens", {"name": "Till", "scopes": "orders.view", "expires_on": day})
    token = re.search(r'id="token">(offing_[\w-]+)<', made.text)[1]
    assert token not in (await me.get("/account/tokens")).text
    row = (await session.execute(select(ApiToken))).scalar_one()
    assert row.scopes == ["orders.view"] and row.expires_on.isoformat() == day
    await me.submit(f"/account/tokens/{row.id}/revoke")
    await session.refresh(row)
    assert row.revoked_at is not None


async def test_a_right_one_does_not_have_is_not_handed_on(client, rep, session):
    me = await client(rep)
    await me.get("/account/tokens")
    answer = await me.submit("/account/tokens", {"name": "Till", "scopes": ["orders.view", "payments.confirm"]})
    assert answer.status_code == 422 and "You can only give rights that you have." in answer.text
    assert (await session.execute(select(ApiToken))).first() is None


async def test_the_theme_is_kept_for_browsers_without_scripts(client, rep):
    me = await client(rep)
    await me.get("/account")
    answer = await me.submit("/theme", {"theme": "dark"})
    assert answer.status_code == 303 and me.cookies["offing_theme"] == "dark"
    assert 'data-theme="dark"' in (await me.get("/account")).text
