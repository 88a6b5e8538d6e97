"""Brings a database to the tables of this Offing."""

import shutil
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations.ops import CreateForeignKeyOp, CreateTableOp, MigrateOperation, MigrationScript
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, ForeignKeyConstraint, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

import domain
from webapp.problems import DatabaseError

SCRIPTS = Path(domain.__file__).parent / "migrations"
OLDEST_SERVER = 15
FIRST = "0001"
_LOCK = 0x0FF1_96


def _config(connection: Connection | None = None, versions: Path = SCRIPTS / "versions") -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(_config(connection), "head")


async def upgrade(connection: AsyncConnection) -> None:
    """Run what is missing in the connection's open transaction; processes that start together wait for one another."""
    await check_server(connection)
    await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    await connection.run_sync(_upgrade)


async def upgrade_database(url: str) -> None:
    """The same for a database by its address, committed."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await upgrade(connection)
    finally:
        await engine.dispose()


async def check_server(connection: AsyncConnection) -> None:
    """Refuse a PostgreSQL that is too old or not in UTF-8, with a sentence."""
    number = int((await connection.execute(text("show server_version_num"))).scalar_one())
    if number // 10_000 < OLDEST_SERVER:
        raise DatabaseError(
            f"The database runs PostgreSQL {number // 10_000}; Offing needs {OLDEST_SERVER} or later. "
            "Upgrade it, or leave DATABASE_URL unset to use the built-in one."
        )
    encoding = (await connection.execute(text("show server_encoding"))).scalar_one()
    if encoding != "UTF8":
        raise DatabaseError(f"The database is encoded in {encoding}; make one with ENCODING 'UTF8'.")


async def pending(connection: AsyncConnection) -> bool:
    """Migrations of this Offing are missing in the database."""

    def _pending(sync: Connection) -> bool:
        done = set(MigrationContext.configure(sync).get_current_heads())
        return done != set(ScriptDirectory.from_config(_config()).get_heads())

    return await connection.run_sync(_pending)


def _foreign_keys_last(context: MigrationContext, revision: object, directives: list[MigrationScript]) -> None:
    """Departments have heads and people have departments: a key to a table that comes later is added at the end."""
    upgrade_ops = directives[0].upgrade_ops
    assert upgrade_ops is not None
    made: set[str] = set()
    late: list[MigrateOperation] = []
    for table in upgrade_ops.ops:
        if not isinstance(table, CreateTableOp):
            continue
        made.add(table.table_name)
        for key in [item for item in table.columns if isinstance(item, ForeignKeyConstraint)]:
            if key.elements[0].target_fullname.split(".")[0] not in made:
                table.columns = [item for item in table.columns if item is not key]
                late.append(CreateForeignKeyOp.from_constraint(key))
    upgrade_ops.ops.extend(late)


def _generate(connection: Connection) -> Path:
    with tempfile.TemporaryDirectory() as folder:
        config = _config(connection, Path(folder))
        command.revision(
            config, "tables", autogenerate=True, rev_id=FIRST, process_revision_directives=_foreign_keys_last
        )
        (made,) = Path(folder).glob("*.py")
        for old in (SCRIPTS / "versions").glob(f"{FIRST}_*.py"):
            old.unlink()
        return Path(shutil.copy(made, SCRIPTS / "versions" / made.name))


async def write_first(url: str) -> Path:
    """Generate the first migration anew from the models, given an empty database. For development before a release."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_generate)
    finally:
        await engine.dispose()
