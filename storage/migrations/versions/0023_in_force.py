"""In force: each taking of a version of the limits into force, also of one that was in force before."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ONCE = "from then on until the next version it is what is known"


def upgrade() -> None:
    """Add the takings; each version kept so far was taken when it was first kept."""
    op.create_table(
        "limit_taken",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column(
            "taken_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="from then on until the next taking it is what is known",
        ),
        sa.ForeignKeyConstraint(
            ["family", "version"],
            ["limit_family.code", "limit_family.version"],
            name=op.f("fk_limit_taken_family_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_taken")),
    )
    op.create_index("limits_taken", "limit_taken", ["family", "taken_at"])
    op.execute(
        "INSERT INTO limit_taken (family, version, taken_at) "
        "SELECT code, version, recorded_at FROM limit_family ORDER BY recorded_at"
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON limit_taken FOR EACH ROW "
        "EXECUTE FUNCTION refuse_change()"
    )
    op.alter_column("limit_family", "recorded_at", comment="when it was first kept", existing_comment=ONCE)


def downgrade() -> None:
    """Take the takings away; a version stays known from when it was first kept."""
    op.alter_column("limit_family", "recorded_at", comment=ONCE, existing_comment="when it was first kept")
    op.drop_table("limit_taken")
