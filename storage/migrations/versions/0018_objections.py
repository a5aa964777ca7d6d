"""Objections: the one supplement, who pays for a re-test, and every date with the rule it was counted by."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ADDED = ("supplement_asked", "supplemented")
STATES = (
    "lodged", "late", "refused", *ADDED, "accepted", "upheld", "dismissed", "reinspect", "reinspect_pass",
    "reinspect_fail", "withdrawn", "closed",
)  # fmt: skip
CHECKS = {
    "supplement_with_time": "(supplement IS NULL) = (supplemented_at IS NULL)",
    "supplement_was_asked": "supplement IS NULL OR asked IS NOT NULL",
    "terms_agreed_together": "(policy IS NULL) = (fee_advanced_by IS NULL)",
    "fee_was_advanced": "fee_borne_by IS NULL OR fee_advanced_by IS NOT NULL",
}


def upgrade() -> None:
    """Add what an objection did not hold; those of before keep the one date they have."""
    _states(STATES)
    for column in _columns():
        op.add_column("objection", column)
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_objection_{name}"), "objection", rule)
    op.create_table(
        "objection_date",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("objection_id", sa.UUID(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rulebook", sa.Text(), nullable=False),
        sa.Column("calendar_version", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objection.id"], name=op.f("fk_objection_date_objection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_date")),
        sa.UniqueConstraint("objection_id", "rule", name=op.f("uq_objection_date_objection_id_rule")),
    )  # fmt: skip
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON objection_date FOR EACH ROW "
        "EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Take it back; an objection whose supplement is under way stands in the way."""
    op.drop_table("objection_date")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_objection_{name}"), "objection", type_="check")
    for column in _columns():
        op.drop_column("objection", column.name)
    _states(tuple(state for state in STATES if state not in ADDED))


def _columns() -> "tuple[sa.Column[object], ...]":
    return (
        sa.Column("asked", sa.Text(), nullable=True, comment="what a supplement was asked for"),
        sa.Column("supplement", sa.Text(), nullable=True),
        sa.Column("supplemented_at", INSTANT, nullable=True),
        sa.Column("policy", sa.Text(), nullable=True, comment="by which a re-test that was ordered is weighed"),
        sa.Column("fee_advanced_by", sa.Text(), nullable=True),
        sa.Column("fee_borne_by", sa.Text(), nullable=True),
    )


def _states(values: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    op.drop_constraint(op.f("ck_objection_objectionstate"), "objection", type_="check")
    op.create_check_constraint(op.f("ck_objection_objectionstate"), "objection", f"state IN ({listed})")
