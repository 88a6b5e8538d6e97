"""Opportunities in the back office: pipelines, stages and questions are kept, the rest is looked at."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.questions import QuestionKind
from domain.opportunities.models import Pipeline, Stage, StageKind, StageQuestion
from domain.people.models import User
from tests.make import Make

pytestmark = pytest.mark.anyio
NEW = {"name_zh": "续约", "name_en": "Renewals", "position": 20, "active": True}


async def test_a_new_pipeline_comes_with_the_usual_stages(office):
    admin = await office.enter("admin")
    made = await admin.post("/admin/api/tables/pipelines/", json=NEW)
    assert made.status_code == 201, made.text
    key = made.json()[0]["id"]
    stages = await office.all(select(Stage).where(Stage.pipeline_id == key).order_by(Stage.position))
    assert [(stage.name_en, stage.kind, stage.probability) for stage in stages] == [
        ("First contact", "open", 10), ("Needs confirmed", "open", 30), ("Proposal", "open", 50),
        ("Negotiation", "open", 75), ("Won", "won", 100), ("Lost", "lost", 0), ("Invalid", "invalid", 0),
    ]  # fmt: skip
    assert (await admin.delete(f"/admin/api/tables/pipelines/{key}/")).status_code == 405, "it is switched off instead"
    off = await admin.patch(f"/admin/api/tables/pipelines/{key}/", json={"active": False})
    assert off.status_code == 200, off.text
    assert not (await office.one(select(Pipeline).where(Pipeline.id == key))).active


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("won", None, "one stage each for won, lost and invalid"),
        ("lost", {"kind": "open"}, "one stage each for won, lost and invalid"),
        ("invalid", {"active": False}, "not allowed"),
        ("open", {"kind": "won"}, "exists already"),
        ("open", {"probability": 101}, "not allowed"),
        ("open", {"stale_days": 0}, "not allowed"),
        ("open", {"kind": "dreamt"}, "not allowed"),
        ("open", {"name_zh": "  "}, "needed value"),
    ],
)
async def test_what_would_break_a_pipeline_is_refused(office, kind, change, words):
    before = await office.one(select(Stage).where(Stage.kind == kind).order_by(Stage.position).limit(1))
    admin = await office.enter("admin")
    url = f"/admin/api/tables/stages/{before.id}/"
    answer = await (admin.delete(url) if change is None else admin.patch(url, json=change))
    assert answer.status_code >= 400 and words in answer.text, answer.text
    after = await office.one(select(Stage).where(Stage.id == before.id))
    assert (after.kind, after.active, after.probability, after.name_zh) == (
        before.kind, True, before.probability, before.name_zh,
    )  # fmt: skip


async def test_the_last_open_stage_stays_in_use(office):
    admin = await office.enter("admin")
    stages = await office.all(select(Stage).where(Stage.kind == StageKind.open.value).order_by(Stage.position))
    answers = [await admin.patch(f"/admin/api/tables/stages/{stage.id}/", json={"active": False}) for stage in stages]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 422]
    assert "an open stage that is in use" in answers[-1].text


async def test_a_question_of_a_stage_in_the_readers_language(office):
    stage = await office.one(select(Stage).where(Stage.kind == "open").order_by(Stage.position).limit(1))
    admin = await office.enter("admin", "zh")
    asked = {
        "stage_id": stage.id, "position": 1, "kind": QuestionKind.choice.value, "text_zh": "预算", "text_en": "Budget",
        "choices_zh": "有\n没有", "choices_en": "Yes\nNo", "required": True, "active": True,
    }  # fmt: skip
    made = await admin.post("/admin/api/tables/stage_questions/", json=asked)
    assert made.status_code == 201, made.text
    kept = await office.one(select(StageQuestion))
    assert (kept.stage_id, kept.text_zh, kept.required) == (stage.id, "预算", True)
    properties = (await admin.get("/admin/api/tables/stages/schema/")).json()["properties"]
    assert properties["kind"]["extra"]["choices"]["won"]["display_name"] == "赢单"
    assert properties["stale_days"]["title"] != "stale_days"


async def test_opportunities_and_moves_are_only_looked_at(office):
    async with AsyncSession(office.database.engine) as session:
        make = Make(session)
        stage = (await session.scalars(select(Stage).where(Stage.kind == "open").limit(1))).one()
        rep = (await session.scalars(select(User).where(User.user_name == "rep"))).one()
        deal = await make.opportunity(await make.customer("Acme", owner=rep), stage=stage, name="Tea for a year")
        deal_id, rep_id = deal.id, rep.id
        await session.commit()
    admin = await office.enter("admin")
    for table in ("opportunities", "opportunity_lines", "stage_moves"):
        assert (await admin.get(f"/admin/api/tables/{table}/")).status_code == 200
    (row,) = (await admin.get("/admin/api/tables/opportunities/")).json()["rows"]
    assert (row["name"], row["status"], row["owner_id"]) == ("Tea for a year", "open", rep_id)
    url = f"/admin/api/tables/opportunities/{deal_id}/"
    assert (await admin.patch(url, json={"status": "won"})).status_code == 405
    assert (await admin.delete(url)).status_code == 405
    auditor = await office.enter("auditor")
    assert (await auditor.post("/admin/api/tables/pipelines/", json=NEW)).status_code == 403
    rep = await office.enter("rep")
    assert (await rep.get("/admin/api/tables/stages/")).status_code in (403, 404)
