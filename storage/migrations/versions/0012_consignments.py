"""Consignments: what became of each unit, a manifest that is frozen, receipt links, seals that replace others.

The functions of custody are changed in place, so that what another revision added to them stays.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATES = (
    "draft", "packed", "handed_over", "in_transit", "received", "partly_received", "refused", "lost", "reconciled",
    "cancelled",
)  # fmt: skip
LINES = ("expected", "received", "damaged", "refused", "missing", "returned")
EVENTS = (
    "sealed", "handed_over", "passed_on", "inspected", "arrived", "opened", "resealed", "returned", "tested",
    "retained", "moved", "disposed", "given_back", "lost", "seal_broken",
)  # fmt: skip
LINE_OF_BEFORE = """
UPDATE consignment_line AS line SET
    state = CASE WHEN c.state IN ('received', 'partly_received', 'reconciled')
                THEN CASE WHEN line.seal_ok IS FALSE THEN 'damaged' ELSE 'received' END
            WHEN c.state = 'refused' THEN 'refused' WHEN c.state = 'lost' THEN 'missing'
            WHEN c.state = 'cancelled' THEN 'returned' ELSE 'expected' END,
    reason = CASE WHEN line.seal_ok IS FALSE THEN 'broken_seal' WHEN c.state = 'refused' THEN 'papers_differ' END,
    settled_at = CASE WHEN c.state IN ('draft', 'packed', 'handed_over') THEN NULL ELSE c.packed_at END,
    settled_by = CASE WHEN c.state IN ('draft', 'packed', 'handed_over') THEN NULL ELSE 'before the registry' END
FROM consignment AS c WHERE c.id = line.consignment_id
"""
CONSIGNMENT_MOVES = """
CREATE FUNCTION consignment_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused CONSTANT text := 'integrity_constraint_violation';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'consignment % is never deleted', OLD.number USING ERRCODE = refused;
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a consignment begins as draft' USING ERRCODE = refused;
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state || ':' || NEW.state) = ANY (string_to_array(
            'draft:packed draft:cancelled packed:handed_over packed:cancelled handed_over:in_transit '
            'in_transit:received in_transit:partly_received in_transit:refused in_transit:lost '
            'partly_received:received received:reconciled partly_received:reconciled refused:reconciled '
            'lost:reconciled', ' ')) THEN
        RAISE EXCEPTION 'a consignment does not go from % to %', OLD.state, NEW.state USING ERRCODE = refused;
    ELSIF (NEW.id, NEW.number, NEW.lab, NEW.purpose, NEW.packed_at)
            IS DISTINCT FROM (OLD.id, OLD.number, OLD.lab, OLD.purpose, OLD.packed_at)
        OR OLD.state NOT IN ('draft', 'packed') AND (NEW.manifest_sha256, NEW.document_sha256, NEW.courier, NEW.waybill,
                NEW.coldest, NEW.warmest, NEW.due_at, NEW.due_rule, NEW.due_calendar)
            IS DISTINCT FROM (OLD.manifest_sha256, OLD.document_sha256, OLD.courier, OLD.waybill,
                OLD.coldest, OLD.warmest, OLD.due_at, OLD.due_rule, OLD.due_calendar) THEN
        RAISE EXCEPTION 'consignment % is frozen', OLD.number USING ERRCODE = refused;
    ELSIF NEW.state = 'reconciled' AND EXISTS (SELECT FROM consignment_line
            WHERE consignment_id = NEW.id AND state IN ('expected', 'refused')) THEN
        RAISE EXCEPTION 'a unit of consignment % is not accounted for', OLD.number USING ERRCODE = refused;
    END IF;
    RETURN NEW;
