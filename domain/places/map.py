"""A list as a map: counted cells, what is nearest, places by name, and what has no position.

Every function takes what `choose` made of a kind and a query of its list, so that scope, scene, filters and search are
the list's own. Columns and rows are whole web-map tiles at zoom 18 (`domain.core.places`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Double, Row, Select, and_, cast, false, func, not_, null, nulls_last, or_, select, tuple_

from domain.core.list_spec import ListQuery, Where, any_branch, filled, filtered
from domain.core.model import Choice
from domain.core.places import TILE_ZOOM, Position, metres_between, tile_of
from domain.core.text import _
from domain.core.work import Work
from domain.places.kinds import Placed

CELL_ZOOM_STEPS = 2
"""A cell is a quarter of a tile wide: 64 pixels."""
MOST_CELLS = 4000
NEAR_CANDIDATES = 200
SIDE = 1 << TILE_ZOOM
SEARCHED = (64, 4096, SIDE)
"""Half sides of the squares that are searched for what is near, in tiles: some 10 km, 600 km, the world."""


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the world that is shown, in tiles, both ends included."""

    west: int
    north: int
    east: int
    south: int

    @classmethod
    def of(cls, west: float, south: float, east: float, north: float) -> Window:
        """The window for a box in degrees; parts beyond the edges of the map are cut off."""
        left, top = tile_of(Position(north, max(-180.0, west)))
        right, bottom = tile_of(Position(south, min(180.0, east)))
        return cls(left, top, right, bottom)

    def holds(self, model: Any) -> tuple[Where, ...]:
        """Conditions for records in the window."""
        return (
            model.map_x.between(self.west, self.east),
            model.map_y.between(self.north, self.south),
            model.deleted_at.is_(None),
        )

    def whole(self, shift: int) -> Window:
        """The window widened to whole cells, so that a cell's number is the same however the window cuts it."""
        return Window(
            self.west >> shift << shift, self.north >> shift << shift,
            (self.east >> shift << shift) + (1 << shift) - 1, (self.south >> shift << shift) + (1 << shift) - 1,
        )  # fmt: skip

    def shift(self, zoom: int) -> int:
        """Bits that a tile number loses to become a cell's: 64-pixel cells, coarser for a needlessly fine question."""
        shift = max(0, TILE_ZOOM - CELL_ZOOM_STEPS - zoom)
        while ((self.east - self.west >> shift) + 1) * ((self.south - self.north >> shift) + 1) > MOST_CELLS:
            shift += 1
        return shift


@dataclass(frozen=True, slots=True)
class Cell:
    """Records too near each other to be shown singly; `x`, `y` are their mean tile, the rest the outermost."""

    count: int
    x: float
    y: float
    west: int
    north: int
    east: int
    south: int

    @property
    def one_tile(self) -> bool:
        """All lie on one tile, so that going nearer does not part them."""
        return self.west == self.east and self.north == self.south


@dataclass(frozen=True, slots=True)
class Chosen:
    """The records that a list shows, as conditions; `choose` makes it."""

    work: Work
    placed: Placed
    wheres: tuple[Where, ...]
    shown: tuple[Where, ...]
    """Further conditions for being on the map: a pool may hide addresses, and so places, until somebody claims."""
    query: ListQuery = field(default_factory=ListQuery)
    hiding: tuple[int, ...] = ()
    """The pools that hide addresses from the viewer."""

    def select(self, *columns: Any) -> Select[Any]:
        """A select of columns of these records."""
        return self.placed.spec.source(select(*columns)).where(*self.wheres)

    def on_map(self, *columns: Any) -> Select[Any]:
        """A select of columns of those with a position that the viewer may know."""
        return self.select(*columns).where(self.placed.model.map_x.is_not(None), *self.shown)


