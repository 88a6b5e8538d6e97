"""Triggers: the audit of every table, the version of the organisation, departments that follow their people."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

AUDITED = (
    "approval_flow_steps",
    "approval_flows",
    "approval_steps",
    "approvals",
    "beats",
    "calendar_events",
    "calendar_series",
    "contacts",
    "customers",
    "departments",
    "disagreements",
    "discount_limits",
    "files",
    "followups",
    "grants",
    "leads",
    "opportunities",
    "opportunity_contacts",
    "opportunity_lines",
    "order_lines",
    "orders",
    "payments",
    "pipelines",
    "pool_assignees",
    "pool_members",
    "pools",
    "product_categories",
    "products",
    "reasons",
    "recycle_rules",
    "role_permissions",
    "role_scopes",
    "roles",
    "settings",
    "shipment_lines",
    "shipments",
    "stage_questions",
    "stages",
    "start_places",
    "user_departments",
    "user_roles",
    "users",
    "visit_questions",
    "visit_types",
    "visits",
)

# Makes the audit function of one table, its columns written out: comparing them as they are takes a quarter of the time
# that rows as JSON take (docs/decisions/0012). Who adds a column to an audited table calls it again for that table;
# tests/architecture/test_audit.py looks. A function's plan is kept for the connection: made for one row, a nested loop
# would take a minute for the 5,000 rows of a sweep, hence no nested loops. OFFSET 0: old and new are made only once.
AUDIT = """
CREATE FUNCTION offing_audit_table(audited regclass) RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
    -- Secrets, what changes with everything, and positions, which are kept for a set time only.
    hidden constant text[] := ARRAY[
        'password_hash', 'totp_secret', 'totp_last_step', 'updated_at', 'version',
        'arrived_lat', 'arrived_lng', 'arrived_place', 'left_lat', 'left_lng'
    ];
    change constant text :=
        'CASE WHEN n.%1$I IS DISTINCT FROM o.%1$I THEN jsonb_build_object(%1$L, %2$s.%1$I) ELSE ''{}'' END';
    old_values text;
    new_values text;
BEGIN
    SELECT string_agg(format(change, attname, 'o'), ' || ' ORDER BY attnum),
           string_agg(format(change, attname, 'n'), ' || ' ORDER BY attnum)
    INTO old_values, new_values
    FROM pg_attribute WHERE attrelid = audited AND attnum > 0 AND NOT attisdropped AND attname <> ALL (hidden);
    EXECUTE format($function$
        CREATE OR REPLACE FUNCTION %1$I() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $body$
        DECLARE
            actor bigint := nullif(current_setting('offing.actor_id', true), '')::bigint;
        BEGIN
            IF TG_OP = 'INSERT' THEN
                INSERT INTO audit_log (at, table_name, row_id, operation, actor_id, new)
                SELECT now(), %2$L, n.id, 'insert', actor, jsonb_strip_nulls(to_jsonb(n)) - %3$L::text[]
                FROM new_rows n;
            ELSIF TG_OP = 'DELETE' THEN
                INSERT INTO audit_log (at, table_name, row_id, operation, actor_id, old)
                SELECT now(), %2$L, o.id, 'delete', actor, jsonb_strip_nulls(to_jsonb(o)) - %3$L::text[]
                FROM old_rows o;
            ELSE
                INSERT INTO audit_log (at, table_name, row_id, operation, actor_id, old, new)
                SELECT now(), %2$L, c.id, 'update', actor, c.old, c.new
                FROM (SELECT n.id, %4$s AS old, %5$s AS new FROM new_rows n JOIN old_rows o USING (id) OFFSET 0) c
                WHERE c.new <> '{}';
            END IF;
            RETURN NULL;
        END $body$
    $function$, 'offing_audit_' || audited, audited, hidden, old_values, new_values);
END $make$
"""

ORG_VERSION = """
CREATE FUNCTION offing_org_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE org_version SET number = number + 1;
    RETURN NULL;
END $$
"""

# The department of an owned record is its owner's: set when the record is written, and moved when the person moves.
FOLLOW_OWNER = """
CREATE FUNCTION offing_follow_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.department_id := NULL;
    IF NEW.owner_id IS NOT NULL THEN
        NEW.department_id := (SELECT department_id FROM users WHERE id = NEW.owner_id);
    END IF;
    RETURN NEW;
