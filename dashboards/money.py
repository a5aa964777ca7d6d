"""The pages of a campaign's money: its sums, entries and reimbursements, and the form of what was paid by hand."""

from starlette.responses import Response

from dashboards.answer import file_response
from dashboards.ask import Ask
from dashboards.form import Done, Fault, Fields
from dashboards.views.money import load_money
from sampling.budget import MoneyKind, reimbursements
from sampling.campaign import Campaign
from sampling.cashbook import entries_csv, reimbursements_csv
from sampling.errors import IllegalMove, OverBudget, WrongEntry
from sampling.money import Money
from sampling.purchase import Purchase
from storage import accounts, advances, budget, campaigns, cashbook, purchases, samples
from storage.errors import NotFound
from storage.role import UserRole

CSV = "text/csv; charset=utf-8"
GIVEN = {MoneyKind.PREPAYMENT: advances.advance, MoneyKind.RETURNED: advances.take_back}
"""What goes between the office and a shopper, for no one order."""


def show(ask: Ask) -> Response:
    """The budget of a campaign: reserved, spent, refunded and left, with its entries."""
    return ask.page("office/money.html", load_money(ask.unit, ask.id("campaign")))


def entries(ask: Ask) -> Response:
    """Every entry of a campaign's money as a table."""
    campaign = campaigns.get(ask.unit, ask.id("campaign"))
    table = entries_csv(cashbook.entries(ask.unit, campaign.id), cashbook.codes(ask.unit, campaign.id))
    return file_response(table, f"{campaign.number}-money.csv", CSV)


def owed(ask: Ask) -> Response:
    """What each shopper is owed as a table."""
    campaign = campaigns.get(ask.unit, ask.id("campaign"))
    table = reimbursements_csv(reimbursements(cashbook.entries(ask.unit, campaign.id)))
    return file_response(table, f"{campaign.number}-reimbursements.csv", CSV)


def enter(ask: Ask) -> Response:
    """Enter what was paid, came back, was given to a shopper or by one, once for its receipt."""
    campaign = campaigns.get(ask.unit, ask.id("campaign"))
    fields = Fields({name: value for name, value in ask.form.items() if isinstance(value, str)})
    kind = fields.choice("kind", frozenset(MoneyKind))
    amount = Money(fields.amount("amount"), fields.text("currency", longest=3).upper())
    if amount.currency and amount.currency != campaign.budget.currency:
        fields.refuse("currency", Fault.OTHER_CURRENCY)
    fields.text("reference", longest=60)
    fields.text("note", longest=120, needed=False)
    if kind in GIVEN:
        _give(ask, campaign, fields, MoneyKind(kind), amount)
    elif kind in set(MoneyKind):
        _enter(ask, campaign, fields, MoneyKind(kind), amount)
    if not fields.form.ok:
        return ask.page("office/money.html", load_money(ask.unit, campaign.id), form=fields.form)
    return ask.go("money.show", Done.MONEY_ENTERED, campaign=campaign.id)


def _give(ask: Ask, campaign: Campaign, fields: Fields, kind: MoneyKind, amount: Money) -> None:
    shoppers = frozenset(one.name for one in accounts.list_users(ask.unit, UserRole.SHOPPER))
    shopper = fields.choice("shopper", shoppers)
    if not fields.form.ok:
        return
    reference, note = fields.values["reference"], fields.values.get("note", "")
    try:
        fresh = GIVEN[kind](
            ask.unit, campaign.id, shopper, amount, reference=reference, note=note, by=ask.by, at=ask.now
        )
    except OverBudget:
        fields.refuse("amount", Fault.OVER_BUDGET)
    except WrongEntry:
        fields.refuse("amount", Fault.NOT_GIVEN)
    else:
        _note_repeat(fields, fresh=fresh)


def _enter(ask: Ask, campaign: Campaign, fields: Fields, kind: MoneyKind, amount: Money) -> None:
    order = _order(ask, campaign, fields.text("sample", longest=40))
    if fields.values.get("sample") and order is None:
        fields.refuse("sample", Fault.NOT_ORDERED)
    if not fields.form.ok or order is None:
        return
    reference, note = fields.values["reference"], fields.values.get("note", "")
    try:
        if kind is MoneyKind.PAYMENT:
            fresh = budget.commit(ask.unit, order.id, amount, reference=reference, note=note, by=ask.by, at=ask.now)
        else:
            fresh = budget.enter(
                ask.unit, order.id, kind, amount, reference=reference, note=note, by=ask.by, at=ask.now
            )
    except OverBudget:
        fields.refuse("amount", Fault.OVER_BUDGET)
    except WrongEntry:
        fields.refuse("amount", Fault.NOT_PAID)
    except IllegalMove:
        fields.refuse("kind", Fault.ENTERED_ALREADY)
    else:
        _note_repeat(fields, fresh=fresh)


def _order(ask: Ask, campaign: Campaign, code: str) -> Purchase | None:
    try:
        sample = samples.by_code(ask.unit, code)
    except NotFound:
        return None
    orders = purchases.of_sample(ask.unit, sample.id) if sample.campaign_id == campaign.id else ()
    return orders[-1] if orders else None


def _note_repeat(fields: Fields, *, fresh: bool) -> None:
    if not fresh:
        fields.refuse("reference", Fault.ENTERED_ALREADY)
