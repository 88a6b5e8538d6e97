"""The back office's classes say the same as the tables."""

import pytest
from piccolo.columns import (
    JSONB,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    Numeric,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from domain.tables import METADATA
from webapp.backoffice import opportunity_tables, people_tables, record_tables, visit_tables
from webapp.backoffice.site import tables

CLASSES = [
    found
    for module in (people_tables, record_tables, visit_tables, opportunity_tables)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Table) and found is not Table
]
SQL = {
    BigSerial: "BIGINT",
    BigInt: ("BIGINT", "INTEGER", "SMALLINT"),
    ForeignKey: "BIGINT",
    Varchar: "TEXT",
    Text: "TEXT",
    Boolean: "BOOLEAN",
    Date: "DATE",
    Timestamptz: "TIMESTAMP",
    Numeric: "NUMERIC",
    JSONB: "JSONB",
    Array: "ARRAY",
}


@pytest.mark.parametrize("table", CLASSES, ids=lambda table: table._meta.tablename)
def test_columns_have_the_names_types_and_nullability_of_sql(table):
    real = METADATA.tables[table._meta.tablename]
    for column in table._meta.columns:
        name = column._meta.name
        assert name == column._meta.db_column_name
        assert name in real.c, name
        assert real.c[name].nullable == column._meta.null, name
        wanted = SQL[type(column)]
        found = type(getattr(real.c[name].type, "impl", real.c[name].type)).__name__.upper()
        found = {"DATETIME": "TIMESTAMP", "BIGINTEGER": "BIGINT", "SMALLINTEGER": "SMALLINT"}.get(found, found)
        assert found in (wanted if isinstance(wanted, tuple) else (wanted,)), name
        if isinstance(column, Numeric):
            sql = getattr(real.c[name].type, "impl", real.c[name].type)
            assert column.digits == (sql.precision, sql.scale), name
        if isinstance(column, ForeignKey) and (table, name) != (
            record_tables.AuditEntry,
            "actor_id",
        ):  # it outlives users
            # A key over several columns says more than where this one leads.
            target = min(real.c[name].foreign_keys, key=lambda key: len(key.constraint.columns)).column.table.name
            assert column._foreign_key_meta.resolved_references._meta.tablename == target, name


@pytest.mark.parametrize("table", CLASSES, ids=lambda table: table._meta.tablename)
def test_what_sql_needs_and_has_no_default_for_can_be_entered(table):
    if table.__module__ != people_tables.__name__:
        return
    real = METADATA.tables[table._meta.tablename]
    needed = {
        column.name
        for column in real.c
        if not column.nullable and column.server_default is None and column.identity is None
    }
    assert needed <= {column._meta.name for column in table._meta.columns}


def test_no_secret_is_a_column_of_the_back_office():
    names = {f"{table._meta.tablename}.{column._meta.name}" for table in CLASSES for column in table._meta.columns}
    assert not [name for name in names if any(word in name for word in ("hash", "totp", "token", "secret"))]
    assert not {table._meta.tablename for table in CLASSES} & {
        "secrets",
        "user_sessions",
        "api_tokens",
        "password_resets",
    }


def test_every_table_is_closed_in_bulk_and_those_with_verbs_are_closed_altogether():
    written = {"departments", "users", "roles", "role_permissions", "role_scopes", "user_roles", "user_departments",
               "pools", "pool_members", "pool_assignees", "recycle_rules", "product_categories", "products",
               "discount_limits", "approval_flows", "approval_flow_steps", "reasons", "settings", "visit_types",
               "visit_questions", "pipelines", "stages", "stage_questions"}  # fmt: skip
    for table, _group, options in tables():
        closed = options["validators"]
        assert closed.put_single and closed.delete_all, table
        if table._meta.tablename not in written:
            assert closed.post_single and closed.patch_single and closed.delete_single, table
    assert {table for table, _group, _options in tables()} == set(CLASSES)
