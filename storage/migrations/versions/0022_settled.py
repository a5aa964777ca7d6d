"""Settled lines: what was settled stays, a link stays revoked, and nothing is given back to nobody.

The functions of before are changed in place, so that what another revision added to them stays.
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# what stands in the functions of before, and what stands there from now on
REPLACED = (
    ("unit_moves", "retained:given_back", "retained:given_back compromised:disposed compromised:given_back"),
    ("disposal_moves", "<> 'retained' THEN", "NOT IN ('retained', 'compromised') THEN"),
    ("consignment_moves", "'lost:reconciled'", "'lost:reconciled lost:received lost:partly_received'"),
    ("consignment_line_moves", "refused:returned'", "refused:returned damaged:returned'"),
    (
        "consignment_line_moves",
        "stays as it was packed' USING ERRCODE = refused;",
        """stays as it was packed' USING ERRCODE = refused;
    ELSIF NEW.state = OLD.state AND (NEW.reason, NEW.condition, NEW.temperature, NEW.seal_ok, NEW.photo,
                NEW.settled_at, NEW.settled_by)
            IS DISTINCT FROM (OLD.reason, OLD.condition, OLD.temperature, OLD.seal_ok, OLD.photo,
                OLD.settled_at, OLD.settled_by) THEN
        RAISE EXCEPTION 'what became of a line stays as it was written' USING ERRCODE = refused;""",
    ),
)
LINK = """
CREATE FUNCTION receipt_link_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
            OR (NEW.id, NEW.consignment_id, NEW.made_by, NEW.made_at, NEW.expires_at)
            IS DISTINCT FROM (OLD.id, OLD.consignment_id, OLD.made_by, OLD.made_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'link % ends once and otherwise stays as it was made', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
CONSENT = """
CREATE FUNCTION consent_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.id, NEW.sample_id, NEW.drawn_id, NEW.shown_id, NEW.reason, NEW.asked_at, NEW.due_at,
                NEW.due_rule, NEW.due_calendar)
            IS DISTINCT FROM (OLD.id, OLD.sample_id, OLD.drawn_id, OLD.shown_id, OLD.reason, OLD.asked_at, OLD.due_at,
                OLD.due_rule, OLD.due_calendar) THEN
        RAISE EXCEPTION 'the question % is answered and otherwise stays as it was asked', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
# An older entry may say so, and the chain is append-only: a CHECK would refuse what nobody can mend.
NOBODY = """
CREATE FUNCTION refuse_giving_to_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'unit % is given back to nobody', NEW.unit_id USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
STAYS = {"receipt_link": LINK, "consent": CONSENT}


def upgrade() -> None:
    """Guard both tables; an older entry that gave a unit back to nobody stays, for the chain is append-only."""
    for function, before, after in REPLACED:
        _replace(function, before, after)
    for table, source in STAYS.items():
        op.execute(source)
        op.execute(
            f"CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_stays()"
        )
    op.execute(NOBODY)
    op.execute(
        "CREATE TRIGGER given_to_another BEFORE INSERT ON handover FOR EACH ROW WHEN (NEW.event = 'given_back' "
        "AND NEW.received_by = NEW.released_by) EXECUTE FUNCTION refuse_giving_to_nobody()"
    )


def downgrade() -> None:
    """Take the guards away again."""
    op.execute("DROP TRIGGER given_to_another ON handover")
    op.execute("DROP FUNCTION refuse_giving_to_nobody()")
    for table in STAYS:
        op.execute(f"DROP TRIGGER stays ON {table}")
        op.execute(f"DROP FUNCTION {table}_stays()")
    for function, before, after in reversed(REPLACED):
        _replace(function, after, before)


def _replace(function: str, before: str, after: str) -> None:
    op.execute(f"""
        DO $do$
        DECLARE
            was text := pg_get_functiondef('{function}'::regproc);
        BEGIN
            IF position($s${before}$s$ IN was) = 0 THEN
                RAISE EXCEPTION '{function} is not as this revision knows it';
            END IF;
            EXECUTE replace(was, $s${before}$s$, $s${after}$s$);
        END $do$
    """)
