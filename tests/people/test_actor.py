"""Who one is and what one may: roles joined, trees walked, pools, as of this moment."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.core.access import OrgVersion, Scope
from domain.people.models import UserDepartment, UserRole
from domain.people.queries import load_actor
from domain.pools.models import PoolMember

pytestmark = pytest.mark.anyio


@pytest.fixture
async def company(make):
    """Four levels: company → region → city → team, each with somebody in it."""
    tops = await make.department("Company")
    region = await make.department("Region", tops)
    city = await make.department("City", region)
    team = await make.department("Team", city)
    other = await make.department("Other", tops)
    people = {}
    for name, where in (("boss", tops), ("regional", region), ("citizen", city), ("member", team), ("stranger", other)):
        people[name] = await make.user(name, department=where)
    return {"top": tops, "region": region, "city": city, "team": team, "other": other, **people}


async def test_the_tree_is_own_departments_and_all_below(session, company):
    actor = await load_actor(session, company["regional"].id)
    assert set(actor.tree_ids) == {company[name].id for name in ("region", "city", "team")}
    assert actor.department_ids == (company["region"].id,)


async def test_a_further_department_brings_its_tree(session, company):
    session.add(UserDepartment(user_id=company["member"].id, department_id=company["region"].id))
    await session.flush()
    actor = await load_actor(session, company["member"].id)
    assert set(actor.department_ids) == {company["team"].id, company["region"].id}
    assert set(actor.tree_ids) == {company[name].id for name in ("region", "city", "team")}
    assert actor.department_id == company["team"].id


async def test_being_in_a_department_does_not_make_one_a_superior(session, company):
    assert (await load_actor(session, company["boss"].id)).subordinate_ids == ()


async def test_the_head_of_a_department_leads_everybody_below(session, company):
    company["region"].head_id = company["boss"].id
    await session.flush()
    actor = await load_actor(session, company["boss"].id)
    assert set(actor.subordinate_ids) == {company[name].id for name in ("regional", "citizen", "member")}


async def test_a_head_also_leads_who_is_there_by_a_further_department(session, company):
    company["team"].head_id = company["boss"].id
    session.add(UserDepartment(user_id=company["stranger"].id, department_id=company["team"].id))
    await session.flush()
    actor = await load_actor(session, company["boss"].id)
    assert set(actor.subordinate_ids) == {company["member"].id, company["stranger"].id}


async def test_the_chain_of_managers_goes_all_the_way_down(session, make):
    top = await make.user("top")
    second = await make.user("second", manager=top)
    third = await make.user("third", manager=second)
    fourth = await make.user("fourth", manager=third)
    assert set((await load_actor(session, top.id)).subordinate_ids) == {second.id, third.id, fourth.id}
    assert set((await load_actor(session, third.id)).subordinate_ids) == {fourth.id}


async def test_roles_join_and_the_most_generous_scope_wins(session, make):
    seller = await make.role("seller", ("customers.view", "customers.claim"), {"customers": Scope.own})
    leader = await make.role(
        "leader", ("customers.view", "orders.view"), {"customers": Scope.department_tree, "orders": Scope.own}
    )
    user = await make.user("both", seller, leader)
    actor = await load_actor(session, user.id)
    assert actor.permissions == {"customers.view", "customers.claim", "orders.view"}
    assert actor.scope("customers") is Scope.department_tree
    assert actor.scope("orders") is Scope.own
    assert actor.scope("payments") is None
    assert not actor.everything


async def test_pools_by_person_department_and_role(session, make, company):
    role = await make.role("pool people")
    user = company["member"]
    session.add(UserRole(user_id=user.id, role_id=role.id))
    mine, ours, roles, foreign, closed = [
        await make.pool(name) for name in ("mine", "ours", "roles", "foreign", "closed")
    ]
    closed.active = False
    session.add_all(
        [
            PoolMember(pool_id=mine.id, user_id=user.id, administrator=True),
            PoolMember(pool_id=ours.id, department_id=company["team"].id),
            PoolMember(pool_id=roles.id, role_id=role.id),
            PoolMember(pool_id=foreign.id, user_id=company["boss"].id),
            PoolMember(pool_id=closed.id, user_id=user.id),
        ]
    )
    await session.flush()
    actor = await load_actor(session, user.id)
    assert set(actor.pool_ids) == {mine.id, ours.id, roles.id}
    assert actor.admin_pool_ids == (mine.id,)


async def test_somebody_switched_off_is_nobody(session, make):
    user = await make.user("gone", active=False)
    assert await load_actor(session, user.id) is None
    assert await load_actor(session, 10**9) is None


async def test_a_circle_of_departments_is_refused(session, company):
    company["top"].parent_id = company["team"].id
    with pytest.raises(IntegrityError, match="no_circle"):
        await session.flush()


async def test_a_department_is_not_its_own_parent(session, company):
    company["city"].parent_id = company["city"].id
    with pytest.raises(IntegrityError, match="no_circle"):
        await session.flush()


async def test_a_circle_of_managers_is_refused(session, make):
    top = await make.user("top")
    second = await make.user("second", manager=top)
    third = await make.user("third", manager=second)
    top.manager_id = third.id
    with pytest.raises(IntegrityError, match="no_circle"):
        await session.flush()


async def test_a_change_of_post_counts_up_the_version(session, make):
    async def version():
        return (await session.execute(select(OrgVersion.number))).scalar_one()

    user = await make.user("mover")
    role = await make.role("role")
    before = await version()
    session.add(UserRole(user_id=user.id, role_id=role.id))
    await session.flush()
    assert await version() > before
