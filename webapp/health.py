"""For those who watch the service: is the process alive, can it work."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.htmx import AnyRequest
from webapp.work import database_of


@get("/healthz", sync_to_thread=False)
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/readyz")
async def readyz(request: AnyRequest) -> Response[Any]:
    """The database answers and has the tables of this version."""
    try:
        async with database_of(request).reading() as session:
            number = (await session.execute(text("SELECT number FROM org_version"))).scalar_one()
    except (SQLAlchemyError, OSError) as error:
        return Response({"status": "unavailable", "reason": type(error).__name__}, status_code=503)
    return Response({"status": "ok", "organisation": number})
