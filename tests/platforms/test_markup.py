# ruff: noqa: E501 (an example is one line)
"""What pages state for machines: JSON-LD mended where it is safe, microdata, RDFa, meta elements and scripts' data."""

import json
from typing import Any

import pytest

from platforms.errors import NoLiteral
from platforms.literal import literal_at, literal_of
from platforms.markup import parsed, stated
from platforms.meta import locales, meta_fields
from platforms.offer import availability
from platforms.product import product_fields, product_nodes
from platforms.scopes import MICRODATA, items
from platforms.state import state_fields

LITERALS: list[tuple[str, Any]] = [
    ('{"a": [1, 2,],}', {"a": [1, 2]}),
    ("{a:1, 'b':'it\\'s \"x\"', c:.5, d:undefined, e:`t`, f:-1.50e3, g:5., h:-.5}",
     {"a": 1, "b": 'it\'s "x"', "c": 0.5, "d": None, "e": "t", "f": -1500.0, "g": 5, "h": -0.5}),
    ('// c\n{"a": "x\ny", /* c * c */ "b": tag}', {"a": "x\ny", "b": "tag"}),
    ('{"a": 1,, "b": 2}', {"a": 1, "b": 2}),
    ('{,"a": 01}', {"a": "01"}),
    ('<!-- {"a": 1} -->', {"a": 1}),
    ('\ufeff{"a": "\\\'x"}', {"a": "'x"}),
    (r"{a: '\x41\n\q\"', b: 'l\
m', c: '$\{'}", {"a": 'A\nq"', "b": "lm", "c": "${"}),
    ("[{}]", [{}]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), LITERALS, ids=range(len(LITERALS)))
def test_data_is_read_as_a_browser_would(text: str, value: Any) -> None:
    assert literal_of(text) == value


@pytest.mark.parametrize("text", ["", "nothing", "{a: f(1)}", "{a: 1", "{a b c}", '{"a": #}'])
def test_code_and_torn_data_are_none(text: str) -> None:
    with pytest.raises(NoLiteral):
        literal_of(text)


def test_deep_data_is_refused_not_followed() -> None:
    with pytest.raises(NoLiteral):
        literal_of("[" * 100_000)
    with pytest.raises(NoLiteral) as refused:
        literal_at("{a: 1, b: 2}", 0, 5)
    assert refused.value.end == 5


WORDS = [
    ("https://schema.org/InStock", "yes"), ("InStock", "yes"), ("in stock", "yes"), ("schema:PreOrder", "yes"),
    ("http://schema.org/OutOfStock/", "no"), ("oos", "no"), ("Sold-Out", "no"), ("Perhaps", ""), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("said", "word"), WORDS)
def test_availability_in_any_spelling(said: str, word: str) -> None:
    assert availability(said) == word


def offer(price: object, state: str = "InStock", **more: object) -> dict[str, object]:
    return {"@type": "Offer", "price": price, "priceCurrency": "EUR", "availability": state, **more}


PRODUCTS: list[tuple[dict[str, Any], str, dict[str, str]]] = [
    ({"offers": offer(12.0)}, "", {"price": "12", "currency": "EUR", "available": "yes"}),
    ({"offers": [offer(1, itemCondition="UsedCondition"), offer(2)]}, "", {"price": "2"}),
    ({"offers": [offer(1, "OutOfStock"), offer(2)]}, "", {"price": "1", "available": "yes"}),
    ({"offers": [offer(1, "OutOfStock", url="/p?variant=7"), offer(2)]}, "https://s/p?variant=7", {"available": "no"}),
    ({"offers": [offer(1, "SoldOut"), offer(2, "OutOfStock")]}, "", {"available": "no"}),
    ({"offers": [offer(1, ""), offer(2, "OutOfStock")]}, "", {"available": "no"}),
    ({"offers": [offer(1, ""), offer(2)]}, "", {"available": "yes"}),
    ({"offers": {"@type": "AggregateOffer", "lowPrice": 5, "highPrice": 9, "priceCurrency": "EUR"}}, "",
     {"price": "5", "high_price": "9"}),
    ({"offers": {"@type": "AggregateOffer", "lowPrice": 5, "highPrice": 5}}, "", {"price": "5", "high_price": ""}),
    ({"offers": {"@type": "AggregateOffer", "offers": [offer(7, sku="A-1")]}}, "", {"price": "7", "sku": "A-1"}),
    ({"offers": {"priceSpecification": [
        {"@type": "UnitPriceSpecification", "price": 99, "priceType": "https://schema.org/ListPrice"},
        {"@type": "UnitPriceSpecification", "price": 3, "referenceQuantity": {"value": 1}},
        {"@type": "UnitPriceSpecification", "price": 80, "priceCurrency": "SEK"}]}}, "", {"price": "80", "currency": "SEK"}),
    ({"price": "5.00", "priceCurrency": "USD"}, "", {"price": "5.00", "currency": "USD"}),
    ({"@type": "ProductGroup", "hasVariant": [
        {"@type": "Product", "sku": "A", "color": "red", "offers": offer(1, url="/p?variant=1")},
        {"@type": "Product", "sku": "B", "name": "blue one", "offers": offer(2, url="/p?variant=2")}]},
     "https://s/p?variant=2", {"sku": "B", "price": "2", "variants": "red\nblue one"}),
    ({"@type": "ProductGroup", "hasVariant": [{"sku": "A", "offers": offer(1)}]}, "", {"sku": "A", "price": "1"}),
    ({"@type": "ProductGroup", "sku": "G", "offers": offer(4), "hasVariant": [{"sku": "A"}]}, "", {"sku": "G", "price": "4"}),
    ({"productID": "sku:Z-9", "brand": ["Lux", "Other"], "model": {"name": "M"}}, "", {"sku": "Z-9", "brand": "Lux"}),
    ({"productID": "gtin13:6900000000014", "brand": "https://x.test/"}, "", {"gtin": "6900000000014", "brand": ""}),
    ({"name": {"@value": "V"}, "sku": [77], "image": [{"url": "/1.jpg"}, "/2.jpg", 5],
      "aggregateRating": {"ratingCount": 3}, "availability": "InStock", "mpn": True}, "",
     {"title": "V", "sku": "77", "picture": "/1.jpg\n/2.jpg\n5", "reviews": "3", "available": "yes", "mpn": ""}),
]  # fmt: skip