async def choose(work: Work, placed: Placed, query: ListQuery) -> Chosen:
    """The records of a list. A narrow viewer's scope is said as branches, each of which has an index (bitmap or).

    Raises Denied for who may not view them.
    """
    spec, scope = placed.spec, placed.scope
    work.actor.require(f"{placed.feature}.view")
    branches = filled(spec.branches(work.actor)) if spec.branches is not None else []
    wheres = [spec.base, any_branch(branches)] if branches else [spec.visible(work.actor)]
    wheres += filtered(spec, query, work.actor)
    scene = spec.scene(query.scene)
    if scene is not None:
        wheres.append(scene.condition(work.actor))
    if query.q and spec.probe is not None:
        wheres.append((await spec.probe(work, query.q)).where)
    asked = scope.pools_hiding_address(work.actor)
    hiding = () if asked is None else tuple((await work.session.scalars(asked)).all())
    shown = (scope.address_shown(work.actor, hiding),) if hiding else ()
    return Chosen(work, placed, tuple(wheres), shown, query, hiding)


async def count_cells(chosen: Chosen, window: Window, zoom: int) -> list[Cell]:
    """Count the records of each cell that lies in the window at least in part.

    From far away the cells counted before answer (`KeptCells`); else the index of the map alone
    if the scope allows.
    """
    shift = window.shift(zoom)
    whole = window.whole(shift)
    actor = chosen.work.actor
    cells, model = chosen.placed.cells, chosen.placed.model
    if cells is not None and cells.can_count(actor, chosen.query, TILE_ZOOM - shift):
        pool_ids = [one for one in actor.pool_ids if one not in chosen.hiding]
        tiles = (whole.west, whole.north, whole.east, whole.south)
        rows = await cells.counted(chosen.work, TILE_ZOOM - shift, tiles, pool_ids)
        return [_kept_cell(row, shift) for row in rows]
    x, y = model.map_x, model.map_y
    statement = (
        chosen.on_map(func.count(), func.sum(x), func.sum(y), func.min(x), func.min(y), func.max(x), func.max(y))
        .where(*whole.holds(model))
        .group_by(x.op(">>")(shift), y.op(">>")(shift))
    )
    found = (await chosen.work.session.execute(statement)).all()
    return [
        Cell(number, sum_x / number, sum_y / number, west, north, east, south)
        for number, sum_x, sum_y, west, north, east, south in found
    ]


def _kept_cell(row: Row[Any, Any, Any, Any, Any], shift: int) -> Cell:
    """A cell counted before: where its outermost records lie is not known, so it is as wide as the cell is."""
    number, sum_x, sum_y, x, y = (int(value) for value in row)
    if number == 1:
        return Cell(1, sum_x, sum_y, sum_x, sum_y, sum_x, sum_y)
    return Cell(
        number, sum_x / number, sum_y / number,
        x << shift, y << shift, ((x + 1) << shift) - 1, ((y + 1) << shift) - 1,
    )  # fmt: skip


def pin_columns(placed: Placed) -> tuple[Any, ...]:
    """What a record on the map shows."""
    m, level = placed.model, null() if placed.level is None else placed.level
    return (
        m.id, m.name, m.city, placed.state.label("state"), level.label("level"), m.last_follow_up_at, m.latitude,
        m.longitude, m.location_accuracy,
    )  # fmt: skip


def _last_active(chosen: Chosen) -> tuple[Any, Any]:
    return chosen.placed.model.activity_at.desc(), chosen.placed.model.id.desc()


async def on_tiles(chosen: Chosen, tiles: Sequence[tuple[int, int]], *, limit: int) -> Sequence[Row[Any]]:
    """The records on some tiles, last active first."""
    if not tiles:
        return []
    model = chosen.placed.model
    statement = (
        chosen.on_map(*pin_columns(chosen.placed))
        .where(tuple_(model.map_x, model.map_y).in_(tiles), model.deleted_at.is_(None))
        .order_by(*_last_active(chosen))
        .limit(limit)
    )
    rows: Sequence[Row[Any]] = (await chosen.work.session.execute(statement)).all()
    return rows


