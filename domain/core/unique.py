"""What only one row may hold: a value taken by somebody else this very moment becomes the usual refusal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy.exc import IntegrityError

from domain.core.errors import Invalid
from domain.core.text import _
from domain.core.work import Work


@asynccontextmanager
async def unless_taken(work: Work, index: str, refusal: Callable[[], Awaitable[Invalid]]) -> AsyncIterator[None]:
    """Make the changes of the block in a savepoint; raise `refusal()` if they hit the unique index.

    The changes must be made inside the block: what is pending before it is written before the savepoint.
    """
    try:
        async with work.session.begin_nested():
            yield
            await work.session.flush()  # the index is asked now, not at the commit
    except IntegrityError as problem:
        if index not in str(problem.orig):
            raise
        raise await refusal() from problem


def id_free(work: Work, index: str) -> AbstractAsyncContextManager[None]:
    """Changes in this block that bring an id (`client_uuid`) which another record has got raise Invalid."""

    async def refusal() -> Invalid:
        return Invalid.of("client_uuid", _("This id was used before."))

    return unless_taken(work, index, refusal)
