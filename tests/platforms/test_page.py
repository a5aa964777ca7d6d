# ruff: noqa: E501 (an example is one line)
"""A page's parts, its shown price and its availability, from small pages that each hold one difficulty."""

from decimal import Decimal

import pytest

from platforms.markup import parsed
from platforms.page import page_of
from platforms.part import Part, parts_of_class
from platforms.reading import Reading, read_listing
from sampling.evidence.layout import Box

HEAD = '<html lang="en"><head><title>Blue vase | Shop</title></head><body>'
VASE = HEAD + "<h1>Blue vase</h1>"
URL = "https://www.shop.com/p/1"


def read(html: str, url: str = URL) -> Reading:
    return read_listing(html, url, platform="p")


SHOWN = [
    # what stands below the heading, the price read, the note
    ("<p>Free shipping over $50</p><p>$19.99</p><button>Add to cart</button>", "19.99", None),
    ("<div>Now $15.00</div><div>Was $30.00</div><div>Save $15.00 (50%)</div>", "15.00", None),
    ("<p><span>RRP:</span> <span>$30.00</span></p><p><span>Our price:</span> <span>$15.00</span></p>", "15.00", None),
    ("<div>$<!-- -->1,299<!-- -->.<!-- -->50</div>", "1299.50", None),
    ("<div><span>$</span><span>12</span><span>.99</span></div><button>Buy now</button>", "12.99", None),
    ('<div class="price"><span>£</span><b>19</b><sup>99</sup></div>', "19.99", None),
    ('<span itemprop="price">Now $24.87</span><span>Was </span><span>$39.99</span>', "24.87", None),
    ('<div class="hero-price"><span>$1,099.99</span></div><p>$45.84/mo.</p><p>Was $1,299.99</p>', "1099.99", None),
    ('<div class="x-price">US $45.50</div><div class="x-price-approx">Approximately £36.02</div>', "45.50", None),
    ('<div class="price">$12.00 - $18.00</div>', "12.00", "range"),
    ('<p class="price"><span>$12.00</span> – <span>$18.00</span></p>', "12.00", "range"),
    ('<p class="price"><span>from</span> <b>$12.00</b></p>', "12.00", "from"),
    ("<div>£12.50 per pack of 6 (£2.08 per item)</div>", "12.50", None),
    ('<div>₹1,29,900</div><div>₹1,49,900</div><div>13% off</div><button>ADD TO CART</button>', "129900.00", None),
    ('<table class="tier-prices"><tr><td>10+</td><td>$4.50</td></tr></table><div class="price">$5.00</div>', "5.00", None),
    ('<select><option>Red $9.00</option></select><p class="price">$5.00</p>', "5.00", None),
    ('<p class="price" hidden>$9.00</p><p class="price">$5.00</p>', "5.00", None),
    ('<p class="price" style="display: none">$9.00</p><p class="price" style="color:red">$5.00</p>', "5.00", None),
    ('<p style="text-decoration: line-through">$9.00</p><p>$5.00</p>', "5.00", None),
    ('<div role="dialog"><p class="price">$9.00</p></div><p class="price">$5.00</p>', "5.00", None),
    ('<p class="price"><a href="/other">$9.00</a></p><p class="price"><a href="#now">$5.00</a></p>', "5.00", None),
    ('<div data-testid="product-price"><i>$5.00</i></div><i>$3.00</i>', "5.00", None),
    ('<p class="price">$5.00<script>$9.00</script></p>', "5.00", None),
    ('<p class="price">$0.00</p><p>$5.00</p>', "5.00", None),
    ('<p class="price">Call for price</p>', None, "on_request"),
    ('<p>Price on request</p><p>Ships from $4.99</p>', None, "on_request"),
    ('<div class="price"><img src="/price.php"></div>', None, "not_text"),
    ('<div class="product-price"><i class="loading"></i></div>', None, "not_text"),
    ('<div data-price-amount="12.5" data-price-type="oldPrice"></div>', None, "not_text"),
    ("<p>lovely</p>", None, "no_price"),
    ("<p><i>24,<i>99 €</i></i></p>", "24.99", None),
    ('<p class="price">$20.00</p><p>reg <b class="price">$25.00</b></p><meta itemprop="price" content="25.00">', "20.00", None),
    ('<svg class="price"><g><text>$9</text></g></svg><noscript><p class="price">$9.00</p></noscript><p>$5.00</p>', "5.00", None),
    ('<div class="price">$5.00 <i>and so it is until the very end of the month, when it may rise again for reasons that nobody knows but that '
     'are told at length in our terms and conditions of sale, on paper</i></div>', "5.00", None),
    ("<p><b>Free delivery with every order over</b> <i>$50.00</i></p><p><b>$5.00</b></p>", "5.00", None),
    ("<p>Free delivery over the <b>whole country, always</b> <i>$5.00</i></p>", "5.00", None),
]  # fmt: skip


