"""Released documents: append-only, a row a version."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = (
    "sample-label", "seal-label", "sampling-sheet", "sampling-notice", "platform-copy", "manifest", "handover-receipt",
    "task-mandate", "retention-list",
)  # fmt: skip


def upgrade() -> None:
    """Add the table; nothing that runs already knows it."""
    op.create_table(
        "document",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False, comment="sample, consignment or campaign"),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False, comment="printed on every page; of the stored data"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the stored file"),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=False),
        sa.CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name=op.f("ck_document_documentkind")),
        sa.CheckConstraint("version > 0", name=op.f("ck_document_counted_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("number", "version", name=op.f("uq_document_number_version")),
        sa.UniqueConstraint("content_sha256", name=op.f("uq_document_content_sha256")),
        sa.UniqueConstraint("sha256", name=op.f("uq_document_sha256")),
    )
    op.create_index(op.f("ix_document_subject_id_kind"), "document", ["subject_id", "kind"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON document FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Take it back; the files stay in the store."""
    op.drop_table("document")
