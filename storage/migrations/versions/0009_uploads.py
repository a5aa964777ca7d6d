"""Uploads: photos and films that come in pieces, and the alarms that they raise."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ACTS = (
    "captured", "skipped", "ordered", "not_obtained", "shipped", "received", "unboxed", "rejected", "diverted",
    "sealed", "sampling_notice_sent", "arrived_at_lab", "refused_by_lab", "resealed", "test_started",
    "found_untestable", "judged", "notified", "objected", "objection_refused", "review_opened", "review_decided",
    "reinspection_ordered", "reinspected", "window_closed", "voided", "disposal_ordered", "follow_up_ordered", "closed",
)  # fmt: skip


def upgrade() -> None:
    """Add both tables; a transfer that has ended stays as it is."""
    op.create_table(
        "transfer",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sample_id", sa.UUID(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False, comment="the act it was taken at"),
        sa.Column("medium", sa.String(40), nullable=False),
        sa.Column(
            "type", sa.Text(), nullable=False, comment="as its sender names it; empty when its sender does not know"
        ),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("announced", sa.Text(), nullable=True, comment="SHA-256 that its sender names"),
        sa.Column("received", sa.BigInteger(), nullable=False, comment="bytes"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("refusal", sa.String(40), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.BigInteger(), nullable=True, comment="64 bits as a signed number"),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        _one_of("purpose", "transfer_sampleevent", *ACTS),
        _one_of("medium", "transfer_medium", "photo", "film"),
        _one_of("state", "transfer_transferstate", "open", "complete", "refused", "expired"),
        _one_of(
            "refusal", "transfer_refusal", "empty_file", "file_too_large", "type_not_taken", "other_type", "cut_file",
            "changed_on_the_way",
        ),
        sa.CheckConstraint("received BETWEEN 0 AND size", name=op.f("ck_transfer_no_more_than_announced")),
        sa.CheckConstraint(
            "(state = 'complete') = (sha256 IS NOT NULL)", name=op.f("ck_transfer_complete_under_its_hash")
        ),
        sa.CheckConstraint(
            "state <> 'complete' OR received = size", name=op.f("ck_transfer_complete_when_all_is_there")
        ),
        sa.CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_transfer_refused_with_reason")),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_transfer_ended_with_time")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_transfer_sample_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )  # fmt: skip
    op.create_index(op.f("ix_transfer_sample_id"), "transfer", ["sample_id"])
    op.create_index("alike_by_hash", "transfer", ["sha256"], postgresql_where=sa.text("state = 'complete'"))
    op.create_index("transfers_on_the_way", "transfer", ["opened_at"], postgresql_where=sa.text("state = 'open'"))
    op.execute(
        "CREATE TRIGGER ended BEFORE UPDATE OR DELETE ON transfer FOR EACH ROW WHEN (OLD.state <> 'open') "
        "EXECUTE FUNCTION refuse_change()"
    )
    op.create_table(
        "transfer_alarm",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("transfer_id", sa.UUID(), nullable=False),
        sa.Column("sample_id", sa.UUID(), nullable=False),
        sa.Column("other_id", sa.UUID(), nullable=False, comment="the file that was there before"),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _one_of("kind", "transfer_alarm_alarm", "same_file", "same_picture", "second_film"),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_transfer_alarm_transfer_id")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_transfer_alarm_sample_id")),
        sa.ForeignKeyConstraint(["other_id"], ["transfer.id"], name=op.f("fk_transfer_alarm_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_alarm")),
        sa.UniqueConstraint("transfer_id", "other_id", name=op.f("uq_transfer_alarm_transfer_id_other_id")),
    )
    op.create_index(op.f("ix_transfer_alarm_sample_id"), "transfer_alarm", ["sample_id"])
    op.create_index(op.f("ix_transfer_alarm_other_id"), "transfer_alarm", ["other_id"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON transfer_alarm FOR EACH ROW "
        "EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Take both away; the files stay in the store."""
    op.drop_table("transfer_alarm")
    op.drop_table("transfer")


def _one_of(column: str, name: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{name}"))