@pytest.mark.parametrize(("below", "amount", "note"), SHOWN)
def test_the_shown_price_is_found(below: str, amount: str | None, note: str | None) -> None:
    reading = read(VASE + below)
    assert (reading.listing.price.amount if reading.listing.price else None) == (Decimal(amount) if amount else None)
    assert reading.price_note == note


def test_a_price_that_only_the_page_s_scripts_are_given_is_one_of_the_mark_up() -> None:
    html = VASE + '<div class="product-price" data-price="12.5"><i></i></div>'
    reading = read(html, "https://shop.de/1")
    assert (str(reading.listing.price), reading.listing.sources["price"]) == ("12.50 EUR", "data attribute")
    assert (reading.shown_price.note, reading.price_place) == ("not_text", "/html/body/div")


def test_the_price_after_coupons_is_noted() -> None:
    html = '<html lang="zh"><h1>花瓶</h1><div><i>券后价</i><b>¥</b><b>88.80</b></div><div>¥99.00</div>'
    reading = read(html, "https://item.example.cn/1")
    assert (str(reading.listing.price), reading.price_note) == ("88.80 CNY", "deal")
    long = "七天无理由退货，全国包邮，正品保证，假一赔十，极速退款，运费险，花呗支付，信用卡支付，蚂蚁森林能量，公益宝贝计划，七天价保，免费上门安装，以旧换新，电子发票"
    apart = f'<html lang="zh"><h1>花瓶</h1><div><i>券后价</i><b class="price">¥88.80</b><i>{long}</i></div>'
    assert read(apart, "https://item.example.cn/1").price_note == "deal"


def test_a_sign_and_a_number_apart_are_put_together() -> None:
    html = '<html lang="ja"><h1>花瓶 青</h1><p>価格 <b>12,800</b>円 (税込)</p><p>送料 880円</p><button>カートに入れる</button>'
    assert str(read(html, "https://store.co.jp/k").listing.price) == "12800.00 JPY"


def test_a_bare_amount_keeps_the_listing_without_a_price() -> None:
    reading = read('<h1>Blue vase</h1><p class="price">12.50</p>', "https://shop.example/1")
    assert (reading.listing.price, reading.price_note, reading.shown_price.bare) == (
        None,
        "no_currency",
        Decimal("12.50"),
    )


def test_other_goods_end_the_offer() -> None:
    page = page_of(parsed(VASE + '<p>one</p><div class="box-title"><b>Related products</b></div><p>$1</p>'))
    assert [bool(spot.part & Part.AWAY) for spot in page.spots] == [False, False, True, True]


def test_a_heading_of_other_goods_before_the_offer_ends_nothing() -> None:
    late = VASE + "<h2>You may also like</h2><p>tray</p><p>$5</p><button class='add-to-cart'>Buy now</button>"
    assert page_of(parsed(late)).end == 5
    sold = VASE + "<button class='add-to-cart'>Buy now</button><h2>You may also like</h2><p>tray</p>"
    assert page_of(parsed(sold)).end == 2


def test_words_of_the_body_itself_end_nothing() -> None:
    page = page_of(parsed(VASE + "<p>one</p></body></html>").body)
    assert page.end == len(page.spots)
    assert page_of(parsed("<body>Similar products<h1>Blue vase</h1></body>")).end == 2


