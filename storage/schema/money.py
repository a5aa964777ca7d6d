"""The money of campaigns: every movement, and the account that the database keeps from them by itself."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from sampling.budget import MoneyKind, MoneyStep
from storage.schema.base import Amount, Base, Instant, Ref, one_of

HOLDS = (
    "CASE step WHEN 'reserved' THEN held = amount WHEN 'committed' THEN held <= 0 WHEN 'released' THEN held = -amount "
    "ELSE held = 0 END"
)


class MoneyAccountRow(Base):
    """The sums of a campaign's entries in one currency; nothing but a trigger changes them."""

    __tablename__ = "money_account"
    __table_args__ = (
        CheckConstraint("reserved + spent - refunded <= budget + excess", name="never_overspent"),
        CheckConstraint("refunded <= spent", name="refunds_what_was_paid"),
        CheckConstraint(
            "budget >= 0 AND reserved >= 0 AND spent >= 0 AND refunded >= 0 AND advanced >= 0 AND excess >= 0",
            name="no_sum_below_zero",
        ),
    )

    campaign_id: Mapped[Ref] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    budget: Mapped[Amount]
    reserved: Mapped[Amount]
    spent: Mapped[Amount]
    refunded: Mapped[Amount]
    advanced: Mapped[Amount] = mapped_column(comment="given to shoppers and not returned")
    excess: Mapped[Amount] = mapped_column(comment="charged by shops beyond the budget, after the order stood")


class MoneyEntryRow(Base):
    """One movement of money; append-only, and entered once for its key."""

    __tablename__ = "money_entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "currency"], ["money_account.campaign_id", "money_account.currency"],
        ),
        CheckConstraint("amount >= 0", name="amount_has_no_sign"),
        CheckConstraint("(kind = 'payment') = (step <> 'entered')", name="kind_fits_step"),
        CheckConstraint(HOLDS, name="hold_fits_step"),
        CheckConstraint("(purchase_id IS NULL) = (kind IN ('prepayment', 'returned'))", name="for_an_order"),
        Index(None, "campaign_id", "place"),
        Index(None, "purchase_id", "place"),
        Index("one_reservation_an_order", "purchase_id", unique=True, postgresql_where="step = 'reserved'"),
        Index("a_hold_ends_once", "purchase_id", unique=True, postgresql_where="held < 0"),
    )  # fmt: skip

    place: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    campaign_id: Mapped[Ref]
    currency: Mapped[str]
    purchase_id: Mapped[Ref | None] = mapped_column(ForeignKey("purchase.id"))
    shopper: Mapped[str]
    kind: Mapped[MoneyKind] = mapped_column(one_of(MoneyKind))
    step: Mapped[MoneyStep] = mapped_column(one_of(MoneyStep))
    amount: Mapped[Amount]
    held: Mapped[Amount] = mapped_column(comment="by how much it changes what is reserved")
    key: Mapped[str] = mapped_column(unique=True)
    reference: Mapped[str] = mapped_column(
        server_default="", comment="the number of the receipt; empty where nobody entered one"
    )
    note: Mapped[str]
    by: Mapped[str]
    at: Mapped[Instant]
