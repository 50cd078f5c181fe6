"""Whether a study offers values of the graph in its interview, and which cards were confirmed after a look at some."""

import sqlalchemy as sa
from alembic import op

revision = "0005_food_for_thought"
down_revision = "0004_pair_judgements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("study", sa.Column("offers_values", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("card", sa.Column("saw_values", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    raise NotImplementedError("Schemas only go forward: restore the backup made before the upgrade.")
