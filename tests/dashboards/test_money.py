"""The pages of a campaign's money: what they add up, what is entered once, and what is refused with a sentence."""

from decimal import Decimal

import pytest

from dashboards.form import Fault
from sampling.budget import MoneyKind, ReservationState
from sampling.money import Money
from sampling.purchase import PurchaseEvent
from storage import cashbook, purchases
from storage.database import Database
from storage.objects import Objects
from storage.unit import Unit
from tests.dashboards.conftest import Answer, Visitor, errors, send, template, view
from tests.dashboards.story import Story

REFUND = {"kind": "refund", "amount": "9.80", "currency": "CNY", "reference": "R1", "note": "=late"}


def cny(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def told(unit: Unit, objects: Objects) -> tuple[Story, str]:
    """Give a story with one order paid, one cancelled and one of an unknown amount, and the code of the paid one."""
    story = Story.begin(unit, objects)
    paid = story.ordered()
    cancelled = purchases.live(unit, story.ordered().id)
    assert cancelled is not None
    purchases.record(unit, cancelled.id, PurchaseEvent.CANCELLED, by="flow:custody", at=story.tick(), reason="refused")
    order = purchases.intend(unit, story.captured(), quantity=2, by="flow:purchase", at=story.tick())
    purchases.placed(unit, order.id, PurchaseEvent.PLACED, order_no="77", order_url="", paid=None, by="u", at=story.at)
    purchases.record(unit, order.id, PurchaseEvent.SHIPPED, by="flow:custody", at=story.tick())
    return story, paid.code


def test_the_page_adds_up_what_was_reserved_paid_and_given(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story, _ = told(unit, objects)
    client, place = visitor("coordinator"), f"/office/campaigns/{story.campaign.id}/money"
    given = {"kind": "prepayment", "shopper": "shopper", "amount": "150", "currency": "cny", "reference": "P1"}
    assert send(client, place, given).status_code == 303
    page = view(client.get(place))
    assert (page.account.spent, page.account.refunded, page.account.advanced) == (cny("199.60"), cny("0"), cny("150"))
    assert [(one.shopper, one.owed) for one in page.owed] == [("shopper", cny("49.60"))]
    assert [one.amount for one in page.refunds] == [cny("99.80")]
    assert [(one.order_no, one.amount) for one in page.unknown] == [("77", page.account.reserved)]
    assert (page.lines[0].entry.kind, page.lines[0].sample, page.earlier) == (MoneyKind.PREPAYMENT, "", 0)
    assert view(client.get(f"/office/campaigns/{story.campaign.id}")).account == page.account
    back = {"kind": "returned", "shopper": "shopper", "amount": "150.01", "currency": "CNY", "reference": "R9"}
    assert errors(send(client, place, back)) == {"amount": Fault.NOT_GIVEN}
    assert send(client, place, {**back, "amount": "30"}).status_code == 303
    assert [one.owed for one in view(client.get(place)).owed] == [cny("79.60")]
    purse = view(visitor("shopper").get("/shopper/money"))
    assert [(one.kind, one.amount) for one in purse.given] == [
        (MoneyKind.RETURNED, cny("30")), (MoneyKind.PREPAYMENT, cny("150")),
    ]  # fmt: skip
    owed = client.get(f"/office/campaigns/{story.campaign.id}/reimbursements.csv")
    assert owed.content.decode("utf-8-sig").splitlines()[1] == "shopper,199.60,0,120.00,79.60,CNY"


def test_a_receipt_is_entered_once(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story, code = told(unit, objects)
    client, place = visitor("officer"), f"/office/campaigns/{story.campaign.id}/money"
    assert send(client, place, {**REFUND, "sample": code}).status_code == 303
    again = send(client, place, {**REFUND, "sample": code})
    assert (again.status_code, errors(again)) == (400, {"reference": Fault.ENTERED_ALREADY})
    with database.unit() as unit:
        assert cashbook.account(unit, story.campaign.id).refunded == cny("9.80")
    lines = client.get(f"{place}.csv").content.decode("utf-8-sig").splitlines()
    assert lines[-1].endswith(f",entered,refund,9.80,0.00,CNY,{code},shopper,R1,'=late,user:officer")
    assert view(client.get(place)).lines[0].entry.reference == "R1"


def test_an_amount_that_no_page_told_is_entered_by_a_person(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story, _ = told(unit, objects)
    client, place = visitor("coordinator"), f"/office/campaigns/{story.campaign.id}/money"
    [unknown] = view(client.get(place)).unknown
    fields = {"kind": "payment", "sample": unknown.sample, "amount": "88", "currency": "CNY", "reference": "B1",
              "note": "by bank"}  # fmt: skip
    assert send(client, place, fields).status_code == 303
    assert view(client.get(place)).unknown == ()
    assert errors(send(client, place, fields)) == {"kind": Fault.ENTERED_ALREADY}
    with database.unit() as unit:
        orders = [one for one in purchases.of_campaign(unit, story.campaign.id) if one.order_no == "77"]
        now = cashbook.reservation(unit, orders[0].id)
        assert now is not None
        assert (now.state, now.paid) == (ReservationState.COMMITTED, cny("88"))
        assert orders[0].paid == cny("88")
        kept = cashbook.entries(unit, story.campaign.id)[-1]
        assert (kept.reference, kept.note) == ("B1", "by bank")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_cannot_be_entered_is_named(visitor: Visitor, database: Database, objects: Objects, language: str) -> None:
    with database.unit() as unit:
        story, code = told(unit, objects)
    client, place = visitor("coordinator"), f"/office/campaigns/{story.campaign.id}/money"
    client.cookies.set("language", language)
    wrong: dict[tuple[str, Fault], dict[str, str]] = {
        ("kind", Fault.MISSING): {"kind": ""},
        ("kind", Fault.NOT_OFFERED): {"kind": "gift"},
        ("sample", Fault.MISSING): {"sample": ""},
        ("sample", Fault.NOT_ORDERED): {"sample": "S99-000001"},
        ("amount", Fault.NOT_PAID): {"amount": "100"},
        ("amount", Fault.OVER_BUDGET): {"kind": "freight", "amount": "999999"},
        ("currency", Fault.OTHER_CURRENCY): {"kind": "prepayment", "shopper": "shopper", "currency": "EUR"},
        ("reference", Fault.MISSING): {"reference": ""},
        ("shopper", Fault.NOT_OFFERED): {"kind": "prepayment", "shopper": "lab"},
    }
    for (name, fault), changes in wrong.items():
        answer: Answer = send(client, place, {**REFUND, "sample": code, **changes})
        assert (answer.status_code, template(answer)) == (400, "office/money.html")
        assert errors(answer) == {name: fault}
    given = {"kind": "prepayment", "shopper": "shopper", "amount": "999999"}
    assert errors(send(client, place, {**REFUND, **given})) == {"amount": Fault.OVER_BUDGET}
    with database.unit() as unit:
        assert all(one.note != "=late" for one in cashbook.entries(unit, story.campaign.id))
