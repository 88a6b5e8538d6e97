"""Leads from a table."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.errors import Denied, Invalid
from domain.core.events import EventRow
from domain.imports.fields import guess, missing
from domain.imports.models import ImportKind
from domain.leads.models import Lead, LeadSearch
from domain.notifications.models import Notification
from domain.pools.models import OwnershipChange, PoolAssignee, RecycleRule
from tests.conftest import Client
from tests.imports.conftest import Bring
from tests.make import Make

pytestmark = pytest.mark.anyio


async def stored(session: AsyncSession, *names: str) -> list[Lead]:
    statement = select(Lead).where(Lead.name.in_(names)).order_by(Lead.id)
    return list((await session.scalars(statement)).all())


async def test_everything_that_belongs_to_a_lead_is_written(bring: Bring, make: Make, session: AsyncSession) -> None:
    manager = await make.user("boss", "department_manager")
    pool = await make.pool("Fairs", kind="lead", members=(manager,))
    session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=7))
    text = "姓名,公司,手机,线索来源,需求,城市\n郭云帆,云帆食品,13800138000,展会,每月 20 公斤咖啡豆,上海市\n"
    result = await bring(manager, "leads", text, language="zh")
    assert (result.read, result.made, result.problems) == (1, 1, [])
    (lead,) = await stored(session, "郭云帆")
    assert (lead.company, lead.mobile_key, lead.source, lead.status) == (
        "云帆食品", "+8613800138000", "trade_show", "pending",
    )  # fmt: skip
    assert (lead.owner_id, lead.home_pool_id, lead.department_id) == (manager.id, pool.id, manager.department_id)
    assert lead.recycle_due_at is not None and lead.need == "每月 20 公斤咖啡豆"
    found = (await session.scalars(select(LeadSearch.txt).where(LeadSearch.lead_id == lead.id))).one()
    assert "gyf" in found and "yfsp" in found and "13800138000" in found
    of_lead = (OwnershipChange.kind == "lead", OwnershipChange.record_id == lead.id)
    ledger = (await session.scalars(select(OwnershipChange).where(*of_lead))).one()
    assert (ledger.verb, ledger.to_owner_id, ledger.actor_id) == ("create", manager.id, manager.id)
    event = (await session.scalars(select(EventRow).where(EventRow.kind == "leads"))).one()
    assert (event.name, event.record_id, event.customer_id) == ("LeadCreated", lead.id, None)


async def test_a_number_makes_a_lead_once(bring: Bring, make: Make, session: AsyncSession) -> None:
    manager = await make.user("boss", "department_manager")
    other = await make.user("other", "sales_rep", department=await make.department("Far away"))
    await make.lead("Ms Known", owner=manager, mobile="138 0013 8000", mobile_key="+8613800138000")
    await make.lead("Mr Secret", owner=other, mobile="139 0013 9000", mobile_key="+8613900139000")
    await make.lead("Gone", owner=other, mobile_key="+8613700137000", deleted_at=manager.created_at)
    text = (
        "name,mobile\nGuo,13800138000\nZhao,+86 139 0013 9000\nFirst,13600136000\nSecond,136-0013-6000\n"
        "Back,13700137000\n"
    )
    result = await bring(manager, "leads", text)
    assert (result.read, result.made, result.there) == (5, 2, 3)
    assert [(one.line, one.text) for one in result.problems] == [
        (2, "This lead exists already: Ms Known."),
        (3, "This lead exists already, but you may not see it. Ask your manager."),
        (5, "The same as line 4."),
    ]
    assert [one.name for one in await stored(session, "Guo", "Zhao", "First", "Second", "Back")] == ["First", "Back"]


async def test_the_same_file_again_makes_nothing_also_without_numbers(
    bring: Bring, make: Make, session: AsyncSession
) -> None:
    manager = await make.user("boss", "department_manager")
    text = "name,company,email\nGuo,Kelp,g@kelp.example\nGuo,Kelp,other@kelp.example\nGuo,,\nGuo,kelp,G@kelp.example\n"
    assert (await bring(manager, "leads", text)).made == 3
    again = await bring(manager, "leads", text)
    assert (again.made, again.there) == (0, 4)


async def test_owner_pool_and_limits(bring: Bring, make: Make, session: AsyncSession) -> None:
    team = await make.sales_team()
    team.rep.holding_limit = 2
    await make.lead("Old", owner=team.rep)
    stranger, rep = await make.user("stranger", "sales_rep"), team.rep.user_name
    text = f"name,owner\nA1,{rep}\nB1,{rep}\nC1,stranger\nD1,nobody\nE1,\n"
    dry = await bring(team.manager, "leads", text, dry=True)
    assert await stored(session, "A1", "E1") == []
    result = await bring(team.manager, "leads", text)
    assert (dry.made, dry.problems) == (result.made, result.problems)
    assert [one.text for one in result.problems] == [
        "Rep holds 2 of 2 leads.", f"You may not enter anything for {stranger.name}.", "There is no user nobody.",
    ]  # fmt: skip
    assert [one.owner_id for one in await stored(session, "A1", "E1")] == [team.rep.id, team.manager.id]
    pool = await make.pool("Fairs", kind="lead", administrators=(team.manager,))
    await bring(team.manager, "leads", "name,owner\nF1,nobody\n", pool_id=pool.id)
    (pooled,) = await stored(session, "F1")
    assert (pooled.owner_id, pooled.pool_id, pooled.home_pool_id, pooled.status) == (
        None, pool.id, pool.id, "unassigned",
    )  # fmt: skip


async def test_a_pool_with_default_assignees_hands_out_in_turn(bring: Bring, make: Make, session: AsyncSession) -> None:
    boss = await make.user("boss", "department_manager", language="en")
    first, second = [await make.user(name, "sales_rep") for name in ("one", "two")]
    second.holding_limit = 1
    pool = await make.pool("Fairs", kind="lead", administrators=(boss,))
    session.add_all(PoolAssignee(pool_id=pool.id, user_id=each.id) for each in (first, second))
    result = await bring(boss, "leads", "name\nA1\nB1\nC1\nD1\n", pool_id=pool.id)
    assert result.made == 4
    leads = await stored(session, "A1", "B1", "C1", "D1")
    for lead in leads:
        await session.refresh(lead)
    assert [lead.owner_id for lead in leads] == [first.id, second.id, first.id, first.id]
    assert {(lead.status, lead.pool_id, lead.home_pool_id) for lead in leads} == {("pending", None, pool.id)}
    verbs = select(OwnershipChange.verb).where(OwnershipChange.record_id == leads[0].id)
    assert list(await session.scalars(verbs.order_by(OwnershipChange.id))) == ["create", "assign"]
    told = {one.user_id: one.sentence for one in await session.scalars(select(Notification))}
    assert set(told) == {first.id, second.id}


async def test_customers_do_not_go_into_a_pool_of_leads(bring: Bring, make: Make) -> None:

    manager = await make.user("boss", "department_manager")
    pool = await make.pool("Fairs", kind="lead", administrators=(manager,))
    with pytest.raises(Invalid):
        await bring(manager, "customers", "name\nAcme\n", pool_id=pool.id)


async def test_every_fault_of_a_row_is_told(bring: Bring, make: Make, session: AsyncSession) -> None:
    manager = await make.user("boss", "department_manager")
    result = await bring(manager, "leads", "name,email,source\n,wrong,the moon\n", language="zh")
    assert (result.made, result.refused) == (0, 1)
    assert len(result.problems) == 3 and all(not one.text.isascii() for one in result.problems)
    assert (await session.execute(select(func.count()).select_from(Lead))).scalar_one() == 0


async def test_who_may_not_import_leads_is_refused(bring: Bring, make: Make) -> None:
    with pytest.raises(Denied):
        await bring(await make.user("rep", "sales_rep"), "leads", "name\nGuo\n")


async def test_files_of_other_programs_are_understood(bring: Bring, make: Make, session: AsyncSession) -> None:
    """Odoo has a title beside the person; Salesforce only first and last names."""
    manager = await make.user("boss", "department_manager")
    odoo = "Name,Company Name,Contact Name,Email,Job Position,Notes\nNew website,Kelp Ltd,Robin Smith,,CEO,Met in May\n"
    assert (await bring(manager, "leads", odoo)).made == 1
    (lead,) = await stored(session, "Robin Smith")
    assert (lead.need, lead.company, lead.post, lead.notes) == ("New website", "Kelp Ltd", "CEO", "Met in May")
    salesforce = "First Name,Last Name,Company,Title,Lead Source,Mobile\nAnna,Berg,Bergbau AG,Buyer,Referral,\n"
    assert (await bring(manager, "leads", salesforce)).made == 1
    (lead,) = await stored(session, "Anna Berg")
    assert (lead.company, lead.post, lead.source) == ("Bergbau AG", "Buyer", "referral")


def test_a_name_may_come_from_elsewhere_but_from_somewhere() -> None:
    assert missing(ImportKind.leads, guess(ImportKind.leads, ["Last Name", "Mobile"])) == []
    assert [field.name for field in missing(ImportKind.leads, guess(ImportKind.leads, ["Mobile"]))] == ["name"]


async def test_the_page_offers_pools_of_leads_only(client: Client, make: Make, session: AsyncSession) -> None:
    boss = await make.user("boss", "department_manager")
    fairs = await make.pool("Fairs", kind="lead", members=(boss,))
    await make.pool("North", members=(boss,))
    page = await client(boss)
    await page.get("/imports")
    file = {"file": ("leads.csv", b"name,mobile\nMs Guo,13800138000\n", "text/csv")}
    url = (await page.submit("/imports", {"kind": "leads"}, files=file)).headers["location"]
    shown = (await page.get(url)).text
    assert "Put the leads into" in shown and "Fairs" in shown and "North" not in shown
    chosen = {"map_name": "name", "map_mobile": "mobile", "pool_id": str(fairs.id)}
    assert (await page.submit(f"{url}/check", chosen)).status_code == 303
    assert "Import now" in (await page.get(url)).text and await stored(session, "Ms Guo") == []
    await page.submit(f"{url}/run", {})
    (lead,) = await stored(session, "Ms Guo")
    assert lead.pool_id == fairs.id and f"/leads/{lead.id}" in (await page.get(f"{url}/rows")).text
