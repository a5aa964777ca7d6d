"""Books: what one shop charged beyond the budget is no room for others; photos of too many pixels are refused."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ENTER = """
CREATE OR REPLACE FUNCTION enter_money() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was money_account;
    paid numeric := CASE WHEN NEW.step = 'committed' OR NEW.kind IN ('freight', 'fee') THEN NEW.amount ELSE 0 END;
    back numeric := CASE WHEN NEW.kind = 'refund' THEN NEW.amount ELSE 0 END;
    given numeric := CASE WHEN NEW.kind = 'prepayment' THEN NEW.amount ELSE 0 END;
    over numeric;
BEGIN
    SELECT * INTO was FROM money_account
    WHERE campaign_id = NEW.campaign_id AND currency = NEW.currency FOR UPDATE;
    IF given > 0 AND was.advanced + given > was.budget + was.excess THEN
        RAISE EXCEPTION 'more would be given to shoppers than the budget' USING ERRCODE = 'check_violation';
    END IF;
    over := greatest(was.reserved + NEW.held + was.spent + paid - was.refunded - back - was.budget, 0);
    UPDATE money_account SET
        reserved = reserved + NEW.held, spent = spent + paid, refunded = refunded + back, advanced = advanced + given,
        excess = CASE WHEN NEW.step = 'committed' THEN {charged} ELSE least(excess, over) END
    WHERE campaign_id = NEW.campaign_id AND currency = NEW.currency;
    RETURN NULL;
END $$
"""
EXCESS = "UPDATE money_account SET excess = greatest(reserved + spent - refunded - budget, 0)"
REFUSALS = ("empty_file", "file_too_large", "type_not_taken", "other_type", "cut_file", "changed_on_the_way")
ADDED = ("too_many_pixels", "too_many_files")
CUT = f"UPDATE transfer SET refusal = 'cut_file' WHERE refusal IN {ADDED}"


def upgrade() -> None:
    """Take as excess what is over the budget now, in accounts that are there and after each charge."""
    _admit(*REFUSALS, *ADDED)
    op.execute(ENTER.format(charged="over"))
    _without("kept", "money_account", EXCESS)


def downgrade() -> None:
    """Keep the largest excess there was; the sums are true under both rules."""
    op.execute(ENTER.format(charged="greatest(excess, over)"))
    _without("ended", "transfer", CUT)
    _admit(*REFUSALS)


def _admit(*refusals: str) -> None:
    listed = ", ".join(f"'{one}'" for one in refusals)
    op.drop_constraint(op.f("ck_transfer_refusal"), "transfer", type_="check")
    op.create_check_constraint(op.f("ck_transfer_refusal"), "transfer", sa.text(f"refusal IN ({listed})"))


def _without(trigger: str, table: str, statement: str) -> None:
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    op.execute(statement)
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
