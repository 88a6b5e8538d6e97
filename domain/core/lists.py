"""Lists: one frozen spec is the list on the screen, the map, the export and the API page.

How a page is fetched (stack.md section 4): who sees much walks the index and tests each row; who sees little gets
the union of a few branches, each a short walk of an index in that order. What a search found comes by key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Integer,
    Select,
    bindparam,
    false,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from domain.core.access import Actor
from domain.core.cursors import decode_cursor, encode_cursor
from domain.core.kept import kept
from domain.core.list_spec import (
    COUNT_CAP,
    PAGE_SIZE,
    Branch,
    Column,
    Count,
    Filter,
    Hits,
    ListQuery,
    ListSpec,
    Page,
    Scene,
    Sort,
    Where,
    any_branch,
    conditions,
    filled,
    filtered,
    matching,
    record_number,
)
from domain.core.work import Work

__all__ = [
    "Branch", "Column", "Count", "Filter", "Hits", "ListQuery", "ListSpec", "Page", "Scene", "Sort", "any_branch",
    "conditions", "count", "fetch_page", "matching", "record_number",
]  # fmt: skip

WALKED_CAP = 100
"""Where each row has to be tested, counting stops earlier: to know a thousand would take longer than the page."""
BRANCH_VALUES = 40
"""More owners or departments than this, and walking the whole list is cheaper than one short walk for each."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """How rows are found: all `wheres` hold; `branches` are walked one by one; `by_key` rows are collected first.

    `tests` are looked at row by row on the way, since no index knows them: the text of what was searched, if the search
    index found too much.
    """

    spec: ListSpec
    wheres: Sequence[Where]
    branches: Sequence[Branch] = ()
    by_key: bool = False
    tests: Sequence[Where] = ()

    def rows(self, sort: Sort) -> Select[Any]:
        """Ids and keys under `wheres`; with the joins only if these need them, so that the index alone may do."""
        alone = _keyed(self.spec, sort).where(*self.wheres)
        joined = len(alone.get_final_froms()) > 1
        return self.spec.source(_keyed(self.spec, sort)).where(*self.wheres) if joined else alone

    def walks(self, sort: Sort) -> Iterator[Select[Any]]:
        """The rows of each branch in order: a walk of one index for each value."""
        rows = self.rows(sort).order_by(*_order(sort, sort.column, self.spec.id))
        for branch in self.branches:
            if isinstance(branch.values, Select):
                yield rows.where(branch.where())
            else:
                for value in branch.values:
                    yield rows.where(branch.column == value)

    def ids(self, sort: Sort, limit: int) -> CTE:
        """Ids and keys of the first rows of all.

        The walks come sorted and DISTINCT ON asks for the same order, so the server merges them row by row and no walk
        goes further than is needed. A row that lies in two branches comes twice in a row, and is dropped. (A plain
        DISTINCT the server may hash, and then it goes through every walk to its end.)
        """
        if self.by_key:
            return self.rows(sort).cte("found").prefix_with("MATERIALIZED")
        cut = _written(limit)
        walks = [(walk if self.tests else walk.limit(cut)).subquery() for walk in self.walks(sort)]
        every = union_all(*(select(walk.c.key, walk.c.id) for walk in walks)).subquery("every")
        first: Select[Any] = select(every.c.key, every.c.id).ext(distinct_on(every.c.key, every.c.id))
        first = first.order_by(*_order(sort, every.c.key, every.c.id))
        if self.tests:
            met = first.subquery("met")
            first = self.spec.source(select(met.c.key, met.c.id)).where(self.spec.id == met.c.id, *self.tests)
            first = first.order_by(*_order(sort, met.c.key, met.c.id))
        return first.limit(cut).cte("found").prefix_with("MATERIALIZED")

    @property
    def direct(self) -> bool:
        """Whether one plain walk does it."""
        return not self.branches and not self.by_key


def _keyed(spec: ListSpec, sort: Sort) -> Select[Any]:
    pair: tuple[Any, ...] = (spec.id.label("id"), sort.column.label("key"))
    return select(*pair)


def _cut(rows: Select[Any], sort: Sort, spec: ListSpec, limit: int) -> Select[Any]:
    """The first rows in order."""
    return rows.order_by(*_order(sort, sort.column, spec.id)).limit(_written(limit))


def _written(limit: int) -> Any:
    """A limit as part of the statement, so that a prepared plan knows how little is wanted."""
    return literal_column(str(limit), Integer)


def _python_type(column_type: Any) -> type[Any]:
    """What a column's values are in Python; our own types do not say it themselves."""
    kind: type[Any] = getattr(column_type, "impl", column_type).python_type
    return kind


def _order(sort: Sort, key: Any, record_id: Any) -> tuple[Any, Any]:
    return (key.desc(), record_id.desc()) if sort.descending else (key.asc(), record_id.asc())


def _plan(spec: ListSpec, query: ListQuery, actor: Actor, hits: Hits | None) -> _Plan:
    scene = spec.scene(query.scene)
    wheres = [*filtered(spec, query, actor)]
    if hits is not None and hits.ids is not None:
        wheres += [hits.where, spec.visible(actor), true() if scene is None else scene.condition(actor)]
        return _Plan(spec, wheres, by_key=True)
    tests = [] if hits is None else [hits.where]
    branches: list[Branch] = []
    if scene is not None and scene.branches is not None:
        branches = filled(scene.branches(actor))
        wheres += [spec.visible(actor), true() if scene.where is None else scene.where(actor)]
    else:
        wheres.append(true() if scene is None else scene.condition(actor))
        # A filter has an index of its own in the list's order; walking that beats filtering each of many branches.
        if spec.branches is not None and (spec.apart or not query.filters):
            branches = filled(spec.branches(actor))
        if sum(len(b.values) for b in branches if not isinstance(b.values, Select)) > BRANCH_VALUES:
            branches = []
        wheres.append(spec.base if branches else spec.visible(actor))
    if len(branches) == 1 and (isinstance(branches[0].values, Select) or len(branches[0].values) == 1):
        wheres.append(branches[0].where())
        branches = []
    elif not branches and scene is not None and scene.branches is not None:
        wheres.append(false())
    return _Plan(spec, wheres, branches, tests=tests) if branches else _Plan(spec, [*wheres, *tests])