def test_the_heading_is_the_one_the_document_is_named_for() -> None:
    page = page_of(parsed(HEAD + '<h1><a href="/">Shop</a></h1><h2>Blue vase</h2><h2></h2><div class="box">x</div>'))
    assert page.title is not None
    assert page.spots[page.title].text == "Blue vase"
    assert page_of(parsed("<p>x</p>")).title is None
    assert page_of(parsed('<b itemprop="name">x</b><i class="product-name">y</i>')).title is not None


TITLES = [
    ('<h4><a href="/jar">Jar, blue, a vase too</a></h4><p>Blue Vase</p>', "Blue Vase"),
    ('<p>Blue vase</p><a href="/jar"><h3>Jar</h3></a>', "Blue vase"),
    ('<h3><a href="#top">Vase in blue</a></h3>', "Vase in blue"),
    ("<h2>You may also like</h2><h3>Vase in blue</h3>", "Vase in blue"),
    ('<h2><a href="/jar">Jar</a></h2>', "Jar"),
]


@pytest.mark.parametrize(("body", "title"), TITLES)
def test_where_no_heading_names_it_the_title_is_the_text_that_does(body: str, title: str) -> None:
    page = page_of(parsed(HEAD + body))
    assert page.title is not None
    assert page.heading is not None
    assert " ".join(page.heading.text_content().split()) == title


CLASSES = [
    ("productPrice", Part.PRICE), ("old-price", Part.STRUCK | Part.PRICE), ("related_products", Part.AWAY | Part.WEAK),
    ("mini-cart-form", 0), ("mini-cart", Part.AWAY), ("stock in", Part.STOCK), ("", 0), ("unit-price", Part.ASIDE_PRICE | Part.PRICE),
]  # fmt: skip


@pytest.mark.parametrize(("names", "part"), CLASSES)
def test_classes_name_parts(names: str, part: int) -> None:
    assert parts_of_class(names) == part


STOCK = [
    ('<p class="stock out-of-stock">Out of stock</p><button disabled>Add to cart</button>', False),
    ("<button>Notify me when available</button>", False),
    ('<ul class="size-options"><li>S - Sold out</li></ul><button>Add to bag</button>', True),
    ('<span class="badge">Sold out</span><button>Add to bag</button>', True),
    ("<p>Availability: 0 in stock</p>", False),
    ("<p>12 in stock</p>", True),
    ("<p>In stock</p>", True),
    ("<p>Available in three colours of the finest glass that was ever blown</p>", True),
    ("<p>Sold out</p>", False),
    ("<p>Currently out of stock, sorry</p>", False),
    ("<p>Pickup currently unavailable at Depot</p><button class='btn-buy'></button>", True),
    ('<input type="text" value="Buy now"><input type="submit" value="Buy now">', True),
    ('<a href="#" class="add-to-cart is-disabled">Add to cart</a>', True),
    ('<div role="button">Buy now</div>', True),
    ('<div class="product-card"><button>Add to cart</button></div>', True),
    ('<p hidden>Sold out</p><button hidden>Buy now</button>', True),
    ("<p>Lieferzeit: 3 Tage</p>", True),
    ('<button class="add-to-cart"><i>Add to cart</i> <i>Sold out</i></button>', True),
    ("<button>Add to bag</button>" + "<p>x</p>" * 30 + '<ul class="stock"><li>Sold out</li></ul>', True),
    ('<ul class="stock"><li>Sold out</li></ul><button>Add to bag</button>', False),
    ('<div class="widget"><p>Notify me when it is available again</p></div>', False),
    ('<div class="widget"><p>Notify me when it is available again</p></div><button>Add to bag</button>', True),
]  # fmt: skip


@pytest.mark.parametrize(("below", "available"), STOCK)
def test_availability_is_weighed(below: str, available: bool) -> None:
    assert read(f'{VASE}<p class="price">$9.00</p>{below}').listing.available is available


def test_a_page_that_says_nothing_leaves_availability_open() -> None:
    assert read(VASE).listing.available is None


