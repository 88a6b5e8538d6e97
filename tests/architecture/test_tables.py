"""The migrated database is what the models say."""

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.model import Choice
from domain.tables import METADATA

pytestmark = pytest.mark.anyio


async def test_no_table_or_column_is_missing(session: AsyncSession) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, parents: kind != "schema" or name in (None, "public")}
        )
        return [
            change
            for change in compare_metadata(context, METADATA)
            # Indexes on expressions are read back in other words than they were written in, so they always differ.
            if "alembic_version" not in str(change) and change[0] not in ("add_index", "remove_index")
        ]

    connection = await session.connection()
    assert await connection.run_sync(differences) == []


async def test_the_database_refuses_what_no_choice_names(session: AsyncSession) -> None:
    rows = await session.execute(
        text("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'")
    )
    found = {name: set(re.findall(r"'([^']+)'::text", rule)) for name, rule in rows.all()}
    checked = 0
    for table in METADATA.tables.values():
        for constraint in table.constraints:
            kind = constraint.info.get("choice")
            if kind is not None:
                assert issubclass(kind, Choice)
                assert found[str(constraint.name)] == {member.value for member in kind}, constraint.name
                checked += 1
    assert checked > 25
