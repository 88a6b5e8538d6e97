"""The job queue's tables, in a schema of their own, as PGQueuer makes them."""

from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.domain.settings import DBSettings
from sqlalchemy.util import await_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Install the queue. Its script has many statements, which only the driver's own connection takes at once."""
    script = QueryBuilderEnvironment(DBSettings(db_schema="jobs")).build_install_query()
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    await_only(driver.execute(script))
