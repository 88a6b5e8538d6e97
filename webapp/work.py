"""Units of work for requests, commands and jobs. Besides the worker this is the only place that commits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar.connection import ASGIConnection
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.access import SYSTEM, Actor
from domain.core.errors import NotFound
from domain.core.work import Work, clock
from domain.people.queries import actor_by_name
from webapp.database import Database
from webapp.follow import jobs_for
from webapp.queue import enqueue

Connection = ASGIConnection[Any, Any, Any, Any]
SET_ACTOR = "SELECT set_config('offing.actor_id', $1, true)"


def actor_of(connection: Connection) -> Actor:
    """Who makes this request; the sign-in guard has seen to it that there is somebody."""
    actor: Actor | None = connection.scope["state"].get("actor")
    if actor is None:
        raise NotFound
    return actor


def database_of(connection: Connection) -> Database:
    """The application's database."""
    database: Database = connection.app.state.database
    return database


@asynccontextmanager
async def reading(connection: Connection) -> AsyncIterator[Work]:
    """Work that only looks."""
    async with database_of(connection).reading() as session:
        yield Work(session, actor_of(connection), clock())


@asynccontextmanager
async def writing(connection: Connection) -> AsyncIterator[Work]:
    """Work that changes things: committed at the end of the block, so render the answer after it.

    Any exception, refusals included, rolls everything back.
    """
    async with transaction(database_of(connection), actor_of(connection)) as work:
        yield work


@asynccontextmanager
async def transaction(database: Database, actor: Actor) -> AsyncIterator[Work]:
    """A unit of work for an actor outside a request (commands, jobs, seeds)."""
    async with database.writing() as session:
        work = Work(session, actor, clock())
        await claim_audit(session, actor)
        yield work
        await commit(work)


async def claim_audit(session: AsyncSession, actor: Actor) -> None:
    """Tell the audit triggers of this transaction who acts."""
    connection = await session.connection()
    await connection.exec_driver_sql(SET_ACTOR, ("" if actor.id is None else str(actor.id),))


async def commit(work: Work) -> None:
    """Store what is pending, queue the reactions to what was recorded, and commit all of it at once."""
    await work.session.flush()  # the events' ids are needed as payload
    await enqueue(work.session, jobs_for(work.recorded))
    await work.session.commit()
    work.recorded.clear()


@asynccontextmanager
async def command_work(database: Database, user_name: str | None) -> AsyncIterator[Work]:
    """Work for the command line, as a user or (None) as the system. Raises NotFound for an unknown user."""
    async with database.reading() as session:
        actor = SYSTEM if user_name is None else await actor_by_name(session, user_name)
    async with transaction(database, actor) as work:
        yield work
