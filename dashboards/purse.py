"""A shopper's own money: what was paid, what came back, what was given and is still owed."""

from uuid import UUID

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.form import Done, Fault, Fields
from dashboards.views.purse import Purse, load_purse
from sampling.errors import WrongEntry
from sampling.money import Money
from storage.acts import purchasing


def show(ask: Ask) -> Response:
    """My money."""
    return ask.page("shopper/money.html", load_purse(ask.unit, ask.who.name))


def give_back(ask: Ask) -> Response:
    """Enter what a shop gave back for one of my orders, once for its reference."""
    purse = load_purse(ask.unit, ask.who.name)
    fields = Fields({name: value for name, value in ask.form.items() if isinstance(value, str)})
    order = fields.choice("order", frozenset(str(one.purchase_id) for one in purse.paid))
    amount, reference = fields.amount("amount"), fields.text("reference", longest=60)
    if fields.form.ok:
        _enter(ask, fields, purse, UUID(order), Money(amount, purse.currency_of(order)), reference)
    if not fields.form.ok:
        return ask.page("shopper/money.html", purse, form=fields.form)
    return ask.go("purse.show", Done.MONEY_ENTERED)


def _enter(ask: Ask, fields: Fields, purse: Purse, order: UUID, amount: Money, reference: str) -> None:
    try:
        fresh = purchasing.give_back(ask.unit, order, ask.who.name, amount, reference=reference, by=ask.by, at=ask.now)
    except WrongEntry:
        fields.refuse("amount", Fault.NOT_PAID)
    else:
        if not fresh:
            fields.refuse("reference", Fault.ENTERED_ALREADY)
