"""Samples and purchases: codes that show a slip, orders that are found."""

from itertools import pairwise
from uuid import UUID

import pytest

from sampling.purchase import Purchase, PurchaseState, ShopOrder, find_order
from sampling.sample import ALPHABET, blind_code, blind_code_is_whole, sample_code
from tests.build import moment

ID = UUID(int=1)
PURCHASE = Purchase(ID, ID, "shopper", 2, PurchaseState.UNKNOWN, moment())


def order(number: str, *items: str) -> ShopOrder:
    return ShopOrder(number, f"http://shop/{number}", None, items, "placed")


# the shop's list, the numbers that belong to others: the order that is ours
FOUND = [
    ([], (), None),
    ([order("1", "a")], (), "1"),
    ([order("1", "b")], (), None),
    ([order("1", "b"), order("2", "b", "a")], (), "2"),
    ([order("1", "a")], ("1",), None),
    ([order("2", "a"), order("1", "a")], (), "1"),
    ([order("1", "a"), order("2", "a")], ("1",), "2"),
]


@pytest.mark.parametrize(("orders", "taken", "number"), FOUND)
def test_an_order_is_found_by_its_item_and_belongs_to_one(
    orders: list[ShopOrder], taken: tuple[str, ...], number: str | None
) -> None:
    found = find_order(PURCHASE, "a", tuple(orders), frozenset(taken))
    assert (found.order_no if found else None) == number


def test_codes_tell_the_year_and_the_number() -> None:
    assert sample_code(2026, 123) == "S26-000123"


@pytest.mark.parametrize("number", range(20))
def test_a_blind_code_shows_one_wrong_and_two_swapped_characters(number: int) -> None:
    code = blind_code(b"k" * 32, "campaign", f"mart:{number}", "first")
    assert len(code) == 10
    assert blind_code_is_whole(code)
    for place in range(1, 9):
        other = ALPHABET[(ALPHABET.index(code[place]) + 1) % len(ALPHABET)]
        assert not blind_code_is_whole(code[:place] + other + code[place + 1 :])
    for place, (a, b) in enumerate(pairwise(code[1:9]), start=1):
        # Characters whose values differ by the prime itself weigh the same.
        if (ALPHABET.index(a) - ALPHABET.index(b)) % 29:
            assert not blind_code_is_whole(code[:place] + b + a + code[place + 2 :])


def test_a_blind_code_follows_from_the_secret_and_from_nothing_that_is_published() -> None:
    codes = {
        blind_code(key, "campaign", listing, purpose)
        for key in (b"k" * 32, b"l" * 32)
        for listing in ("mart:1", "mart:2")
        for purpose in ("first", "retest")
    }
    assert len(codes) == 8


@pytest.mark.parametrize("code", ["", "B", "X" + "0" * 9, "B0000000", "B00000000!", "Bo0000000" + "0"])
def test_what_is_no_blind_code_is_not_whole(code: str) -> None:
    assert not blind_code_is_whole(code)
