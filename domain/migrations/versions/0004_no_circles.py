"""No circles: nobody is his own superior, no department lies below itself, whoever writes the row."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The lock makes the check exact: two people who turn the tree at the same time come one after the other.
NO_CIRCLE = """
CREATE FUNCTION offing_no_circle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    up bigint := CASE TG_TABLE_NAME WHEN 'users' THEN (to_jsonb(NEW) ->> 'manager_id')::bigint
                 ELSE (to_jsonb(NEW) ->> 'parent_id')::bigint END;
    met boolean;
BEGIN
    IF up IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('offing:tree:' || TG_TABLE_NAME, 0));
    IF TG_TABLE_NAME = 'users' THEN
        WITH RECURSIVE above AS (
            SELECT up AS id UNION SELECT u.manager_id FROM users u JOIN above a ON u.id = a.id
        ) SELECT bool_or(id = NEW.id) INTO met FROM above;
    ELSE
        WITH RECURSIVE above AS (
            SELECT up AS id UNION SELECT d.parent_id FROM departments d JOIN above a ON d.id = a.id
        ) SELECT bool_or(id = NEW.id) INTO met FROM above;
    END IF;
    IF met THEN
        RAISE EXCEPTION '% cannot stand above itself (%): no_circle', TG_TABLE_NAME, NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_circle';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Guard both trees."""
    op.execute(NO_CIRCLE)
    for table, column in (("users", "manager_id"), ("departments", "parent_id")):
        op.execute(
            f"CREATE TRIGGER no_circle BEFORE INSERT OR UPDATE OF {column} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION offing_no_circle()"
        )
