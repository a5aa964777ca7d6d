"""Custody: a registry of seals, and chains of entries that are bound by hash and continue from holder to holder.

Entries of before keep an empty hash, and the verifier says so; seals of before count as made by somebody else.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BEFORE = "before the registry"
SEAL_STATES = ("issued", "applied", "verified", "broken_authorised", "broken_unexplained", "void")
EVENTS = (
    "sealed", "handed_over", "passed_on", "inspected", "arrived", "opened", "tested", "retained", "disposed", "lost",
    "seal_broken",
)  # fmt: skip
STEPS = (
    "packing", "shipping", "transporting", "receiving", "inspecting", "unpacking", "storing", "destroying",
    "other",
)  # fmt: skip
UNUSED, ENDED = "'issued', 'void'", "'broken_authorised', 'broken_unexplained', 'void'"

SEAL_MOVES = (
    "issued:applied issued:void applied:verified applied:broken_unexplained verified:broken_authorised "
    "verified:broken_unexplained"
)
UNIT_MOVES = (
    "registered:sealed sealed:in_transit sealed:retained in_transit:at_lab at_lab:in_test in_test:tested "
    "tested:retained retained:in_transit retained:disposed sealed:lost in_transit:lost at_lab:lost retained:lost "
    "in_test:lost tested:lost sealed:compromised in_transit:compromised at_lab:compromised retained:compromised"
)
PURCHASE_MOVES = (
    "intended:placed intended:failed intended:unknown unknown:placed unknown:failed placed:shipped placed:cancelled "
    "shipped:delivered"
)
MOVES = """
CREATE FUNCTION {table}_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '{table} % is never deleted', OLD.{key} USING ERRCODE = 'integrity_constraint_violation';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> '{first}' THEN
            RAISE EXCEPTION 'a {table} begins as {first}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF NEW.state <> OLD.state AND NOT (OLD.state || ':' || NEW.state) = ANY (string_to_array('{moves}', ' ')) THEN
        RAISE EXCEPTION 'a {table} does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    ELSIF {fixed}
    THEN
        RAISE EXCEPTION 'what {table} % is stays as it was written', OLD.{key}
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
SEAL_FIXED = """(NEW.number, NEW.kind, NEW.batch_id, NEW.issued_by, NEW.issued_at)
            IS DISTINCT FROM (OLD.number, OLD.kind, OLD.batch_id, OLD.issued_by, OLD.issued_at)
        OR OLD.state <> 'issued' AND (NEW.unit_id, NEW.applied_by, NEW.witness, NEW.applied_at, NEW.photo)
            IS DISTINCT FROM (OLD.unit_id, OLD.applied_by, OLD.witness, OLD.applied_at, OLD.photo)
        OR OLD.ended_at IS NOT NULL AND (NEW.ended_by, NEW.ended_at, NEW.reason)
            IS DISTINCT FROM (OLD.ended_by, OLD.ended_at, OLD.reason)"""
UNIT_FIXED = """(NEW.id, NEW.sample_id, NEW.code, NEW.role, NEW.lot)
            IS DISTINCT FROM (OLD.id, OLD.sample_id, OLD.code, OLD.role, OLD.lot)"""
PURCHASE_FIXED = """(NEW.id, NEW.sample_id, NEW.platform, NEW.shopper, NEW.intended_at)
            IS DISTINCT FROM (OLD.id, OLD.sample_id, OLD.platform, OLD.shopper, OLD.intended_at)"""
