"""What a study asks of people beside the interview, such as their town."""

import sqlalchemy as sa
from alembic import op

revision = "0006_attribute_questions"
down_revision = "0005_food_for_thought"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("study", sa.Column("attribute_questions", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    raise NotImplementedError("Schemas only go forward: restore the backup made before the upgrade.")
