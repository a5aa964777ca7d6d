"""Money: what campaigns reserve, pay and have back, in an account that refuses to be overspent.

Orders made before this are entered as they stand: what was paid, else what the frame says they cost. An order that was
cancelled after it was paid waits for its refund.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT, AMOUNT = sa.DateTime(timezone=True), sa.Numeric(14, 2)
HOLDS = (
    "CASE step WHEN 'reserved' THEN held = amount WHEN 'committed' THEN held <= 0 WHEN 'released' THEN held = -amount "
    "ELSE held = 0 END"
)
ENTER = """
CREATE FUNCTION enter_money() RETURNS trigger LANGUAGE plpgsql AS $$
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
        excess = CASE WHEN NEW.step = 'committed' THEN greatest(excess, over) ELSE least(excess, over) END
    WHERE campaign_id = NEW.campaign_id AND currency = NEW.currency;
    RETURN NULL;
END $$
"""
KEEP = """
CREATE FUNCTION keep_money() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (NEW.reserved, NEW.spent, NEW.refunded, NEW.advanced, NEW.excess) = (0, 0, 0, 0, 0) THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        -- The trigger of the entries stands above this one; whoever changes a sum by hand does not.
        IF pg_trigger_depth() > 1 OR (OLD.campaign_id, OLD.currency, OLD.reserved, OLD.spent, OLD.refunded,
            OLD.advanced, OLD.excess) = (NEW.campaign_id, NEW.currency, NEW.reserved, NEW.spent, NEW.refunded,
            NEW.advanced, NEW.excess) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the sums of an account follow from its entries' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
ACCOUNTS = """
INSERT INTO money_account (campaign_id, currency, budget, reserved, spent, refunded, advanced, excess)
SELECT id, currency, budget, 0, 0, 0, 0, 0 FROM campaign
WHERE EXISTS (SELECT FROM sample JOIN purchase ON purchase.sample_id = sample.id WHERE sample.campaign_id = campaign.id)
"""
ENTRIES = """
WITH known AS (
    SELECT purchase.id, campaign.id AS campaign_id, campaign.currency, purchase.shopper, purchase.state,
        purchase.intended_at, CASE WHEN purchase.currency = campaign.currency THEN purchase.paid END AS paid,
        CASE WHEN frame_listing.currency = campaign.currency THEN frame_listing.price * purchase.quantity END AS framed
    FROM purchase JOIN sample ON sample.id = purchase.sample_id JOIN campaign ON campaign.id = sample.campaign_id
    LEFT JOIN frame_listing
    ON frame_listing.campaign_id = sample.campaign_id AND frame_listing.listing_id = sample.listing_id
), held AS (
    SELECT *, coalesce(paid, framed, 0) AS amount FROM known
    WHERE state <> 'failed' AND (state <> 'cancelled' OR paid IS NOT NULL)
), stepped AS (
    SELECT *, 1 AS turn, 'reserved' AS step, amount AS moved FROM held
    UNION ALL SELECT *, 2, 'committed', -amount FROM held WHERE paid IS NOT NULL
    UNION ALL SELECT *, 3, 'settled', 0 FROM held WHERE paid IS NOT NULL AND state = 'delivered'
)
INSERT INTO money_entry (campaign_id, currency, purchase_id, shopper, kind, step, amount, held, key, note, by, at)
SELECT campaign_id, currency, id, shopper, 'payment', step, CASE turn WHEN 3 THEN 0 ELSE amount END, moved,
    step || ':' || id, '', 'flow:purchase', intended_at
FROM stepped ORDER BY intended_at, id, turn
"""
TOTALS = """
UPDATE money_account SET reserved = found.reserved, spent = found.spent,
    excess = greatest(found.reserved + found.spent - budget, 0)
FROM (
    SELECT campaign_id, sum(held) AS reserved, coalesce(sum(amount) FILTER (WHERE step = 'committed'), 0) AS spent
    FROM money_entry GROUP BY campaign_id
) AS found WHERE found.campaign_id = money_account.campaign_id
"""