PARTY = """
CREATE FUNCTION custody_entry(whose uuid, which integer) RETURNS handover LANGUAGE sql STABLE AS $$
    SELECT * FROM handover WHERE unit_id = whose AND coalesce(corrects, seq) = which ORDER BY seq DESC LIMIT 1
$$
"""
CONTINUES = """
CREATE FUNCTION handover_continues() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest handover; before handover; after handover; corrected handover;
BEGIN
    PERFORM 1 FROM unit WHERE id = NEW.unit_id FOR UPDATE;
    SELECT * INTO latest FROM handover WHERE unit_id = NEW.unit_id ORDER BY seq DESC LIMIT 1;
    IF NEW.seq <> coalesce(latest.seq, 0) + 1 OR NEW.prev_hash <> coalesce(latest.hash, repeat('0', 64))
            OR NEW.hash !~ '^[0-9a-f]{64}$' THEN
        RAISE EXCEPTION 'entry % does not continue the chain of unit %', NEW.seq, NEW.unit_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT * INTO before FROM custody_entry(NEW.unit_id, (SELECT max(seq) FROM handover
        WHERE unit_id = NEW.unit_id AND corrects IS NULL AND seq < coalesce(NEW.corrects, NEW.seq)));
    SELECT * INTO after FROM custody_entry(NEW.unit_id, (SELECT min(seq) FROM handover
        WHERE unit_id = NEW.unit_id AND corrects IS NULL AND seq > coalesce(NEW.corrects, NEW.seq)));
    IF NEW.released_by <> before.received_by OR NEW.received_by <> after.released_by THEN
        RAISE EXCEPTION '% does not hold unit %', NEW.released_by, NEW.unit_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.at < before.at OR NEW.at > after.at THEN
        RAISE EXCEPTION 'the time of entry % of unit % goes back', NEW.seq, NEW.unit_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.event NOT IN ('sealed', 'handed_over', 'passed_on', 'arrived', 'seal_broken')
            AND NEW.released_by <> NEW.received_by THEN
        RAISE EXCEPTION 'unit % changes hands without a passing', NEW.unit_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.corrects IS NOT NULL THEN
        SELECT * INTO corrected FROM handover WHERE unit_id = NEW.unit_id AND seq = NEW.corrects AND corrects IS NULL;
        IF corrected.id IS NULL OR (NEW.event, NEW.step, NEW.seal_no, NEW.seal_ok)
                IS DISTINCT FROM (corrected.event, corrected.step, corrected.seal_no, corrected.seal_ok) THEN
            RAISE EXCEPTION 'entry % of unit % cannot be corrected so', NEW.corrects, NEW.unit_id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$
"""
WHOLE = """
CREATE FUNCTION verdict_of_a_whole_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('provisional', 'confirmed') AND EXISTS (SELECT FROM unit
            WHERE sample_id = NEW.sample_id AND state = 'compromised'
            AND role = CASE NEW.purpose WHEN 'first' THEN 'A' ELSE 'B' END) THEN
        RAISE EXCEPTION 'the unit under this verdict is compromised' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Bring the schema forward; the entries that exist stay as they are."""
    _seals()
    _handovers()
    seal = {"table": "seal", "key": "number", "first": "issued", "moves": SEAL_MOVES, "fixed": SEAL_FIXED}
    unit = {"table": "unit", "key": "id", "first": "registered", "moves": UNIT_MOVES, "fixed": UNIT_FIXED}
    order = {"table": "purchase", "key": "id", "first": "intended", "moves": PURCHASE_MOVES, "fixed": PURCHASE_FIXED}
    for given in (seal, unit, order):
        op.execute(MOVES.format(**given))
        op.execute(
            f"CREATE TRIGGER moves BEFORE INSERT OR UPDATE OR DELETE ON {given['table']} "
            f"FOR EACH ROW EXECUTE FUNCTION {given['table']}_moves()"
        )
    for function in (PARTY, CONTINUES, WHOLE):
        op.execute(function)
    op.execute("CREATE TRIGGER continues BEFORE INSERT ON handover FOR EACH ROW EXECUTE FUNCTION handover_continues()")
    op.execute(
        "CREATE TRIGGER whole_unit BEFORE INSERT OR UPDATE OF state ON verdict "
        "FOR EACH ROW EXECUTE FUNCTION verdict_of_a_whole_unit()"
    )


def downgrade() -> None:
    """Take it back; seals that were never applied go, and so do the entries that only the chain knows."""
    for table, trigger, function in (
        ("verdict", "whole_unit", "verdict_of_a_whole_unit"), ("handover", "continues", "handover_continues"),
        ("purchase", "moves", "purchase_moves"), ("unit", "moves", "unit_moves"), ("seal", "moves", "seal_moves"),
    ):  # fmt: skip
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DROP FUNCTION custody_entry(uuid, integer)")
    _handovers_back()
    _seals_back()


def _seals() -> None:
    op.add_column("seal", sa.Column("kind", sa.String(40), server_default="tape", nullable=False))
    op.alter_column("seal", "kind", server_default=None)
    op.create_check_constraint(op.f("ck_seal_sealkind"), "seal", "kind IN ('tape', 'bag', 'bolt')")
    comment = "none for a seal that somebody else made"
    op.add_column("seal", sa.Column("batch_id", sa.UUID(), nullable=True, comment=comment))
    op.create_index(op.f("ix_seal_batch_id"), "seal", ["batch_id"])
    for what in ("issued", "ended"):
        op.add_column("seal", sa.Column(f"{what}_by", sa.Text(), nullable=True))
        op.add_column("seal", sa.Column(f"{what}_at", INSTANT, nullable=True))
    comment = "why it was opened, found broken or made void"
    op.add_column("seal", sa.Column("reason", sa.Text(), nullable=True, comment=comment))
    op.execute("UPDATE seal SET issued_by = applied_by, issued_at = applied_at")
    op.drop_constraint(op.f("ck_seal_sealstate"), "seal", type_="check")
    op.execute(
        "UPDATE seal SET state = CASE state WHEN 'opened' THEN 'broken_authorised' ELSE 'broken_unexplained' END, "
        f"ended_by = '{BEFORE}', ended_at = applied_at, reason = '{BEFORE}' WHERE state IN ('opened', 'broken')"
    )
    for name in ("issued_by", "issued_at"):
        op.alter_column("seal", name, nullable=False)
    for name in ("unit_id", "applied_by", "witness", "applied_at"):
        op.alter_column("seal", name, nullable=True)
    op.create_unique_constraint(op.f("uq_seal_unit_id"), "seal", ["unit_id"])
    checks = {
        "sealstate": f"state IN ({_listed(SEAL_STATES)})",
        "on_a_unit": f"(unit_id IS NOT NULL) = (state NOT IN ({UNUSED}))",
        "applied_whole": "num_nulls(unit_id, applied_by, witness, applied_at) IN (0, 4)",
        "ended_with_a_reason": f"(state IN ({ENDED})) = (ended_by IS NOT NULL) "
        "AND num_nulls(ended_by, ended_at, reason) IN (0, 3)",
    }
    for name, rule in checks.items():
        op.create_check_constraint(op.f(f"ck_seal_{name}"), "seal", rule)


