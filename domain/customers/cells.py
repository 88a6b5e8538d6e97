"""Cells of the map counted before, for looking at much of the world at once.

`map_cells` holds the customers of each department and each pool by cell; a trigger notes in `map_changes` who came and
went since, and a job adds that up. Both together are exact at every moment, so a look at the whole map needs no walk
over a million customers. Rights stay exact too: whoever sees departments and pools whole gets those cells, and the few
customers seen for another reason (own, team, share) are counted one by one besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Row, Select, any_, cast, func, literal, not_, or_, select, true, union_all
from sqlalchemy import text as sql

from domain.core.access import Actor, Scope, among, grants_to
from domain.core.list_spec import ListQuery, Where
from domain.core.places import TILE_ZOOM
from domain.core.work import Work
from domain.customers.models import Customer
from domain.places.models import MapCell, MapChange

LEVELS = range(3, 12)
"""Zooms whose tiles are the cells."""
FOLDED_AT_ONCE = 50_000
COLUMNS = ("department_id", "pool_id", "number", "sum_x", "sum_y")


def can_count(actor: Actor, query: ListQuery, level: int) -> bool:
    """Whether the kept cells answer: everything that somebody with a broad scope sees, unfiltered, from far away."""
    broad = actor.scope("customers") in (Scope.all, Scope.department, Scope.department_tree)
    return broad and level in LEVELS and not query.filters and not query.q and query.scene in (None, "all")


async def counted(
    work: Work, level: int, tiles: tuple[int, int, int, int], pool_ids: Sequence[int]
) -> Sequence[Row[Any, Any, Any, Any, Any]]:
    """Number and sums of tile columns and rows by cell, for whole cells between the tiles (west, north, east, south).

    `pool_ids` are the pools of which the actor sees every place. Rows: number, sum_x, sum_y, x, y (cell).
    """
    shift = TILE_ZOOM - level
    west, north, east, south = tiles
    actor = work.actor
    parts = [
        select(MapCell.number, MapCell.sum_x, MapCell.sum_y, MapCell.x, MapCell.y).where(
            MapCell.level == level,
            MapCell.x.between(west >> shift, east >> shift),
            MapCell.y.between(north >> shift, south >> shift),
            _whole(actor, MapCell, pool_ids),
        ),
        select(
            MapChange.number, MapChange.number * MapChange.x, MapChange.number * MapChange.y,
            MapChange.x.op(">>")(shift), MapChange.y.op(">>")(shift),
        ).where(
            MapChange.x.between(west, east), MapChange.y.between(north, south), _whole(actor, MapChange, pool_ids)
        ),
    ]  # fmt: skip
    if actor.scope("customers") is not Scope.all:
        parts.append(_one_by_one(actor, shift, tiles, pool_ids))
    every = union_all(*parts).subquery()
    number, sum_x, sum_y, cell_x, cell_y = every.c
    statement = (
        select(func.sum(number), func.sum(sum_x), func.sum(sum_y), cell_x, cell_y)
        .group_by(cell_x, cell_y)
        .having(func.sum(number) > 0)
    )
    return (await work.session.execute(statement)).all()


def _one_by_one(actor: Actor, shift: int, tiles: tuple[int, int, int, int], pool_ids: Sequence[int]) -> Select[Any]:
    """Own customers, and those opened by team or share, that lie in no cell counted already.

    Found by their ids: as conditions on every customer they would be tried on a million rows.
    """
    own = select(Customer.id).where(Customer.owner_id == actor.id)
    ids = union_all(own, grants_to(actor, "customers")).scalar_subquery()
    x, y, one = Customer.map_x, Customer.map_y, cast(literal(1), BigInteger)
    west, north, east, south = tiles
    return select(
        one, cast(x, BigInteger), cast(y, BigInteger), x.op(">>")(shift), y.op(">>")(shift)
    ).where(
        Customer.id == any_(func.array(ids)), not_(_whole(actor, _OfCustomer, pool_ids)), x.is_not(None),
        x.between(west, east), y.between(north, south), Customer.deleted_at.is_(None),
    )  # fmt: skip


class _OfCustomer:
    """Department and pool of a customer as the cells have them."""

    department_id = func.coalesce(Customer.department_id, 0)
    pool_id = func.coalesce(Customer.pool_id, 0)


def _whole(actor: Actor, table: Any, pool_ids: Sequence[int]) -> Where:
    """The department or pool is one of which the actor sees everything."""
    scope = actor.scope("customers")
    if scope is Scope.all:
        return true()
    departments = actor.tree_ids if scope is Scope.department_tree else actor.department_ids
    return or_(among(table.department_id, departments), among(table.pool_id, pool_ids))


_SUMS = f"""
SELECT level, x >> {TILE_ZOOM} - level AS cell_x, y >> {TILE_ZOOM} - level AS cell_y, department_id, pool_id,
    sum(number) AS number, sum(number * x) AS sum_x, sum(number * y) AS sum_y
