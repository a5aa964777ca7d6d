"""Product pages turned into listings: mark-up, labels, rules, boxes, and which goes before which."""

from decimal import Decimal

import pytest

from platforms.markup import parsed, stated
from platforms.reading import Rules, categorised, read_listing
from sampling.money import Money

PRODUCT = """<script type="application/ld+json">{broken</script>
<script type="application/ld+json">[{"@type": "BreadcrumbList"}, 7]</script>
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": ["Thing", "Product"],
 "name": "Lamp", "brand": {"name": "Lux"}, "model": "L1", "sku": 77, "gtin13": "6900000000014", "image": true,
 "offers": [{"price": 12.5, "priceCurrency": "cny", "availability": "http://schema.org/InStock",
 "seller": {"name": "Shop A"}}]}]}</script>"""

MICRODATA = """<div itemscope itemtype="https://schema.org/Product"><h1 itemprop="name">Lamp</h1>
<span itemprop="brand" itemscope><b>by</b> <i itemprop="name">Lux</i></span>
<meta itemprop="gtin13 productID" content="6900000000014"><link itemprop="availability" href="https://schema.org/OutOfStock">
<p itemprop="offers" itemscope><span itemprop="price" content="12.50">twelve</span>
<meta itemprop="priceCurrency" content="CNY"><span itemprop="sku"></span></p></div>"""

OPEN_GRAPH = """<meta property="og:title" content="Lamp"><meta property="product:price:amount" content="12.50">
<meta property="product:price:currency" content="CNY"><meta property="og:type" content="product">"""


def values(html: str) -> dict[str, str]:
    return {name: found.value for name, found in stated(parsed(html)).items()}


def test_json_ld_is_read_past_broken_blocks() -> None:
    assert values(PRODUCT) == {
        "title": "Lamp",
        "brand": "Lux",
        "model": "L1",
        "sku": "77",
        "gtin": "6900000000014",
        "price": "12.5",
        "currency": "cny",
        "available": "yes",
        "seller": "Shop A",
    }


def test_microdata_and_open_graph_are_read() -> None:
    assert values(MICRODATA) == {
        "title": "Lamp",
        "brand": "Lux",
        "gtin": "6900000000014",
        "price": "12.50",
        "currency": "CNY",
        "available": "no",
    }
    assert values(OPEN_GRAPH) == {"title": "Lamp", "price": "12.50", "currency": "CNY"}
    assert values("") == {}


def test_a_scope_without_availability_says_nothing_of_it() -> None:
    html = '<div itemscope itemtype="http://schema.org/Product"><b itemprop="name">Lamp</b></div>'
    assert values(html) == {"title": "Lamp"}


def test_an_unknown_availability_and_a_range_in_json_ld() -> None:
    html = """<script type="application/ld+json">{"@type": "Product", "name": "Lamp", "brand": "Lux",
    "offers": {"@type": "AggregateOffer", "lowPrice": "5", "highPrice": "9", "priceCurrency": "CNY",
    "availability": "https://schema.org/Perhaps"}}</script>"""
    reading = read_listing(html, "http://shop.test/item/1", platform="p")
    assert reading.marked_price == Money(Decimal("5.00"), "CNY")
    assert reading.price_note == "range"
    assert reading.listing.sources["price"] == "json-ld"
    assert reading.listing.available is True  # inferred: there is a price, and nothing against it
    assert (reading.listing.sources["available"], reading.listing.sureness["available"]) == ("price alone", 40)


def test_a_page_without_a_product_states_nothing() -> None:
    html = '<script type="application/ld+json">{"@type": "Product", "name": "Lamp"}</script>'
    reading = read_listing(html, "http://shop.test/item/1", platform="p")
    assert reading.marked_price is None
    assert reading.price_note == "no_price"
    assert reading.missing == ("price", "seller", "brand", "model", "sku", "gtin", "batch", "available")


PAGE = """<h1>Lamp</h1><del class="price">¥99.00</del><p class="price">¥12.50</p><p class="stock">{stock}</p>
<table><tr><th>品牌 Brand：</th><td>Lux</td></tr><tr><th>Batch 批号</th><td>B1</td></tr><tr><td>one cell</td></tr>
<tr><th>条码</th><td>{gtin}</td></tr><tr><th>宣称 Claims</th><td>Bright</td></tr>
<tr><th>Colour</th><td>red</td></tr></table>
<img class="pic" data-src="/1.jpg"><img class="pic" src="/2.jpg"><img class="pic" src="/2.jpg"><img class="pic">"""

