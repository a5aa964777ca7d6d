"""Receipts: what a shopper gives back, the number of each receipt, and what an order cost that was learnt late."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ENTER = """
CREATE OR REPLACE FUNCTION enter_money() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was money_account;
    paid numeric := CASE WHEN NEW.step = 'committed' OR NEW.kind IN ('freight', 'fee') THEN NEW.amount ELSE 0 END;
    back numeric := CASE WHEN NEW.kind = 'refund' THEN NEW.amount ELSE 0 END;
    given numeric := CASE NEW.kind WHEN 'prepayment' THEN NEW.amount {returned}ELSE 0 END;
    over numeric;
BEGIN
    SELECT * INTO was FROM money_account
    WHERE campaign_id = NEW.campaign_id AND currency = NEW.currency FOR UPDATE;
    IF given > 0 AND was.advanced + given > was.budget + was.excess THEN
        RAISE EXCEPTION 'more would be given to shoppers than the budget' USING ERRCODE = 'check_violation';
    END IF;{own}
    over := greatest(was.reserved + NEW.held + was.spent + paid - was.refunded - back - was.budget, 0);
    UPDATE money_account SET
        reserved = reserved + NEW.held, spent = spent + paid, refunded = refunded + back, advanced = advanced + given,
        excess = CASE WHEN NEW.step = 'committed' THEN over ELSE least(excess, over) END
    WHERE campaign_id = NEW.campaign_id AND currency = NEW.currency;
    RETURN NULL;
END $$
"""
RETURNED = "WHEN 'returned' THEN -NEW.amount "
OWN = """
    IF given < 0 AND (
        SELECT sum(CASE kind WHEN 'prepayment' THEN amount ELSE -amount END) FROM money_entry
        WHERE campaign_id = NEW.campaign_id AND currency = NEW.currency AND shopper = NEW.shopper
        AND kind IN ('prepayment', 'returned')
    ) < 0 THEN
        RAISE EXCEPTION 'more would be returned than the shopper was given' USING ERRCODE = 'check_violation';
    END IF;"""
# Until here the number of a receipt stood in the key alone; what an order's page showed has none.
NUMBERS = """
UPDATE money_entry SET reference = regexp_replace(key, '^[^:]*:[^:]*:', '')
WHERE step = 'entered' AND note <> 'order_page'
"""
COSTS = """
UPDATE purchase SET paid = money_entry.amount, currency = money_entry.currency FROM money_entry
WHERE money_entry.purchase_id = purchase.id AND money_entry.step = 'committed' AND purchase.paid IS NULL
"""
KINDS = ("prepayment", "payment", "freight", "refund", "fee")
WITH_RETURN = ("prepayment", "returned", "payment", "freight", "refund", "fee")


def upgrade() -> None:
    """Let money be returned, keep the numbers of receipts, and what was committed, where the order lacks it."""
    _admit(*WITH_RETURN, without_order="kind IN ('prepayment', 'returned')")
    op.execute(ENTER.format(returned=RETURNED, own=OWN))
    comment = "the number of the receipt; empty where nobody entered one"
    op.add_column("money_entry", sa.Column("reference", sa.Text(), server_default="", nullable=False, comment=comment))
    op.execute("ALTER TABLE money_entry DISABLE TRIGGER append_only")
    op.execute(NUMBERS)
    op.execute("ALTER TABLE money_entry ENABLE TRIGGER append_only")
    op.alter_column("money_account", "advanced", comment="given to shoppers and not returned")
    op.execute(COSTS)


def downgrade() -> None:
    """Take the numbers away, that the keys still hold; money that was returned has no place before, and stops it."""
    op.alter_column("money_account", "advanced", comment="given to shoppers")
    op.drop_column("money_entry", "reference")
    op.execute(ENTER.format(returned="", own=""))
    _admit(*KINDS, without_order="kind = 'prepayment'")


def _admit(*kinds: str, without_order: str) -> None:
    listed = ", ".join(f"'{one}'" for one in kinds)
    rules = {"moneykind": f"kind IN ({listed})", "for_an_order": f"(purchase_id IS NULL) = ({without_order})"}
    for name, rule in rules.items():
        op.drop_constraint(op.f(f"ck_money_entry_{name}"), "money_entry", type_="check")
        op.create_check_constraint(op.f(f"ck_money_entry_{name}"), "money_entry", sa.text(rule))
