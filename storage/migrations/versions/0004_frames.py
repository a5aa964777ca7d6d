"""Frames of any size: their files, strata and findings; the design of a sample, who was given what, recusals.

A campaign whose frame was frozen but not drawn before this keeps its rows and can only be cancelled and planned anew:
its frame was never written to a file.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = ("draft", "planned", "drawing", "sampling", "settling", "reported", "suspended", "cancelled", "closed")
AFTER = ("draft", "planned", "framed", *BEFORE[2:])
STATES = "ck_campaign_campaignstate"


def upgrade() -> None:
    """Bring the schema forward."""
    _admit(AFTER)
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column(
        "campaign",
        sa.Column(
            "mappings",
            json,
            server_default="{}",
            nullable=False,
            comment="SHA-256 of the mapping that came with a file, by that of the file",
        ),
    )
    op.add_column(
        "campaign",
        sa.Column(
            "design", json, server_default="{}", nullable=False, comment="how the sample is allocated and drawn"
        ),
    )
    op.add_column(
        "campaign",
        sa.Column(
            "frame", json, nullable=True, comment="the frozen frame: its hashes, and where its files lie"
        ),
    )
    op.add_column(
        "frame_listing",
        sa.Column(
            "chance", sa.Numeric(), nullable=True, comment="of being drawn; none for a listing that was picked"
        ),
    )
    op.add_column(
        "frame_listing",
        sa.Column(
            "why", sa.Text(), server_default="", nullable=False, comment="which points of risk it has from what"
        ),
    )
    op.create_table(
        "frame_stratum",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("campaign_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("listings", sa.BigInteger(), nullable=False),
        sa.Column("priced", sa.BigInteger(), nullable=False),
        sa.Column(
            "mean_rate", sa.Numeric(), nullable=False, comment="expected share of failures, from the points of risk"
        ),
        sa.Column("mean_price", sa.Numeric(), nullable=True),
        sa.Column("least_size", sa.BigInteger(), nullable=False),
        sa.Column("greatest_size", sa.BigInteger(), nullable=False),
        sa.Column("total_size", sa.BigInteger(), nullable=False),
        sa.Column("anomalies", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("listings > 0", name=op.f("ck_frame_stratum_no_stratum_is_empty")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_frame_stratum_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_stratum")),
        sa.UniqueConstraint("campaign_id", "name", name=op.f("uq_frame_stratum_campaign_id_name")),
    )
    op.create_table(
        "frame_finding_count",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("campaign_id", sa.UUID(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_frame_finding_count_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_finding_count")),
        sa.UniqueConstraint(
            "campaign_id",
            "source",
            "column",
            "reason",
            name=op.f("uq_frame_finding_count_campaign_id_source_column_reason"),
        ),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("campaign_id", sa.UUID(), nullable=False),
        sa.Column("draw_sha256", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("record", json, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_assignment_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_campaign_id"), "assignment", ["campaign_id"])
    op.create_table(
        "recusal",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("merchant", sa.Text(), nullable=False, comment="platform and seller, a slash between them"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint("user", "merchant", name=op.f("uq_recusal_user_merchant")),
    )
    op.create_table(
        "sampler",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sample_id", sa.UUID(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_sampler_sample_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampler")),
        sa.UniqueConstraint("sample_id", "user", name=op.f("uq_sampler_sample_id_user")),
    )
    for table in ("assignment", "sampler"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Take it back; what waits for a person's go is planned again."""
    for table in ("sampler", "recusal", "assignment", "frame_finding_count", "frame_stratum"):
        op.drop_table(table)
    op.drop_column("frame_listing", "why")
    op.drop_column("frame_listing", "chance")
    for column in ("frame", "design", "mappings"):
        op.drop_column("campaign", column)
    op.execute("UPDATE campaign SET state = 'planned' WHERE state = 'framed'")
    _admit(BEFORE)


def _admit(states: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(STATES), "campaign", type_="check")
    names = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f(STATES), "campaign", f"state IN ({names})")
