"""Alembic runs on the connection that `webapp/migrate.py` hands over; nothing is read from a file."""

from alembic import context

from domain.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_server_default=False,
    include_name=lambda name, kind, parents: kind != "schema" or name in (None, "public"),
)
with context.begin_transaction():
    context.run_migrations()
