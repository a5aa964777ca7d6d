"""Intake: results that a hundred thousand at a time are stored under the same rules."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CODES = ("blind_code", "item", "method")
OLD_KEY = ("report_id", "blind_code", "item", "method", "replicate")
KEY = ("blind_code", "report_id", "item", "method", "replicate")
REFERENCES = (("report_id", "report"), ("sample_id", "sample"))


def upgrade() -> None:
    """Compare codes byte by byte, and look for the rows that results name once a statement, not once a row."""
    for column in CODES:
        op.alter_column(
            "result", column, type_=sa.Text(collation="C"), existing_type=sa.Text(), existing_nullable=False
        )
    # Led by the blind code, the key finds a sample's results as well: one index less for every row.
    op.drop_constraint(op.f(f"uq_result_{'_'.join(OLD_KEY)}"), "result", type_="unique")
    op.create_unique_constraint(op.f(f"uq_result_{'_'.join(KEY)}"), "result", KEY)
    op.drop_index(op.f("ix_result_sample_id"), table_name="result")
    for column, _ in REFERENCES:
        op.drop_constraint(op.f(f"fk_result_{column}"), "result", type_="foreignkey")
        said = f"{column.removesuffix('_id')}.id, looked for once a statement"
        op.alter_column("result", column, comment=said, existing_type=sa.UUID(), existing_nullable=False)
    absent = " ".join(
        f"IF EXISTS (SELECT FROM (SELECT DISTINCT {column} AS id FROM fresh) AS named "
        f"WHERE NOT EXISTS (SELECT FROM {table} WHERE {table}.id = named.id)) THEN "
        f"RAISE foreign_key_violation USING MESSAGE = 'fk_result_{column}: there is no such {table}'; END IF;"
        for column, table in REFERENCES
    )
    op.execute(
        f"CREATE FUNCTION result_refers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {absent} RETURN NULL; END $$"
    )
    # Results never change and neither reports nor samples are ever deleted, so what holds at insertion holds for good.
    op.execute(
        "CREATE TRIGGER refers AFTER INSERT ON result REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT "
        "EXECUTE FUNCTION result_refers()"
    )
    op.execute("CREATE TRIGGER never_deleted BEFORE DELETE ON sample FOR EACH ROW EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    """Look at every row again."""
    op.execute("DROP TRIGGER never_deleted ON sample")
    op.execute("DROP TRIGGER refers ON result")
    op.execute("DROP FUNCTION result_refers()")
    op.create_index(op.f("ix_result_sample_id"), "result", ["sample_id"])
    op.drop_constraint(op.f(f"uq_result_{'_'.join(KEY)}"), "result", type_="unique")
    op.create_unique_constraint(op.f(f"uq_result_{'_'.join(OLD_KEY)}"), "result", OLD_KEY)
    for column, table in REFERENCES:
        op.alter_column("result", column, comment=None, existing_type=sa.UUID(), existing_nullable=False)
        op.create_foreign_key(op.f(f"fk_result_{column}"), "result", table, [column], ["id"])
    for column in CODES:
        op.alter_column(
            "result", column, type_=sa.Text(collation="default"), existing_type=sa.Text(), existing_nullable=False
        )
