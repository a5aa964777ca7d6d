"""The field: consents that end by themselves, sealed pictures of talk, and twins that are tested."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = """
CREATE OR REPLACE FUNCTION verdict_of_a_whole_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('provisional', 'confirmed') AND EXISTS (SELECT FROM unit
            WHERE sample_id = NEW.sample_id AND state = 'compromised' AND {tested}) THEN
        RAISE EXCEPTION 'the unit under this verdict is compromised' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
BY_ROLE = "role = CASE NEW.purpose WHEN 'first' THEN 'A' ELSE 'B' END"
BY_PLACE = """CASE WHEN EXISTS (SELECT FROM twin WHERE twin.unit_id = unit.id AND decided_at IS NOT NULL)
                THEN NEW.purpose = 'first'
            WHEN EXISTS (SELECT FROM twin WHERE lost_id = unit.id AND decided_at IS NOT NULL) THEN false
            ELSE role = CASE NEW.purpose WHEN 'first' THEN 'A' ELSE 'B' END END"""
CONSENTS = ("asked", "given", "denied", "ran_out", "moot")


def upgrade() -> None:
    """Give questions about changed offers an end; those that are open already go without one."""
    _consent_states(CONSENTS)
    comment = "none for a question that is older than the limit"
    op.add_column("consent", sa.Column("due_at", INSTANT, nullable=True, comment=comment))
    for name in ("due_rule", "due_calendar"):
        op.add_column("consent", sa.Column(name, sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_consent_due_by_a_rule"), "consent", "num_nulls(due_at, due_rule, due_calendar) IN (0, 3)"
    )
    comment = "false for a picture that is older than the sealing"
    op.add_column(
        "message", sa.Column("picture_sealed", sa.Boolean(), nullable=False, server_default="false", comment=comment)
    )
    op.alter_column("message", "picture_sealed", server_default=None)
    op.alter_column("message", "picture", comment="of what is stored, which is sealed")
    _twins()


def downgrade() -> None:
    """Take it back; a question that ran out, or a picture that is sealed, stands in the way."""
    op.execute(WHOLE.format(tested=BY_ROLE))
    op.drop_table("twin")
    op.create_check_constraint("none_sealed", "message", "NOT picture_sealed")
    op.drop_column("message", "picture_sealed")
    op.alter_column("message", "picture", comment=None)
    for name in ("due_calendar", "due_rule", "due_at"):
        op.drop_column("consent", name)
    _consent_states(tuple(one for one in CONSENTS if one != "ran_out"))


def _consent_states(values: tuple[str, ...]) -> None:
    name, listed = op.f("ck_consent_consentstate"), ", ".join(f"'{value}'" for value in values)
    op.drop_constraint(name, "consent", type_="check")
    op.create_check_constraint(name, "consent", f"state IN ({listed})")


def _twins() -> None:
    op.create_table(
        "twin",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sample_id", sa.UUID(), nullable=False),
        sa.Column("lost_id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.CheckConstraint("lost_id <> unit_id", name=op.f("ck_twin_another_unit")),
        sa.CheckConstraint("num_nulls(decided_by, decided_at) IN (0, 2)", name=op.f("ck_twin_decided_by_somebody")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_twin_sample_id")),
        sa.ForeignKeyConstraint(["lost_id"], ["unit.id"], name=op.f("fk_twin_lost_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_twin_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_twin")),
        sa.UniqueConstraint("sample_id", name=op.f("uq_twin_sample_id")),
        sa.UniqueConstraint("lost_id", name=op.f("uq_twin_lost_id")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_twin_unit_id")),
    )
    op.execute(
        "CREATE TRIGGER deleted BEFORE DELETE ON twin FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER decided BEFORE UPDATE ON twin FOR EACH ROW WHEN (OLD.decided_at IS NOT NULL) "
        "EXECUTE FUNCTION refuse_change()"
    )
    op.execute(WHOLE.format(tested=BY_PLACE))
