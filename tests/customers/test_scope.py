"""Who sees, changes and manages which customers: one company, every relation (S-007..S-010, S-015..S-017, S-036)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.core.access import GrantLevel, Scope
from domain.core.errors import Denied, NotFound
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work, clock
from domain.customers import actions, queries
from domain.customers.inputs import CustomerInput
from domain.customers.models import Customer
from domain.sharing.queries import why_visible
from tests.conftest import WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio
RIGHTS = ("customers.view", "customers.edit", "customers.delete", "customers.share", "customers.create")


class Company:
    """Head office > sales > (north, south); a rep in each, their chief, a service man, a pool."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.people: dict[str, Any] = {}
        self.customers: dict[str, Customer] = {}

    async def build(self) -> Company:
        make = self.make
        office = await make.department("Office")
        sales = await make.department("Sales", office)
        north, south = await make.department("North", sales), await make.department("South", sales)
        roles = {scope.value: await make.role(scope.value, RIGHTS, {"customers": scope}) for scope in Scope}
        self.service = await make.role("Service", RIGHTS, {"customers": Scope.own})
        who = self.people
        who["boss"] = await make.user("boss", roles["all"], department=office)
        who["chief"] = await make.user("chief", roles["department_tree"], department=sales)
        who["clerk"] = await make.user("clerk", roles["department"], department=sales)
        who["lead"] = await make.user("lead", roles["subordinates"], department=office)
        who["rep_n"] = await make.user("rep_n", roles["own"], department=north, manager=who["lead"])
        who["rep_s"] = await make.user("rep_s", roles["own"], department=south)
        who["helper"] = await make.user("helper", self.service, department=office, manager=who["rep_s"])
        who["nobody"] = await make.user("nobody")
        self.pool = await make.pool("Lake", members=(who["rep_s"],), administrators=(who["clerk"],))
        for owner in ("chief", "rep_n", "rep_s"):
            self.customers[owner] = await make.customer(f"of {owner}", owner=who[owner])
        self.customers["pooled"] = await make.customer("pooled", pool=self.pool)
        self.customers["binned"] = await make.customer("binned", owner=who["rep_n"], deleted_at=date_time())
        self.north, self.sales = north, sales
        return self


def date_time() -> Any:
    from tests.make import FIXED

    return FIXED


@pytest.fixture
async def company(make: Make) -> Company:
    return await Company(make).build()


async def names(work: Work, condition: Any) -> set[str]:
    rows = await work.session.scalars(select(Customer.name).where(queries.visible(work.actor), condition))
    return {name.removeprefix("of ") for name in rows}


async def sees(work: Work) -> set[str]:
    """What the condition gives; the list must give the same in every order."""
    seen = await names(work, queries.LIVE)
    for sort in queries.LIST.sorts:
        page = await fetch_page(work, queries.LIST, ListQuery(sort=sort.name), counted=True)
        assert {row.name.removeprefix("of ") for row in page.rows} == seen, sort.name
        assert page.count is not None
        assert page.count.number == len(seen)
        assert len(page.rows) == len(seen), "a row comes once, however many ways lead to it"
    return seen


EVERYTHING = {"chief", "rep_n", "rep_s", "pooled"}
MATRIX = {
    "boss": (EVERYTHING, EVERYTHING, EVERYTHING),
    "chief": ({"chief", "rep_n", "rep_s"}, {"chief", "rep_n", "rep_s"}, {"chief", "rep_n", "rep_s"}),
    "clerk": ({"chief", "pooled"}, {"chief", "pooled"}, {"chief", "pooled"}),
    "lead": ({"rep_n"}, {"rep_n"}, {"rep_n"}),
    "rep_n": ({"rep_n"}, {"rep_n"}, {"rep_n"}),
    "rep_s": ({"rep_s", "pooled"}, {"rep_s"}, {"rep_s"}),
    "helper": (set(), set(), set()),
    "nobody": (set(), set(), set()),
}


@pytest.mark.parametrize("who", MATRIX)
async def test_sees_changes_and_manages(company: Company, work_as: WorkAs, who: str) -> None:
    work = await work_as(company.people[who])
    seen, writes, manages = MATRIX[who]
    assert await sees(work) == seen
    assert await names(work, queries.writable(work.actor)) == writes
    assert await names(work, queries.manageable(work.actor)) == manages


async def grant(company: Company, name: str, **values: Any) -> None:
    await company.make.grant("customers", company.customers[name].id, **values)


async def test_a_reader_of_the_team_reads_only(company: Company, work_as: WorkAs) -> None:
    await grant(company, "rep_n", user=company.people["helper"])
    work = await work_as(company.people["helper"])
    assert await sees(work) == {"rep_n"}
    assert await names(work, queries.writable(work.actor)) == set()
    superior = await work_as(company.people["rep_s"])
    assert "rep_n" not in await sees(superior), "a superior of a reader gains nothing"


