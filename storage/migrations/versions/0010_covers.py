"""Covers: versions, the key each is sealed with, every look at one, and which merchant met which shopper.

A cover that was there before is the first version, sealed with the installation's own key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
PAIR = "hashtextextended(shopper || E'\\n' || merchant, 0)"


def upgrade() -> None:
    """Bring the schema forward; who still runs the code before this may go on opening covers."""
    op.add_column("cover", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column(
        "cover",
        sa.Column("key_id", sa.Text(), nullable=True, comment="the key that sealed it; none: the installation's own"),
    )
    op.add_column("cover", sa.Column("since", INSTANT, server_default=sa.text("now()"), nullable=False))
    op.add_column(
        "cover", sa.Column("retired_at", INSTANT, nullable=True, comment="from then on no order is placed under it")
    )
    op.alter_column("cover", "sealed", nullable=True, comment="empty once it was erased")
    op.drop_constraint(op.f("uq_cover_shopper_platform"), "cover", type_="unique")
    op.create_unique_constraint(op.f("uq_cover_shopper_platform_version"), "cover", ["shopper", "platform", "version"])
    op.create_index(
        "one_cover_in_use",
        "cover",
        ["shopper", "platform"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_check_constraint(
        op.f("ck_cover_in_use_until_retired"), "cover", "sealed IS NOT NULL OR retired_at IS NOT NULL"
    )
    op.create_table(
        "cover_look",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("cover_id", sa.UUID(), nullable=True, comment="none where there was nothing to open, or nobody may"),
        sa.Column("shopper", sa.Text(), nullable=False, comment="whose cover was asked for"),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=True, comment="why it was not opened"),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_look")),
    )
    op.create_index(op.f("ix_cover_look_at"), "cover_look", ["at"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cover_look FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.create_table(
        "merchant_meeting",
        sa.Column("sample_id", sa.UUID(), nullable=False),
        sa.Column("shopper", sa.Text(), nullable=False),
        sa.Column("merchant", sa.Text(), nullable=False, comment="platform/seller"),
        sa.Column("begins_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False, comment="code@version of the rulebook that says for how long"),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_merchant_meeting_sample_id")),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_merchant_meeting")),
    )
    # A range of one number stands for the pair, because text is compared in such a rule only with an extension.
    op.execute(
        "ALTER TABLE merchant_meeting ADD CONSTRAINT met_once_at_a_time EXCLUDE USING gist "
        f"(int8range({PAIR}, {PAIR}, '[]') WITH &&, tstzrange(begins_at, ends_at) WITH &&)"
    )


def downgrade() -> None:
    """Take it back; of each cover the version in use stays, and every look is forgotten."""
    op.drop_table("merchant_meeting")
    op.drop_table("cover_look")
    op.execute("DELETE FROM cover WHERE retired_at IS NOT NULL")
    op.drop_constraint(op.f("ck_cover_in_use_until_retired"), "cover", type_="check")
    op.drop_index("one_cover_in_use", "cover")
    op.drop_constraint(op.f("uq_cover_shopper_platform_version"), "cover", type_="unique")
    op.create_unique_constraint(op.f("uq_cover_shopper_platform"), "cover", ["shopper", "platform"])
    op.alter_column("cover", "sealed", nullable=False, comment=None, existing_comment="empty once it was erased")
    for column in ("retired_at", "since", "key_id", "version"):
        op.drop_column("cover", column)
