"""Beside each answer to "is this the same as mine?": what a language model had said, where one was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0002_machine_opinions"
down_revision = "0001_first_schema"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("placement_answer", sa.Column("machine_verdict", sa.String(), nullable=True))
    op.add_column("placement_answer", sa.Column("machine_name", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("Schemas only go forward: restore the backup made before the upgrade.")
