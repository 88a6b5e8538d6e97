"""Who sees which opportunities: the condition, its walks, the list's views and filters, and the board agree."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, union

from domain.core.access import GrantLevel, Scope
from domain.core.errors import Invalid, NotFound
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work
from domain.customers import search as customers
from domain.opportunities import queries, scope, search
from domain.opportunities.board import board
from domain.opportunities.models import Opportunity
from tests.conftest import WorkAs
from tests.make import FIXED, Make

pytestmark = pytest.mark.anyio


async def seen_by(work: Work) -> set[str]:
    """Names of what is seen: by the condition, by its walks and by the list, which must be the same."""
    found = set(await work.session.scalars(select(Opportunity.name).where(queries.visible(work.actor))))
    if walks := scope.branches(work.actor):
        parts = [select(Opportunity.name).where(queries.LIVE, one.where()) for one in walks]
        assert set(await work.session.scalars(union(*parts))) == found
    assert {row.name for row in (await fetch_page(work, queries.LIST, ListQuery())).rows} == found
    shown = await work.session.execute(scope.seen(work.actor, (Opportunity.id, Opportunity.name)))
    assert {row.name for row in shown} == found
    return found


async def names(work: Work, scene: str | None = None, q: str = "", **filters: str) -> list[str]:
    rows = (await fetch_page(work, queries.LIST, ListQuery(scene=scene, q=q, filters=filters), counted=True)).rows
    return [row.name for row in rows]


@pytest.fixture
async def company(make: Make) -> dict[str, Any]:
    """North with a manager and two reps, South with one; each rep has a customer with an opportunity."""
    north, south = await make.department("North"), await make.department("South")
    boss = await make.user("boss", "department_manager", department=north)
    ann = await make.user("ann", "sales_rep", department=north, manager=boss)
    bob = await make.user("bob", "sales_rep", department=north, manager=boss)
    eve = await make.user("eve", "sales_rep", department=south)
    pipeline = await make.pipeline()
    made: dict[str, Any] = {"boss": boss, "ann": ann, "bob": bob, "eve": eve, "pipeline": pipeline}
    for user in (ann, bob, eve):
        customer = await make.customer(f"{user.name} Ltd", owner=user)
        stage = await make.stage(pipeline)
        made[f"{user.name} Ltd"] = customer
        made[user.name] = await make.opportunity(customer, stage=stage, name=user.name, amount=Decimal(10))
    await make.opportunity(made["Ann Ltd"], stage=stage, name="binned", deleted_at=FIXED)
    return made


async def test_by_scope(make: Make, work_as: WorkAs, company: dict[str, Any]) -> None:
    for user, names_seen in (("ann", {"Ann"}), ("bob", {"Bob"}), ("boss", {"Ann", "Bob"}), ("eve", {"Eve"})):
        assert await seen_by(await work_as(company[user])) == names_seen, user
    admin = await make.user("admin", "administrator")
    assert await seen_by(await work_as(admin)) == {"Ann", "Bob", "Eve"}
    lead = await make.user(
        "lead", await make.role("Lead", ("opportunities.view",), {"opportunities": Scope.subordinates})
    )
    company["eve"].manager_id = lead.id
    assert await seen_by(await work_as(lead)) == {"Eve"}
    assert await seen_by(await work_as(await make.user("none", await make.role("None")))) == set()


async def test_by_team_share_and_the_customer(make: Make, work_as: WorkAs, company: dict[str, Any]) -> None:
    ann, bob, eve = company["ann"], company["bob"], company["eve"]
    await make.grant("opportunities", company["Bob"].id, user=ann)
    await make.grant("customers", company["Eve Ltd"].id, user=ann, level=GrantLevel.write)
    foreign = await make.opportunity(company["Ann Ltd"], owner=eve, name="Eve at Ann")
    work = await work_as(ann)
    assert await seen_by(work) == {"Ann", "Bob", "Eve", "Eve at Ann"}
    may = {row.name: (row.may, row.managed) for row in await work.session.execute(
        select(Opportunity.name, queries.writable(work.actor).label("may"),
               queries.manageable(work.actor).label("managed")).where(queries.visible(work.actor))
    )}  # fmt: skip
    assert may == {"Ann": (True, True), "Bob": (False, False), "Eve": (True, False), "Eve at Ann": (False, False)}
    assert await names(work, "mine") == ["Ann"]
    assert sorted(await names(work, "taking_part")) == ["Bob", "Eve"]
    assert sorted(await names(await work_as(company["boss"]), "subordinates")) == ["Ann", "Bob"]
    with pytest.raises(NotFound):
        await queries.get(await work_as(bob), foreign.id)
    past = await make.grant("opportunities", company["Ann"].id, user=eve, until_on=FIXED.date())
    assert past.id and "Ann" not in await seen_by(await work_as(eve))


async def test_filters_search_and_orders(make: Make, work_as: WorkAs, company: dict[str, Any]) -> None:
    work = await work_as(company["boss"])
    today = work.today
    stage = await make.stage(company["pipeline"], "Stage 2")
    stage.stale_days = 7
    customer = company["Ann Ltd"]
    month = today.replace(day=1)
    rows = {
        "due": {"expected_on": today - timedelta(days=1), "activity_at": work.now, "amount": Decimal(5)},
        "now": {"expected_on": today, "activity_at": work.now, "amount": Decimal(99)},
        "next": {"expected_on": (month + timedelta(days=31)).replace(day=1), "activity_at": work.now},
        "stale": {"activity_at": work.now - timedelta(days=8)},
    }
    for name, values in rows.items():
        await make.opportunity(customer, stage=stage, name=name, **values)
    await make.opportunity(customer, stage=await make.stage(company["pipeline"], "Won"), name="won", activity_at=FIXED,
                           expected_on=today - timedelta(days=1))  # fmt: skip
    here = {"stage": str(stage.id)}
    assert await names(work, **here, expected="overdue") == ["due"]
    assert await names(work, expected="next_month") == ["next"]
    assert await names(work, expected=f"{rows['next']['expected_on']:%Y-%m}") == ["next"]
    assert "now" in await names(work, expected="this_month") and "now" in await names(work, expected="quarter")
    assert await names(work, **here, expected="none") == ["stale"]
    assert await names(work, stale="1") == ["stale"]
    assert await names(work, status="won") == ["won"]
    assert await names(work, owner=str(company["bob"].id)) == ["Bob"]
    assert len(await names(work, customer=str(customer.id))) == 6
    assert await names(work, department=str(company["eve"].department_id)) == []
    for wrong in ({"expected": "soon"}, {"stage": "x"}, {"reached": "1"}, {"left": "1:gone"}, {"ended": "2026"}):
        with pytest.raises(Invalid):
            await names(work, **wrong)
    page = await fetch_page(work, queries.LIST, ListQuery(sort="amount"))
    assert [row.name for row in page.rows][:3] == ["now", "Bob", "Ann"]
    page = await fetch_page(work, queries.LIST, ListQuery(sort="expected", filters=here), size=3)
    assert [row.name for row in page.rows] == ["due", "now", "next"]
    rest = await fetch_page(work, queries.LIST, ListQuery(sort="expected", filters=here, cursor=page.next), size=3)
    assert [row.name for row in rest.rows] == ["stale"]


async def test_found_by_name_initials_and_customer(make: Make, work_as: WorkAs) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer("润达机械", owner=rep)
    made = await make.opportunity(customer, name="二期产线")
    await search.index_rows(make.session, {made.id: made.name})
    await customers.index_rows(make.session, [customer.id])
    work = await work_as(rep)
    for q in ("产线", "eqcx", "润达", "二期"):
        assert await names(work, q=q) == ["二期产线"], q
    assert await names(work, q="三期") == []


async def test_the_board_counts_what_is_seen(make: Make, work_as: WorkAs, company: dict[str, Any]) -> None:
    second = await make.stage(company["pipeline"], "Stage 2")
    await make.opportunity(company["Ann Ltd"], stage=second, name="Big", amount=Decimal("1000.50"))
    admin = await make.user("admin", "administrator")
    for user, first, amount in ((company["ann"], ["Ann"], "10.00"), (admin, ["Ann", "Bob", "Eve"], "30.00")):
        shown = await board(await work_as(user), company["pipeline"].id)
        assert [one.stage.name for one in shown.columns] == ["Stage 1", "Stage 2", "Won", "Lost", "Invalid"]
        begin, further = shown.columns[:2]
        assert sorted(card.name for card in begin.cards) == first
        assert (begin.number, begin.amount, begin.more) == (len(first), Decimal(amount), False)
        assert [(card.name, card.customer, card.may_write) for card in further.cards] == [("Big", "Ann Ltd", True)]
        assert (further.number, further.amount) == (1, Decimal("1000.50"))
    work = await work_as(admin)
    mine = await board(work, None, ListQuery(filters={"owner": str(company["bob"].id)}))
    assert [one.number for one in mine.columns] == [1, 0, 0, 0, 0]
    assert [one.number for one in (await board(work, None, ListQuery(scene="mine"))).columns] == [0] * 5
    assert [one.number for one in (await board(work, None, ListQuery(filters={"stale": "1"}))).columns] == [0] * 5
    with pytest.raises(Invalid):
        await board(work, 4711)


async def test_the_board_shows_fifty_cards_and_counts_on(make: Make, work_as: WorkAs, company: dict[str, Any]) -> None:
    stage = await make.stage(company["pipeline"], "Stage 2")
    for number in range(52):
        at = FIXED + timedelta(minutes=number)
        await make.opportunity(company["Ann Ltd"], stage=stage, name=str(number), amount=Decimal(1), activity_at=at)
    column = (await board(await work_as(company["ann"]))).columns[1]
    assert (column.number, column.amount, len(column.cards)) == (52, Decimal(52), 50)
    assert column.cards[0].name == "51"
