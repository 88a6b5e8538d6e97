"""Rows straight from the driver, for pages: through the session a statement costs ten times the time of the query.

A statement is compiled once and remembered as long as it lives, so it must be one that is kept (`domain/core/kept.py`,
`functools.cache`, or a constant). Rows are named tuples of what the driver reads; no model is made of them.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Executable
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.model import Base

Bound = Callable[[Any], Any]


class Compiled:
    """A statement as the driver takes it: its text, and the places of its parameters in order."""

    def __init__(self, statement: Executable, dialect: Dialect, given: Mapping[str, Any]) -> None:
        made: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        state = made.construct_expanded_state(given)
        if not given.keys().isdisjoint(state.parameter_expansion):
            raise TypeError("a list of any length goes as one array, or the statement's text would change")
        self.sql: str = state.statement
        bound = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in made.binds.items()}
        bound |= state.processors
        self._places: list[tuple[str, bool, Any, Bound | None]] = [
            (name, name in given, None if name in given else state.parameters[name], bound.get(name))
            for name in state.positiontup
        ]
        self._row: Any = None

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """The parameters in order: those given, and those that stand in the statement itself."""
        values = []
        for name, asked, value, bound in self._places:
            if asked:
                value = given[name]
            values.append(value if bound is None else bound(value))
        return values

    def rows(self, records: Sequence[Any]) -> list[Any]:
        """The driver's records as named tuples; a second column of the same name is found by its place alone."""
        if not records:
            return []
        if self._row is None:
            self._row = _row_class(list(records[0].keys()))
        return list(map(self._row._make, records))


def _row_class(names: Sequence[str]) -> Any:
    return namedtuple("Row", names, rename=True)


_compiled: WeakKeyDictionary[Executable, Compiled] = WeakKeyDictionary()


async def fetch(session: AsyncSession, statement: Executable, given: Mapping[str, Any]) -> list[Any]:
    """The rows of a kept statement, in the session's transaction; what is pending there is stored first."""
    pending = session.sync_session
    if pending.new or pending.dirty or pending.deleted:
        await session.flush()
    driver, dialect = await _driver(session)
    compiled = _compiled.get(statement)
    if compiled is None:
        compiled = _compiled[statement] = Compiled(statement, dialect, given)
    return compiled.rows(await ask(driver, compiled.sql, compiled.values(given)))


async def ask(driver: Any, sql: str, values: Sequence[Any]) -> Sequence[Any]:
    """Send a statement; every one that goes past the session comes by here (the bench listens)."""
    records: Sequence[Any] = await driver.fetch(sql, *values)
    return records


async def _driver(session: AsyncSession) -> tuple[Any, Dialect]:
    """The driver's connection under a session; looked up once in each of its transactions."""
    begun = session.sync_session.get_transaction()
    known = session.info.get("driver")
    if begun is not None and known is not None and known[0] is begun:
        return known[1], known[2]
    connection = await session.connection()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    level = connection.sync_connection.get_execution_options().get("isolation_level")  # type: ignore[union-attr]
    if level != "AUTOCOMMIT" and not driver.is_in_transaction():
        await connection.exec_driver_sql("SELECT")  # the transaction begins with the session's own first statement
    session.info["driver"] = session.sync_session.get_transaction(), driver, connection.dialect
    return driver, connection.dialect


def columns(model: type[Base]) -> tuple[Any, ...]:
    """All columns of a table, for a row that has a record's values without being one."""
    return tuple(model.__table__.columns)
