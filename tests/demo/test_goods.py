"""What the shops sell is as varied as the path needs it."""

from collections import Counter
from statistics import median

import pytest

from demo.goods import CATEGORIES, offers, products


def check_digit(gtin: str) -> int:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(gtin[:-1]))
    return -total % 10


def test_every_gtin_has_its_check_digit() -> None:
    assert [what.gtin for what in products().values() if check_digit(what.gtin) != int(what.gtin[-1])] == []


@pytest.mark.parametrize(("shop", "listings", "sellers"), [("oscar-mart", 40, 8), ("glow-mall", 16, 4)])
def test_a_shop_has_enough_listings_and_sellers_in_every_category(shop: str, listings: int, sellers: int) -> None:
    shown = offers(shop)
    assert len(shown) >= listings
    assert len({offer.seller.code for offer in shown}) >= sellers
    assert {offer.product.category for offer in shown} == set(CATEGORIES)


def test_products_are_offered_by_several_sellers_and_in_both_shops() -> None:
    sold = Counter(offer.product.model for offer in offers("oscar-mart"))
    assert sum(count > 1 for count in sold.values()) >= 3
    assert set(sold) & {offer.product.model for offer in offers("glow-mall")}


def test_some_prices_are_far_below_their_category() -> None:
    by_category: dict[str, list[float]] = {}
    for offer in offers("oscar-mart"):
        by_category.setdefault(offer.product.category, []).append(float(offer.price))
    low = [price for prices in by_category.values() for price in prices if price < 0.25 * median(prices)]
    assert len(low) >= 2
