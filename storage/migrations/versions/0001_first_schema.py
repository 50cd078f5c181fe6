"""The first schema: studies, people, cards, values, votes and the event log, whose rows nothing may change."""

import sqlalchemy as sa
from alembic import op

revision = "0001_first_schema"
down_revision = None
branch_labels = None
depends_on = None

# ISO 8601 text of fixed width on SQLite, which has no moments with a zone.
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")

SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'The event log is append-only'); END
    """,
    """
    CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'The event log is append-only'); END
    """,
)
POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'The event log is append-only'; END $$
    """,
    """
    CREATE TRIGGER event_is_not_changed BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_event_change()
    """,
    """
    CREATE TRIGGER event_is_not_emptied BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change()
    """,
)


def texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def numbers(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def moments(*names: str) -> list[sa.Column]:
    return [sa.Column(name, MOMENT, nullable=False) for name in names]


def index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column])


def upgrade() -> None:
    op.create_table(
        "event",
        *texts("study_id"),
        *numbers("seq"),
        *texts("client_id"),
        *moments("at"),
        *texts("actor", "kind"),
        sa.Column("refs", sa.JSON(), nullable=False),
        *texts("content_hash", "prev_hash", "hash"),
        sa.PrimaryKeyConstraint("study_id", "seq", name="pk_event"),
        sa.UniqueConstraint("study_id", "client_id", name="uq_event_study_id_client_id"),
    )
    op.create_table(
        "event_head",
        *texts("study_id"),
        *numbers("seq"),
        *texts("hash"),
        sa.PrimaryKeyConstraint("study_id", name="pk_event_head"),
    )
    op.create_table(
        "study",
        *texts("id", "slug", "title", "introduction", "consent_text", "moderation_policy", "state"),
        *numbers("n_comparisons"),
        sa.Column("is_graph_public", sa.Boolean(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        *texts("language", "chat_backend"),
        *moments("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_study"),
        sa.UniqueConstraint("slug", name="uq_study_slug"),
    )
    op.create_table(
        "canonical_value",
        *texts("id", "study_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        *texts("title", "gist", "description"),
        sa.Column("policies", sa.JSON(), nullable=False),
        *texts("source"),
        sa.Column("founded_by_card_id", sa.String(), nullable=True),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        *moments("created_at", "updated_at"),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_canonical_value_study_id"),
        sa.PrimaryKeyConstraint("id", name="pk_canonical_value"),
        sa.UniqueConstraint("study_id", "number", name="uq_canonical_value_study_id_number"),
    )
    index("canonical_value", "founded_by_card_id")
    index("canonical_value", "study_id")
    op.create_table(
        "context",
        *texts("id", "study_id", "text"),
        *numbers("position"),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_context_study_id"),
        sa.PrimaryKeyConstraint("id", name="pk_context"),
    )
    index("context", "study_id")
    op.create_table(
        "participant",
        *texts("id", "study_id", "alias", "source"),
        sa.Column("attributes", sa.JSON(), nullable=False),
        *texts("step"),
        *moments("created_at"),
        *texts("moderation_note"),
        sa.Column("receipt_hash", sa.String(), nullable=True),
        *texts("salt"),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_participant_study_id"),
        sa.PrimaryKeyConstraint("id", name="pk_participant"),
        sa.UniqueConstraint("receipt_hash", name="uq_participant_receipt_hash"),
        sa.UniqueConstraint("study_id", "alias", name="uq_participant_study_id_alias"),
    )
    index("participant", "study_id")
    op.create_table(
        "question",
        *texts("id", "study_id", "slug", "title", "text"),
        *numbers("position"),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_question_study_id"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.UniqueConstraint("study_id", "slug", name="uq_question_study_id_slug"),
    )
    index("question", "study_id")
    op.create_table(
        "card",
        *texts("id", "study_id"),
        sa.Column("person_id", sa.String(), nullable=True),
        *texts("source"),
        sa.Column("question_id", sa.String(), nullable=True),
        sa.Column("interview_id", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        *texts("status"),
        *numbers("version"),
        *texts("title", "title_origin", "gist", "gist_origin"),
        sa.Column("policies", sa.JSON(), nullable=False),
        *texts("description"),
        sa.Column("provenance", sa.JSON(), nullable=True),
        *texts("moderation_reason"),
        *moments("created_at", "updated_at"),
        sa.ForeignKeyConstraint(["person_id"], ["participant.id"], name="fk_card_person_id"),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_card_question_id"),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_card_study_id"),
        sa.PrimaryKeyConstraint("id", name="pk_card"),
    )
    index("card", "person_id")
    index("card", "study_id")
    op.create_table(
        "consent",
        sa.Column("number", sa.Integer(), nullable=False),
        *texts("person_id", "scope"),
        sa.Column("granted", sa.Boolean(), nullable=False),
        *texts("text_hash"),
        *moments("at"),
        sa.ForeignKeyConstraint(["person_id"], ["participant.id"], name="fk_consent_person_id"),
        sa.PrimaryKeyConstraint("number", name="pk_consent"),
    )
    index("consent", "person_id")
    op.create_table(
        "context_question",
        *texts("context_id", "question_id"),
        *numbers("position"),
        sa.ForeignKeyConstraint(["context_id"], ["context.id"], name="fk_context_question_context_id"),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_context_question_question_id"),
        sa.PrimaryKeyConstraint("context_id", "question_id", name="pk_context_question"),
    )
    index("context_question", "question_id")
    op.create_table(
        "draw",
        *texts("id", "study_id", "person_id"),
        sa.Column("question_id", sa.String(), nullable=True),
        *moments("drawn_at"),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["participant.id"], name="fk_draw_person_id"),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_draw_question_id"),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_draw_study_id"),
        sa.PrimaryKeyConstraint("id", name="pk_draw"),
    )
    index("draw", "person_id")
    index("draw", "study_id")
    op.create_table(
        "embedding",
        *texts("embedder", "text_hash", "study_id"),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["participant.id"], name="fk_embedding_person_id"),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_embedding_study_id"),
        sa.PrimaryKeyConstraint("embedder", "text_hash", name="pk_embedding"),
    )
    index("embedding", "person_id")
    index("embedding", "study_id")
    index("embedding", "text_hash")
    op.create_table(
        "interview",
        *texts("id", "study_id", "person_id", "question_id", "stage", "state_json"),
        *numbers("revision"),
        *moments("started_at", "updated_at"),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["participant.id"], name="fk_interview_person_id"),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_interview_question_id"),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_interview_study_id"),
        sa.PrimaryKeyConstraint("id", name="pk_interview"),
    )
    index("interview", "person_id")
    index("interview", "study_id")
    op.create_table(
        "step_entry",
        sa.Column("number", sa.Integer(), nullable=False),
        *texts("person_id", "step"),
        *moments("entered_at"),
        sa.ForeignKeyConstraint(["person_id"], ["participant.id"], name="fk_step_entry_person_id"),
        sa.PrimaryKeyConstraint("number", name="pk_step_entry"),
    )
    index("step_entry", "person_id")
    op.create_table(
        "survey_answer",
        *texts("person_id", "question"),
        sa.Column("score", sa.Integer(), nullable=True),
        *texts("comment"),
        *moments("at"),
        sa.ForeignKeyConstraint(["person_id"], ["participant.id"], name="fk_survey_answer_person_id"),
        sa.PrimaryKeyConstraint("person_id", "question", name="pk_survey_answer"),
    )
    op.create_table(
        "upgrade_hypothesis",
        *texts("id", "study_id", "src_id", "wiser_id", "context_id", "story", "source"),
        sa.Column("provenance", sa.JSON(), nullable=True),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        *moments("created_at"),
        sa.ForeignKeyConstraint(["context_id"], ["context.id"], name="fk_upgrade_hypothesis_context_id"),
        sa.ForeignKeyConstraint(["src_id"], ["canonical_value.id"], name="fk_upgrade_hypothesis_src_id"),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_upgrade_hypothesis_study_id"),
        sa.ForeignKeyConstraint(["wiser_id"], ["canonical_value.id"], name="fk_upgrade_hypothesis_wiser_id"),
        sa.PrimaryKeyConstraint("id", name="pk_upgrade_hypothesis"),
    )
    index("upgrade_hypothesis", "study_id")
    op.create_table(
        "value_merge",
        *texts("id", "study_id", "value_id", "into_id", "author", "reason"),
        *moments("created_at"),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["into_id"], ["canonical_value.id"], name="fk_value_merge_into_id"),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_value_merge_study_id"),
        sa.ForeignKeyConstraint(["value_id"], ["canonical_value.id"], name="fk_value_merge_value_id"),
        sa.PrimaryKeyConstraint("id", name="pk_value_merge"),
    )
    index("value_merge", "study_id")
    op.create_table(
        "card_version",
        *texts("card_id"),
        *numbers("version"),
        sa.Column("text", sa.JSON(), nullable=False),
        *moments("replaced_at"),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name="fk_card_version_card_id"),
        sa.PrimaryKeyConstraint("card_id", "version", name="pk_card_version"),
    )
    op.create_table(
        "choice",
        *texts("draw_id"),
        *numbers("position"),
        *texts("value_id"),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name="fk_choice_draw_id"),
        sa.ForeignKeyConstraint(["value_id"], ["canonical_value.id"], name="fk_choice_value_id"),
        sa.PrimaryKeyConstraint("draw_id", "position", name="pk_choice"),
    )
    index("choice", "value_id")
    op.create_table(
        "edge_vote",
        *texts("id", "study_id", "person_id", "src_id", "wiser_id", "context_id"),
        sa.Column("hypothesis_id", sa.String(), nullable=True),
        *texts("answer", "reason"),
        sa.Column("unsure_reason", sa.String(), nullable=True),
        sa.Column("was_flipped", sa.Boolean(), nullable=False),
        *moments("created_at", "updated_at"),
        sa.ForeignKeyConstraint(["context_id"], ["context.id"], name="fk_edge_vote_context_id"),
        sa.ForeignKeyConstraint(["hypothesis_id"], ["upgrade_hypothesis.id"], name="fk_edge_vote_hypothesis_id"),
        sa.ForeignKeyConstraint(["person_id"], ["participant.id"], name="fk_edge_vote_person_id"),
        sa.ForeignKeyConstraint(["src_id"], ["canonical_value.id"], name="fk_edge_vote_src_id"),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_edge_vote_study_id"),
        sa.ForeignKeyConstraint(["wiser_id"], ["canonical_value.id"], name="fk_edge_vote_wiser_id"),
        sa.PrimaryKeyConstraint("id", name="pk_edge_vote"),
        sa.UniqueConstraint(
            "person_id",
            "src_id",
            "wiser_id",
            "context_id",
            name="uq_edge_vote_person_id_src_id_wiser_id_context_id",
        ),
    )
    index("edge_vote", "study_id")
    op.create_table(
        "impression",
        *texts("draw_id"),
        *numbers("position"),
        *texts("value_id"),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name="fk_impression_draw_id"),
        sa.ForeignKeyConstraint(["value_id"], ["canonical_value.id"], name="fk_impression_value_id"),
        sa.PrimaryKeyConstraint("draw_id", "position", name="pk_impression"),
    )
    index("impression", "value_id")
    op.create_table(
        "placement",
        *texts("id", "study_id", "card_id", "value_id", "author", "reason"),
        *moments("created_at"),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name="fk_placement_card_id"),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_placement_study_id"),
        sa.ForeignKeyConstraint(["value_id"], ["canonical_value.id"], name="fk_placement_value_id"),
        sa.PrimaryKeyConstraint("id", name="pk_placement"),
    )
    index("placement", "card_id")
    index("placement", "study_id")
    index("placement", "value_id")
    op.create_table(
        "placement_answer",
        sa.Column("answer_number", sa.Integer(), nullable=False),
        *texts("card_id", "value_id", "opinion"),
        sa.Column("similarity", sa.Float(), nullable=False),
        *moments("at"),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name="fk_placement_answer_card_id"),
        sa.ForeignKeyConstraint(["value_id"], ["canonical_value.id"], name="fk_placement_answer_value_id"),
        sa.PrimaryKeyConstraint("answer_number", name="pk_placement_answer"),
    )
    index("placement_answer", "card_id")
    op.create_table(
        "turn",
        *texts("id", "interview_id"),
        *numbers("position"),
        *texts("speaker", "text", "topic", "status"),
        sa.Column("provenance", sa.JSON(), nullable=True),
        *moments("at"),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name="fk_turn_interview_id"),
        sa.PrimaryKeyConstraint("id", name="pk_turn"),
    )
    index("turn", "interview_id")
    index("turn", "status")
    op.create_table(
        "edge_vote_revision",
        *texts("vote_id"),
        *numbers("seq"),
        *texts("answer", "reason"),
        sa.Column("unsure_reason", sa.String(), nullable=True),
        *moments("at"),
        sa.ForeignKeyConstraint(["vote_id"], ["edge_vote.id"], name="fk_edge_vote_revision_vote_id"),
        sa.PrimaryKeyConstraint("vote_id", "seq", name="pk_edge_vote_revision"),
    )

    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    raise NotImplementedError("Schemas only go forward: restore the backup made before the upgrade.")
