"""A value whose founding card staff hid: since when, and by whom. Its words stay in their columns."""

import sqlalchemy as sa
from alembic import op

revision = "0003_hidden_values"
down_revision = "0002_machine_opinions"
branch_labels = None
depends_on = None

# ISO 8601 text of fixed width on SQLite, which has no moments with a zone.
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.add_column("canonical_value", sa.Column("hidden_at", MOMENT, nullable=True))
    op.add_column("canonical_value", sa.Column("hidden_by", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("Schemas only go forward: restore the backup made before the upgrade.")