END $$
"""
LINE_MOVES = """
CREATE FUNCTION consignment_line_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused CONSTANT text := 'integrity_constraint_violation';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a line of a consignment is never deleted' USING ERRCODE = refused;
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'expected'
                OR NOT EXISTS (SELECT FROM consignment WHERE id = NEW.consignment_id AND state = 'draft') THEN
            RAISE EXCEPTION 'the manifest of consignment % is closed', NEW.consignment_id USING ERRCODE = refused;
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state || ':' || NEW.state) = ANY (string_to_array(
            'expected:received expected:damaged expected:refused expected:missing expected:returned '
            'missing:received missing:damaged missing:refused refused:returned', ' ')) THEN
        RAISE EXCEPTION 'a line does not go from % to %', OLD.state, NEW.state USING ERRCODE = refused;
    ELSIF (NEW.id, NEW.consignment_id, NEW.unit_id, NEW.sample_id, NEW.blind_code, NEW.seal_no, NEW.category, NEW.items)
            IS DISTINCT FROM (OLD.id, OLD.consignment_id, OLD.unit_id, OLD.sample_id, OLD.blind_code, OLD.seal_no,
                OLD.category, OLD.items) THEN
        RAISE EXCEPTION 'what a line says stays as it was packed' USING ERRCODE = refused;
    END IF;
    RETURN NEW;
