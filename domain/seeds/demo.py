"""The demo company: a supplier of cafés in China and beyond, with a year of history made through the actions.

Always the same company, dated back from today. Filled in once, in one transaction; the parts are in `demo_*.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from sqlalchemy import func, select, update

from domain.calendar.models import CalendarEvent
from domain.core.access import SYSTEM, Actor
from domain.core.work import Work
from domain.customers.placed import CUSTOMERS
from domain.leads.placed import LEADS
from domain.notifications.models import Notification
from domain.people.models import User
from domain.places.gazetteer import locate
from domain.places.location import store_positions, waiting_for_position
from domain.seeds.demo_cast import cast
from domain.seeds.demo_customers import Sketcher
from domain.seeds.demo_deals import chances, stage_questions
from domain.seeds.demo_leads import enquiries, lead_pools
from domain.seeds.demo_orders import ordering, remembering
from domain.seeds.demo_people import departments_and_users, order_flow, pools_and_rules
from domain.seeds.demo_products import fill_products
from domain.seeds.demo_stage import TOLD_DAYS, Stage, Story, dated
from domain.seeds.demo_stories import claiming, enter, releasing, sweeping, touching
from domain.seeds.demo_tasks import chores
from domain.seeds.demo_visits import road, visit_types

Begin = Callable[[Actor], AbstractAsyncContextManager[Work]]
SIGN_INS: Mapping[str, str] = {
    "rep": "sales rep in Shanghai (中文)",
    "rep2": "sales rep in Shanghai, another team (English)",
    "manager": "manager of East China (中文)",
    "director": "sales director (English)",
    "approver": "order desk, approves orders (中文)",
    "finance": "confirms payments (English)",
    "warehouse": "ships goods (中文)",
    "admin": "administrator (English)",
}
"""User names with what they are for."""


async def fill(begin: Begin, password: str) -> None:
    """Make the company unless it is there already. `begin` gives a unit of work that commits at its end."""
    async with begin(SYSTEM) as work:
        known = select(User.id).where(func.lower(User.user_name) == "rep")
        if (await work.session.execute(known)).first() is None:
            await _fill(work, password)


async def _fill(work: Work, password: str) -> None:
    stage = Stage(work)
    with dated(stage):
        setting_up = await stage.system()
        await departments_and_users(setting_up, password)
        stage.pools = await pools_and_rules(setting_up) | await lead_pools(setting_up)
        await order_flow(setting_up)
        stage.products = await fill_products(setting_up)
        await visit_types(stage)
        await stage_questions(stage)
        await work.session.flush()  # so that all of it is dated
    stories: list[Story] = [sweeping(stage)]
    sketcher = Sketcher(stage.chance)
    everybody = list(cast(stage, sketcher))
    await enter(stage, [course for course, _plans in everybody])
    for course, plans in everybody:
        if course.from_pool:
            stories.append(claiming(stage, course))
        stories.append(touching(stage, course))
        stories += [(remembering if plan.old else ordering)(stage, course, plan) for plan in plans]
        if course.released is not None:
            stories.append(releasing(stage, course))
    courses = [course for course, _plans in everybody]
    stories += road(stage, courses)
    stories += enquiries(stage, sketcher, courses)
    stories += chances(stage, courses)
    stories += chores(stage, courses)
    await stage.play(stories)
    await _settle(work)


async def _settle(work: Work) -> None:
    """Put everybody on the map; what is past has been read and reminded of."""
    for placed in (CUSTOMERS, LEADS):
        waiting = await waiting_for_position(work, placed, 10_000)
        await store_positions(work, placed, [(asked, locate(asked[1])) for asked in waiting])
    past = update(CalendarEvent).where(CalendarEvent.remind_at <= work.now)
    await work.session.execute(past.values(reminded_at=CalendarEvent.remind_at))
    decided = update(Notification).where(Notification.done_at.is_not(None), Notification.read_at.is_(None))
    await work.session.execute(decided.values(read_at=Notification.done_at))
    old = (Notification.at < work.now - timedelta(days=TOLD_DAYS), Notification.read_at.is_(None))
    await work.session.execute(update(Notification).where(*old).values(read_at=Notification.at))
