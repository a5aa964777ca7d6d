"""What differs between the draw and the payment decides whether a person is asked before the offer is bought."""

from decimal import Decimal

import pytest

from sampling.evidence.comparison import Change, fields_changed
from sampling.evidence.payment import DEARER, DECISIVE, questioned
from sampling.money import Money

DRAWN = {"title": "Lamp", "seller": "Hua Guang", "sku": "L-1", "gtin": "6901234567892", "price": "129.00 CNY"}


@pytest.mark.parametrize(
    ("at_payment", "reason"),
    [
        ({}, None),
        ({"price": "149.00 CNY"}, None),
        ({"title": "Lamp, new in the shop", "claims": "CCC", "price": "99.00 CNY"}, None),
        ({"seller": "hua  guang"}, None),
        ({"model": "M-2"}, None),
        ({"sku": None}, None),
        ({"seller": "Ming Deng"}, "seller_changed"),
        ({"sku": "L-2"}, "goods_changed"),
        ({"gtin": "6901234567885", "price": "99.00 CNY"}, "goods_changed"),
        ({"seller": "Ming Deng", "sku": "L-2"}, "seller_changed"),
    ],
)
def test_another_seller_or_other_goods_are_asked_about(at_payment: dict[str, str | None], reason: str | None) -> None:
    said = {name: value for name, value in {**DRAWN, **at_payment}.items() if value is not None}
    assert asked(fields_changed(DRAWN, said)) == reason


@pytest.mark.parametrize("name", DECISIVE)
def test_each_field_that_names_seller_or_goods_decides_alone(name: str) -> None:
    assert asked(fields_changed({name: "one"}, {name: "other"})) == DECISIVE[name]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("100.00 CNY", "120.00 CNY", None),
        ("100.00 CNY", "120.01 CNY", DEARER),
        ("100.00 CNY", "1.00 CNY", None),
        ("0.00 CNY", "0.01 CNY", DEARER),
        ("100.00 CNY", "500.00 USD", None),
        (None, "500.00 CNY", None),
        ("100.00 CNY", None, None),
    ],
)
def test_a_price_that_rose_too_far_is_asked_about(before: str | None, after: str | None, reason: str | None) -> None:
    assert asked((), before, after) == reason


def asked(changes: tuple[Change, ...], before: str | None = None, after: str | None = None) -> str | None:
    return questioned(changes, before=money(before), after=money(after), most_percent=20)


def money(text: str | None) -> Money | None:
    return Money(Decimal(text.split()[0]), text.split()[1]) if text else None