def upgrade() -> None:
    """Make the tables, enter what was ordered so far, and close them to every other hand."""
    op.create_table(
        "money_account",
        sa.Column("campaign_id", sa.UUID(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("budget", AMOUNT, nullable=False),
        sa.Column("reserved", AMOUNT, nullable=False),
        sa.Column("spent", AMOUNT, nullable=False),
        sa.Column("refunded", AMOUNT, nullable=False),
        sa.Column("advanced", AMOUNT, nullable=False, comment="given to shoppers"),
        sa.Column(
            "excess", AMOUNT, nullable=False, comment="charged by shops beyond the budget, after the order stood"
        ),
        sa.CheckConstraint(
            "reserved + spent - refunded <= budget + excess", name=op.f("ck_money_account_never_overspent")
        ),
        sa.CheckConstraint("refunded <= spent", name=op.f("ck_money_account_refunds_what_was_paid")),
        sa.CheckConstraint(
            "budget >= 0 AND reserved >= 0 AND spent >= 0 AND refunded >= 0 AND advanced >= 0 AND excess >= 0",
            name=op.f("ck_money_account_no_sum_below_zero"),
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_money_account_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "currency", name=op.f("pk_money_account")),
    )
    op.create_table(
        "money_entry",
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("campaign_id", sa.UUID(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("purchase_id", sa.UUID(), nullable=True),
        sa.Column("shopper", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("held", AMOUNT, nullable=False, comment="by how much it changes what is reserved"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('prepayment', 'payment', 'freight', 'refund', 'fee')", name=op.f("ck_money_entry_moneykind")
        ),
        sa.CheckConstraint(
            "step IN ('reserved', 'committed', 'settled', 'released', 'entered')",
            name=op.f("ck_money_entry_moneystep"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_money_entry_amount_has_no_sign")),
        sa.CheckConstraint("(kind = 'payment') = (step <> 'entered')", name=op.f("ck_money_entry_kind_fits_step")),
        sa.CheckConstraint(HOLDS, name=op.f("ck_money_entry_hold_fits_step")),
        sa.CheckConstraint("(purchase_id IS NULL) = (kind = 'prepayment')", name=op.f("ck_money_entry_for_an_order")),
        sa.ForeignKeyConstraint(
            ["campaign_id", "currency"], ["money_account.campaign_id", "money_account.currency"],
            name=op.f("fk_money_entry_campaign_id_currency"),
        ),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase.id"], name=op.f("fk_money_entry_purchase_id")),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_money_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_money_entry_key")),
    )  # fmt: skip
    op.create_index(op.f("ix_money_entry_campaign_id_place"), "money_entry", ["campaign_id", "place"])
    op.create_index(op.f("ix_money_entry_purchase_id_place"), "money_entry", ["purchase_id", "place"])
    for name, where in (("one_reservation_an_order", "step = 'reserved'"), ("a_hold_ends_once", "held < 0")):
        op.create_index(name, "money_entry", ["purchase_id"], unique=True, postgresql_where=sa.text(where))
    for statement in (ACCOUNTS, ENTRIES, TOTALS, ENTER, KEEP):
        op.execute(statement)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON money_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("CREATE TRIGGER entered AFTER INSERT ON money_entry FOR EACH ROW EXECUTE FUNCTION enter_money()")
    op.execute(
        "CREATE TRIGGER kept BEFORE INSERT OR UPDATE OR DELETE ON money_account "
        "FOR EACH ROW EXECUTE FUNCTION keep_money()"
    )


def downgrade() -> None:
    """Take it back; the orders stay with what was paid for them."""
    op.drop_table("money_entry")
    op.drop_table("money_account")
    for function in ("enter_money", "keep_money"):
        op.execute(f"DROP FUNCTION {function}()")
