"""Retention: dates of release, holds, and disposals that two persons decide and nothing open forbids."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
UNIT_STATES = (
    "registered", "sealed", "in_transit", "at_lab", "in_test", "tested", "retained", "disposed", "lost", "compromised",
)  # fmt: skip
EVENTS = (
    "sealed", "handed_over", "passed_on", "inspected", "arrived", "opened", "tested", "retained", "disposed", "lost",
    "seal_broken",
)  # fmt: skip
# what stands in the functions of before, and what stands there from now on
GROWN = (
    ("unit_moves", "retained:disposed", "retained:disposed retained:given_back"),
    ("handover_continues", "'arrived', 'seal_broken')", "'arrived', 'seal_broken', 'given_back')"),
)
SETTLED = "'final', 'disposal', 'follow_up', 'closed', 'void', 'untestable', 'diverted'"
CLOSED = "'late', 'refused', 'withdrawn', 'closed'"
# Of time only the release and the clocks know; they are asked with the time of the act, which a demonstration moves.
OBSTACLE = f"""
CREATE FUNCTION disposal_obstacle(whose uuid, moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM hold WHERE unit_id = unit.id AND lifted_at IS NULL) THEN 'is on hold'
        WHEN EXISTS (SELECT FROM objection WHERE sample_id = unit.sample_id AND state NOT IN ({CLOSED}))
            THEN 'waits for an objection'
        WHEN sample.state NOT IN ({SETTLED}) THEN 'is of a case that has not ended'
        WHEN EXISTS (SELECT FROM deadline WHERE sample_id = unit.sample_id AND due_at > moment)
            THEN 'waits for a deadline'
        WHEN coalesce((SELECT release_at FROM release WHERE unit_id = unit.id ORDER BY seq DESC LIMIT 1) > moment, true)
            THEN 'is to be kept until its release date'
    END FROM unit JOIN sample ON sample.id = unit.sample_id WHERE unit.id = whose
$$
"""
DISPOSAL = """
CREATE FUNCTION disposal_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := coalesce(NEW.decided_at, NEW.proposed_at);
    obstacle text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'disposal % is never deleted', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            RAISE EXCEPTION 'a disposal begins as proposed' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF NOT (OLD.state || ':' || NEW.state) = ANY
            (ARRAY['proposed:approved', 'proposed:refused', 'approved:refused', 'approved:done']) THEN
        RAISE EXCEPTION 'a disposal does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    ELSIF (NEW.id, NEW.unit_id, NEW.method, NEW.reason, NEW.proposed_by, NEW.proposed_at) IS DISTINCT FROM
            (OLD.id, OLD.unit_id, OLD.method, OLD.reason, OLD.proposed_by, OLD.proposed_at)
            OR NEW.state = 'done' AND (NEW.decided_by, NEW.decided_at) IS DISTINCT FROM (OLD.decided_by, OLD.decided_at)
    THEN
        RAISE EXCEPTION 'what disposal % is stays as it was written', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state IN ('proposed', 'approved') THEN
        IF (SELECT state FROM unit WHERE id = NEW.unit_id FOR UPDATE) <> 'retained' THEN
            RAISE EXCEPTION 'unit % is not retained', NEW.unit_id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        obstacle := disposal_obstacle(NEW.unit_id, moment);
        IF obstacle IS NOT NULL THEN
            RAISE EXCEPTION 'unit % %', NEW.unit_id, obstacle USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF NEW.state = 'done' AND NOT EXISTS (SELECT FROM unit WHERE id = NEW.unit_id AND state =
            CASE NEW.method WHEN 'destroyed' THEN 'disposed' ELSE 'given_back' END) THEN
        RAISE EXCEPTION 'unit % is still there', NEW.unit_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
