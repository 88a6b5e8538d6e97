"""The audit of a table knows every column that the table has, also those that came later."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.anyio

AUDIT = """
SELECT t.relname, a.attname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid JOIN pg_proc f ON f.oid = g.tgfoid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE g.tgname = 'audit_update' AND a.attname <> ALL (CAST(:hidden AS text[]))
  AND position(quote_literal(a.attname) || ', n.' || quote_ident(a.attname) in f.prosrc) = 0
"""
HIDDEN = [
    "password_hash", "totp_secret", "totp_last_step", "updated_at", "version",
    "arrived_lat", "arrived_lng", "arrived_place", "left_lat", "left_lng",
]  # fmt: skip


async def test_changes_of_every_column_are_audited(session: AsyncSession) -> None:
    """`SELECT offing_audit_table('customers')` in the migration that adds a column to customers."""
    assert (await session.execute(text(AUDIT), {"hidden": HIDDEN})).all() == []
    await session.execute(text("ALTER TABLE customers ADD COLUMN shoe_size int"))
    assert (await session.execute(text(AUDIT), {"hidden": HIDDEN})).all() == [("customers", "shoe_size")]
    await session.execute(text("SELECT offing_audit_table('customers')"))
    assert (await session.execute(text(AUDIT), {"hidden": HIDDEN})).all() == []


async def test_only_what_changed_is_kept_and_secrets_never(session: AsyncSession) -> None:
    """Old and new values of the changed columns, NULL among them; a change of hidden columns alone leaves no line."""
    await session.execute(text("SELECT set_config('offing.actor_id', '', true)"))
    made = "INSERT INTO users (user_name, name, language, time_zone, password_hash) VALUES ('a', 'A', 'en', 'UTC', 'x')"
    user_id = (await session.execute(text(made + " RETURNING id"))).scalar_one()
    for change in ("name = 'B', email = 'b@x.de', password_hash = 'y'", "version = version + 1", "name = name"):
        await session.execute(text(f"UPDATE users SET {change} WHERE id = :id"), {"id": user_id})
    await session.execute(text("DELETE FROM users WHERE id = :id"), {"id": user_id})
    asked = "SELECT operation, old, new FROM audit_log WHERE table_name = 'users' AND row_id = :id ORDER BY id"
    created, changed, deleted = (await session.execute(text(asked), {"id": user_id})).all()
    assert created.operation == "insert" and created.new["name"] == "A" and "password_hash" not in created.new
    assert changed == ("update", {"name": "A", "email": None}, {"name": "B", "email": "b@x.de"})
    assert deleted.operation == "delete" and deleted.old["email"] == "b@x.de" and deleted.new is None