@pytest.mark.parametrize(("node", "url", "said"), PRODUCTS, ids=range(len(PRODUCTS)))
def test_a_product_is_read_whatever_its_shape(node: dict[str, Any], url: str, said: dict[str, str]) -> None:
    found = product_fields({"@type": "Product", **node}, url)
    assert {name: found.get(name, "") for name in said} == said


def test_related_goods_are_not_the_product() -> None:
    node = {"@graph": [{"@type": "WebPage", "mainEntity": {"@type": "schema:Product", "name": "A",
            "isRelatedTo": {"@type": "Product", "name": "B"}}}]}  # fmt: skip
    assert [product["name"] for product in product_nodes(node)] == ["A"]


def test_of_several_products_the_one_named_like_the_page_counts() -> None:
    blocks = [{"@type": "Product", "name": "Red chair", "offers": offer(1)}, {"@type": "Product", "name": "Blue lamp"},
              {"@type": "Product", "name": "Blue lamp", "offers": offer(2)}]  # fmt: skip
    html = f'<h1>Blue lamp</h1><script type="application/ld+json">{json.dumps(blocks)}</script>'
    assert stated(parsed(html))["price"].value == "2"


def test_two_places_that_agree_are_surer() -> None:
    html = """<meta property="og:title" content="lamp"><meta property="product:retailer_item_id" content="X">
    <script type="application/ld+json">{"@type": "Product", "name": "Lamp", "sku": "Y"}</script>"""
    found = stated(parsed(html))
    assert (found["title"].sureness, found["sku"].sureness, found["sku"].value) == (88, 80, "Y")


SCOPED = """<body itemscope itemtype="http://schema.org/WebPage"><div itemscope itemtype="http://schema.org/Product" itemref="more">
<b itemprop="name">Lamp</b><b itemprop="name">Lantern</b><b itemprop="name">Torch</b><span itemprop="brand" itemscope itemtype="http://schema.org/Brand">Lux</span>
<div itemprop="offers" itemscope itemtype="http://schema.org/Offer"><data itemprop="price" value="5">five</data>
<link itemprop="availability" href="http://schema.org/InStock"><span itemprop="priceCurrency"></span>
<a itemprop="seller" href="/s"></a></div></div>
<div id="more"><i itemprop="sku">S-1</i><p itemscope itemtype="http://schema.org/Thing"><i itemprop="mpn">no</i></p></div></body>"""


def test_nested_scopes_and_references_are_followed() -> None:
    found = stated(parsed(SCOPED))
    assert {name: found[name].value for name in ("title", "brand", "price", "available", "sku")} == {
        "title": "Lamp", "brand": "Lux", "price": "5", "available": "yes", "sku": "S-1",
    }  # fmt: skip
    assert "mpn" not in found


def test_properties_outside_any_scope_make_a_product_when_a_price_is_among_them() -> None:
    assert items(parsed('<i itemprop="price">5</i><i itemprop="sku">S</i>'), MICRODATA) == [
        {"@type": ["Product"], "price": "5", "sku": "S"}
    ]
    assert items(parsed('<i itemprop="sku">S</i>'), MICRODATA) == []


def test_meta_elements_state_what_is_shared() -> None:
    html = """<html lang="de" xml:lang="de-AT"><head><meta name="twitter:label1" content="Price"><meta name="twitter:data1" content="5 €">
    <meta name="twitter:label2" content="Availability"><meta name="twitter:data2" content="in stock">
    <meta property="og:locale" content="de_DE"><meta property="product:sale_price:amount" content="4">
    <meta property="product:price:amount" content="6"><meta property="product:availability" content="oos"><meta content="x"></head></html>"""
    found = meta_fields(parsed(html))
    assert found == {"price": "4", "available": "no", "price_text": "5 €"}
    assert locales(parsed(html)) == ("de", "de-AT", "de_DE")


