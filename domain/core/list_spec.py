"""What a list is made of (views, filters, orders, columns) and what may be asked of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import urlencode

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    any_,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.sql.visitors import replacement_traverse

from domain.core.access import Actor
from domain.core.errors import Invalid
from domain.core.model import Choice
from domain.core.text import Text, _
from domain.core.work import Work

PAGE_SIZE = 50
COUNT_CAP = 1000
Where = ColumnElement[bool]


EVERY = select(true())
"""As the values of a branch: all rows for which its column holds."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Rows whose `column` is one of `values`; a list of ids, or a query for them."""

    column: SQLColumnExpression[Any]
    values: Sequence[int] | Select[Any]

    @classmethod
    def of(cls, condition: Where) -> Branch:
        """Rows of a condition, which the server walks as one."""
        return cls(condition, EVERY)

    def where(self) -> Where:
        """As a condition."""
        if self.values is EVERY:
            return cast(Where, self.column)
        if isinstance(self.values, Select):
            return self.column == any_(func.array(self.values.scalar_subquery()))
        if len(self.values) == 1:
            return self.column == self.values[0]
        return self.column == any_(id_array(self.values))


Branches = Callable[[Actor], Sequence[Branch]]


@dataclass(frozen=True, slots=True)
class Scene:
    """A preset view (S-011..S-014): a condition, branches of which a row must be in one, or both."""

    name: str
    label: Text
    where: Callable[[Actor], Where] | None = None
    branches: Branches | None = None

    def condition(self, actor: Actor) -> Where:
        """What a row must fulfil to be in this view."""
        alone = true() if self.where is None else self.where(actor)
        return alone if self.branches is None else and_(any_branch(self.branches(actor)), alone)


@dataclass(frozen=True, slots=True)
class Filter:
    """One field of the filter sheet. `where` gets the typed text and raises ValueError for what it cannot read.

    `widget`: choice, text, date, number, user, flag. Every offered filter needs an index (stack.md section 4).
    """

    name: str
    label: Text
    where: Callable[[str, Actor], Where]
    widget: str = "text"
    choices: type[Choice] | None = None


def record_number(value: str) -> int:
    """A filter's value as the id of a record. Raises ValueError."""
    number = int(value)
    if not 0 < number < 2**63:
        raise ValueError(value)
    return number


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of rows; `column` is NOT NULL, the id breaks ties."""

    name: str
    label: Text
    column: SQLColumnExpression[Any]
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a row: a heading for table and export, and where it comes from.

    `shown` makes of a stored value what people read: the class of its choices, or a way to write it.
    """

    name: str
    label: Text
    value: SQLColumnExpression[Any]
    shown: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search index found: the ids if they are few enough to be fetched by key, else the condition to test.

    `shape` is the condition; where it is the same object each time and `values` are its bindparams, the statement of
    the list is kept.
    """

    shape: Where
    ids: Sequence[int] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> Where:
        """The condition with its values."""
        values = self.values

        def valued(element: Any, **_kw: Any) -> Any:
            known = isinstance(element, BindParameter) and element.key in values
            return literal(values[element.key], element.type) if known else None

        found: Where = replacement_traverse(self.shape, {}, valued) if values else self.shape
        return found


@dataclass(frozen=True, slots=True, eq=False)
class ListSpec:
    """Everything there is to know of a feature's list. `source` adds joins to a select of columns.

    `branches` together are the same rows as `visible`; `base` holds in all of them (not deleted). `probe` asks a search
    index in a statement of its own; `search` is a plain condition instead. With `apart` the branches are walked under a
    filter too, since `visible` takes long to test row by row.
    """

    kind: str
    id: SQLColumnExpression[int]
    columns: tuple[Column, ...]
    visible: Callable[[Actor], Where]
    source: Callable[[Select[Any]], Select[Any]]
    sorts: tuple[Sort, ...]
    scenes: tuple[Scene, ...] = ()
    filters: tuple[Filter, ...] = ()
    search: Callable[[str], Where] | None = None
    probe: Callable[[Work, str], Awaitable[Hits]] | None = None
    branches: Branches | None = None
    apart: bool = False
    base: Where = field(default_factory=true)

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
        """Read it from an address; what the spec does not know is left out, and so are characters no row can hold."""
        names = {item.name for item in spec.filters}
        filters = {name: value.strip() for name, value in params.items() if name in names and value.strip()}
        known = params.get("scene")
        return cls(
            scene=known if known in {scene.name for scene in spec.scenes} else None,
            q=params.get("q", "").replace("\x00", "").strip()[:100],
            sort=params.get("sort") if params.get("sort") in {sort.name for sort in spec.sorts} else None,
            filters=filters,
            cursor=params.get("cursor") or None,
        )

    def params(self, **changes: str | None) -> str:
        """As the query part of an address, with changes; the cursor is dropped unless given."""
        pairs: dict[str, str | None] = {"scene": self.scene, "q": self.q, "sort": self.sort, **self.filters, **changes}
        return urlencode({name: value for name, value in pairs.items() if value}, errors="replace")

    def at(self, cursor: str) -> ListQuery:
        """The same question from a place further on."""
        return replace(self, cursor=cursor)


@dataclass(frozen=True, slots=True)
class Count:
    """Number of rows, exact up to the cap; `more` says that there are more than `number`."""

    number: int
    more: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Up to a page of rows, the cursor after them (None at the end), and the count if it was asked for."""

    rows: Sequence[Any]
    next: str | None
    count: Count | None = None


def any_branch(branches: Sequence[Branch]) -> Where:
    """Condition: the row is in one of the branches at least."""
    return or_(false(), *(branch.where() for branch in filled(branches)))


def filled(branches: Sequence[Branch]) -> list[Branch]:
    """The branches that can hold rows at all."""
    return [branch for branch in branches if isinstance(branch.values, Select) or len(branch.values) > 0]


def id_array(values: Sequence[int]) -> ColumnElement[Any]:
    """Ids as one array parameter, so that their number does not change the statement."""
    return literal(list(values), ARRAY(BigInteger))


def filtered(spec: ListSpec, query: ListQuery, actor: Actor) -> list[Where]:
    """The conditions of the filters that are set. Raises Invalid for those that cannot be read."""
    wheres, errors = [], {}
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


def conditions(spec: ListSpec, query: ListQuery, actor: Actor) -> list[Where]:
    """Scope, scene and filters as conditions; `matching` adds what a search index finds."""
    scene = spec.scene(query.scene)
    wheres = [spec.visible(actor), *filtered(spec, query, actor)]
    return wheres if scene is None else [*wheres, scene.condition(actor)]


async def matching(work: Work, spec: ListSpec, query: ListQuery) -> list[Where]:
    """All conditions of a query, for whoever fetches in his own way (map, export)."""
    wheres = conditions(spec, query, work.actor)
    if query.q and spec.probe is not None:
        wheres.append((await spec.probe(work, query.q)).where)
    return wheres
