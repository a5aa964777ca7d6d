"""Judgement: what each verdict was given on, and the limits as they were then."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
APPEND_ONLY = ("limit_family", "limit_row")


def upgrade() -> None:
    """Add the basis, which older verdicts have none of, and the kept limits, which nobody changes any more."""
    op.add_column(
        "verdict",
        sa.Column("basis", JSON, nullable=True, comment="none for a verdict that is older than the keeping of bases"),
    )
    op.create_table(
        "limit_family",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("repeatabilities", JSON, nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="from then on until the next version it is what is known",
        ),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_limit_family")),
    )
    op.create_table(
        "limit_row",
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("limit_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="in the family's own order"),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DATE(), nullable=False),
        sa.Column("valid_to", sa.DATE(), nullable=True, comment="the last day"),
        sa.Column("facts", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["family", "version"],
            ["limit_family.code", "limit_family.version"],
            name=op.f("fk_limit_row_family_version"),
        ),
        sa.PrimaryKeyConstraint("family", "version", "limit_id", name=op.f("pk_limit_row")),
    )
    op.create_index("limits_by_item", "limit_row", ["item", "category", "valid_from"])
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Take both away; the verdicts stay, and with them the name of the limits they were given by."""
    op.drop_table("limit_row")
    op.drop_table("limit_family")
    op.drop_column("verdict", "basis")
