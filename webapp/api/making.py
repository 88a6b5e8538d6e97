"""What most endpoints are made of: reading, listing, creating, changing, and verbs on one record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from sqlalchemy import inspect

from domain.core.model import Record
from webapp.api import shapes as shape
from webapp.api.endpoints import Call, Endpoint, Nothing, rows

Run = Callable[[Call], Awaitable[Any]]


def fields_of(record: Record, kind: type[BaseModel]) -> dict[str, Any]:
    """The record's present values under the names of an input class, for a PATCH that sends only changes."""
    names = {attribute.key for attribute in inspect(type(record)).column_attrs}
    return {name: _sendable(getattr(record, name)) for name in kind.model_fields if name in names}


def _sendable(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value.isoformat() if hasattr(value, "isoformat") else value


def given_by(get: Callable[[Any, int], Awaitable[Any]], kind: type[BaseModel]) -> Run:
    """Reads what a PATCH leaves out."""

    async def given(call: Call) -> dict[str, Any]:
        return fields_of(await get(call.work, call.id), kind)

    return given


def one(path: str, name: str, get: Callable[[Any, int], Awaitable[Any]], output: type[BaseModel]) -> Endpoint:
    """Read one record."""
    return Endpoint(method="GET", path=path, summary=f"Read one {name}", run=lambda c: get(c.work, c.id), output=output)


def acting(
    verb: Callable[..., Awaitable[Any]], get: Callable[[Any, int], Awaitable[Any]], *, data: bool = False
) -> Run:
    """A verb on one record with its version; answers the record as it is afterwards."""

    async def run(call: Call) -> Any:
        arguments = (call.data,) if data else ()
        await verb(call.work, call.id, *arguments, call.version)
        await call.work.session.flush()  # the answer shows what the database now holds
        return await get(call.work, call.id)

    return run


def creating(verb: Callable[..., Awaitable[Any]], get: Callable[[Any, int], Awaitable[Any]]) -> Run:
    """Makes a record; answers it as the database now holds it."""

    async def run(call: Call) -> Any:
        made = await verb(call.work, call.data)
        await call.work.session.flush()  # the answer shows what the database now holds
        return await get(call.work, made.id)

    return run


def resource(
    path: str, noun: str, spec: Any, get: Any, output: type[BaseModel], kind: type[BaseModel] | None, verbs: Any
) -> list[Endpoint]:
    """List, read, create, change: what most resources have."""
    found = [rows(spec, shape.page_of(spec), path), one(f"{path}/{{id}}", noun, get, output)]
    if kind is not None:
        found.append(
            Endpoint(
                method="POST",
                path=path,
                summary=f"Create a {noun}",
                status=201,
                output=output,
                input=kind,
                run=creating(verbs.create, get),
            )
        )
        found.append(
            Endpoint(
                method="PATCH",
                path=f"{path}/{{id}}",
                summary=f"Change a {noun}",
                output=output,
                input=kind,
                given=given_by(get, kind),
                run=acting(verbs.edit, get, data=True),
            )
        )
    return found


def verb(path: str, summary: str, run: Run, output: type[BaseModel], kind: type[BaseModel] = Nothing) -> Endpoint:
    """A verb on one record."""
    return Endpoint(method="POST", path=path, summary=summary, run=run, output=output, input=kind)
