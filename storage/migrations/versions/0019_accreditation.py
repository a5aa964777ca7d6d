"""Accreditation: what a laboratory's scope says, and when it was taken away."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())
APPEND_ONLY = ("scope_file", "scope_entry", "fallen_verdict")
BEFORE = ("lab", "scheme", "item", "method", "valid_from")
LINE = (
    "lab", "site", "scheme", "item", "matrix", "method", "edition", "low", "high", "unit", "valid_from", "recorded_at",
)  # fmt: skip
CHECKS = {
    "days_in_order": "valid_from <= valid_to",
    "range_in_order": "low <= high",
    "range_in_a_unit": "num_nonnulls(low, high) = 0 OR unit <> ''",
}
WITHDRAWAL_MOVES = """
CREATE FUNCTION withdrawal_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused CONSTANT text := 'integrity_constraint_violation';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'withdrawal % is never deleted', OLD.id USING ERRCODE = refused;
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            RAISE EXCEPTION 'a withdrawal begins as proposed' USING ERRCODE = refused;
        END IF;
    ELSIF OLD.state <> 'proposed' OR (NEW.id, NEW.lab, NEW.kind, NEW.from_day, NEW.to_day, NEW.scheme, NEW.item,
            NEW.method, NEW.reason, NEW.proposed_by, NEW.proposed_at) IS DISTINCT FROM
            (OLD.id, OLD.lab, OLD.kind, OLD.from_day, OLD.to_day, OLD.scheme, OLD.item,
            OLD.method, OLD.reason, OLD.proposed_by, OLD.proposed_at) THEN
        RAISE EXCEPTION 'what withdrawal % says stays as it was written', OLD.id USING ERRCODE = refused;
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Add what a line of a scope says more; what stood there before holds for every site, edition and value."""
    op.create_table(
        "scope_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_scope_file")),
    )
    comments = {"site": None, "matrix": "a category of goods, or *", "edition": None, "unit": None}
    for name, before in {"site": "", "matrix": "*", "edition": "*", "unit": ""}.items():
        column = sa.Column(name, sa.Text(), nullable=False, server_default=before, comment=comments[name])
        op.add_column("scope_entry", column)
        op.alter_column("scope_entry", name, server_default=None)
    for name in ("low", "high"):
        op.add_column("scope_entry", sa.Column(name, sa.Numeric(), nullable=True))
    op.add_column("scope_entry", sa.Column("file_sha256", sa.Text(), nullable=True))
    comment = "none: known with its first day"
    op.add_column("scope_entry", sa.Column("recorded_at", INSTANT, nullable=True, comment=comment))
    op.create_foreign_key(
        op.f("fk_scope_entry_file_sha256"), "scope_entry", "scope_file", ["file_sha256"], ["sha256"]
    )
    op.drop_constraint(op.f("uq_scope_entry_lab_scheme_item_method_valid_from"), "scope_entry", type_="unique")
    op.create_unique_constraint(
        op.f("scope_line_as_known"), "scope_entry", list(LINE), postgresql_nulls_not_distinct=True
    )
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_scope_entry_{name}"), "scope_entry", rule)
    _withdrawals()
    op.execute(WITHDRAWAL_MOVES)
    op.execute(
        "CREATE TRIGGER moves BEFORE INSERT OR UPDATE OR DELETE ON withdrawal FOR EACH ROW "
        "EXECUTE FUNCTION withdrawal_moves()"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Take it back; two lines that differ in what was added stand in the way."""
    op.drop_table("fallen_verdict")
    op.drop_table("withdrawal")
    op.execute("DROP FUNCTION withdrawal_moves()")
    op.execute("DROP TRIGGER append_only ON scope_entry")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_scope_entry_{name}"), "scope_entry", type_="check")
    op.drop_constraint("scope_line_as_known", "scope_entry", type_="unique")
    op.create_unique_constraint(op.f("uq_scope_entry_lab_scheme_item_method_valid_from"), "scope_entry", list(BEFORE))
    for name in ("site", "matrix", "edition", "unit", "low", "high", "file_sha256", "recorded_at"):
        op.drop_column("scope_entry", name)
    op.drop_table("scope_file")


def _withdrawals() -> None:
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("lab", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("from_day", sa.DATE(), nullable=False),
        sa.Column("to_day", sa.DATE(), nullable=True),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.CheckConstraint("from_day <= to_day", name=op.f("ck_withdrawal_days_in_order")),
        sa.CheckConstraint(
            "state <> 'carried_out' OR decided_by <> proposed_by", name=op.f("ck_withdrawal_four_eyes")
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) AND num_nulls(decided_by, decided_at) IN (0, 2)",
            name=op.f("ck_withdrawal_decided_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_withdrawal_refused_with_reason")
        ),
        sa.CheckConstraint("kind IN ('withdrawn', 'suspended')", name=op.f("ck_withdrawal_withdrawalkind")),
        sa.CheckConstraint(
            "state IN ('proposed', 'carried_out', 'refused')", name=op.f("ck_withdrawal_withdrawalstate")
        ),
        sa.ForeignKeyConstraint(["lab"], ["laboratory.code"], name=op.f("fk_withdrawal_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
    )
    op.create_table(
        "fallen_verdict",
        sa.Column("verdict_id", sa.UUID(), nullable=False),
        sa.Column("withdrawal_id", sa.UUID(), nullable=False),
        sa.Column("sample_id", sa.UUID(), nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("undone", JSON, nullable=False, comment="publications and notices taken back, by number"),
        sa.Column(
            "left", JSON, nullable=False, comment="what its life cycle does not let anybody take back, by number"
        ),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdict.id"], name=op.f("fk_fallen_verdict_verdict_id")),
        sa.ForeignKeyConstraint(["withdrawal_id"], ["withdrawal.id"], name=op.f("fk_fallen_verdict_withdrawal_id")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_fallen_verdict_sample_id")),
        sa.PrimaryKeyConstraint("verdict_id", name=op.f("pk_fallen_verdict")),
    )
    op.create_index(op.f("ix_fallen_verdict_sample_id"), "fallen_verdict", ["sample_id"])
