"""One table row an endpoint: from it come the route, the checks and the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Request, Response, route
from litestar.handlers import HTTPRouteHandler
from pydantic import BaseModel, ConfigDict

from domain.core.errors import Invalid, NotFound
from domain.core.inputs import parse
from domain.core.lists import ListQuery, ListSpec, fetch_page
from domain.core.once import once
from domain.core.text import Text, _
from domain.core.work import Work
from webapp.work import reading, writing

PREFIX = "/api/v1"
MOST_ROWS = 200
MOST_LETTERS = 100


class Shape(BaseModel):
    """Base of what the API answers. Amounts are decimal strings, times ISO 8601 in UTC."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True)


class Nothing(BaseModel):
    """A body without fields."""


@dataclass(frozen=True)
class Call:
    """What an endpoint is called with. `id` is 0 where the path has none; `version` comes from If-Match."""

    work: Work
    id: int = 0
    data: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One method of one path. `given` reads the current fields of a record for PATCH, which sends only changes."""

    method: str
    path: str
    summary: str
    run: Callable[[Call], Awaitable[Any]]
    output: type[BaseModel]
    input: type[BaseModel] | None = None
    given: Callable[[Call], Awaitable[dict[str, Any]]] | None = None
    spec: ListSpec | None = None
    status: int = 200

    @property
    def name(self) -> str:
        """The operation's id."""
        words = [part for part in self.path.split("/") if part and part != "{id}"]
        return "_".join([self.method.lower(), *words, *(["one"] if self.path.endswith("{id}") else [])])

    @property
    def tag(self) -> str:
        """The feature's plural noun."""
        return self.path.split("/")[1]

    def handler(self) -> HTTPRouteHandler:
        """The route."""
        endpoint = self

        async def answer(request: Request[Any, Any, Any]) -> Response[Any]:
            return await respond(endpoint, request)

        answer.__name__ = self.name
        path = PREFIX + self.path.replace("{id}", "{record_id:str}")
        return route(path, http_method=self.method, status_code=self.status, name=self.name)(answer)  # type: ignore[arg-type]


async def respond(endpoint: Endpoint, request: Request[Any, Any, Any]) -> Response[Any]:
    """Read, check, act, commit, and only then answer."""
    query = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
    record_id = _id(request.path_params.get("record_id"))
    if endpoint.method == "GET":
        async with reading(request) as work:
            found = await endpoint.run(Call(work, record_id, None, query))
        return _json(endpoint, found)
    sent = await _body(request) if endpoint.input else {}
    version = _version(request.headers.get("if-match"))
    async with writing(request) as work:
        call = Call(work, record_id, None, query, version)
        given = await endpoint.given(call) if endpoint.given else {}
        data = parse(endpoint.input, {**given, **sent}) if endpoint.input else None

        async def make() -> dict[str, Any]:
            outcome = await endpoint.run(Call(work, record_id, data, query, version))
            await work.session.flush()  # a fault of the database belongs before the answer is kept
            return shaped(endpoint, outcome)

        key = request.headers.get("idempotency-key") if endpoint.method == "POST" else None
        body = await once(work, key, f"{endpoint.name} {record_id}", sent, make)
    return Response(body, status_code=endpoint.status, media_type="application/json")


def shaped(endpoint: Endpoint, found: Any) -> dict[str, Any]:
    """What goes over the wire."""
    model = endpoint.output.model_validate(found, from_attributes=True)
    shape: dict[str, Any] = model.model_dump(mode="json")
    return shape


def _json(endpoint: Endpoint, found: Any) -> Response[Any]:
    return Response(shaped(endpoint, found), status_code=endpoint.status, media_type="application/json")


def _id(value: Any) -> int:
    """An id of the path; what no row can have is simply not there."""
    if value is None:
        return 0
    if not (isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19 and int(value) > 0):
        raise NotFound
    return int(value)


def _version(header: str | None) -> int | None:
    if header is None:
        return None
    plain = header.strip().removeprefix("W/").strip('"')
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 19):
        raise Invalid.of("If-Match", _("This must be a whole number."))
    return int(plain)


async def _body(request: Request[Any, Any, Any]) -> dict[str, Any]:
    try:
        # Numbers stay text until they are decimals: a float has lost cents.
        sent = json.loads(await request.body() or b"{}", parse_float=str, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise Invalid.of("", _("The body is not JSON.")) from problem
    if not isinstance(sent, dict):
        raise Invalid.of("", _("The body must be an object."))
    return sent


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _check_asked(spec: ListSpec, asked: Mapping[str, str], size: str) -> None:
    """Raise Invalid for what a list does not know; a program that is told nothing believes the wrong rows."""
    errors: dict[str, tuple[Text, ...]] = {}
    if not (size.isascii() and size.isdecimal() and 1 <= int(size[:9]) <= MOST_ROWS):
        errors["limit"] = (_("A whole number from 1 to %(n)s.", n=MOST_ROWS),)
    if len(asked.get("q", "")) > MOST_LETTERS:
        errors["q"] = (_("At most %(n)s characters.", n=MOST_LETTERS),)
    for name, known in (("sort", spec.sorts), ("scene", spec.scenes)):
        if name in asked and asked[name] not in {one.name for one in known}:
            errors[name] = (_("Please choose one of the list."),)
    if errors:
        raise Invalid(errors)


def rows(spec: ListSpec, output: type[BaseModel], path: str) -> Endpoint:
    """The list of a feature: same scenes, filters, search and order as on the screen."""

    async def run(call: Call) -> dict[str, Any]:
        call.work.actor.require(f"{spec.kind}.view")
        size = call.query.get("limit", "50")
        _check_asked(spec, call.query, size)
        query = ListQuery.of(spec, call.query)
        page = await fetch_page(call.work, spec, query, size=int(size))
        more = None if page.next is None else f"{PREFIX}{path}?{query.params(cursor=page.next, limit=size)}"
        return {"items": [row._asdict() for row in page.rows], "next": more}

    return Endpoint(method="GET", path=path, summary=f"List {spec.kind}", run=run, output=output, spec=spec)
