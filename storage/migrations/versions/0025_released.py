"""Released: what officers decided of files that were held, and the moves of a file."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
BEFORE = ("received", "committed", "held", "rejected")
STATES = ("received", "committed", "held", "proposed", "released", "rejected", "refused")
EVENTS = ("committed", "held", "rejected", "reopened", "proposed", "released", "refused")
CHECKS = {
    "by_an_officer": "event IN ('proposed', 'released', 'refused')",
    "with_reason": "reason <> ''",
    "not_by_the_uploader": "event = 'refused' OR decided_by <> uploaded_by",
    "four_eyes": "event <> 'released' OR decided_by <> proposed_by",
    "as_many_as_it_takes": "event <> 'released' OR persons = 1 OR proposed_by IS NOT NULL",
}
UPLOAD_MOVES = """
CREATE FUNCTION upload_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused CONSTANT text := 'integrity_constraint_violation';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'upload % is never deleted', OLD.id USING ERRCODE = refused;
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'received' THEN
            RAISE EXCEPTION 'an upload begins as received' USING ERRCODE = refused;
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state || ':' || NEW.state) = ANY (string_to_array(
            'received:committed received:held received:rejected held:received held:proposed held:released '
            'held:refused proposed:received proposed:released proposed:refused released:committed released:held '
            'released:rejected rejected:received', ' ')) THEN
        RAISE EXCEPTION 'an upload does not go from % to %', OLD.state, NEW.state USING ERRCODE = refused;
    ELSIF (NEW.id, NEW.lab, NEW.sha256, NEW.report_sha256, NEW.name, NEW.size, NEW.received_at, NEW.uploaded_by)
            IS DISTINCT FROM
            (OLD.id, OLD.lab, OLD.sha256, OLD.report_sha256, OLD.name, OLD.size, OLD.received_at, OLD.uploaded_by) THEN
        RAISE EXCEPTION 'what came as upload % stays as it came', OLD.id USING ERRCODE = refused;
    ELSIF NEW.state <> OLD.state AND NEW.state IN ('proposed', 'released', 'refused')
            AND NEW.state IS DISTINCT FROM (SELECT event FROM upload_decision WHERE upload_id = NEW.id
                ORDER BY id DESC LIMIT 1) THEN
        RAISE EXCEPTION 'no officer decided that upload % is %', NEW.id, NEW.state USING ERRCODE = refused;
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Add the decisions, and let the database know the moves; a file goes on from where it stands."""
    _states(STATES)
    op.create_table(
        "upload_decision",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("upload_id", sa.UUID(), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("findings", JSON, nullable=False, comment="those that held the file"),
        sa.Column("persons", sa.Integer(), nullable=False, comment="how many a release of them takes"),
        sa.Column("terms", sa.DATE(), nullable=False, comment="from when the terms are in force that say so"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            f"event IN ({', '.join(map(repr, EVENTS))})", name=op.f("ck_upload_decision_uploadevent")
        ),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_upload_decision_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_decision_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_decision")),
    )  # fmt: skip
    op.create_index(op.f("ix_upload_decision_upload_id"), "upload_decision", ["upload_id"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON upload_decision FOR EACH ROW "
        "EXECUTE FUNCTION refuse_change()"
    )
    op.execute(UPLOAD_MOVES)
    op.execute(
        "CREATE TRIGGER moves BEFORE INSERT OR UPDATE OR DELETE ON upload FOR EACH ROW EXECUTE FUNCTION upload_moves()"
    )


def downgrade() -> None:
    """Take it back; a file that waits for its second officer or its reader is held again, a refused one is rejected."""
    op.execute("DROP TRIGGER moves ON upload")
    op.execute("DROP FUNCTION upload_moves()")
    op.drop_table("upload_decision")
    op.execute("UPDATE upload SET state = 'held' WHERE state IN ('proposed', 'released')")
    op.execute("UPDATE upload SET state = 'rejected' WHERE state = 'refused'")
    _states(BEFORE)


def _states(values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_upload_uploadstate"), "upload", type_="check")
    op.create_check_constraint(
        op.f("ck_upload_uploadstate"), "upload", f"state IN ({', '.join(map(repr, values))})"
    )
