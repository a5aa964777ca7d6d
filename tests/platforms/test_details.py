# ruff: noqa: E501 (an example is one line)
"""Labels, licences, counts and pictures as pages print them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from platforms.codes import code_of, gtin_of
from platforms.details import counted, picture_hashes
from platforms.fields import label_of
from platforms.reading import Reading, Rules, read_listing
from platforms.record import reading_record
from sampling.evidence.exchange import Exchange
from tests.platforms.test_page import BOXES, LAID

URL = "https://www.shop.com/p/1"


def read(below: str, url: str = URL) -> Reading:
    return read_listing(f"<h1>Blue vase</h1>{below}", url, platform="p")


SKUS = [
    ("<p>SKU: AB-100</p>", "AB-100"), ("<p>SKU AB-100</p>", "AB-100"), ("<p>(SKU# AB-100)</p>", "AB-100"),
    ("<p>Art.-Nr.: 12.345.67</p>", "12.345.67"), ("<dl><dt>Article no.</dt><dd>BV 100-2</dd></dl>", "BV 100-2"),
    ("<p>Varenr. 20418-SOL</p>", "20418-SOL"), ("<p>Item # 4711</p>", "4711"), ("<p>货号：XX-9</p>", "XX-9"),
    ("<tr><td>商品编号</td><td>100123</td></tr>", "100123"), ("<p>品番：KB-12</p>", "KB-12"),
    ("<p><b>Réf.</b> <i>:</i> <i>TAS-REN</i></p>", "TAS-REN"), ("<p>Model: M1 | SKU: AB-9 | In stock</p>", "AB-9"),
    ('<p>Nice. <i class="product-code-value">UTW-057</i></p>', "UTW-057"), ("<p>SKU: N/A</p>", None),
    ("<p>SKU:</p><p>Brand:</p><p>Lux</p>", None), ("<p>SKU:</p>", None), ("<p>SKU is lovely</p>", None),
    ("<p>Style</p><div><div><div><div><p>A1</p></div></div></div></div>", None), ("<p>Kind: SKU</p>", None),
    ("<footer>SKU: F-1</footer>", None), ("<p>Order number</p>" + "<p>:</p><p>:</p>", None), ("<p>CODE</p>", None),
]  # fmt: skip


@pytest.mark.parametrize(("below", "sku"), SKUS)
def test_the_number_of_the_goods_is_read_by_its_label(below: str, sku: str | None) -> None:
    assert read(below).listing.sku == sku


def test_the_address_names_the_number_only_by_its_label() -> None:
    asked = read("", "https://s.com/p?sku=AB-77&x=1").listing
    assert (asked.sku, asked.sources["sku"], asked.sureness["sku"]) == ("AB-77", "address", 60)
    assert read("", "https://s.com/p/AB-77").listing.sku is None


FIELDS = [
    ("<li>品牌 Brand：Lux</li>", "brand", "Lux"), ("<li>Manufacturer part number: 55-A</li>", "mpn", "55-A"),
    ("<li>EAN: 690-0000000014</li>", "gtin", "6900000000014"), ("<li>EAN: 123</li>", "gtin", None),
    ("<li>产品型号：QX-1</li>", "model", "QX-1"), ("<li>Sold by: Norrvik.</li>", "seller", "Norrvik"),
    ("<li>生产批号: B77</li>", "batch", "B77"), ("<li>食品生产许可证编号: SC10633010600123</li>", "licence", "SC10633010600123"),
    ("<p>国妆特字G20230001 正品</p>", "licence", "国妆特字G20230001"), ("<p>已售 1.2万件</p>", "sales", 12_000),
    ("<p>3,560 reviews</p>", "reviews", 3_560), ("<p>评价(88)</p>", "reviews", 88),
    ("<p>通过3C认证，CE mark</p><p>CE marking</p>", "certificates", ("3C", "CE")), ("<p>Certified: CE, GS</p>", "certificates", ("CE", "GS")),
    ("<p>功效：美白</p>", "claims", ("美白",)),
    ("<select name='size'><option value='s'>S</option><option value='m'>M</option><option>?</option></select>", "variants", ("S", "M")),
    ("<select><option value='1'>1</option></select><select name='qty'><option value='a'>a</option></select>", "variants", ()),
    ("<img src='/a.jpg'><img data-src='/b.jpg' src='data:x'><img>", "pictures", ("https://www.shop.com/a.jpg", "https://www.shop.com/b.jpg")),
    ("<p>" + "SC10633010600123 long " * 20 + "</p>", "licence", None),
]  # fmt: skip


@pytest.mark.parametrize(("below", "name", "value"), FIELDS)
def test_a_field_is_read(below: str, name: str, value: object) -> None:
    assert getattr(read(below).listing, name) == value


def test_labels_codes_and_counts() -> None:
    assert (label_of("Batch 批号"), label_of("SKU"), label_of("colour")) == ("batch", "sku", None)
    assert (code_of("n/a"), code_of("ABC"), code_of("abc"), code_of(""), code_of("A-1.")) == ("", "ABC", "", "", "A-1")
    assert (gtin_of("code 6900000000014 here"), gtin_of("12345678")) == ("6900000000014", "")
    assert counted(None) is None


def test_a_label_and_the_mark_up_that_differ_are_less_sure_than_two_that_agree() -> None:
    marked = '<script type="application/ld+json">{"@type": "Product", "name": "Blue vase", "sku": "AB-1"}</script>'
    assert read(marked + "<p>SKU: AB-1</p>").listing.sureness["sku"] == 93
    differ = read(marked + "<p>SKU: AB-2</p>").listing
    assert (differ.sku, differ.sureness["sku"]) == ("AB-2", 79)


def test_a_site_s_rows_are_the_only_ones_that_count() -> None:
    html = "<h1>Blue vase</h1><ul class='a'><li>SKU: A-1</li></ul><ul class='b'><li>SKU: B-2</li></ul>"
    assert read_listing(html, URL, platform="p", rules=Rules(specs=".b li")).listing.sku == "B-2"


def test_a_page_without_a_heading_is_named_by_its_document() -> None:
    listing = read_listing("<title>Blue vase | Shop</title><p>x</p>", URL, platform="p").listing
    assert (listing.title, listing.sureness["title"]) == ("Blue vase", 45)
    assert read_listing("", URL, platform="p").listing.title == ""


def test_pictures_get_the_hashes_of_what_was_recorded() -> None:
    listing = replace(read("").listing, pictures=("https://s/1.jpg#x", "https://s/2.jpg"))
    at = datetime(2026, 3, 1, tzinfo=UTC)
    good = Exchange("https://s/1.jpg", "GET", "image", at, status=200, body=b"abc")
    cut = replace(good, url="https://s/2.jpg", truncated="length")
    assert picture_hashes(listing, (good, cut)) == {
        "https://s/1.jpg#x": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    }


def test_a_reading_has_a_plain_form() -> None:
    record = reading_record(read_listing(LAID, URL, platform="p", boxes=BOXES))
    assert record["price"] == {"amount": "15.00", "currency": "USD"}
    assert record["shown_price"] == {
        "low": {"amount": "15.00", "currency": "USD"},
        "high": {"amount": "15.00", "currency": "USD"},
        "note": None,
    }
    assert record["price_box"]["place"] == "#a>p:nth-of-type(2)"
    assert (record["available"], record["marked_price"], record["sources"]["price"]) == (True, None, "page")
    bare = reading_record(
        read_listing('<h1>Blue vase</h1><p class="price">12.50</p>', "https://s.example/1", platform="p")
    )
    assert (bare["price"], bare["price_box"]) == ({"amount": "12.50", "currency": None}, None)
