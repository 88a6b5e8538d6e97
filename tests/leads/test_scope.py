"""Who sees and changes which leads."""

from __future__ import annotations

from typing import Any

import pytest

from domain.core.access import GrantLevel, Scope
from domain.core.errors import Denied, NotFound
from domain.core.inputs import parse
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work
from domain.leads import actions, policy, queries
from domain.leads.inputs import LeadInput
from domain.leads.models import LeadStatus

pytestmark = pytest.mark.anyio


async def found(work: Work, scene: str | None = None) -> list[str]:
    page = await fetch_page(work, queries.LIST, ListQuery(scene=scene), counted=True)
    assert page.count is not None and page.count.number == len(page.rows)
    return [row.name for row in page.rows]


async def test_a_scope_of_departments(make: Any, work_as: Any) -> None:
    sales = await make.department("Sales")
    boss = await make.user("boss", "department_manager", department=sales)
    rep = await make.user("rep", "sales_rep", department=sales, manager=boss)
    far = await make.user("far", "sales_rep", department=await make.department("Far"))
    await make.lead("Mine", owner=boss)
    await make.lead("Below", owner=rep)
    hers = await make.lead("Hers", owner=far)
    work = await work_as(boss)
    assert sorted(await found(work)) == ["Below", "Mine"]
    assert await found(work, scene="subordinates") == ["Below"]
    assert sorted(await found(await work_as(await make.user("aud", "auditor")))) == ["Below", "Hers", "Mine"]
    role = await make.role("clerk", ("leads.view",), {"leads": Scope.own})
    clerk = await make.user("clerk", role)
    await make.grant("leads", hers.id, user=clerk)
    assert await found(await work_as(clerk)) == ["Hers"]
    with pytest.raises(Denied):
        await actions.edit(await work_as(clerk), hers.id, parse(LeadInput, {"name": "Wang"}))
    nobody = await work_as(await make.user("serv", "service"))
    assert await found(nobody) == []


async def test_a_member_with_the_right_to_write_edits_but_does_not_delete(make: Any, work_as: Any) -> None:
    role = await make.role("clerk", ("leads.view", "leads.edit", "leads.delete"), {"leads": Scope.own})
    clerk = await make.user("clerk", role)
    lead = await make.lead("Wang", owner=await make.user("rep", "sales_rep"))
    await make.grant("leads", lead.id, user=clerk, level=GrantLevel.write)
    work = await work_as(clerk)
    await actions.edit(work, lead.id, parse(LeadInput, {"name": "Wang Fang"}), lead.version)
    with pytest.raises(Denied):
        await actions.delete(work, lead.id)


async def test_a_lead_follows_its_owner_to_another_department(make: Any, work_as: Any) -> None:
    old, new = await make.department("Old"), await make.department("New")
    boss = await make.user("boss", "department_manager", department=new)
    rep = await make.user("rep", "sales_rep", department=old)
    lead = await make.lead("Wang", owner=rep)
    work = await work_as(boss)
    with pytest.raises(NotFound):
        await queries.detail(work, lead.id)
    rep.department_id = new.id
    await work.session.flush()
    await work.session.refresh(lead)
    assert lead.department_id == new.id
    assert (await queries.detail(work, lead.id)).may_manage is True


async def test_the_moves_that_are_offered(make: Any, work_as: Any) -> None:
    offered = {}
    for role in ("sales_rep", "marketing", "administrator", "auditor"):
        actor = (await work_as(await make.user(None, role))).actor
        offered[role] = {
            status.value: " ".join(move.name for move in policy.acts(actor, status)) for status in LeadStatus
        }
    assert offered["sales_rep"] == {
        "unassigned": "", "pending": "convert invalid", "following": "convert invalid", "converted": "",
        "invalid": "wake", "void": "",
    }  # fmt: skip
    assert offered["marketing"] == {
        "unassigned": "void", "pending": "convert invalid void", "following": "convert invalid void", "converted": "",
        "invalid": "wake void", "void": "",
    }  # fmt: skip
    assert offered["administrator"]["void"] == "restore"
    assert set(offered["auditor"].values()) == {""}
