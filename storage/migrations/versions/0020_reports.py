"""Reports: the signed report beside a table of results, and the mapping that read it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
ONE_UPLOAD = "uq_upload_lab_sha256"
ONE_SENDING = "uq_upload_lab_sha256_report_sha256"


def upgrade() -> None:
    """Add what came beside a table and how it was read; older uploads have neither."""
    op.add_column("upload", sa.Column("report_sha256", sa.Text(), nullable=True, comment="of the PDF beside the table"))
    op.add_column("upload", sa.Column("mapping", JSON, nullable=True, comment="code, version and SHA-256"))
    op.add_column("upload", sa.Column("signatures", JSON, nullable=True, comment="none before the report was read"))
    op.drop_constraint(op.f(ONE_UPLOAD), "upload", type_="unique")
    op.create_unique_constraint(
        op.f(ONE_SENDING), "upload", ["lab", "sha256", "report_sha256"], postgresql_nulls_not_distinct=True
    )
    op.create_table(
        "report_rule",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("lab", sa.Text(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False, comment="whether a table without a signed report is held"),
        sa.Column("certificates", JSON, nullable=False, comment="PEM, whose signatures are believed"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, comment="in force until the next one"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lab"], ["laboratory.code"], name=op.f("fk_report_rule_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_rule")),
    )
    op.create_index(op.f("ix_report_rule_lab"), "report_rule", ["lab"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON report_rule FOR EACH ROW "
        "EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Take it back; a table that was sent with two reports stands in the way."""
    op.drop_table("report_rule")
    op.drop_constraint(op.f(ONE_SENDING), "upload", type_="unique")
    op.create_unique_constraint(op.f(ONE_UPLOAD), "upload", ["lab", "sha256"])
    for column in ("signatures", "mapping", "report_sha256"):
        op.drop_column("upload", column)
