"""Duplicates: a fourth unit that a second laboratory tests blind, and the methods that an order names."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())
# what stands in the function of before, and what stands there from now on
REPLACED = (
    ("NEW.category, NEW.items)", "NEW.category, NEW.items, NEW.methods)"),
    ("OLD.category, OLD.items)", "OLD.category, OLD.items, OLD.methods)"),
)
STAYS = """
CREATE FUNCTION duplicate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.refused_at IS NOT NULL
            OR (NEW.id, NEW.sample_id, NEW.drawn, NEW.planned_by, NEW.planned_at)
            IS DISTINCT FROM (OLD.id, OLD.sample_id, OLD.drawn, OLD.planned_by, OLD.planned_at) THEN
        RAISE EXCEPTION 'duplicate % is refused once and otherwise stays as it was planned', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Add the duplicates; an order of before names no method."""
    _roles("A", "B", "C", "D")
    comment = "item to the methods asked for; an item that is not in it may be tested by any"
    op.add_column("consignment_line", sa.Column("methods", JSON, nullable=False, server_default="{}", comment=comment))
    op.alter_column("consignment_line", "methods", server_default=None)
    for before, after in REPLACED:
        _replace(before, after)
    op.create_table(
        "duplicate",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sample_id", sa.UUID(), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False, comment="by lot; false where a person named the sample"),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True, comment="why it is not made after all"),
        sa.Column("refused_at", INSTANT, nullable=True),
        sa.CheckConstraint("num_nulls(refusal, refused_at) IN (0, 2)", name=op.f("ck_duplicate_refused_for_a_reason")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_duplicate_sample_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate")),
        sa.UniqueConstraint("sample_id", name=op.f("uq_duplicate_sample_id")),
    )
    op.execute(STAYS)
    op.execute(
        "CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON duplicate FOR EACH ROW EXECUTE FUNCTION duplicate_stays()"
    )


def downgrade() -> None:
    """Take them away; a unit that was sealed for one stands in the way."""
    op.drop_table("duplicate")
    op.execute("DROP FUNCTION duplicate_stays()")
    for before, after in REPLACED:
        _replace(after, before)
    op.drop_column("consignment_line", "methods")
    _roles("A", "B", "C")


def _roles(*values: str) -> None:
    name, listed = op.f("ck_unit_role"), ", ".join(f"'{value}'" for value in values)
    op.drop_constraint(name, "unit", type_="check")
    op.create_check_constraint(name, "unit", f"role IN ({listed})")


def _replace(before: str, after: str) -> None:
    op.execute(f"""
        DO $do$
        DECLARE
            was text := pg_get_functiondef('consignment_line_moves'::regproc);
        BEGIN
            IF position($s${before}$s$ IN was) = 0 THEN
                RAISE EXCEPTION 'consignment_line_moves is not as this revision knows it';
            END IF;
            EXECUTE replace(was, $s${before}$s$, $s${after}$s$);
        END $do$
    """)