async def _planned(work: Work, spec: ListSpec, query: ListQuery) -> _Plan:
    hits = await spec.probe(work, query.q) if query.q and spec.probe is not None else None
    return _plan(spec, query, work.actor, hits)


def _counted(plan: _Plan, cap: int) -> Select[Any]:
    """How many rows there are, up to one more than the cap."""
    if plan.direct:
        rows = plan.spec.source(select(plan.spec.id)).where(*plan.wheres).limit(_written(cap + 1)).subquery("counted")
    else:
        found = plan.ids(plan.spec.sorts[0], cap + 1)
        rows = select(found.c.id).limit(_written(cap + 1)).subquery("counted")
    return select(func.count()).select_from(rows)


def _page(plan: _Plan, query: ListQuery, size: int, cap: int | None) -> Select[Any]:
    """A page as a statement. After a place it takes `after_key` and `after_id`; with a `cap` it counts as `total_`."""
    spec, sort = plan.spec, plan.spec.sort(query.sort)
    values: list[Any] = [item.value.label(item.name) for item in spec.columns]
    columns: list[Any] = [spec.id.label("id"), *values, sort.column.label("key_")]
    if query.cursor is not None:
        column: Any = sort.column
        here, there = tuple_(column, spec.id), tuple_(bindparam("after_key", type_=column.type), _AFTER_ID)
        plan = replace(plan, wheres=[*plan.wheres, here < there if sort.descending else here > there])
    if plan.direct:
        if cap is not None:
            columns.append(_counted(plan, cap).scalar_subquery().label("total_"))
        return _cut(spec.source(select(*columns)).where(*plan.wheres), sort, spec, size + 1)
    # One walk gives the rows and, going on to the cap, their number.
    found = plan.ids(sort, max(size, cap or 0) + 1)
    if cap is not None:
        counted = select(found.c.id).limit(_written(cap + 1)).subquery("counted")
        columns.append(select(func.count()).select_from(counted).scalar_subquery().label("total_"))
    first = select(found.c.id).order_by(*_order(sort, found.c.key, found.c.id))
    first = first.limit(_written(size + 1))
    page = first.subquery("page")
    return spec.source(select(*columns)).where(spec.id == page.c.id).order_by(*_order(sort, sort.column, spec.id))


_AFTER_ID = bindparam("after_id", type_=BigInteger())


def _built(
    actor: Actor, spec: ListSpec, scene: str | None, sort: str | None, filters: tuple[tuple[str, str], ...],
    further: bool, size: int, cap: int | None, shape: Where | None, by_key: bool,
) -> Select[Any]:  # fmt: skip
    """The page of a list, as `kept` keeps it. `further`: it begins after a place; `shape`: what a search found."""
    query = ListQuery(scene=scene, sort=sort, filters=dict(filters), cursor="further" if further else None)
    hits = None if shape is None else Hits(shape, () if by_key else None)
    return _page(_plan(spec, query, actor, hits), query, size, cap)


async def fetch_page(
    work: Work, spec: ListSpec, query: ListQuery, *, size: int = PAGE_SIZE, counted: bool = False
) -> Page:
    """One keyset page of rows with the spec's columns as attributes, plus `id`; with the capped count if asked."""
    hits = await spec.probe(work, query.q) if query.q and spec.probe is not None else None
    by_key = hits is not None and hits.ids is not None
    cap = (WALKED_CAP if (query.q and not by_key) or query.filters else COUNT_CAP) if counted else None
    statement: Select[Any] | None = None
    if not query.q or (hits is not None and hits.values):
        filters, shape = tuple(sorted(query.filters.items())), None if hits is None else hits.shape
        asked = (spec, query.scene, query.sort, filters, query.cursor is not None, size, cap, shape, by_key)
        statement = kept(work.actor, _built, *asked)
    values = {} if hits is None else dict(hits.values)
    if query.cursor is not None:
        column: Any = spec.sort(query.sort).column
        values["after_key"], values["after_id"] = decode_cursor(query.cursor, _python_type(column.type))
    if statement is not None:
        rows = await work.rows(statement, values)
    else:
        once = _page(_plan(spec, query, work.actor, hits), query, size, cap)
        rows = (await work.session.execute(once, values)).all()
    cursor = encode_cursor(rows[size - 1].key_, rows[size - 1].id) if len(rows) > size else None
    number = None
    if cap is not None:
        total = rows[0].total_ if rows else 0
        number = Count(min(total, cap), total > cap)
    return Page(rows[:size], cursor, number)


async def count(work: Work, spec: ListSpec, query: ListQuery, *, cap: int = COUNT_CAP) -> Count:
    """How many rows there are, counting no further than the cap."""
    return await _number(work, await _planned(work, spec, query), cap)


async def _number(work: Work, plan: _Plan, cap: int) -> Count:
    number = (await work.session.execute(_counted(plan, cap))).scalar_one()
    return Count(min(number, cap), number > cap)