async def listed(chosen: Chosen, *, limit: int) -> Sequence[Row[Any]]:
    """The records on the map, wherever they lie, last active first."""
    statement = chosen.on_map(*pin_columns(chosen.placed)).order_by(*_last_active(chosen)).limit(limit)
    rows: Sequence[Row[Any]] = (await chosen.work.session.execute(statement)).all()
    return rows


async def one(chosen: Chosen, record_id: int) -> Row[Any] | None:
    """One record that has a position, if the viewer sees it."""
    statement = chosen.on_map(*pin_columns(chosen.placed)).where(chosen.placed.model.id == record_id)
    found: Row[Any] | None = (await chosen.work.session.execute(statement)).one_or_none()
    return found


@dataclass(frozen=True, slots=True)
class Near:
    """A record and how far away it is."""

    row: Row[Any]
    metres: float


async def nearest(chosen: Chosen, here: Position, *, limit: int, within_m: float | None = None) -> list[Near]:
    """The records nearest to a place, and no further away than said.

    Looks in ever larger squares until enough lie within their inner circle.

    On the square map distances are true but for a scale that hardly changes nearby, so tiles choose the candidates and
    the haversine orders them.
    """
    x, y = tile_of(here)
    model = chosen.placed.model
    away = func.power(cast(model.map_x, Double) - x, 2) + func.power(cast(model.map_y, Double) - y, 2)
    for radius in SEARCHED:
        window = Window(max(0, x - radius), max(0, y - radius), min(SIDE, x + radius), min(SIDE, y + radius))
        statement = chosen.on_map(*pin_columns(chosen.placed), away.label("away")).where(*window.holds(model))
        rows = (await chosen.work.session.execute(statement.order_by(away).limit(NEAR_CANDIDATES))).all()
        if radius >= SIDE or sum(row.away <= radius * radius for row in rows) >= min(2 * limit, NEAR_CANDIDATES):
            break
    found = [Near(row, metres_between(here, Position(row.latitude, row.longitude))) for row in rows]
    near = [one for one in found if within_m is None or one.metres <= within_m]
    return sorted(near, key=lambda one: (one.metres, one.row.id))[:limit]


async def count_places(chosen: Chosen, *, limit: int) -> Sequence[Row[Any]]:
    """How many records there are in each country, region and city (`country`, `region`, `city`, `number`)."""
    place = country, region, city = [getattr(chosen.placed.model, name) for name in ("country", "region", "city")]
    number = func.count().label("number")
    statement = chosen.select(*place, number).group_by(*place)
    order = (nulls_last(country), nulls_last(region), number.desc(), nulls_last(city))
    rows: Sequence[Row[Any]] = (await chosen.work.session.execute(statement.order_by(*order).limit(limit))).all()
    return rows


class Missing(Choice):
    """Why a record is not on the map."""

    no_address = "no_address", _("No address")
    waiting = "waiting", _("Not looked up yet")
    not_found = "not_found", _("Address not found")
    hidden = "hidden", _("Hidden by the pool")


def missing_of(row: Row[Any]) -> Missing:
    """The reason for a row of `without_position`."""
    if row.map_x is not None:
        return Missing.hidden
    if not any((row.address, row.city, row.region, row.country)):
        return Missing.no_address
    return Missing.not_found if row.located_at else Missing.waiting


async def without_position(chosen: Chosen, *, limit: int) -> Sequence[Row[Any]]:
    """Records that are not on the map, last active first; one more than `limit` when there are more."""
    m = chosen.placed.model
    columns = (m.id, m.name, m.address, m.city, m.region, m.country, m.located_at, m.map_x)
    hidden = not_(and_(*chosen.shown)) if chosen.shown else false()
    statement = (
        chosen.select(*columns).where(or_(m.map_x.is_(None), hidden)).order_by(*_last_active(chosen)).limit(limit + 1)
    )
    rows: Sequence[Row[Any]] = (await chosen.work.session.execute(statement)).all()
    return rows
