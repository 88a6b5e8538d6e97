"""Leads in the back office: they are looked at, and who gets new ones is set."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.people.models import User
from domain.pools.models import Pool, PoolAssignee
from tests.make import Make

pytestmark = pytest.mark.anyio


async def test_leads_are_shown_in_the_readers_language_and_cannot_be_written(office):
    async with AsyncSession(office.database.engine) as session:
        make = Make(session)
        lead = await make.lead("Ms Guo", owner=(await session.scalars(select(User).limit(1))).one(), company="Kelp Ltd")
        lead_id = lead.id
        await session.commit()
    admin = await office.enter("admin", "zh")
    (row,) = (await admin.get("/admin/api/tables/leads/")).json()["rows"]
    assert (row["name"], row["company"], row["status"]) == ("Ms Guo", "Kelp Ltd", "pending")
    properties = (await admin.get("/admin/api/tables/leads/schema/")).json()["properties"]
    assert properties["status"]["extra"]["choices"]["pending"]["display_name"] == "待处理"
    assert (await admin.patch(f"/admin/api/tables/leads/{lead_id}/", json={"status": "void"})).status_code == 405
    assert (await admin.delete(f"/admin/api/tables/leads/{lead_id}/")).status_code == 405


async def test_who_gets_what_comes_into_a_pool_is_set_once_a_person(office):
    pool = await office.one(select(Pool).where(Pool.kind == "lead"))
    rep = await office.one(select(User.id).where(User.user_name == "rep"))
    admin = await office.enter("admin")
    entered = {"pool_id": pool.id, "user_id": rep, "position": 1}
    made = await admin.post("/admin/api/tables/pool_assignees/", json=entered)
    assert made.status_code == 201, made.text
    kept = await office.one(select(PoolAssignee))
    assert (kept.pool_id, kept.user_id, kept.position, kept.last_at) == (pool.id, rep, 1, None)
    again = await admin.post("/admin/api/tables/pool_assignees/", json=entered)
    assert again.status_code >= 400 and "exists already" in again.text
    gone = await admin.delete(f"/admin/api/tables/pool_assignees/{made.json()[0]['id']}/")
    assert gone.status_code in (200, 204)
    assert await office.all(select(PoolAssignee)) == []