RULES = Rules(
    currency="CNY",
    selectors={"title": "h1", "availability": ".stock", "pictures": ".pic", "seller": ".nobody", "sku": "del:empty"},
)


def test_a_page_without_mark_up_is_read_by_its_labels() -> None:
    reading = read_listing(
        PAGE.format(stock="有货", gtin="690-0000000014"), "http://s.test/item/42", platform="p", rules=RULES
    )
    listing = reading.listing
    assert (listing.id, listing.title, listing.brand, listing.batch) == ("p:42", "Lamp", "Lux", "B1")
    assert listing.price == Money(Decimal("12.50"), "CNY")
    assert (listing.gtin, listing.claims, listing.available) == ("6900000000014", ("Bright",), True)
    assert listing.pictures == ("http://s.test/1.jpg", "http://s.test/2.jpg")
    assert listing.sources == {
        "title": "site rule",
        "brand": "page",
        "batch": "page",
        "claims": "page",
        "gtin": "page",
        "available": "site rule",
        "price": "page",
    }
    assert reading.missing == ("seller", "model", "sku")


STOCKS = [("In stock (3 available)", True), ("库存 Stock: 0", False), ("Unavailable", False), ("ask us", None)]


@pytest.mark.parametrize(("shown", "available"), STOCKS)
def test_availability_is_what_the_buyer_is_told(shown: str, available: bool | None) -> None:
    reading = read_listing(PAGE.format(stock=shown, gtin=""), "http://s.test/1", platform="p", rules=RULES)
    assert reading.listing.available is available


def test_a_wrong_check_digit_is_no_gtin_unless_the_mark_up_has_a_right_one() -> None:
    wrong = PAGE.format(stock="", gtin="6900000000015")
    assert read_listing(wrong, "http://s.test/1", platform="p", rules=RULES).listing.gtin is None
    listing = read_listing(wrong + PRODUCT, "http://s.test/1", platform="p", rules=RULES).listing
    assert (listing.gtin, listing.sources["gtin"]) == ("6900000000014", "json-ld")


def test_the_shown_price_goes_before_the_marked_up_one_and_both_are_kept() -> None:
    html = '<b class="price">¥10.00</b>' + PRODUCT
    reading = read_listing(html, "http://s.test/1", platform="p", rules=Rules(currency="CNY"))
    assert reading.listing.price == Money(Decimal("10.00"), "CNY")
    assert reading.marked_price == Money(Decimal("12.50"), "CNY")


def test_a_price_on_request_is_none_whatever_the_mark_up_says() -> None:
    html = '<b class="price">面议</b>' + PRODUCT
    reading = read_listing(html, "http://s.test/1", platform="p", rules=Rules(currency="CNY"))
    assert reading.listing.price is None
    assert reading.price_note == "on_request"


def test_an_address_that_is_no_item_gives_no_id() -> None:
    reading = read_listing("", "http://s.test/about", platform="p", rules=Rules(item_id=r"/item/(\d+)"))
    assert reading.listing.item_id == ""


def test_mark_up_of_several_kinds_is_joined_the_first_going_before() -> None:
    both = (
        PRODUCT + '<meta property="og:title" content="Another"><meta property="product:retailer_item_id" content=" ">'
    )
    assert values(both)["title"] == "Lamp"
    assert values(both)["sku"] == "77"


def test_a_site_s_own_place_of_the_price_is_the_only_one() -> None:
    html = '<h1>Lamp</h1><i class="mine">soon</i><i class="mine">¥5</i><b class="price">¥9.00</b>'
    rules = Rules(currency="CNY", selectors={"price": ".mine"})
    reading = read_listing(html, "http://s.test/1", platform="p", rules=rules)
    assert (str(reading.listing.price), reading.listing.sources["price"]) == ("5.00 CNY", "page")
    asked = read_listing(html.replace("soon", "面议"), "http://s.test/1", platform="p", rules=rules)
    assert asked.price_note == "on_request"
    none = read_listing("<h1>Lamp</h1>", "http://s.test/1", platform="p", rules=rules)
    assert (none.listing.price, none.price_note) == (None, "no_price")


def test_our_category_takes_the_place_of_the_shop_s() -> None:
    html = '<script type="application/ld+json">{"@type": "Product", "name": "Lamp", "category": "Lights"}</script>'
    reading = read_listing(html, "http://s.test/1", platform="p")
    assert categorised(reading, str.upper).listing.category == "LIGHTS"
    assert categorised(read_listing("", "http://s.test/1", platform="p"), str.upper).listing.category is None
