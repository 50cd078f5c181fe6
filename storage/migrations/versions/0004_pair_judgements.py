"""What a language model said of two values that may say the same, and what people ruled on the pair."""

import sqlalchemy as sa
from alembic import op

revision = "0004_pair_judgements"
down_revision = "0003_hidden_values"
branch_labels = None
depends_on = None

# ISO 8601 text of fixed width on SQLite, which has no moments with a zone.
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pair_judgement",
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("first_id", sa.String(), nullable=False),
        sa.Column("second_id", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("backend", sa.String(), nullable=False),
        sa.Column("prompt_id", sa.String(), nullable=False),
        sa.Column("prompt_hashes", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("first_id", "second_id", "wording", name="pk_pair_judgement"),
        *_keys("pair_judgement"),
    )
    op.create_table(
        "pair_ruling",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("first_id", sa.String(), nullable=False),
        sa.Column("second_id", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("ruling", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pair_ruling"),
        *_keys("pair_ruling"),
    )
    for table in ("pair_judgement", "pair_ruling"):
        op.create_index(f"ix_{table}_study_id", table, ["study_id"])


def downgrade() -> None:
    raise NotImplementedError("Schemas only go forward: restore the backup made before the upgrade.")


def _keys(table: str) -> list[sa.ForeignKeyConstraint]:
    to = {"study_id": "study.id", "first_id": "canonical_value.id", "second_id": "canonical_value.id"}
    return [sa.ForeignKeyConstraint([name], [target], name=f"fk_{table}_{name}") for name, target in to.items()]
