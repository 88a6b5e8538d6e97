"""What the database alone does not refuse: looked at after a write, before its commit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from piccolo.table import Table

from domain.company.queries import checked
from domain.core.errors import Invalid
from domain.core.inputs import parse
from domain.core.text import Text, _
from domain.people.inputs import UserInput
from domain.seeds.reference import STAGES
from domain.tables import METADATA
from webapp.backoffice import opportunity_tables as deals
from webapp.backoffice import people_tables as people
from webapp.backoffice.engine import DB

MIGHTY = """
SELECT EXISTS (
    SELECT FROM users u JOIN user_roles h ON h.user_id = u.id JOIN roles r ON r.id = h.role_id
    WHERE u.active AND (r.everything OR EXISTS (
        SELECT FROM role_permissions p WHERE p.role_id = r.id AND p.permission = 'backoffice.edit'))
) AS found
"""
HALF_MADE = """
SELECT EXISTS (
    SELECT FROM pipelines p WHERE (SELECT count(*) FROM stages s WHERE s.pipeline_id = p.id AND s.kind <> 'open') < 3
    OR NOT EXISTS (SELECT FROM stages s WHERE s.pipeline_id = p.id AND s.kind = 'open' AND s.active)
) AS found
"""
POWER = frozenset({"users", "roles", "user_roles", "role_permissions"})
VERSIONED = frozenset(name for name, table in METADATA.tables.items() if "version" in table.c)
DATABASE_WORDS: tuple[tuple[str, Text], ...] = (
    ("no_circle", _("Nobody and nothing can stand above itself: this would make a circle.")),
    ("unique constraint", _("This exists already.")),
    ("violates foreign key", _("Something else still refers to this.")),
    ("null value", _("A needed value is missing.")),
    ("one_party", _("Name one user, department or role, and only one.")),
    ("check constraint", _("One of the values is not allowed.")),
)


def told(database_error: str) -> Text:
    """A refusal of the database in words."""
    words = (text for mark, text in DATABASE_WORDS if mark in database_error)
    return next(words, _("The database refused this: %(error)s", error=database_error))


async def note_change(table: type[Table], row_id: int | None) -> None:
    """Count the version up, so that a form opened before does not save over this; who was switched off is signed out
    and their devices forget everything."""
    name = table._meta.tablename
    if row_id is not None and name in VERSIONED:
        await table.raw(f"UPDATE {name} SET version = version + 1, updated_at = now() WHERE id = {{}}", row_id)
    if name == "users":
        gone = "UPDATE user_sessions s SET wipe = true FROM users u WHERE u.id = s.user_id AND NOT u.active"
        await table.raw(gone)


async def complete(table: type[Table], row_id: int) -> None:
    """Give a new pipeline the usual stages: without its endings nothing could be sold by it."""
    if table is not deals.Pipeline:
        return
    rows = [
        deals.Stage(
            pipeline_id=row_id, position=place * 10, name_zh=zh, name_en=en, kind=kind.value, probability=percent,
            stale_days=days,
        )
        for place, (zh, en, kind, percent, days) in enumerate(STAGES, start=1)
    ]  # fmt: skip
    await deals.Stage.insert(*rows)


async def problem(table: type[Table], row_id: int | None) -> Text | None:
    """Why what was just written cannot stay; None if it can."""
    name = table._meta.tablename
    if name in POWER:
        found = await table.raw(MIGHTY)
        if not found[0]["found"]:
            return _("Then nobody could open the back office any more.")
    if name == "stages" and (await table.raw(HALF_MADE))[0]["found"]:
        return _("A pipeline needs an open stage that is in use, and one stage each for won, lost and invalid.")
    if name == "settings":
        return await _settings_problem()
    if row_id is None:
        return None
    row = (await table.select().where(table._meta.primary_key == row_id).first()) or {}
    return _blank_or_unknown(table, row) or (_user_problem(row) if name == "users" else None)


def _blank_or_unknown(table: type[Table], row: Mapping[str, Any]) -> Text | None:
    """Texts that are needed but blank, and choices that are none (Piccolo checks neither)."""
    for column in table._meta.columns:
        value = row.get(column._meta.name)
        if column._meta.required and isinstance(value, str) and not value.strip():
            return _("A needed value is missing.")
        if column._meta.choices is not None and value is not None:
            known = {str(choice.value) for choice in column._meta.choices}
            if not {str(one) for one in (value if isinstance(value, list) else [value])} <= known:
                return _("Please choose one of the list.")
    return None


def _user_problem(row: Mapping[str, Any]) -> Text | None:
    try:
        parse(UserInput, row)
    except Invalid as invalid:
        return invalid.sentence
    return None


async def _settings_problem() -> Text | None:
    rows = await people.Setting.select(people.Setting.name, people.Setting.value)
    values = {row["name"]: json.loads(row["value"]) for row in rows}
    try:
        settings = checked(values)
    except ValueError as error:
        return _("This setting cannot be used: %(error)s", error=str(error))
    pool = settings.default_pool_id
    if pool is not None and not await people.Pool.exists().where(people.Pool.id == pool):
        return _("There is no such pool.")
    return None


async def claim_audit(actor_id: int) -> None:
    """Tell the audit triggers of this transaction who acts."""
    await people.User.raw("SELECT set_config('offing.actor_id', {}, true)", str(actor_id))


def transaction() -> Any:
    """A transaction of the back office's own connection."""
    return DB.transaction()
