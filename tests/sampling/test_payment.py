"""What differs between the draw and the payment decides whether the drawn offer is still there to be bought."""

import pytest

from sampling.evidence.comparison import fields_changed
from sampling.evidence.payment import DECISIVE, lost_for

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
def test_another_seller_or_other_goods_lose_the_drawn_offer(
    at_payment: dict[str, str | None], reason: str | None
) -> None:
    said = {name: value for name, value in {**DRAWN, **at_payment}.items() if value is not None}
    assert lost_for(fields_changed(DRAWN, said)) == reason


@pytest.mark.parametrize("name", DECISIVE)
def test_each_field_that_names_seller_or_goods_decides_alone(name: str) -> None:
    assert lost_for(fields_changed({name: "one"}, {name: "other"})) == DECISIVE[name]
