"""A lost device: it opens nothing any more, and forgets everything when it is online."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.models import Approval, ApprovalStep
from domain.core.inputs import parse
from domain.core.work import clock
from domain.notifications.models import DecisionToken
from domain.people.actions import edit_user
from domain.people.inputs import UserInput
from domain.people.models import User, UserSession
from tests.conftest import Client, WorkAs
from tests.make import Make
from tests.sync.conftest import PhoneOf
from tests.sync.phone import record

pytestmark = pytest.mark.anyio


async def sessions(session: AsyncSession, user: User) -> list[UserSession]:
    found = select(UserSession).where(UserSession.user_id == user.id).order_by(UserSession.id)
    return list(await session.scalars(found.execution_options(populate_existing=True)))


async def test_a_wiped_device_only_hears_that_it_shall_forget(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    lost, other = await phone(rep), await phone(rep)
    await lost.hello()
    found = await sessions(session, rep)
    shown = await other.client.get("/account/devices")
    assert "Wipe this device" in shown.text
    answer = await other.client.submit(f"/account/devices/{found[0].id}/wipe")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/devices")
    said = await lost.client.get("/sync/hello")
    assert (said.status_code, said.headers["x-offing"]) == (200, str(rep.id))
    assert (said.json()["wipe"], said.json()["user"], said.json()["csrf"]) == (True, rep.id, "")
    assert (await lost.post(record("customers", {"name": "Tea"}))).status_code == 401
    assert (await lost.client.get("/sync/hello", params={"again": 1})).json()["wipe"] is True
    turned = await lost.client.get("/today")
    assert (turned.status_code, turned.headers["location"]) == (303, "/sign-in")
    assert (await other.hello())["wipe"] is False
    assert "Is being wiped" in (await other.client.get("/account/devices")).text


async def test_signing_out_the_others_does_not_save_it(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    lost, other = await phone(rep), await phone(rep)
    found = await sessions(session, rep)
    await other.client.submit(f"/account/devices/{found[0].id}/wipe")
    await other.client.submit("/account/devices/sign-out-others")
    assert (await lost.client.get("/sync/hello")).json()["wipe"] is True


async def test_nobody_wipes_somebody_elses_device_but_an_administrator(
    make: Make, client: Client, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep", name="Li Na")
    lost = await phone(rep)
    found = (await sessions(session, rep))[0].id
    stranger: Any = await client(await make.user("other", "sales_rep"))
    assert (await stranger.submit(f"/account/devices/{found}/wipe")).status_code == 404
    assert f"device-{found}" not in (await stranger.get(f"/account/devices?user={rep.id}")).text
    assert (await lost.hello())["wipe"] is False
    admin: Any = await client(await make.user("admin", "administrator"))
    shown = await admin.get(f"/account/devices?user={rep.id}")
    assert f"device-{found}" in shown.text
    answer = await admin.submit(f"/account/devices/{found}/wipe")
    assert answer.headers["location"] == f"/account/devices?user={rep.id}"
    assert (await lost.hello())["wipe"] is True
    assert (await admin.submit("/account/devices/999999/wipe")).status_code == 404


async def test_who_is_switched_off_leaves_no_copy_on_the_phone(
    make: Make, phone: PhoneOf, work_as: WorkAs, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    own = await phone(rep)
    work = await work_as(await make.user("admin", "administrator"))
    data = parse(UserInput, {"user_name": rep.user_name, "name": rep.name, "active": False})
    await edit_user(work, rep.id, data)
    await session.commit()
    assert (await own.client.get("/today")).status_code == 303
    assert (await own.hello())["wipe"] is True


async def test_buttons_on_the_lock_screen_of_a_lost_device_decide_nothing(
    make: Make, client: Client, phone: PhoneOf, work_as: WorkAs, session: AsyncSession
) -> None:
    team = await make.sales_team()
    order = await make.order(await make.customer(owner=team.rep), team.rep)
    approval = Approval(
        kind="orders", record_id=order.id, record_version=1, round=1, submitted_by_id=team.rep.id, title="SO"
    )
    session.add(approval)
    await session.flush()
    step = ApprovalStep(approval_id=approval.id, position=1, status="awaiting", rule="manager")
    session.add(step)
    await session.flush()
    lost, other = await phone(team.manager), await phone(team.manager)
    later = clock() + timedelta(hours=1)
    session.add(
        DecisionToken(token_hash=b"x", user_id=team.manager.id, step_id=step.id, record_version=1, expires_at=later)
    )
    await session.commit()
    found = await sessions(session, team.manager)
    await other.client.submit(f"/account/devices/{found[0].id}/wipe")
    assert (await lost.hello())["wipe"] is True
    assert (await session.scalars(select(DecisionToken))).all() == []
