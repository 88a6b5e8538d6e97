"""Customers with contacts from a table."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.contacts.models import Contact
from domain.core.errors import Denied
from domain.core.events import EventRow
from domain.customers import actions as customers
from domain.customers import queries
from domain.customers.inputs import CustomerInput
from domain.customers.models import Customer, CustomerKind, CustomerSearch
from domain.pools.models import OwnershipChange, RecycleRule
from tests.conftest import WorkAs
from tests.imports.conftest import Bring
from tests.make import Make

pytestmark = pytest.mark.anyio
HOSTILE = Path(__file__).parents[1] / "data" / "tables" / "hostile"


async def stored(session: AsyncSession, *names: str) -> list[Customer]:
    statement = select(Customer).where(Customer.name.in_(names)).order_by(Customer.id)
    return list((await session.scalars(statement)).all())


async def test_a_row_becomes_what_the_form_would_have_made(
    bring: Bring, make: Make, session: AsyncSession, work_as: WorkAs
) -> None:
    team = await make.sales_team()
    pool = await make.pool("North", members=(team.manager,))
    session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
    typed = {"level": "a", "industry": "retail", "phone": "021 6288 8888", "city": "上海市", "address": "南京西路100号"}
    work = await work_as(team.manager)
    by_hand = await customers.create(work, CustomerInput.model_validate({"name": "手工录入有限公司", **typed}))
    result = await bring(
        team.manager,
        "customers",
        "客户名称,级别,行业,电话,城市,地址\n导入录入有限公司,A · 重点,零售,021 6288 8888,上海市,南京西路100号\n",
    )
    assert (result.read, result.made, result.problems) == (1, 1, [])
    (imported,) = await stored(session, "导入录入有限公司")
    await session.refresh(by_hand)
    different = {"id", "name", "name_key", "name_sort", "created_at", "updated_at", "activity_at", "owned_since",
                 "latitude", "longitude", "map_x", "map_y", "location_accuracy", "location_provider"}  # fmt: skip
    for column in Customer.__table__.columns:
        if column.key not in different:
            assert getattr(imported, column.key) == getattr(by_hand, column.key), column.key
    assert imported.home_pool_id == pool.id and imported.recycle_due_at is not None
    assert imported.location_accuracy == "district" or imported.location_accuracy == "city"
    assert imported.department_id == team.manager.department_id


async def test_everything_that_belongs_to_a_customer_is_written(
    bring: Bring, make: Make, session: AsyncSession
) -> None:
    manager = await make.user("boss", "department_manager")
    await bring(manager, "customers", "name,contact,mobile\n润达贸易,王芳,13800138000\n")
    (customer,) = await stored(session, "润达贸易")
    contact = (await session.scalars(select(Contact).where(Contact.customer_id == customer.id))).one()
    assert (contact.name, contact.mobile_key, contact.main) == ("王芳", "+8613800138000", True)
    found = select(CustomerSearch.txt).where(CustomerSearch.customer_id == customer.id)
    txt = (await session.execute(found)).scalar_one()
    assert "rdmy" in txt and "王芳" in txt and "13800138000" in txt
    ledger = (await session.scalars(select(OwnershipChange).where(OwnershipChange.record_id == customer.id))).one()
    assert (ledger.verb, ledger.to_owner_id, ledger.actor_id) == ("create", manager.id, manager.id)
    event = (await session.scalars(select(EventRow).where(EventRow.customer_id == customer.id))).one()
    assert (event.name, event.data["name"]) == ("CustomerCreated", "润达贸易")


async def test_companies_that_are_there_or_come_twice_are_made_once(
    bring: Bring, make: Make, session: AsyncSession
) -> None:
    manager = await make.user("boss", "department_manager")
    await make.customer("Acme GmbH", owner=manager, name_key="acme")
    result = await bring(manager, "customers", "name\nACME\nBeta Ltd\nBETA LTD.\nGamma\n")
    assert (result.read, result.made, result.there, result.refused) == (4, 2, 2, 0)
    assert [(one.line, one.text) for one in result.problems] == [
        (2, "This company exists already: Acme GmbH."), (4, "The same as line 3."),
    ]  # fmt: skip
    assert len(await stored(session, "Acme GmbH", "ACME", "Beta Ltd", "BETA LTD.", "Gamma")) == 3


async def test_a_company_out_of_sight_is_a_duplicate_without_its_name(bring: Bring, make: Make) -> None:
    manager = await make.user("boss", "department_manager", department=await make.department("A"))
    other = await make.user("other", "sales_rep", department=await make.department("B"))
    await make.customer("Secret Works", owner=other, name_key="secretworks")
    result = await bring(manager, "customers", "name\nsecret works\n")
    said = result.problems[0].text
    assert result.there == 1 and "Ask your manager" in said and "Secret" not in said


async def test_running_the_same_file_again_makes_nothing(bring: Bring, make: Make, session: AsyncSession) -> None:
    manager = await make.user("boss", "department_manager")
    text = "id,name,kind\nX1,Acme,company\nX2,Anna Berg,person\n"
    assert (await bring(manager, "customers", text)).made == 2
    again = await bring(manager, "customers", text)
    assert (again.made, again.there) == (0, 2)
    assert len(await stored(session, "Acme", "Anna Berg")) == 2


async def test_a_dry_run_says_the_same_and_stores_nothing(bring: Bring, make: Make, session: AsyncSession) -> None:
    manager = await make.user("boss", "department_manager")
    await make.customer("Acme", owner=manager, name_key="acme")
    text = "name,email\nAcme,\nBeta,wrong\nGamma,g@example.com\nGAMMA,\n"
    before = (await session.execute(select(func.count()).select_from(Customer))).scalar_one()
    dry = await bring(manager, "customers", text, dry=True)
    assert (await session.execute(select(func.count()).select_from(Customer))).scalar_one() == before
    real = await bring(manager, "customers", text)
    assert (dry.made, dry.there, dry.refused) == (real.made, real.there, real.refused) == (1, 2, 1)
    assert dry.problems == real.problems


async def test_every_fault_of_a_row_is_told_in_the_readers_language(bring: Bring, make: Make) -> None:
    manager = await make.user("boss", "department_manager")
    text = "name,email,level,owner,website\n,nonsense,Z,nobody,javascript:alert(1)\n"
    result = await bring(manager, "customers", text, language="zh")
    assert result.refused == 1
    assert {one.text for one in result.problems} >= {"没有用户 nobody。"}
    assert len(result.problems) == 5 and all(not one.text.isascii() for one in result.problems)


async def test_owners_are_found_by_user_name_mail_and_name(bring: Bring, make: Make, session: AsyncSession) -> None:
    team = await make.sales_team()
    team.rep.email, team.rep.name = "rep@example.com", "林晓雨"
    text = f"name,owner\nA1,{team.rep.user_name}\nB1,REP@example.com\nC1,林晓雨\nD1,\n"
    assert (await bring(team.manager, "customers", text)).made == 4
    owners = [one.owner_id for one in await stored(session, "A1", "B1", "C1", "D1")]
    assert owners == [team.rep.id] * 3 + [team.manager.id]


async def test_nobody_enters_customers_for_people_outside_their_line(bring: Bring, make: Make) -> None:
    team = await make.sales_team()
    stranger = await make.user("stranger", "sales_rep")
    result = await bring(team.manager, "customers", "name,owner\nA1,stranger\n")
    assert (result.made, result.problems[0].text) == (0, f"You may not enter anything for {stranger.name}.")
    assert (await bring(team.admin, "customers", "name,owner\nA1,stranger\n")).made == 1


async def test_customers_can_go_into_a_pool(bring: Bring, make: Make, session: AsyncSession) -> None:
    manager = await make.user("boss", "department_manager")
    pool = await make.pool("North", administrators=(manager,))
    await bring(manager, "customers", "name,owner\nAcme,somebody\n", pool_id=pool.id)
    (customer,) = await stored(session, "Acme")
    assert (customer.owner_id, customer.pool_id, customer.home_pool_id) == (None, pool.id, pool.id)
    assert customer.pooled_since is not None and customer.recycle_due_at is None


async def test_the_holding_limit_holds(bring: Bring, make: Make) -> None:
    team = await make.sales_team()
    team.rep.holding_limit = 2
    await make.customer("Old", owner=team.rep)
    rep = team.rep.user_name
    text = f"name,owner\nA1,{rep}\nB1,{rep}\nC1,\n"
    dry = await bring(team.manager, "customers", text, dry=True)
    result = await bring(team.manager, "customers", text)
    assert (result.made, result.refused) == (dry.made, dry.refused) == (2, 1)
    assert result.problems[0].line == 3 and "2" in result.problems[0].text


async def test_rows_of_one_company_add_its_further_contacts(bring: Bring, make: Make, session: AsyncSession) -> None:
    manager = await make.user("boss", "department_manager")
    text = (
        "Account: Account Name,Contact: First Name,Contact: Last Name,Contact: Phone\n"
        "Alpha,Amy,Taylor,4152568563\nAlpha,Jennifer,Wu,4158521463\nAlpha,Amy,Taylor,\n"
    )
    result = await bring(manager, "customers", text)
    assert (result.made, result.there) == (1, 1)
    found = (await session.execute(select(Contact.name, Contact.main).order_by(Contact.id))).all()
    assert [tuple(row) for row in found] == [("Amy Taylor", True), ("Jennifer Wu", False)]


async def test_a_contact_whose_number_is_taken_is_left_out_and_the_row_says_so(
    bring: Bring, make: Make, session: AsyncSession
) -> None:
    manager = await make.user("boss", "department_manager")
    text = "name,contact,mobile\nA1,Wang,13800138000\nB1,Li,138 0013 8000\n"
    result = await bring(manager, "customers", text)
    assert result.made == 2 and result.problems[0].line == 3 and "Li was left out" in result.problems[0].text
    assert (await session.execute(select(func.count()).select_from(Contact))).scalar_one() == 1


async def test_a_rep_may_not_import(bring: Bring, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    with pytest.raises(Denied):
        await bring(rep, "customers", "name\nAcme\n")


async def test_hostile_strings_stay_text(bring: Bring, make: Make, session: AsyncSession, work_as: WorkAs) -> None:
    manager = await make.user("boss", "department_manager")
    strings = json.loads((HOSTILE / "blns.json").read_text("utf-8"))
    strings += (HOSTILE / "csv-injection.txt").read_text("utf-8").splitlines()
    rows: list[list[Any]] = [["name", "notes"]]
    for number, text in enumerate(strings):
        rows.append([f"Firm {number}", text])
    lines = "\n".join(",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in rows)
    result = await bring(manager, "customers", lines.encode("utf-8", "replace").decode())
    assert result.read == len(strings) and result.made + result.refused == len(strings)
    assert result.made > len(strings) * 0.9, "only control characters are refused"
    found = dict(tuple(row) for row in await session.execute(select(Customer.name, Customer.notes)))
    for number, text in enumerate(strings):
        kept = found.get(f"Firm {number}")
        if kept is not None:
            assert kept == text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n").strip()
    assert await queries.same_name(await work_as(manager), "firm1", CustomerKind.company)


async def test_the_clock_of_old_rows_does_not_move(bring: Bring, make: Make, session: AsyncSession) -> None:
    manager = await make.user("boss", "department_manager")
    pool = await make.pool("North", members=(manager,))
    session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=10, levels=["a"]))
    session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=20, levels=["b"]))
    await bring(manager, "customers", "name,level\nA1,A\nA2,A\nB1,B\nB2,B\nC1,C\n")
    rows = {one.name: one for one in await stored(session, "A1", "A2", "B1", "B2", "C1")}
    assert rows["A1"].recycle_due_at == rows["A2"].recycle_due_at is not None
    assert rows["B1"].recycle_due_at == rows["B2"].recycle_due_at is not None
    assert rows["C1"].recycle_due_at is None
    assert rows["B1"].recycle_due_at - rows["A1"].recycle_due_at == timedelta(days=10)  # type: ignore[operator]