def test_a_word_that_may_be_hidden_does_not_outweigh_the_mark_up() -> None:
    marked = '<meta property="product:availability" content="instock">'
    reading = read(f"{marked}{VASE}<p>$9</p><p>Sold out today</p>")
    assert (reading.listing.available, reading.listing.sources["available"]) == (True, "page")
    assert read(f"{marked}{VASE}<p>$9</p>").listing.sources["available"] == "open-graph"


def box(text: str, y: int, size: int, place: str, *, struck: bool = False) -> Box:
    return Box(text, 10, y, 50, 20, size, 400, struck, place)


LAID = (
    VASE
    + '<div id="a"><p>$30.00</p><p>$15.00</p><p>$7.00</p></div><p>Sold out</p><button>Add to cart</button></body></html>'
)
BOXES = (
    box("Blue vase", 0, 30, "html>body>h1"),
    box("$30.00", 40, 14, "#a>p:nth-of-type(1)", struck=True),
    box("$15.00", 60, 28, "#a>p:nth-of-type(2)"),
    box("Add to cart", 90, 14, "html>body>button"),
)


def test_what_was_seen_decides() -> None:
    reading = read_listing(LAID, URL, platform="p", boxes=BOXES)
    assert str(reading.listing.price) == "15.00 USD"
    assert reading.price_box == BOXES[2]
    assert reading.price_place == "/html/body/div/p[2]"
    assert reading.listing.available is True  # `sold out` was not to be seen, the button was


def test_boxes_of_another_state_of_the_page_are_left_aside() -> None:
    others = tuple(
        box("elsewhere", 0, 10, place)
        for place in ("#none", "html>body>h1", "html>em", "#a>p:odd", "body", "#a>p:nth-of-type(9)")
    )
    reading = read_listing(LAID, URL, platform="p", boxes=others)
    assert reading.price_box is None


def test_a_number_that_agrees_with_the_mark_up_is_believed_though_it_stands_worse() -> None:
    block = '<script type="application/ld+json">{"@type":"Product","name":"Blue vase","offers":{"price":"30.00","priceCurrency":"USD"}}</script>'
    agreed = read(f'{VASE}{block}<p class="price">$25.00</p><p class="price">$30.00</p>')
    assert (str(agreed.listing.price), agreed.listing.sureness["price"]) == ("30.00 USD", 96)
    shown = read(f'{VASE}{block}<p class="price old">$30.00</p><p class="price">$25.00</p><button>Buy now</button>')
    assert (str(shown.listing.price), str(shown.marked_price), str(shown.listing.marked_price)) == (
        "25.00 USD", "30.00 USD", "30.00 USD",
    )  # fmt: skip
    faint = read(f"{VASE}{block}<p>$25.00 {'and more ' * 4}</p>")
    assert (str(faint.listing.price), faint.listing.sources["price"]) == ("30.00 USD", "json-ld")


def test_a_label_of_a_card_is_a_marked_price_and_one_without_a_currency_is_the_page_s() -> None:
    card = '<meta name="twitter:label1" content="Price"><meta name="twitter:data1" content="€12,50">'
    assert str(read(card + VASE).marked_price) == "12.50 EUR"
    plain = '<meta itemprop="price" content="12.50"><i itemprop="price" content="about 12"></i>'
    assert str(read(VASE + plain, "https://shop.de/1").marked_price) == "12.50 EUR"
    assert read(VASE.replace("en", "xx") + plain).marked_price is None
    assert read(VASE + '<i itemprop="price" content="soon"></i>', "https://shop.de/1").marked_price is None
    assert (
        str(read(VASE + '<i itemprop="price" content="$1,5 00"></i><i itemprop="priceCurrency">usd</i>').marked_price)
        == "None"
    )


def test_a_class_that_names_what_stands_beside_strikes_nothing() -> None:
    assert not parts_of_class("product-price with-list-price") & Part.STRUCK
    assert not parts_of_class("price-container price-final_price tax weee") & Part.ASIDE_PRICE


def test_a_picture_of_digits_is_read_by_what_is_read_out() -> None:
    page = page_of(parsed('<h1>Oil</h1><div role="img" aria-label="HK$ 68.50"><i></i></div>'))
    assert "HK$ 68.50" in [spot.text for spot in page.spots]
