"""The cells counted before say the same as counting one by one, for every scope and after every change."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import func, select, text

from domain.core.access import Scope
from domain.core.list_spec import ListQuery
from domain.core.places import Position, tile_of
from domain.customers import cells
from domain.customers.models import Customer
from domain.customers.placed import CUSTOMERS
from domain.customers.queries import LIST
from domain.people.models import User
from domain.places import location
from domain.places import map as on_map
from domain.places.models import MapCell, MapChange
from domain.pools import actions as pools
from domain.pools.models import PoolKind

pytestmark = pytest.mark.anyio
WORLD = on_map.Window.of(-180, -85, 180, 85)
CHINA = on_map.Window.of(100.3, 20.1, 125.7, 42.2)


def anywhere(chance: random.Random) -> dict[str, Any]:
    spot = Position(chance.uniform(20, 45), chance.choice([chance.uniform(100, 125), 121.4737]))
    x, y = tile_of(spot)
    return {
        "latitude": spot.lat, "longitude": spot.lng, "map_x": x, "map_y": y, "location_accuracy": "exact",
        "location_provider": "gazetteer",
    }  # fmt: skip


class Company:
    """Departments below each other, people with every scope, pools that hide and pools that do not, and grants."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.customers: list[Customer] = []
        self.pools: list[Any] = []


@pytest.fixture
async def company(make: Any, session: Any) -> Company:
    made, chance = Company(), random.Random(5)
    top = await make.department("Top")
    left, right = await make.department("Left", top), await make.department("Right", top)
    view = ("customers.view", "customers.claim", "customers.release", "customers.transfer", "customers.delete")
    for name, scope, department in (
        ("all", Scope.all, top), ("tree", Scope.department_tree, top), ("left", Scope.department_tree, left),
        ("flat", Scope.department, top), ("own", Scope.own, left), ("rep", Scope.own, right),
        ("homeless", Scope.own, None), ("lost", Scope.department_tree, None),
    ):  # fmt: skip
        role = await make.role(permissions=view, scopes={"customers": scope})
        made.users[name] = await make.user(name, role, department=department)
    members = (made.users["left"], made.users["flat"], made.users["own"])
    made.pools = [
        await make.pool("Open", members=members),
        await make.pool("Secret", members=members, hidden_fields=["address"]),
        await make.pool("Foreign"),
    ]
    owners = [made.users[name] for name in ("all", "left", "own", "rep", "homeless", "lost")]
    for number in range(60):
        place = anywhere(chance) if number % 6 else {}
        if number % 3:
            customer = await make.customer(f"c{number}", owner=chance.choice(owners), **place)
        else:
            customer = await make.customer(f"c{number}", pool=chance.choice(made.pools), **place)
        made.customers.append(customer)
        if number % 5 == 0:
            await make.grant("customers", customer.id, user=made.users[chance.choice(["left", "flat", "lost", "own"])])
    await session.flush()
    return made


async def both_ways(work: Any, window: on_map.Window, zoom: int, monkeypatch: Any) -> tuple[Any, Any]:
    """Number and mean place by cell: from the kept cells, and counted one by one."""
    shift = window.shift(zoom)
    ways = []
    for kept in (True, False):
        with monkeypatch.context() as patch:
            if not kept:
                patch.setattr(cells, "can_count", lambda *_asked: False)
            chosen = await on_map.choose(work, CUSTOMERS, ListQuery())
            found = await on_map.count_cells(chosen, window, zoom)
            ways.append({(int(c.x) >> shift, int(c.y) >> shift): (c.count, c.x, c.y) for c in found})
    return ways[0], ways[1]


async def agree(company: Company, work_as: Any, monkeypatch: Any) -> int:
    seen = 0
    for user in company.users.values():
        work = await work_as(user)
        for window, zoom in ((WORLD, 1), (WORLD, 4), (CHINA, 5), (CHINA, 9)):
            kept, one_by_one = await both_ways(work, window, zoom, monkeypatch)
            assert kept == one_by_one, (user.user_name, zoom)
            seen += sum(count for count, _x, _y in kept.values())
    return seen


async def test_the_kept_cells_are_asked_only_where_they_can_answer(company: Company, work_as: Any) -> None:
    async def can(name: str, level: int = 5, **query: str) -> bool:
        actor = (await work_as(company.users[name])).actor
        return cells.can_count(actor, ListQuery.of(LIST, query), level)

    assert [await can(name) for name in ("all", "tree", "flat", "own")] == [True, True, True, False]
    assert not await can("all", level=12)
    assert not await can("all", scene="mine")
    assert not await can("all", city="Berlin")
    assert not await can("all", q="x")


async def test_cells_agree_before_and_after_they_are_folded(
    company: Company, work_as: Any, session: Any, monkeypatch: Any
) -> None:
    assert await agree(company, work_as, monkeypatch) > 300
    assert (await session.execute(select(func.count()).select_from(MapCell))).scalar_one() == 0
    assert await cells.fold(await work_as(None)) > 0
    assert (await session.execute(select(func.count()).select_from(MapChange))).scalar_one() == 0
    assert await agree(company, work_as, monkeypatch) > 300
    assert await cells.fold(await work_as(None)) == 0


async def test_cells_agree_after_every_kind_of_change(
    company: Company, work_as: Any, session: Any, monkeypatch: Any, make: Any
) -> None:
    system = await work_as(None)
    await cells.fold(system)
    owned = [one for one in company.customers if one.owner_id == company.users["left"].id]
    pooled = [one for one in company.customers if one.pool_id == company.pools[0].id]
    left = await work_as(company.users["left"])
    await pools.claim(left, PoolKind.customer, pooled[0].id)
    await pools.release(left, PoolKind.customer, owned[0].id, "no interest", company.pools[0].id)
    await pools.transfer(left, PoolKind.customer, [owned[1].id], company.users["rep"].id)
    company.customers[7].deleted_at = left.now
    location.set_by_hand(left, company.customers[8], Position(30.0, 110.0))
    location.drop_position(company.customers[10])
    await session.flush()
    await agree(company, work_as, monkeypatch)
    await cells.fold(system)
    company.customers[7].deleted_at = None
    company.users["rep"].department_id = company.users["left"].department_id  # takes the customers along
    await session.flush()
    await make.grant("customers", company.customers[20].id, user=company.users["lost"])
    await session.execute(text("UPDATE customers SET name = name || '!'"))
    await agree(company, work_as, monkeypatch)
    await cells.fold(system)
    await agree(company, work_as, monkeypatch)
    empty = select(func.count()).select_from(MapCell).where(MapCell.number <= 0)
    assert (await session.execute(empty)).scalar_one() == 0


async def test_what_does_not_move_a_customer_notes_nothing(company: Company, work_as: Any, session: Any) -> None:
    await cells.fold(await work_as(None))
    await session.execute(text("UPDATE customers SET last_follow_up_at = now(), level = 'a', version = version + 1"))
    assert (await session.execute(select(func.count()).select_from(MapChange))).scalar_one() == 0


async def test_rows_loaded_past_the_triggers_are_counted_by_the_nightly_check(
    company: Company, work_as: Any, session: Any, monkeypatch: Any
) -> None:
    await session.execute(text("DELETE FROM map_changes"))
    system = await work_as(None)
    await cells.check(system)
    await agree(company, work_as, monkeypatch)
    before = (await session.execute(select(func.sum(MapCell.number)))).scalar_one()
    await cells.check(system)
    assert (await session.execute(select(func.sum(MapCell.number)))).scalar_one() == before
