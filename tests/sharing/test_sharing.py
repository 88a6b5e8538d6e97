"""Who takes part: one mechanism for every kind that has a team. (Customers: tests/customers.)"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.core.access import Grant, GrantLevel, Scope
from domain.core.errors import Denied, Invalid, NotFound
from domain.core.events import EventRow
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work
from domain.leads import queries as leads
from domain.opportunities import queries as opportunities
from domain.sharing import actions, queries
from domain.sharing.inputs import TeamInput
from domain.sharing.kinds import SHARED
from tests.conftest import Client, PageClient, WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(make: Make) -> Any:
    return await make.user("rep", "sales_rep", name="Li Lei")


@pytest.fixture
async def mate(make: Make) -> Any:
    return await make.user("mate", "sales_rep", name="Han Meimei")


async def names(work: Work) -> list[str]:
    """The events of leads and their teams, oldest first."""
    rows = await work.session.scalars(select(EventRow).where(EventRow.kind == "leads").order_by(EventRow.id))
    return [row.name for row in rows]


def test_the_registry_is_by_feature() -> None:
    assert {"customers", "leads", "opportunities"} <= SHARED.keys()
    assert all(feature == shared.feature for feature, shared in SHARED.items())


async def test_a_lead_is_open_to_its_members_and_to_what_it_is_shared_with(
    make: Make, work_as: WorkAs, rep: Any, mate: Any
) -> None:
    lead = await make.lead("Zhang Min", owner=rep)
    desk = await make.department("Service desk")
    role = await make.role("clerk", ("leads.view",), {"leads": Scope.own})
    clerk = await make.user("clerk", role, department=desk)
    work = await work_as(rep)
    with pytest.raises(NotFound):
        await leads.get(await work_as(mate), lead.id)

    await actions.add_member(work, "leads", lead.id, TeamInput(user_id=mate.id, level=GrantLevel.write))
    await actions.add_member(work, "leads", lead.id, TeamInput(to_department_id=desk.id))
    assert [(one.name, one.party, one.post) for one in await queries.team(work, "leads", lead.id)] == [
        ("Han Meimei", "user", "sales"), ("Service desk", "department", "shared"),
    ]  # fmt: skip
    shown = await fetch_page(await work_as(mate), leads.LIST, ListQuery(scene="taking_part"))
    assert [row.name for row in shown.rows] == ["Zhang Min"]
    for who, words in ((mate, "You belong to its team."), (clerk, "It is shared with your department, Service desk.")):
        seen = await work_as(who)
        record = await leads.get(seen, lead.id)
        assert str(await queries.why_visible(seen, "leads", record)) == words
    boss = await work_as(await make.user("aud", "auditor"))
    assert str(await queries.why_visible(boss, "leads", lead)) == "Your role lets you see every lead."
    assert await names(work) == ["TeamMemberAdded", "TeamMemberAdded"]


async def test_a_team_of_one_kind_opens_nothing_of_another(
    make: Make, work_as: WorkAs, rep: Any, mate: Any, session: Any
) -> None:
    customer, lead = await make.customer("Acme", owner=rep), await make.lead("Zhang Min", owner=rep)
    work = await work_as(rep)
    grant = await actions.add_member(work, "customers", customer.id, TeamInput(user_id=mate.id))
    with pytest.raises(NotFound):
        await actions.remove_member(work, "leads", lead.id, grant.id)
    assert await session.get(Grant, grant.id) is not None
    with pytest.raises(NotFound):
        await leads.get(await work_as(mate), lead.id)


async def test_a_member_neither_invites_nor_removes_others_but_leaves(
    make: Make, work_as: WorkAs, rep: Any, mate: Any
) -> None:
    lead, third = await make.lead("Zhang Min", owner=rep), await make.user("third", "sales_rep")
    work = await work_as(rep)
    mine = await actions.add_member(work, "leads", lead.id, TeamInput(user_id=mate.id, level=GrantLevel.write))
    other = await actions.add_member(work, "leads", lead.id, TeamInput(user_id=third.id))
    member = await work_as(mate)
    with pytest.raises(Denied):
        await actions.add_member(member, "leads", lead.id, TeamInput(user_id=third.id))
    with pytest.raises(Denied):
        await actions.remove_member(member, "leads", lead.id, other.id)
    await actions.remove_member(member, "leads", lead.id, mine.id)
    with pytest.raises(NotFound):
        await leads.get(member, lead.id)
    assert (await names(work))[-1] == "TeamMemberRemoved"


async def test_without_the_right_to_share_nobody_is_added(make: Make, work_as: WorkAs, mate: Any) -> None:
    role = await make.role("clerk", ("leads.view", "leads.create"), {"leads": Scope.own})
    work = await work_as(await make.user("clerk", role))
    lead = await make.lead("Zhang Min", owner=await make.session.get(type(mate), work.actor.id))
    with pytest.raises(Denied):
        await actions.add_member(work, "leads", lead.id, TeamInput(user_id=mate.id))
    assert await queries.team(work, "leads", lead.id) == []


async def test_a_past_share_stands_no_more_and_cannot_be_entered(
    make: Make, work_as: WorkAs, rep: Any, mate: Any
) -> None:
    lead = await make.lead("Zhang Min", owner=rep)
    work = await work_as(rep)
    with pytest.raises(Invalid):
        past = work.today - timedelta(days=2)
        await actions.add_member(work, "leads", lead.id, TeamInput(user_id=mate.id, until_on=past))
    await make.grant("leads", lead.id, user=mate, until_on=work.today - timedelta(days=2))
    assert await queries.team(work, "leads", lead.id) == []


async def test_why_an_opportunity_is_seen(make: Make, work_as: WorkAs, rep: Any, mate: Any) -> None:
    boss = await make.user("boss", "sales_director")
    third, fourth = [await make.user(name, "sales_rep") for name in ("third", "fourth")]
    customer = await make.customer("Acme", owner=boss)
    deal = await make.opportunity(customer, owner=rep)
    await make.grant("customers", customer.id, user=third)
    await actions.add_member(await work_as(rep), "opportunities", deal.id, TeamInput(user_id=mate.id))
    for who, words in (
        (rep, "You are the owner."),
        (mate, "You belong to its team."),
        (boss, "Its customer is yours."),
        (third, "Through its customer: You belong to its team."),
    ):
        seen = await work_as(who)
        record = await opportunities.get(seen, deal.id)
        assert str(await queries.why_visible(seen, "opportunities", record)) == words
    auditor = await work_as(await make.user("aud", "auditor"))
    assert str(await queries.why_visible(auditor, "opportunities", deal)) == "Your role lets you see every opportunity."
    stranger = await work_as(fourth)
    with pytest.raises(NotFound):
        await opportunities.get(stranger, deal.id)
    with pytest.raises(Denied):
        await actions.add_member(await work_as(third), "opportunities", deal.id, TeamInput(user_id=fourth.id))


@pytest.fixture
async def browser(client: Client, rep: Any) -> PageClient:
    return await client(rep)  # type: ignore[return-value]


async def test_the_page_of_a_lead_names_its_team(
    browser: PageClient, client: Client, make: Make, rep: Any, mate: Any
) -> None:
    lead = await make.lead("Zhang Min", owner=rep)
    here = f"/leads/{lead.id}"
    page = (await browser.get(here)).text
    assert f'href="{here}/team/new"' in page
    assert "You are the owner." in page
    form = (await browser.get(f"{here}/team/new")).text
    assert "Han Meimei" in form
    assert "Who takes part in Zhang Min also sees its follow-ups." in form
    assert (await browser.submit(f"{here}/team", {"level": "read"})).status_code == 422
    added = await browser.submit(f"{here}/team", {"user_id": str(mate.id), "level": "read", "post": "service"})
    assert added.headers["location"] == f"{here}#team"
    page = (await browser.get(here)).text
    assert "Added Han Meimei to the team" in page
    grant = re.search(r"/team/(\d+)/remove", page)
    assert grant
    other: Any = await client(mate)
    seen = (await other.get(here)).text
    assert "You belong to its team." in seen
    assert f'href="{here}/team/new"' not in seen
    left = await other.submit(f"{here}/team/{grant[1]}/remove")
    assert left.headers["location"] == "/leads", "who left sees it no more"
    assert (await other.get(here)).status_code == 404
    for url in (f"/leads/{lead.id + 1}/team/new", "/leads/999999/team/new"):
        assert (await browser.get(url)).status_code == 404


async def test_in_chinese(browser: PageClient, make: Make, rep: Any) -> None:
    rep.language = "zh"
    lead = await make.lead("张敏", owner=rep)
    form = (await browser.get(f"/leads/{lead.id}/team/new")).text
    assert "张敏 的团队成员可以查看其跟进记录。" in form
    assert "您是负责人" in (await browser.get(f"/leads/{lead.id}")).text