def script(text: str, attributes: str = "") -> str:
    return f"<h1>Blue lamp</h1><script {attributes}>{text}</script>"


NODE = '{"product": {"name": "Blue lamp", "sku": "BL-1", "price": {"value": 5, "currency": "eur"}, "inStock": true}}'
STATES = [
    (script(f"window.__STATE__ = {NODE};"), {"price": "5", "currency": "EUR", "sku": "BL-1", "available": "yes"}),
    (script(f"var x = JSON.parse({json.dumps(NODE)});"), {"price": "5"}),
    (script(f"var x = JSON.parse('{NODE}'); f();"), {"sku": "BL-1"}),
    (script('var x = JSON.parse("torn price'), {}),
    (script('var x = JSON.parse("price");'), {}),
    (script(f"price = {{a: f()}}; y = {{b: 1}}; z = {NODE}"), {"price": "5"}),
    (script("{torn price and nothing else", 'type="application/json"'), {}),
    (script('"a price of five euros, as a text"', 'type="application/json"'), {}),
    (script(NODE, 'type="application/json"'), {"price": "5"}),
    (script('{"price": 1}'), {}),
    (script("x = {'a': 'price and so on', 'b': 5}"), {}),
    (script('dataLayer.push({"ecommerce":{"detail":{"products":[{"name":"Blue lamp","price":"1.299,00","item_id":"77"}]}}})'),
     {"price": "1.299,00", "sku": "77"}),
    (script('x = {"related": [{"name": "Blue lamp", "price": 9}], "item": {"name": "Blue lamp", "price": 7, "sold_out": true}}'),
     {"price": "7", "available": "no"}),
    (script('x = {"title": "Blue lamp", "price": 104900, "compare_at_price": null, "variants": [{"sku": "V-1", "barcode": "6900000000014"}]}'),
     {"price": "1049.00", "sku": "V-1", "gtin": "6900000000014"}),
    (script('x = {"name": "Blue lamp", "sku": "has space", "price": 0, "variants": [{"price": 3}, {"price": 4}], "stock_status": "outofstock",'
            '"brand": {"name": "Lux"}, "seller": "Shop", "shopId": 9}'),
     {"price": "3", "available": "no", "sku": "", "brand": "Lux", "seller": "Shop", "shop_id": "9"}),
    ('<h1>Blue lamp</h1><div data-product="{&quot;name&quot;:&quot;Blue lamp&quot;,&quot;reference&quot;:&quot;R-1&quot;}"></div>',
     {"sku": "R-1"}),
    ('<h1>Blue lamp</h1><div data-product="{&amp;quot;name&amp;quot;:&amp;quot;Blue lamp&amp;quot;,&amp;quot;sku&amp;quot;:&amp;quot;R-2&amp;quot;}"></div>',
     {"sku": "R-2"}),
    ('<h1>Blue lamp</h1><div data-product="{torn price" data-item="7"></div>', {}),
    (script('x = {"name": "Another thing", "sku": "Z", "price": 5}'), {}),
    (script('x = {"name": "Blue lamp", "price": {"centAmount": 1250, "currencyCode": "EUR"}}'), {"price": "12.50", "currency": "EUR"}),
]  # fmt: skip


@pytest.mark.parametrize(("html", "said"), STATES, ids=range(len(STATES)))
def test_the_page_s_own_product_is_found_in_its_data(html: str, said: dict[str, str]) -> None:
    found = state_fields(parsed(html), "Blue lamp")
    assert {name: found.get(name, "") for name in said} == said
    assert found == {} or said


def test_nuxt_s_list_of_places_is_put_together() -> None:
    rows: list[Any] = [
        {"product": 1},
        {"name": 2, "sku": 3, "price": 4, "tags": 5, "odd": 99},
        "Blue lamp",
        "BL-1",
        5,
        [2, True],
    ]
    text = json.dumps([*rows, *range(20)])
    html = script(text, 'type="application/json" id="__NUXT_DATA__" data-x="price sku"')
    html = html.replace(">[", ">  [")
    assert state_fields(parsed(html), "Blue lamp")["sku"] == "BL-1"


def test_endless_data_ends() -> None:
    wide = script("x = {'sku': [" + "{}," * 21_000 + "]}")
    assert state_fields(parsed(wide), "Blue lamp") == {}
    many = script("price; " + "a = {b: c.d(); " * 300)
    assert state_fields(parsed(many), "Blue lamp") == {}
    vain = script("price; a = {b: " + "1," * 80_000 + "f() ; c = {d: " + "1," * 100 + "}")
    assert state_fields(parsed(vain), "Blue lamp") == {}