ENDS = """
CREATE FUNCTION unit_ends() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    approved disposal; obstacle text;
BEGIN
    SELECT * INTO approved FROM disposal WHERE unit_id = NEW.id AND state = 'approved'
        AND CASE method WHEN 'destroyed' THEN 'disposed' ELSE 'given_back' END = NEW.state;
    IF approved.id IS NULL THEN
        RAISE EXCEPTION 'nobody approved the disposal of unit %', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    obstacle := disposal_obstacle(NEW.id, approved.decided_at);
    IF obstacle IS NOT NULL THEN
        RAISE EXCEPTION 'unit % %', NEW.id, obstacle USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
HOLD = """
CREATE FUNCTION hold_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL OR (NEW.id, NEW.unit_id, NEW.reason, NEW.placed_by, NEW.placed_at)
            IS DISTINCT FROM (OLD.id, OLD.unit_id, OLD.reason, OLD.placed_by, OLD.placed_at) THEN
        RAISE EXCEPTION 'hold % is lifted once and otherwise stays as it was written', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Add the tables, and let no unit end without an approved disposal."""
    op.add_column("unit", sa.Column("expires_on", sa.DATE(), nullable=True, comment="the last day of its shelf life"))
    _listed("unit", "state", "unitstate", (*UNIT_STATES, "given_back"))
    _listed("handover", "event", "unitevent", (*EVENTS, "moved", "given_back"))
    for function, before, after in GROWN:
        _rewrite(function, before, after)
    _releases()
    _holds()
    _disposals()
    for source in (OBSTACLE, DISPOSAL, ENDS, HOLD):
        op.execute(source)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON release FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON hold FOR EACH ROW EXECUTE FUNCTION hold_stays()")
    op.execute(
        "CREATE TRIGGER moves BEFORE INSERT OR UPDATE OR DELETE ON disposal FOR EACH ROW "
        "EXECUTE FUNCTION disposal_moves()"
    )
    op.execute(
        "CREATE TRIGGER ends BEFORE UPDATE OF state ON unit FOR EACH ROW "
        "WHEN (NEW.state <> OLD.state AND NEW.state IN ('disposed', 'given_back')) EXECUTE FUNCTION unit_ends()"
    )


def downgrade() -> None:
    """Take it back; a unit that was given back counts as disposed of, and its chain keeps no move of its place."""
    op.execute("DROP TRIGGER ends ON unit")
    for table in ("disposal", "hold", "release"):
        op.drop_table(table)
    for function in ("unit_ends()", "disposal_moves()", "hold_stays()", "disposal_obstacle(uuid, timestamptz)"):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("ALTER TABLE handover DISABLE TRIGGER append_only")
    op.execute("UPDATE handover SET event = 'retained' WHERE event = 'moved'")
    op.execute("UPDATE handover SET event = 'disposed' WHERE event = 'given_back'")
    op.execute("ALTER TABLE handover ENABLE TRIGGER append_only")
    op.execute("ALTER TABLE unit DISABLE TRIGGER moves")
    op.execute("UPDATE unit SET state = 'disposed' WHERE state = 'given_back'")
    op.execute("ALTER TABLE unit ENABLE TRIGGER moves")
    for function, before, after in GROWN:
        _rewrite(function, after, before)
    _listed("handover", "event", "unitevent", EVENTS)
    _listed("unit", "state", "unitstate", UNIT_STATES)
    op.drop_column("unit", "expires_on")


def _releases() -> None:
    op.create_table(
        "release",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("release_at", INSTANT, nullable=True, comment="none: it is kept"),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rulebook", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, comment="how well the duty is known"),
        sa.Column("ending", sa.String(40), nullable=True),
        sa.Column("starts_at", INSTANT, nullable=True),
        sa.Column("expires_on", sa.DATE(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _one_of("ending", "release_ending", "passed", "failed", "unjudged"),
        sa.CheckConstraint(
            "num_nulls(release_at, ending, starts_at) IN (0, 3)", name=op.f("ck_release_dated_whole")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_release_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("unit_id", "seq", name=op.f("uq_release_unit_id_seq")),
    )


def _holds() -> None:
    op.create_table(
        "hold",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_at", INSTANT, nullable=False),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", INSTANT, nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("num_nulls(lifted_by, lifted_at, lift_reason) IN (0, 3)", name=op.f("ck_hold_lifted_whole")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_hold_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(
        "one_hold_a_unit", "hold", ["unit_id"], unique=True, postgresql_where=sa.text("lifted_at IS NULL")
    )


def _disposals() -> None:
    op.create_table(
        "disposal",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("witness", sa.Text(), nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("photo", sa.Text(), nullable=True, comment="SHA-256 of the stored picture"),
        _one_of("method", "disposal_disposalmethod", "destroyed", "given_back"),
        _one_of("state", "disposal_disposalstate", "proposed", "approved", "refused", "done"),
        sa.CheckConstraint("state = 'refused' OR decided_by <> proposed_by", name=op.f("ck_disposal_four_eyes")),
        sa.CheckConstraint("witness <> done_by", name=op.f("ck_disposal_two_persons")),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) AND num_nulls(decided_by, decided_at) IN (0, 2)",
            name=op.f("ck_disposal_decided_whole"),
        ),
        sa.CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_disposal_refused_with_reason")),
        sa.CheckConstraint(
            "(state = 'done') = (done_by IS NOT NULL) AND num_nulls(done_by, witness, done_at) IN (0, 3)",
            name=op.f("ck_disposal_done_whole"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_disposal_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
    )
    op.create_index(
        "one_live_disposal_a_unit", "disposal", ["unit_id"], unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )  # fmt: skip


def _listed(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({listed})")


def _rewrite(function: str, before: str, after: str) -> None:
    """Change the words of a function, whatever else stands in it; one that lacks them is left as it is by mistake only."""
    quoted = [text.replace("'", "''") for text in (before, after)]
    op.execute(
        f"DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('{function}()'::regprocedure), '{quoted[0]}', '{quoted[1]}'); "
        "END $do$"
    )


def _one_of(column: str, name: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{name}"))
