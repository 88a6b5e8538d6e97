"""Files of lists."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Stream

from webapp.exporting import exported


@get("/exports/{name:str}")
async def export(request: Request[Any, Any, Any], name: FromPath[str]) -> Stream:
    """`/exports/customers.csv?scene=mine&q=…`: what the list of that address shows."""
    kind, _dot, ending = name.partition(".")
    return await exported(request, kind, ending)
