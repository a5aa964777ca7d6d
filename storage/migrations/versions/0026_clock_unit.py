"""Clock unit: a laboratory has a clock for each unit that it took, and a blind duplicate travels among first tests."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BEFORE, AFTER = ["sample_id", "party", "rule"], ["sample_id", "party", "rule", "unit_id"]
UNITS_OF_BEFORE = """
UPDATE deadline SET unit_id = unit.id FROM unit
WHERE unit.sample_id = deadline.sample_id AND unit.code = deadline.basis ->> 'unit'
"""
LATER_CLOCKS = """
DELETE FROM deadline USING deadline AS earlier
WHERE (earlier.sample_id, earlier.party, earlier.rule) = (deadline.sample_id, deadline.party, deadline.rule)
    AND earlier.id < deadline.id
"""
BLIND_DUPLICATES = """
UPDATE consignment SET purpose = '{to}' WHERE purpose = '{of}' AND state <> 'draft' AND NOT EXISTS (
    SELECT FROM consignment_line AS line JOIN unit ON unit.id = line.unit_id
    WHERE line.consignment_id = consignment.id AND unit.role <> 'D')
"""
MIXED = """
DO $do$
BEGIN
    IF EXISTS (SELECT FROM consignment_line AS line JOIN unit ON unit.id = line.unit_id
            JOIN consignment ON consignment.id = line.consignment_id
            WHERE unit.role = 'D' AND consignment.purpose = 'first') THEN
        RAISE EXCEPTION 'a blind duplicate travelled among first tests, which the revision before does not know';
    END IF;
END $do$
"""


def upgrade() -> None:
    """Name the unit of each clock; a consignment of duplicates says what its manifest always said."""
    op.add_column("deadline", sa.Column("unit_id", sa.UUID(), nullable=True, comment="whose report a laboratory owes"))
    op.create_foreign_key(op.f("fk_deadline_unit_id"), "deadline", "unit", ["unit_id"], ["id"])
    op.execute(UNITS_OF_BEFORE)
    op.drop_constraint(op.f("uq_deadline_sample_id_party_rule"), "deadline", type_="unique")
    name = op.f("uq_deadline_sample_id_party_rule_unit_id")
    op.create_unique_constraint(name, "deadline", AFTER, postgresql_nulls_not_distinct=True)
    _purposes(of="duplicate", to="first")


def downgrade() -> None:
    """Take it back: the first clock of a laboratory stays; a parcel of both kinds of units stands in the way."""
    _purposes(of="first", to="duplicate")
    op.execute(MIXED)
    op.execute(LATER_CLOCKS)
    op.drop_constraint(op.f("uq_deadline_sample_id_party_rule_unit_id"), "deadline", type_="unique")
    op.create_unique_constraint(op.f("uq_deadline_sample_id_party_rule"), "deadline", BEFORE)
    op.drop_column("deadline", "unit_id")


def _purposes(*, of: str, to: str) -> None:
    """What was packed says for ever what for: here alone it is put in other words."""
    op.execute("ALTER TABLE consignment DISABLE TRIGGER moves")
    op.execute(BLIND_DUPLICATES.format(of=of, to=to))
    op.execute("ALTER TABLE consignment ENABLE TRIGGER moves")
