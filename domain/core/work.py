"""The unit of work: the first argument of every action."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Executable, Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.access import Actor
from domain.core.errors import Conflict, Denied, NotFound
from domain.core.events import Event, EventRow
from domain.core.kept import kept
from domain.core.model import Record
from domain.core.rows import fetch
from domain.core.text import Text, _

R = TypeVar("R", bound=Record)
Where = Callable[[Actor], ColumnElement[bool]]
NONE: Mapping[str, Any] = {}


def clock() -> datetime:
    """The one place that asks what time it is."""
    return datetime.now(UTC)


def _select(model: type[R], seen: ColumnElement[bool], lock: bool, options: tuple[Any, ...]) -> Select[Any]:
    statement: Select[Any] = select(model).where(model.id == bindparam("record_id"), seen).options(*options)
    return statement.with_for_update(of=model).execution_options(populate_existing=True) if lock else statement


def _loading(actor: Actor, model: type[R], seen: Where, lock: bool, options: tuple[Any, ...]) -> Select[Any]:
    return _select(model, seen(actor), lock, options)


@dataclass
class Work:
    """An open transaction, who acts, and one `now` for all of it. Actions never commit."""

    session: AsyncSession
    actor: Actor
    now: datetime
    recorded: list[EventRow] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day it is for the actor."""
        return self.now.astimezone(self.actor.zone).date()

    async def rows(self, statement: Executable, values: Mapping[str, Any] = NONE) -> Sequence[Any]:
        """Rows of a statement that is kept, as named tuples and past the session (`domain/core/rows.py`)."""
        return await fetch(self.session, statement, values)

    def record(self, event: Event) -> None:
        """Store an event in this transaction; reactions to it run in the worker after the commit."""
        row = event.row(self.now, self.actor.id)
        self.session.add(row)
        self.recorded.append(row)

    async def load(
        self,
        model: type[R],
        record_id: int,
        seen: ColumnElement[bool] | Where,
        *,
        may: ColumnElement[bool] | None = None,
        denied: Text | None = None,
        lock: bool = False,
        options: tuple[Any, ...] = (),
    ) -> R:
        """Load one record the actor sees. Raises NotFound if not seen, Denied if seen but `may` does not hold.

        With `lock` the row is locked FOR UPDATE until the end of the transaction. Where `seen` is the function that
        makes the condition for an actor, and the options are always the same objects, the statement is kept.
        """
        if callable(seen):
            statement = kept(self.actor, _loading, model, seen, lock, options)
        else:
            statement = _select(model, seen, lock, options)
        if may is not None:
            statement = statement.add_columns(may.label("may"))
        row = (await self.session.execute(statement, {"record_id": record_id})).one_or_none()
        if row is None:
            raise NotFound
        if may is not None and not row.may:
            raise Denied(denied or _("You may read this but not change it."))
        record: R = row[0]
        return record

    def touch(self, record: Record, version: int | None = None, *, current: dict[str, Any] | None = None) -> None:
        """Note a change of a locked record; raise Conflict if the form was made from an older version."""
        if version is not None and record.version != version:
            raise Conflict(_("Somebody else changed this since you opened it."), code="stale", current=current)
        record.version += 1
        record.updated_at = self.now
