"""Evidence: the state of a capture's proof, the files inside its archive, the ledger, stamps and turns at sites.

Captures made before this count as sealed: their files are kept, found and shown as they were, and the ledger and the
time-stamping authorities take them up with the next sweep.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FIXED = (
    "id", "sample_id", "purpose", "kind", "reason", "url", "status", "captured_at", "manifest_sha256", "files",
    "members", "listing",
)  # fmt: skip
APPEND_ONLY = ("ledger_entry", "ledger_node", "checkpoint", "key_statement", "stamp")
PROVABLE = "noun IN ('capture', 'checkpoint')"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema forward; who still runs the code before this may go on adding captures."""
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("capture", sa.Column("state", sa.String(40), server_default="sealed", nullable=False))
    op.create_check_constraint(op.f("ck_capture_capturestate"), "capture", "state IN ('sealed', 'timestamped')")
    op.add_column(
        "capture",
        sa.Column(
            "members", json, server_default="{}", nullable=False,
            comment="name of a file inside capture.wacz to its SHA-256",
        ),
    )  # fmt: skip
    op.create_index("sealed_captures", "capture", ["id"], postgresql_where=sa.text("state = 'sealed'"))
    op.create_index(
        "one_offer_drawn_a_sample", "capture", ["sample_id"], unique=True,
        postgresql_where=sa.text("purpose = 'draw' AND kind = 'listing'"),
    )  # fmt: skip
    _fix("capture", f"UPDATE OF {', '.join(FIXED)} OR DELETE")
    op.create_table(
        "ledger_entry",
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="capture, custody or key"),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the subject's record"),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("place >= 0", name=op.f("ck_ledger_entry_counted_from_zero")),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_ledger_entry_kind_subject")),
    )
    op.create_table(
        "ledger_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False, comment="over 2^level entries"),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_ledger_node")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False, comment="the signed note"),
        sa.Column("reason", sa.Text(), nullable=False, comment="daily or export"),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
        sa.UniqueConstraint("size", name=op.f("uq_checkpoint_size")),
    )
    op.create_table(
        "key_statement",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_key_statement")),
    )
    op.create_table(
        "stamp",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False, comment="capture or checkpoint"),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False, comment="our code for it"),
        sa.Column("response", sa.Text(), nullable=False, comment="SHA-256 of the stored answer"),
        sa.Column(
            "chain", sa.Text(), nullable=False, comment="SHA-256 of the stored certificates it was checked against"
        ),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("stamped_at", INSTANT, nullable=False, comment="by the authority's clock"),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint(PROVABLE, name=op.f("ck_stamp_of_what_is_stamped")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamp")),
        sa.UniqueConstraint("noun", "subject_id", "authority", name=op.f("uq_stamp_noun_subject_id_authority")),
    )
    op.create_table(
        "stamp_request",
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(PROVABLE, name=op.f("ck_stamp_request_of_what_is_stamped")),
        sa.PrimaryKeyConstraint("noun", "subject_id", "authority", name=op.f("pk_stamp_request")),
    )
    op.create_index(op.f("ix_stamp_request_next_at"), "stamp_request", ["next_at"])
    op.create_table(
        "site_turn",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column(
            "full_at", INSTANT, nullable=False, comment="when every token is back, if none is taken until then"
        ),
        sa.Column(
            "held_until", INSTANT, nullable=True, comment="the site itself asked to be left alone until then"
        ),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_site_turn")),
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Take it back; the ledger and every stamp go, the captures and their files stay."""
    for table in ("site_turn", "stamp_request", "stamp", "key_statement", "checkpoint", "ledger_node", "ledger_entry"):
        op.drop_table(table)
    _fix("capture", "UPDATE OR DELETE")
    for index in ("one_offer_drawn_a_sample", "sealed_captures"):
        op.drop_index(index, "capture")
    op.drop_column("capture", "members")
    op.drop_constraint(op.f("ck_capture_capturestate"), "capture", type_="check")
    op.drop_column("capture", "state")


def _fix(table: str, change: str) -> None:
    op.execute(f"DROP TRIGGER append_only ON {table}")
    op.execute(f"CREATE TRIGGER append_only BEFORE {change} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