FROM %s CROSS JOIN generate_series({LEVELS.start}, {LEVELS.stop - 1}) level
GROUP BY 1, 2, 3, 4, 5
"""
_FOLD = sql(f"""
WITH gone AS (
    DELETE FROM map_changes WHERE id IN (SELECT id FROM map_changes ORDER BY id LIMIT {FOLDED_AT_ONCE})
    RETURNING x, y, department_id, pool_id, number
), kept AS (
    INSERT INTO map_cells AS c (level, x, y, department_id, pool_id, number, sum_x, sum_y)
    {_SUMS % "gone"}
    ON CONFLICT (level, x, y, department_id, pool_id) DO UPDATE
    SET number = c.number + excluded.number, sum_x = c.sum_x + excluded.sum_x, sum_y = c.sum_y + excluded.sum_y
)
SELECT count(*) FROM gone
""")
_ALL = """(
    SELECT map_x AS x, map_y AS y, coalesce(department_id, 0) AS department_id, coalesce(pool_id, 0) AS pool_id,
        1::bigint AS number
    FROM customers WHERE map_x IS NOT NULL AND deleted_at IS NULL
) placed"""
COUNT_ALL = sql(f"INSERT INTO map_cells (level, x, y, department_id, pool_id, number, sum_x, sum_y) {_SUMS % _ALL}")
"""Fills empty cells, for whoever has loaded customers past the triggers."""
_WRONG = sql(f"""
SELECT (SELECT coalesce(sum(number), 0) FROM map_cells WHERE level = {LEVELS.start})
    + (SELECT coalesce(sum(number), 0) FROM map_changes)
    <> (SELECT count(*) FROM customers WHERE map_x IS NOT NULL AND deleted_at IS NULL)
""")


async def fold(work: Work) -> int:
    """Add noted changes to the cells; returns how many there were. Of several at once one works, the others wait."""
    await work.session.execute(sql("SELECT pg_advisory_xact_lock(hashtext('map_cells'))"))
    number: int = (await work.session.execute(_FOLD)).scalar_one()
    await work.session.execute(sql("DELETE FROM map_cells WHERE number = 0"))
    return number


async def rebuild(work: Work) -> None:
    """Count all cells anew. Customers cannot be changed for the seconds it takes."""
    await work.session.execute(sql("SELECT pg_advisory_xact_lock(hashtext('map_cells'))"))
    await work.session.execute(sql("LOCK TABLE customers IN SHARE MODE"))
    await work.session.execute(sql("DELETE FROM map_changes"))
    await work.session.execute(sql("DELETE FROM map_cells"))
    await work.session.execute(COUNT_ALL)


async def check(work: Work) -> None:
    """Count anew if the numbers do not agree: rows may have been loaded past the triggers (a restore by hand)."""
    if (await work.session.execute(_WRONG)).scalar_one():
        await rebuild(work)
