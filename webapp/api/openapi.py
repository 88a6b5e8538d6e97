"""The OpenAPI 3.1 document and the page that shows it, made from the endpoints' table."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from litestar import Request, Response, get
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from domain.core.text import _
from webapp.api.endpoints import MOST_LETTERS, MOST_ROWS, PREFIX, Endpoint
from webapp.api.resources import ENDPOINTS
from webapp.api.shapes import ProblemShape
from webapp.render import page

REFERENCE = "#/components/schemas/{model}"
PROBLEMS = {
    "401": "No token, or one that has ended",
    "403": "Seen, but not allowed; `detail` is the reason",
    "404": "Not there, or not to be seen",
    "409": "Something changed meanwhile; `current` says what stands now",
    "422": "Cannot be taken; `errors` names every field",
}


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    models: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [(ProblemShape, "serialization")]
    models += [(endpoint.input, "validation") for endpoint in ENDPOINTS if endpoint.input]
    models += [(endpoint.output, "serialization") for endpoint in ENDPOINTS]
    names, definitions = models_json_schema(models, ref_template=REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(PREFIX + endpoint.path, {})[endpoint.method.lower()] = operation(endpoint, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Offing",
            "version": "1",
            "description": "The same actions and rights as on the screens. Make a token under Account → Tokens or by "
            "`offing token create --user NAME`, and send it as `Authorization: Bearer …`.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def operation(endpoint: Endpoint, names: Any) -> dict[str, Any]:
    """One method of one path."""

    def schema(model: type[BaseModel], mode: str) -> Any:
        return names[(model, mode)]

    problem = {"application/problem+json": {"schema": schema(ProblemShape, "serialization")}}
    answers: dict[str, Any] = {
        str(endpoint.status): {
            "description": "Done" if endpoint.method != "GET" else "Found",
            "content": {"application/json": {"schema": schema(endpoint.output, "serialization")}},
        }
    }
    # Reading knows no conflict; a list none that is not found.
    left_out = {"409"} if endpoint.method == "GET" else set()
    answers |= {
        status: {"description": words, "content": problem}
        for status, words in PROBLEMS.items()
        if status not in left_out
    }
    found: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "responses": answers,
    }
    parameters = list(_parameters(endpoint))
    if parameters:
        found["parameters"] = parameters
    if endpoint.input is not None:
        reference = schema(endpoint.input, "validation")
        body: dict[str, Any] = reference
        if endpoint.given is not None:
            # A PATCH sends what changes, so nothing of the body is required.
            body = {"type": "object", "description": f"Any of the fields of {reference['$ref'].rpartition('/')[2]}."}
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return found


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if "{id}" in endpoint.path:
        found.append(
            {
                "name": "id",
                "in": "path",
                "required": True,
                "schema": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
            }
        )
    if endpoint.method == "POST":
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key and body get the same answer, done once.",
                "schema": {"type": "string", "maxLength": 200},
            }
        )
    if endpoint.method == "PATCH":
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": False,
                "description": "The version that was read.",
                "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"},
            }
        )
    if endpoint.spec is not None:
        spec = endpoint.spec
        known = [
            ("q", {"type": "string", "maxLength": MOST_LETTERS}),
            ("cursor", {"type": "string"}),
            ("limit", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}),
            ("sort", {"type": "string", "enum": [sort.name for sort in spec.sorts]}),
            *([("scene", {"type": "string", "enum": [scene.name for scene in spec.scenes]})] if spec.scenes else []),
            *((item.name, {"type": "string"}) for item in spec.filters),
        ]
        found += [{"name": name, "in": "query", "required": False, "schema": kind} for name, kind in known]
    return found


@get("/api/v1/openapi.json", sync_to_thread=False)
def openapi_json() -> Response[Any]:
    """The document for programs; no token needed."""
    return Response(document(), media_type="application/json")


@get("/api/v1/docs", sync_to_thread=False)
def openapi_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """The document for people."""
    groups: dict[str, list[Endpoint]] = {}
    for endpoint in ENDPOINTS:
        groups.setdefault(endpoint.tag, []).append(endpoint)
    return page(
        request,
        "api/show.html",
        title=_("API"),
        groups=groups,
        prefix=PREFIX,
        kinds=kinds,
        schemas=document()["components"]["schemas"],
    )


def kinds(rule: dict[str, Any]) -> str:
    """What a field takes, in short: `string or null`, `OrderStatus`, `list of OrderLineShape`."""
    if "$ref" in rule:
        return str(rule["$ref"]).rpartition("/")[2]
    if "anyOf" in rule:
        return " or ".join(dict.fromkeys(kinds(one) for one in rule["anyOf"]))
    if rule.get("type") == "array":
        return f"list of {kinds(rule.get('items', {}))}"
    return str(rule.get("format") or rule.get("type") or "anything")


def handlers() -> list[Any]:
    """All routes of the API."""
    return [*(endpoint.handler() for endpoint in ENDPOINTS), openapi_json, openapi_page]
