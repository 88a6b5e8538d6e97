"""The reference seed and the company settings."""

import pytest
from sqlalchemy import func, select

from domain.approvals.models import ApprovalFlow
from domain.company.models import Reason, ReasonKind, Setting
from domain.company.queries import CompanySettings, DealTrigger, checked, company_settings, reasons
from domain.core.access import Scope
from domain.people.actions import fits
from domain.people.models import Role, RolePermission, User
from domain.people.queries import actor_by_name
from domain.pools.models import Pool
from domain.seeds.reference import seed

pytestmark = pytest.mark.anyio


async def test_seed_twice_changes_nothing_the_second_time(session, work_as):
    work = await work_as(None)
    password = await seed(work)
    await session.flush()
    counts = [
        select(func.count()).select_from(model)
        for model in (Role, RolePermission, Reason, Pool, Setting, User, ApprovalFlow)
    ]
    before = [(await session.execute(count)).scalar_one() for count in counts]
    assert await seed(work) is None
    await session.flush()
    assert [(await session.execute(count)).scalar_one() for count in counts] == before
    admin = (await session.execute(select(User).where(User.user_name == "admin"))).scalar_one()
    assert password is not None and await fits(admin.password_hash, password)


async def test_seed_keeps_what_an_administrator_changed(session, work_as):
    work = await work_as(None)
    await seed(work)
    role = (await session.execute(select(Role).where(Role.code == "sales_rep"))).scalar_one()
    role.name = "Verkäufer"
    setting = (await session.execute(select(Setting).where(Setting.name == "company_name"))).scalar_one()
    setting.value = "Teehaus"
    await session.flush()
    await seed(work)
    assert role.name == "Verkäufer"
    assert (await company_settings(session)).company_name == "Teehaus"


async def test_the_first_administrator_may_do_everything(session, work_as):
    await seed(await work_as(None))
    await session.flush()
    actor = await actor_by_name(session, "ADMIN")
    assert actor.everything and actor.may("backoffice.edit") and actor.scope("orders") is Scope.all


async def test_settings_have_defaults_and_the_default_pool(session, work_as):
    assert await company_settings(session) == CompanySettings()
    await seed(await work_as(None))
    await session.flush()
    pools = {pool.kind: pool.id for pool in await session.scalars(select(Pool))}
    found = await company_settings(session)
    assert found.default_pool_id == pools["customer"] and set(pools) == {"customer", "lead"}
    assert found.deal_triggers == [DealTrigger.order_approved]
    assert found.due_warning_days == [7, 3, 1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("currency", "yuan"),
        ("due_warning_days", "7"),
        ("due_warning_days", [-1]),
        ("push_amounts", "no"),
        ("deal_triggers", ["magic"]),
        ("company_name", ""),
        ("default_pool_id", "1"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_named(name, value):
    with pytest.raises(ValueError, match=name):
        checked({name: value})


async def test_reasons_come_in_the_readers_language_and_order(session, work_as):
    await seed(await work_as(None))
    await session.flush()
    assert (await reasons(session, ReasonKind.reject, "en"))[0] == "Discount too high"
    assert (await reasons(session, ReasonKind.reject, "zh"))[0] == "折扣过高"
