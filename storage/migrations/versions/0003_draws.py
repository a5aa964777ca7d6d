"""Draws: their promises, commitments and places; which beacons and parties a campaign names."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "draw",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("campaign_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "frozen",
                "committed",
                "opened",
                "drawn",
                "published",
                "aborted",
                name="drawstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "plan",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="the record that plan_sha256 is taken over",
        ),
        sa.Column("plan_sha256", sa.Text(), nullable=False),
        sa.Column("frame_sha256", sa.Text(), nullable=False),
        sa.Column("merkle_root", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False, comment="the beacon whose turn it is, or which gave the value"),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False, comment="how many of the plan's beacons were given up"),
        sa.Column("beacon", postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="the value and its proof"),
        sa.Column("sample_sha256", sa.Text(), nullable=True),
        sa.Column("draw_sha256", sa.Text(), nullable=True),
        sa.Column(
            "files",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="the published folder: SHA-256 of each file by its name",
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'aborted') = (reason IS NOT NULL)", name=op.f("ck_draw_aborted_with_a_reason")),
        sa.CheckConstraint(
            "(state = 'published') = (files IS NOT NULL)", name=op.f("ck_draw_published_with_its_files")
        ),
        sa.CheckConstraint(
            "state IN ('frozen', 'committed', 'aborted') OR beacon IS NOT NULL", name=op.f("ck_draw_opened_by_a_beacon")
        ),
        sa.CheckConstraint(
            "state NOT IN ('drawn', 'published') OR sample_sha256 IS NOT NULL", name=op.f("ck_draw_drawn_with_its_hash")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_draw_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_draw_campaign_id_number")),
    )
    op.create_index(
        "uq_draw_one_under_way",
        "draw",
        ["campaign_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('frozen', 'committed', 'opened')"),
    )
    op.create_table(
        "draw_party",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("draw_id", sa.UUID(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False, comment="no salt serves twice: an old one is known"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "sealed", sa.LargeBinary(), nullable=True, comment="the salt, sealed with a key that is not in the database"
        ),
        sa.Column("given", sa.Boolean(), nullable=False, comment="whether the salt was opened for the draw"),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_party_draw_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_party")),
        sa.UniqueConstraint("draw_id", "party", name=op.f("uq_draw_party_draw_id_party")),
        sa.UniqueConstraint("sha256", name=op.f("uq_draw_party_sha256")),
    )
    op.create_table(
        "draw_place",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("draw_id", sa.UUID(), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False, comment="64 bits as decimal text"),
        sa.Column("selected", sa.Boolean(), nullable=False),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.Column("chance", sa.Numeric(), nullable=False),
        sa.CheckConstraint("chance > 0 AND chance <= 1", name=op.f("ck_draw_place_chance_is_a_probability")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_place_draw_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_place")),
        sa.UniqueConstraint("draw_id", "listing_id", name=op.f("uq_draw_place_draw_id_listing_id")),
        sa.UniqueConstraint("draw_id", "stratum", "rank", name=op.f("uq_draw_place_draw_id_stratum_rank")),
    )
    op.add_column(
        "campaign",
        sa.Column(
            "beacons",
            postgresql.ARRAY(sa.TEXT()),
            server_default="{}",
            nullable=False,
            comment="public beacons in the order in which they apply; none: the seed alone",
        ),
    )
    op.add_column(
        "campaign",
        sa.Column(
            "parties",
            postgresql.ARRAY(sa.TEXT()),
            server_default="{}",
            nullable=False,
            comment="who commits a salt to the draw, in the order of names",
        ),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_column("campaign", "parties")
    op.drop_column("campaign", "beacons")
    op.drop_table("draw_place")
    op.drop_table("draw_party")
    op.drop_index(
        "uq_draw_one_under_way",
        table_name="draw",
        postgresql_where=sa.text("state IN ('frozen', 'committed', 'opened')"),
    )
    op.drop_table("draw")
