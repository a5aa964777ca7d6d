# ruff: noqa: E501 (an example is one line)
"""Offers as shops write them: sale and list prices, members' prices, tax, variants, and the address that chooses."""

from typing import Any

import pytest

from platforms.markup import parsed, stated
from platforms.product import product_fields

URL = "https://a.com/p/vase"


def specified(*prices: dict[str, Any], **offer: Any) -> dict[str, Any]:
    return {"offers": {"@type": "Offer", "priceSpecification": list(prices), **offer}}


LIST = {"priceType": "https://schema.org/ListPrice", "price": 40}
OFFERS: list[tuple[dict[str, Any], str]] = [
    ({"offers": {"PriceSpecification": {"Price": 995, "priceCurrency": "USD"}}}, "995"),
    (specified(LIST, {"price": 30}), "30"),
    (specified({"price": 35}, {"priceType": "SalePrice", "price": 30}), "30"),
    (specified(LIST, {"priceType": "SalePrice", "price": 30}, price=40), "30"),
    (specified(LIST, price=30), "30"),
    (specified({"price": 25, "validForMemberTier": {"name": "Gold"}}, {"price": 30}), "30"),
    (specified({"price": 25, "valueAddedTaxIncluded": False}, {"price": 30, "valueAddedTaxIncluded": True}), "30"),
    (specified({"price": 25, "valueAddedTaxIncluded": "false"}), "25"),
    ({"offers": [{"price": 25, "validForMemberTier": "Gold"}, {"price": 30}]}, "30"),
    ({"offers": [{"price": 25, "validForMemberTier": "Gold"}]}, "25"),
]


@pytest.mark.parametrize(("node", "price"), OFFERS)
def test_the_price_is_what_anybody_pays(node: dict[str, Any], price: str) -> None:
    assert product_fields(node, URL)["price"] == price


SIZES = [
    {"sku": "V-S", "offers": {"price": 5, "url": "/p/vase?variant=1"}},
    {"sku": "V-L", "offers": {"price": 7, "url": "/p/vase?variant=2"}},
]
SKUS: list[tuple[dict[str, Any], str, str]] = [
    ({"hasVariant": SIZES}, URL, ""),
    ({"hasVariant": SIZES}, f"{URL}?variant=2", "V-L"),
    ({"hasVariant": SIZES[:1]}, URL, "V-S"),
    ({"sku": "V", "hasVariant": SIZES}, URL, "V"),
    ({"offers": [{"sku": "A", "price": 5}, {"sku": "B", "price": 6}]}, URL, ""),
    ({"offers": [{"sku": "A", "price": 5, "url": "?variant=1"}, {"sku": "B", "price": 6}]}, f"{URL}?variant=1", "A"),
    ({"sku": "V", "offers": [{"price": 5, "url": "?variant=1"}]}, f"{URL}?variant=1", "V"),
    ({"productID": "sku:V-9"}, URL, "V-9"),
    ({"sku": "V", "url": "https://[shop]/p?variant=1"}, f"{URL}?variant=1", "V"),
]


@pytest.mark.parametrize(("node", "url", "sku"), SKUS)
def test_of_several_variants_none_gives_its_code_unless_the_address_names_it(
    node: dict[str, Any], url: str, sku: str
) -> None:
    assert product_fields(node, url).get("sku", "") == sku


def block(*nodes: str) -> str:
    return "<h1>Blue vase</h1>" + "".join(f'<script type="application/ld+json">{node}</script>' for node in nodes)


def test_of_several_products_the_one_that_the_address_asks_for_counts() -> None:
    page = block(
        '{"@type":"Product","name":"Blue vase","offers":{"price":"20","url":"/p/vase?variant=1"}}',
        '{"@type":"Product","name":"Vase, blue, big","offers":{"price":"32","url":"/p/vase?variant=2"}}',
    )
    assert stated(parsed(page), f"{URL}?variant=2")["price"].value == "32"
    assert stated(parsed(page), URL)["price"].value == "20"


def test_of_several_products_the_one_whose_address_is_the_page_s_counts() -> None:
    page = block(
        '[{"@type":"Product","name":"Blue vase","url":"/p/other","sku":"O"},{"@type":"product","name":"Vase &amp; co","url":"/p/vase/","sku":"V"}]'
    )
    found = stated(parsed(page), URL)
    assert (found["sku"].value, found["title"].value) == ("V", "Vase & co")


def test_a_block_whose_quotes_are_written_out_is_read() -> None:
    page = block(
        "{&quot;@type&quot;:&quot;Product&quot;,&quot;name&quot;:&quot;Blue vase&quot;,&quot;sku&quot;:&quot;V&quot;}"
    )
    assert stated(parsed(page), URL)["sku"].value == "V"


def test_of_a_product_of_variants_the_scripts_give_no_code() -> None:
    group = '{"@type":"ProductGroup","name":"Blue vase","hasVariant":[{"size":"S"},{"size":"L"}]}'
    state = '<script>x = {"name": "Blue vase", "sku": "V-S", "price": 5}</script>'
    assert "sku" not in stated(parsed(block(group) + state), URL)
    variants = '<script>x = {"variants": [{"name": "Blue vase S", "sku": "V-S", "price": 5}, {"name": "Blue vase L", "sku": "V-L"}]}</script>'
    assert "sku" not in stated(parsed("<h1>Blue vase</h1>" + variants), URL)
