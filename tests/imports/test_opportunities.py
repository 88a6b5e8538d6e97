"""Opportunities from a table."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.company.models import Reason
from domain.core.errors import Denied
from domain.core.events import EventRow
from domain.core.lists import ListQuery, fetch_page
from domain.imports.fields import guess, missing
from domain.imports.models import ImportKind
from domain.opportunities import queries
from domain.opportunities.models import Opportunity, StageMove
from tests.conftest import WorkAs
from tests.imports.conftest import Bring
from tests.make import Make, SalesTeam

pytestmark = pytest.mark.anyio


@pytest.fixture
async def team(make: Make) -> SalesTeam:
    await make.pipeline("Selling")
    make.session.add_all(
        Reason(kind=f"opportunity_{kind}", text_zh=zh, text_en=en, position=place)
        for kind in ("won", "lost", "invalid")
        for place, (zh, en) in enumerate((("价格", "Price"), ("其他", "Other")))
    )
    return await make.sales_team()


async def stored(session: AsyncSession, *names: str) -> list[Opportunity]:
    statement = select(Opportunity).where(Opportunity.name.in_(names)).order_by(Opportunity.id)
    return list((await session.scalars(statement)).all())


async def test_everything_that_belongs_to_an_opportunity_is_written(
    bring: Bring, make: Make, team: SalesTeam, session: AsyncSession, work_as: WorkAs
) -> None:
    customer = await make.customer("云帆食品", owner=team.rep)
    text = (
        "商机名称,客户名称,阶段,金额,预计成交日期,赢率,下一步,来源,创建日期\n"
        "燕麦奶,云帆食品,Stage 2,\"¥12,000.50\",2030-03-01,45%,寄样品,展会,2026-01-05\n"
    )  # fmt: skip
    result = await bring(team.manager, "opportunities", text, language="zh")
    assert (result.made, result.problems) == (1, [])
    (deal,) = await stored(session, "燕麦奶")
    assert (deal.amount, deal.expected_on, deal.probability, deal.source) == (
        Decimal("12000.50"), date(2030, 3, 1), 45, "trade_show",
    )  # fmt: skip
    assert (deal.owner_id, deal.customer_id, deal.status) == (team.rep.id, customer.id, "open"), "its customer's owner"
    assert deal.created_at.date() == date(2026, 1, 5) and deal.department_id == team.rep.department_id
    (move,) = await session.scalars(select(StageMove).where(StageMove.opportunity_id == deal.id))
    assert (move.from_stage_id, move.to_stage_id, move.at) == (None, deal.stage_id, deal.stage_since)
    event = (await session.scalars(select(EventRow).where(EventRow.kind == "opportunities"))).one()
    assert (event.name, event.record_id, event.customer_id) == ("OpportunityCreated", deal.id, customer.id)
    found = await fetch_page(await work_as(team.rep), queries.LIST, ListQuery(q="ymn"))
    assert [row.name for row in found.rows] == ["燕麦奶"]


async def test_endings_come_with_a_reason_and_their_day(
    bring: Bring, make: Make, team: SalesTeam, session: AsyncSession
) -> None:
    customer = await make.customer("Acme", owner=team.rep)
    yesterday = (customer.created_at.date() - timedelta(days=30)).isoformat()
    text = (
        "Opportunity Name,Account Name,Stage,Close Date,Lost Reason\n"
        f"One,Acme,Closed Won,{yesterday},\nTwo,Acme,Closed Lost,{yesterday},price\nThree,Acme,Lost,,They moved away\n"
    )
    result = await bring(team.manager, "opportunities", text)
    assert result.problems == []
    one, two, three = await stored(session, "One", "Two", "Three")
    named = {reason.id: reason.text_en for reason in await session.scalars(select(Reason))}
    assert [(deal.status, named.get(deal.end_reason_id or 0), deal.end_note) for deal in (one, two, three)] == [
        ("won", "Other", None), ("lost", "Price", None), ("lost", None, "They moved away"),
    ]  # fmt: skip
    assert one.ended_at is not None and one.ended_at.date().isoformat() == yesterday
    assert (one.probability, one.created_at) == (100, one.ended_at)


async def test_what_is_there_comes_only_once(bring: Bring, make: Make, team: SalesTeam, session: AsyncSession) -> None:
    await make.customer("Acme", owner=team.rep)
    text = "name,customer\nTea,Acme\nTEA,acme\nCups,Acme\n"
    first = await bring(team.manager, "opportunities", text)
    assert (first.made, [one.text for one in first.problems]) == (2, ["The same as line 2."])
    again = await bring(team.manager, "opportunities", text)
    assert (again.made, again.there) == (0, 3)
    assert (await session.execute(select(func.count()).select_from(Opportunity))).scalar_one() == 2


async def test_every_fault_of_a_row_is_told_and_a_try_stores_nothing(
    bring: Bring, make: Make, team: SalesTeam, session: AsyncSession
) -> None:
    far = await make.user("far", "sales_rep", department=await make.department("Far"))
    await make.customer("Hidden", owner=far)
    await make.customer("Pooled", pool=await make.pool("North", members=(team.manager,)))
    await make.customer("Acme", owner=team.rep)
    text = (
        "name,customer,stage,amount,expected on,owner,created date,pipeline\n"
        "A,Nobody,,,,,,\nB,Hidden,,,,,,\nC,Pooled,,,,,,\nD,Acme,Dreaming,-1,soon,far,2999-01-01,\n,Acme,,,,,,\n"
        "F,Acme,,,,,,Renewals\nG,,,,,,,\nFine,Acme,,,,,,selling\n"
    )
    dry = await bring(team.manager, "opportunities", text, dry=True)
    assert await stored(session, "Fine") == []
    result = await bring(team.manager, "opportunities", text)
    assert (dry.made, dry.problems) == (result.made, result.problems)
    told: dict[int, list[str]] = {}
    for one in result.problems:
        told.setdefault(one.line, []).append(one.text)
    assert told[2] == ["There is no customer Nobody, or you may not see it."]
    assert told[3] == ["There is no customer Hidden, or you may not see it."]
    assert told[4] == ["Pooled lies in a public pool. Claim it first."]
    assert len(told[5]) == 5 and "There is no stage Dreaming." in told[5]
    assert set(told) == {2, 3, 4, 5, 6, 7, 8} and told[7] == ["There is no sales pipeline Renewals."]
    assert len(await stored(session, "Fine")) == 1
    chinese = await bring(team.manager, "opportunities", "name,customer,stage\nX,Acme,Dreaming\n", language="zh")
    assert not chinese.problems[0].text.isascii()


async def test_who_may_not_import_opportunities_is_refused(bring: Bring, make: Make, team: SalesTeam) -> None:
    with pytest.raises(Denied):
        await bring(team.rep, "opportunities", "name,customer\nTea,Acme\n")


def test_headings_of_other_programs_are_known() -> None:
    salesforce = ["Opportunity Name", "Account Name", "Stage", "Amount", "Close Date", "Probability (%)",
                  "Lead Source", "Next Step", "Opportunity Owner", "Created Date"]  # fmt: skip
    found = guess(ImportKind.opportunities, salesforce)
    assert (
        found["name"] == "Opportunity Name"
        and found["customer"] == "Account Name"
        and found["expected_on"] == "Close Date"
    )
    assert found["probability"] == "Probability (%)" and found["created_on"] == "Created Date"
    assert missing(ImportKind.opportunities, found) == []
    assert [field.name for field in missing(ImportKind.opportunities, guess(ImportKind.opportunities, ["Amount"]))] == [
        "name", "customer",
    ]  # fmt: skip
