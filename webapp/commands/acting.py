"""Actions from the command line: as a user or as the system, with the same rights and rules as everywhere."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from domain.core.errors import Invalid, NotFound, Problem
from domain.core.work import Work
from webapp.database import Database
from webapp.problems import StartError
from webapp.settings import Settings
from webapp.work import command_work

T = TypeVar("T")


def act(settings: Settings, user_name: str | None, verb: Callable[[Work], Awaitable[T]]) -> T:
    """Run one action in a transaction of its own. A refusal becomes a sentence for the terminal."""

    async def main() -> T:
        assert settings.database_url is not None
        database = Database(settings.database_url, pool_size=2)
        try:
            async with command_work(database, user_name) as work:
                return await verb(work)
        finally:
            await database.close()

    try:
        return asyncio.run(main())
    except Invalid as error:
        details = [f"{field or 'all'}: {text}" for field, texts in error.errors.items() for text in texts]
        raise StartError("; ".join(details)) from error
    except NotFound as error:
        raise StartError(f"There is no user {user_name}, or nothing that this user may see.") from error
    except Problem as error:
        raise StartError(str(error)) from error