END $$
"""
REPLACED = (
    ("unit_moves", "registered:sealed ", "registered:sealed in_transit:sealed at_lab:sealed "),
    ("handover_continues", "'arrived', ", "'arrived', 'returned', "),
    ("handover_continues", "NEW.seal_ok)\n", "NEW.seal_ok, NEW.old_seal_no)\n"),
    ("handover_continues", "corrected.seal_ok)", "corrected.seal_ok, corrected.old_seal_no)"),
)
CHECKS = {
    "consignment": {
        "temperatures_in_order": "coldest <= warmest",
        "due_by_a_rule": "num_nulls(due_at, due_rule, due_calendar) IN (0, 3)",
    },
    "consignment_line": {
        "linestate": f"state IN ({', '.join(repr(one) for one in LINES)})",
        "settled_with_time": "(state = 'expected') = (settled_at IS NULL)",
        "settled_with_by": "(settled_at IS NULL) = (settled_by IS NULL)",
        "turned_down_with_reason": "state NOT IN ('damaged', 'refused') OR reason IS NOT NULL",
    },
    "handover": {"resealed_from_a_number": "(event = 'resealed') = (old_seal_no IS NOT NULL)"},
}


def upgrade() -> None:
    """Bring the schema forward; what a laboratory had received counts as settled when it was packed."""
    _one_of("consignment", "state", "consignmentstate", STATES)
    _one_of("handover", "event", "unitevent", EVENTS)
    _one_of("unit", "role", "role", ("A", "B", "C"))
    op.add_column("consignment", sa.Column("since", INSTANT, nullable=True))
    op.execute("UPDATE consignment SET since = packed_at")
    op.alter_column("consignment", "since", nullable=False)
    for column in _added():
        op.add_column("consignment", column)
    op.add_column("consignment_line", sa.Column("state", sa.String(40), nullable=True))
    for column in _line_added():
        op.add_column("consignment_line", column)
    op.execute(LINE_OF_BEFORE)
    op.alter_column("consignment_line", "state", nullable=False)
    comment = "the seal that another took the place of"
    op.add_column("handover", sa.Column("old_seal_no", sa.Text(), nullable=True, comment=comment))
    for table, rules in CHECKS.items():
        for name, rule in rules.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    _uniqueness()
    _links()
    for function, table in ((CONSIGNMENT_MOVES, "consignment"), (LINE_MOVES, "consignment_line")):
        op.execute(function)
        op.execute(
            f"CREATE TRIGGER moves BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_moves()"
        )
    for function, old, new in REPLACED:
        _replace(function, old, new)


def downgrade() -> None:
    """Take it back; a unit that was sent twice, or sealed anew, stands in the way."""
    for function, old, new in REPLACED:
        _replace(function, new, old)
    for table in ("consignment_line", "consignment"):
        op.execute(f"DROP TRIGGER moves ON {table}")
        op.execute(f"DROP FUNCTION {table}_moves()")
    op.drop_table("receipt_link")
    _uniqueness_back()
    _columns_back()


def _uniqueness_back() -> None:
    for name, table in (
        ("one_line_of_a_unit", "consignment_line"), ("one_line_of_a_code", "consignment_line"),
        ("one_whole_seal", "seal"), ("ix_seal_unit_id", "seal"),
    ):  # fmt: skip
        op.drop_index(op.f(name), table)
    for column in ("unit_id", "blind_code"):
        op.create_unique_constraint(op.f(f"uq_consignment_line_{column}"), "consignment_line", [column])
    op.create_unique_constraint(op.f("uq_seal_unit_id"), "seal", ["unit_id"])


def _columns_back() -> None:
    for table, rules in CHECKS.items():
        for name in rules:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.drop_column("handover", "old_seal_no")
    for column in ("state", *(one.name for one in _line_added())):
        op.drop_column("consignment_line", column)
    for column in ("since", *(one.name for one in _added())):
        op.drop_column("consignment", column)
    op.execute("UPDATE consignment SET state = 'handed_over' WHERE state = 'in_transit'")
    _one_of("consignment", "state", "consignmentstate", tuple(one for one in STATES if one != "in_transit"))
    _one_of("handover", "event", "unitevent", tuple(one for one in EVENTS if one not in ("resealed", "returned")))
    _one_of("unit", "role", "role", ("A", "B"))


def _added() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("document_sha256", sa.Text(), nullable=True, comment="of the printed manifest that left with it"),
        sa.Column("courier", sa.Text(), nullable=True),
        sa.Column("coldest", sa.Numeric(), nullable=True, comment="degrees Celsius to keep"),
        sa.Column("warmest", sa.Numeric(), nullable=True, comment="degrees Celsius to keep"),
        sa.Column("due_at", INSTANT, nullable=True, comment="by when the laboratory must have it"),
        sa.Column("due_rule", sa.Text(), nullable=True),
        sa.Column("due_calendar", sa.Text(), nullable=True),
        sa.Column("overdue_at", INSTANT, nullable=True, comment="when it was noticed that it is late"),
    )


def _line_added() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("temperature", sa.Numeric(), nullable=True, comment="degrees Celsius as it arrived"),
        sa.Column("photo", sa.Text(), nullable=True, comment="SHA-256 of the stored picture"),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
    )


def _uniqueness() -> None:
    """A unit has one whole seal and one live line at a time; before, it had one of each for ever."""
    op.drop_constraint(op.f("uq_seal_unit_id"), "seal", type_="unique")
    op.create_index(op.f("ix_seal_unit_id"), "seal", ["unit_id"])
    whole = sa.text("state IN ('applied', 'verified')")
    op.create_index("one_whole_seal", "seal", ["unit_id"], unique=True, postgresql_where=whole)
    for column, name in (("unit_id", "one_line_of_a_unit"), ("blind_code", "one_line_of_a_code")):
        op.drop_constraint(op.f(f"uq_consignment_line_{column}"), "consignment_line", type_="unique")
        live = sa.text("state <> 'returned'")
        op.create_index(name, "consignment_line", [column], unique=True, postgresql_where=live)


def _links() -> None:
    op.create_table(
        "receipt_link",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("consignment_id", sa.UUID(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("receiver", sa.Text(), nullable=True, comment="who takes the goods in, as they typed it"),
        sa.CheckConstraint(
            "num_nulls(revoked_at, revoked_by) IN (0, 2)", name=op.f("ck_receipt_link_revoked_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["consignment.id"], name=op.f("fk_receipt_link_consignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_link")),
    )  # fmt: skip
    op.create_index(op.f("ix_receipt_link_consignment_id"), "receipt_link", ["consignment_id"])


def _one_of(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({listed})")


def _replace(function: str, old: str, new: str) -> None:
    op.execute(f"""
        DO $do$
        DECLARE
            was text := pg_get_functiondef('{function}'::regproc);
        BEGIN
            IF position($s${old}$s$ IN was) = 0 THEN
                RAISE EXCEPTION '{function} is not as this revision knows it';
            END IF;
            EXECUTE replace(was, $s${old}$s$, $s${new}$s$);
        END $do$
    """)