async def test_a_writer_of_the_team_and_the_writers_superior_change_but_do_not_manage(
    company: Company, work_as: WorkAs
) -> None:
    await grant(company, "rep_n", user=company.people["helper"], level=GrantLevel.write)
    for who in ("helper", "rep_s"):
        work = await work_as(company.people[who])
        assert "rep_n" in await sees(work)
        assert "rep_n" in await names(work, queries.writable(work.actor))
        assert "rep_n" not in await names(work, queries.manageable(work.actor))


@pytest.mark.parametrize("party", ["department", "role"])
async def test_shared_with_a_department_or_a_role(company: Company, work_as: WorkAs, party: str) -> None:
    helper = company.people["helper"]
    to = {"to_department_id": helper.department_id} if party == "department" else {"to_role_id": company.service.id}
    await grant(company, "rep_s", **to)
    assert await sees(await work_as(helper)) == {"rep_s"}
    assert "rep_s" not in await sees(await work_as(company.people["rep_n"]))


async def test_a_share_ends_after_its_last_day(company: Company, work_as: WorkAs) -> None:
    today = clock().date()
    await grant(company, "rep_n", user=company.people["helper"], until_on=today - timedelta(days=2))
    await grant(company, "rep_s", user=company.people["helper"], until_on=today + timedelta(days=1))
    assert await sees(await work_as(company.people["helper"])) == {"rep_s"}


async def test_seen_by_several_ways_a_row_comes_once(company: Company, work_as: WorkAs) -> None:
    chief = company.people["chief"]
    await grant(company, "chief", user=chief, level=GrantLevel.write)
    await grant(company, "rep_n", to_department_id=company.sales.id)
    assert await sees(await work_as(chief)) == {"chief", "rep_n", "rep_s"}


async def test_unseen_is_not_found_and_seen_only_is_denied(company: Company, work_as: WorkAs) -> None:
    work = await work_as(company.people["rep_s"])
    with pytest.raises(NotFound):
        await queries.get(work, company.customers["rep_n"].id)
    with pytest.raises(NotFound):
        await actions.edit(work, company.customers["rep_n"].id, CustomerInput(name="mine now"))
    with pytest.raises(NotFound):
        await queries.get(work, company.customers["binned"].id)
    pooled = company.customers["pooled"]
    with pytest.raises(Denied):
        await actions.edit(work, pooled.id, CustomerInput(name="mine now"))
    await work.session.refresh(pooled)
    assert (pooled.name, pooled.version) == ("pooled", 1)


@pytest.mark.parametrize(
    ("who", "of", "words"),
    [
        ("rep_n", "rep_n", "You are the owner."),
        ("lead", "rep_n", "The owner works under you."),
        ("chief", "rep_n", "The owner's department, North, lies below yours."),
        ("clerk", "chief", "The owner works in your department, Sales."),
        ("clerk", "pooled", "It lies in Lake, which you administer."),
        ("rep_s", "pooled", "It lies in Lake, of which you are a member."),
        ("boss", "rep_n", "Your role lets you see every customer."),
    ],
)
async def test_says_why_it_is_seen(company: Company, work_as: WorkAs, who: str, of: str, words: str) -> None:
    work = await work_as(company.people[who])
    assert str(await why_visible(work, "customers", company.customers[of])) == words


async def test_says_that_it_is_seen_by_team_or_share(company: Company, work_as: WorkAs) -> None:
    helper = company.people["helper"]
    await grant(company, "rep_n", user=helper, level=GrantLevel.write)
    work = await work_as(helper)
    assert str(await why_visible(work, "customers", company.customers["rep_n"])) == "You belong to its team."
    superior = await work_as(company.people["rep_s"])
    why = await why_visible(superior, "customers", company.customers["rep_n"])
    assert str(why) == "Helper, who works under you, belongs to its team."
    await grant(company, "chief", to_role_id=company.service.id)
    why = await why_visible(work, "customers", company.customers["chief"])
    assert str(why) == "It is shared with your role, Service."


async def test_the_head_of_a_department_leads_it(company: Company, work_as: WorkAs) -> None:
    company.sales.head_id = company.people["chief"].id
    work = await work_as(company.people["chief"])
    why = await why_visible(work, "customers", company.customers["chief"])
    assert str(why) == "You are the owner."
    company.customers["chief"].owner_id = company.people["clerk"].id
    await work.session.flush()
    await work.session.refresh(company.customers["chief"])
    why = await why_visible(work, "customers", company.customers["chief"])
    assert str(why) == "You lead the owner's department, Sales."
