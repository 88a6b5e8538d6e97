"""Lists: one frozen spec is the list on the screen, the map, the export and the API page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, func, literal, select, tuple_, true

from domain.core.access import Actor
from domain.core.errors import Invalid
from domain.core.model import Choice
from domain.core.text import Text, _
from domain.core.work import Work

PAGE_SIZE = 50
COUNT_CAP = 1000


@dataclass(frozen=True, slots=True)
class Scene:
    """A preset view (S-011..S-014)."""

    name: str
    label: Text
    where: Callable[[Actor], ColumnElement[bool]] = lambda actor: true()


@dataclass(frozen=True, slots=True)
class Filter:
    """One field of the filter sheet. `where` gets the typed text and raises ValueError for what it cannot read.

    `widget`: choice, text, date, number, user, flag. Every offered filter needs an index (stack.md section 4).
    """

    name: str
    label: Text
    where: Callable[[str, Actor], ColumnElement[bool]]
    widget: str = "text"
    choices: type[Choice] | None = None


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of rows; `column` is NOT NULL, the id breaks ties."""

    name: str
    label: Text
    column: SQLColumnExpression[Any]
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a row: a heading for table and export, and where it comes from."""

    name: str
    label: Text
    value: SQLColumnExpression[Any]


@dataclass(frozen=True, slots=True)
class ListSpec:
    """Everything there is to know of a feature's list. `source` adds joins to a select of columns."""

    kind: str
    id: SQLColumnExpression[int]
    columns: tuple[Column, ...]
    visible: Callable[[Actor], ColumnElement[bool]]
    source: Callable[[Select[Any]], Select[Any]]
    sorts: tuple[Sort, ...]
    scenes: tuple[Scene, ...] = ()
    filters: tuple[Filter, ...] = ()
    search: Callable[[str], ColumnElement[bool]] | None = None

    def sort(self, name: str | None) -> Sort:
        """The named order, else the first."""
        return next((sort for sort in self.sorts if sort.name == name), self.sorts[0])

    def scene(self, name: str | None) -> Scene | None:
        """The named scene, else the first (all that may be seen)."""
        return next((scene for scene in self.scenes if scene.name == name), self.scenes[0] if self.scenes else None)


@dataclass(frozen=True)
class ListQuery:
    """What is asked of a list; the same thing is query, address and saved view."""

    scene: str | None = None
    q: str = ""
    sort: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    cursor: str | None = None

    @classmethod
    def of(cls, spec: ListSpec, params: Mapping[str, str]) -> ListQuery:
        """Read it from an address; what the spec does not know is left out."""
        names = {item.name for item in spec.filters}
        filters = {name: value.strip() for name, value in params.items() if name in names and value.strip()}
        known = params.get("scene")
        return cls(
            scene=known if known in {scene.name for scene in spec.scenes} else None,
            q=params.get("q", "").strip()[:100],
            sort=params.get("sort") if params.get("sort") in {sort.name for sort in spec.sorts} else None,
            filters=filters,
            cursor=params.get("cursor") or None,
        )

    def params(self, **changes: str | None) -> str:
        """As the query part of an address, with changes; the cursor is dropped unless given."""
        pairs: dict[str, str | None] = {"scene": self.scene, "q": self.q, "sort": self.sort, **self.filters, **changes}
        return urlencode({name: value for name, value in pairs.items() if value})

    def at(self, cursor: str) -> ListQuery:
        """The same question from a place further on."""
        return replace(self, cursor=cursor)


@dataclass(frozen=True, slots=True)
class Page:
    """Up to a page of rows, and the cursor after them (None at the end)."""

    rows: Sequence[Row[Any]]
    next: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """Number of rows, exact up to the cap; `more` says that there are more than `number`."""

    number: int
    more: bool


def conditions(spec: ListSpec, query: ListQuery, actor: Actor) -> list[ColumnElement[bool]]:
    """All conditions of a query: scope, scene, filters, search. Raises Invalid for an unreadable filter."""
    wheres = [spec.visible(actor)]
    scene = spec.scene(query.scene)
    if scene is not None:
        wheres.append(scene.where(actor))
    errors = {}
    for item in spec.filters:
        if item.name in query.filters:
            try:
                wheres.append(item.where(query.filters[item.name], actor))
            except ValueError:
                errors[item.name] = (_("This filter cannot be read."),)
    if errors:
        raise Invalid(errors)
    if query.q and spec.search is not None:
        wheres.append(spec.search(query.q))
    return wheres


async def fetch_page(work: Work, spec: ListSpec, query: ListQuery, *, size: int = PAGE_SIZE) -> Page:
    """One keyset page of rows with the spec's columns as attributes, plus `id`."""
    sort = spec.sort(query.sort)
    statement = spec.source(
        select(spec.id.label("id"), *(c.value.label(c.name) for c in spec.columns), sort.column.label("_key"))
    ).where(*conditions(spec, query, work.actor))
    if query.cursor is not None:
        key, last_id = decode_cursor(query.cursor, sort)
        here, there = tuple_(sort.column, spec.id), tuple_(literal(key, sort.column.type), literal(last_id))
        statement = statement.where(here < there if sort.descending else here > there)
    order = (sort.column.desc(), spec.id.desc()) if sort.descending else (sort.column.asc(), spec.id.asc())
    rows = (await work.session.execute(statement.order_by(*order).limit(size + 1))).all()
    cursor = encode_cursor(rows[size - 1]._key, rows[size - 1].id) if len(rows) > size else None
    return Page(rows[:size], cursor)


async def count(work: Work, spec: ListSpec, query: ListQuery, *, cap: int = COUNT_CAP) -> Count:
    """How many rows there are, counting no further than the cap."""
    inner = spec.source(select(literal(1))).where(*conditions(spec, query, work.actor)).limit(cap + 1).subquery()
    number = (await work.session.execute(select(func.count()).select_from(inner))).scalar_one()
    return Count(min(number, cap), number > cap)


def encode_cursor(key: Any, record_id: int) -> str:
    """An opaque place in a list."""
    plain = key.isoformat() if isinstance(key, (datetime, date)) else str(key) if isinstance(key, Decimal) else key
    return base64.urlsafe_b64encode(json.dumps([plain, record_id]).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, sort: Sort) -> tuple[Any, int]:
    """The key and id of a place. Raises Invalid for one that is not ours."""
    try:
        plain, record_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        kind = sort.column.type.python_type
        if kind is datetime:
            key: Any = datetime.fromisoformat(plain)
            if key.tzinfo is None:
                raise ValueError("naive")
        elif kind is date:
            key = date.fromisoformat(plain)
        else:
            key = kind(plain)
        if not isinstance(record_id, int) or not 0 < record_id < 2**63:
            raise ValueError("id")
        return key, record_id
    except (ValueError, TypeError, ArithmeticError, UnicodeDecodeError) as problem:
        raise Invalid.of("cursor", _("This page link is not valid.")) from problem