def _handovers() -> None:
    op.execute("ALTER TABLE handover DISABLE TRIGGER append_only")
    for column, first in (
        (sa.Column("event", sa.String(40), nullable=True), None),
        (sa.Column("offset_minutes", sa.Integer(), nullable=True, comment="how far that clock is from UTC"), "0"),
        (sa.Column("recorded_at", INSTANT, nullable=True, comment="by our clock"), "at"),
        (sa.Column("by", sa.Text(), nullable=True), f"'{BEFORE}'"),
        (sa.Column("photos", postgresql.ARRAY(sa.TEXT()), nullable=True, comment="SHA-256 of the stored pictures"),
         "'{}'"),
        (sa.Column("prev_hash", sa.Text(), nullable=True), "''"),
        (sa.Column("hash", sa.Text(), nullable=True, comment="empty in entries older than the hashes"), "''"),
    ):  # fmt: skip
        op.add_column("handover", column)
        op.execute(f'UPDATE handover SET "{column.name}" = {first or _EVENT}')
        op.alter_column("handover", column.name, nullable=False)
    for added in (
        sa.Column("seal_no", sa.Text(), nullable=True),
        sa.Column("temperature", sa.Numeric(), nullable=True, comment="degrees Celsius"),
        sa.Column("corrects", sa.Integer(), nullable=True, comment="number of the entry that this one states anew"),
        sa.Column("reason", sa.Text(), nullable=True),
    ):
        op.add_column("handover", added)
    op.execute("UPDATE handover SET seal_no = (SELECT number FROM seal WHERE seal.unit_id = handover.unit_id)")
    op.execute("ALTER TABLE handover ENABLE TRIGGER append_only")
    op.alter_column("handover", "at", comment="of the event, by the clock of its device")
    op.alter_column("handover", "seal_ok", nullable=True, comment="none where nobody looked at the seal")
    op.alter_column("handover", "step", type_=sa.String(40))
    checks = {
        "unitevent": f"event IN ({_listed(EVENTS)})",
        "businessstep": f"step IN ({_listed(STEPS)})",
        "clock": "at <= recorded_at + interval '5 minutes'",
        "corrects_an_earlier_one": "seq > 0 AND corrects < seq",
        "corrected_with_a_reason": "corrects IS NULL OR reason IS NOT NULL",
    }
    for name, rule in checks.items():
        op.create_check_constraint(op.f(f"ck_handover_{name}"), "handover", rule)


_EVENT = """CASE WHEN NOT seal_ok THEN 'seal_broken' WHEN step = 'receiving' THEN 'arrived' ELSE 'handed_over' END"""


def _handovers_back() -> None:
    op.execute("ALTER TABLE handover DISABLE TRIGGER append_only")
    op.execute("DELETE FROM handover WHERE seal_ok IS NULL")
    op.execute("ALTER TABLE handover ENABLE TRIGGER append_only")
    for name in ("businessstep", "clock", "corrects_an_earlier_one", "corrected_with_a_reason", "unitevent"):
        op.drop_constraint(op.f(f"ck_handover_{name}"), "handover", type_="check")
    op.alter_column("handover", "step", type_=sa.Text())
    op.alter_column("handover", "seal_ok", nullable=False, comment=None)
    op.alter_column("handover", "at", comment=None)
    for name in ("event", "offset_minutes", "recorded_at", "by", "seal_no", "temperature", "photos", "corrects",
                 "reason", "prev_hash", "hash"):  # fmt: skip
        op.drop_column("handover", name)


def _seals_back() -> None:
    op.execute(f"DELETE FROM seal WHERE state IN ({UNUSED})")
    for name in ("on_a_unit", "applied_whole", "ended_with_a_reason", "sealstate", "sealkind"):
        op.drop_constraint(op.f(f"ck_seal_{name}"), "seal", type_="check")
    op.execute(
        "UPDATE seal SET state = CASE state WHEN 'broken_authorised' THEN 'opened' ELSE 'broken' END "
        "WHERE state LIKE 'broken%'"
    )
    op.create_check_constraint(
        op.f("ck_seal_sealstate"), "seal", "state IN ('applied', 'verified', 'opened', 'broken')"
    )
    op.drop_constraint(op.f("uq_seal_unit_id"), "seal", type_="unique")
    for name in ("unit_id", "applied_by", "witness", "applied_at"):
        op.alter_column("seal", name, nullable=False)
    for name in ("kind", "batch_id", "issued_by", "issued_at", "ended_by", "ended_at", "reason"):
        op.drop_column("seal", name)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)