END $$
"""

OWNER_MOVED = """
CREATE FUNCTION offing_owner_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE customers SET department_id = NEW.department_id WHERE owner_id = NEW.id;
    UPDATE leads SET department_id = NEW.department_id WHERE owner_id = NEW.id;
    UPDATE opportunities SET department_id = NEW.department_id WHERE owner_id = NEW.id;
    UPDATE orders SET department_id = NEW.department_id WHERE owner_id = NEW.id;
    UPDATE payments SET department_id = NEW.department_id WHERE owner_id = NEW.id;
    UPDATE visits SET department_id = NEW.department_id WHERE owner_id = NEW.id;
    UPDATE beats SET department_id = NEW.department_id WHERE owner_id = NEW.id;
    RETURN NULL;
END $$
"""

# What came to and left each tile; the map adds it to the cells counted before, and a job folds it into them. Nothing is
# joined, so the plan made for one row serves a sweep too, and nobody waits for anybody: rows are only added.
MAP_CHANGED = """
CREATE FUNCTION offing_map_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO map_changes (x, y, department_id, pool_id, number)
        SELECT map_x, map_y, coalesce(department_id, 0), coalesce(pool_id, 0), count(*)
        FROM new_rows WHERE map_x IS NOT NULL AND deleted_at IS NULL GROUP BY 1, 2, 3, 4;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO map_changes (x, y, department_id, pool_id, number)
        SELECT map_x, map_y, coalesce(department_id, 0), coalesce(pool_id, 0), -count(*)
        FROM old_rows WHERE map_x IS NOT NULL AND deleted_at IS NULL GROUP BY 1, 2, 3, 4;
    ELSE
        INSERT INTO map_changes (x, y, department_id, pool_id, number)
        SELECT map_x, map_y, coalesce(department_id, 0), coalesce(pool_id, 0), sum(one)
        FROM (
            SELECT map_x, map_y, department_id, pool_id, 1 AS one
            FROM new_rows WHERE map_x IS NOT NULL AND deleted_at IS NULL
            UNION ALL
            SELECT map_x, map_y, department_id, pool_id, -1
            FROM old_rows WHERE map_x IS NOT NULL AND deleted_at IS NULL
        ) moved
        GROUP BY 1, 2, 3, 4 HAVING sum(one) <> 0;
    END IF;
    RETURN NULL;
END $$
"""

SEQUENCES = ("order_numbers", "shipment_numbers", "payment_numbers")
TRANSITIONS = (
    ("INSERT", "NEW TABLE AS new_rows"),
    ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    ("DELETE", "OLD TABLE AS old_rows"),
)
ORG_TABLES = (
    "departments",
    "roles",
    "role_permissions",
    "role_scopes",
    "user_roles",
    "user_departments",
    "pools",
    "pool_members",
)
ORG_COLUMNS = "active, department_id, manager_id, language, time_zone, name, user_name"


def upgrade() -> None:
    """Make the sequences (autogenerate passes them over) and the functions, and hang these on their tables."""
    for sequence in SEQUENCES:
        op.execute(f"CREATE SEQUENCE {sequence}")
    for function in (AUDIT, ORG_VERSION, FOLLOW_OWNER, OWNER_MOVED, MAP_CHANGED):
        op.execute(function)
    for table in AUDITED:
        op.execute(f"SELECT offing_audit_table('{table}')")
        for operation, tables in TRANSITIONS:
            op.execute(
                f"CREATE TRIGGER audit_{operation.lower()} AFTER {operation} ON {table} "
                f"REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION offing_audit_{table}()"
            )
    for operation, tables in TRANSITIONS:
        op.execute(
            f"CREATE TRIGGER map_{operation.lower()} AFTER {operation} ON customers "
            f"REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION offing_map_changed()"
        )
    op.execute("INSERT INTO org_version (id, number) VALUES (1, 1)")
    for table in ORG_TABLES:
        op.execute(
            f"CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION offing_org_changed()"
        )
    op.execute(
        f"CREATE TRIGGER org_changed AFTER INSERT OR DELETE OR UPDATE OF {ORG_COLUMNS} ON users "
        "FOR EACH STATEMENT EXECUTE FUNCTION offing_org_changed()"
    )
    for table in ("customers", "leads", "opportunities", "orders", "payments", "visits", "beats"):
        op.execute(
            f"CREATE TRIGGER follow_owner BEFORE INSERT OR UPDATE OF owner_id ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION offing_follow_owner()"
        )
    op.execute(
        "CREATE TRIGGER owner_moved AFTER UPDATE OF department_id ON users FOR EACH ROW "
        "WHEN (OLD.department_id IS DISTINCT FROM NEW.department_id) EXECUTE FUNCTION offing_owner_moved()"
    )
