"""Shopping: consents to changed offers, the talk with sellers, answered alarms, and parcels that never came."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BEFORE = (
    "intended:placed intended:failed intended:unknown unknown:placed unknown:failed placed:shipped placed:cancelled "
    "shipped:delivered"
)
PURCHASE_MOVES = """
CREATE OR REPLACE FUNCTION purchase_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'purchase % is never deleted', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'intended' THEN
            RAISE EXCEPTION 'a purchase begins as intended' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF NEW.state <> OLD.state AND NOT (OLD.state || ':' || NEW.state) = ANY (string_to_array('{moves}', ' ')) THEN
        RAISE EXCEPTION 'a purchase does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    ELSIF (NEW.id, NEW.sample_id, NEW.platform, NEW.shopper, NEW.intended_at)
            IS DISTINCT FROM (OLD.id, OLD.sample_id, OLD.platform, OLD.shopper, OLD.intended_at)
    THEN
        RAISE EXCEPTION 'what purchase % is stays as it was written', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Add the three tables, and let an order end whose parcel was sent and never came."""
    _consents()
    _messages()
    op.create_table(
        "alarm_answer",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("alarm_id", sa.UUID(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["transfer_alarm.id"], name=op.f("fk_alarm_answer_alarm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_answer")),
        sa.UniqueConstraint("alarm_id", name=op.f("uq_alarm_answer_alarm_id")),
    )
    for table in ("message", "alarm_answer"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION refuse_change()"
        )
    op.add_column(
        "purchase", sa.Column("read_at", INSTANT, nullable=True, comment="when its page was last read for a refund")
    )
    op.execute(PURCHASE_MOVES.format(moves=f"{BEFORE} shipped:cancelled"))


def downgrade() -> None:
    """Take it back; what was asked and said is forgotten."""
    op.execute(PURCHASE_MOVES.format(moves=BEFORE))
    op.drop_column("purchase", "read_at")
    for table in ("alarm_answer", "message", "consent"):
        op.drop_table(table)


def _consents() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sample_id", sa.UUID(), nullable=False),
        sa.Column("drawn_id", sa.UUID(), nullable=False),
        sa.Column("shown_id", sa.UUID(), nullable=False, comment="the capture just before the payment"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        _one_of("state", "consent_consentstate", "asked", "given", "denied", "moot"),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_consent_decided_by_whom_and_when"),
        ),
        sa.CheckConstraint(
            "(state IN ('given', 'denied')) = (note IS NOT NULL)", name=op.f("ck_consent_decided_with_reason")
        ),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_consent_sample_id")),
        sa.ForeignKeyConstraint(["drawn_id"], ["capture.id"], name=op.f("fk_consent_drawn_id")),
        sa.ForeignKeyConstraint(["shown_id"], ["capture.id"], name=op.f("fk_consent_shown_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_sample_id"), "consent", ["sample_id"])
    op.create_index(
        "one_open_consent_a_sample", "consent", ["sample_id"], unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )  # fmt: skip
    op.execute(
        "CREATE TRIGGER decided BEFORE UPDATE OR DELETE ON consent FOR EACH ROW WHEN (OLD.state <> 'asked') "
        "EXECUTE FUNCTION refuse_change()"
    )


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sample_id", sa.UUID(), nullable=False),
        sa.Column("speaker", sa.String(40), nullable=False),
        sa.Column("said_at", INSTANT, nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column(
            "sealed", sa.LargeBinary(), nullable=True, comment="with the installation's own key, bound to the message"
        ),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        _one_of("speaker", "message_speaker", "shopper", "seller"),
        sa.CheckConstraint("text IS NULL OR sealed IS NULL", name=op.f("ck_message_sealed_or_not")),
        sa.CheckConstraint("num_nonnulls(text, sealed, picture) > 0", name=op.f("ck_message_says_something")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_message_sample_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_sample_id_id"), "message", ["sample_id", "id"])


def _one_of(column: str, name: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{name}"))
