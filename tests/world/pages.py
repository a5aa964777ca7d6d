# ruff: noqa: E501 (made pages keep the lines of their engines)
"""Product pages as shop engines write them, with invented goods: their mark-up habits, and the noise around the offer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from tests.world.tongues import TONGUES, Tongue


@dataclass(frozen=True, slots=True)
class Goods:
    """What a page is to be read as; None where it says nothing."""

    name: str
    sku: str | None
    price: str | None
    currency: str
    tongue: str
    available: bool = True
    old: str | None = None
    brand: str = "Norrvik"
    ids: int = 4711
    host: str = "shop.example.com"

    @property
    def words(self) -> Tongue:
        """The shop's words in the page's language."""
        return TONGUES[self.tongue]

    def shown(self, amount: str | None = None) -> str:
        """The amount as the language prints it."""
        return self.words.money(amount or self.price or "0", self.currency)


@dataclass(frozen=True, slots=True)
class Page:
    """One page with its address and what is to be read on it."""

    name: str
    url: str
    html: str
    goods: Goods


Engine = Callable[[Goods], str]


def page(engine: str, goods: Goods) -> Page:
    """Give the page that an engine makes of the goods."""
    html = ENGINES[engine](goods)
    return Page(
        f"{engine}-{goods.tongue}-{goods.ids}", f"https://{goods.host}/{goods.tongue}/p/{goods.ids}-item", html, goods
    )


def frame(goods: Goods, main: str, head: str = "", tail: str = "") -> str:
    """A whole document: head, menu, cart, the main part, other goods, foot."""
    words = goods.words
    others = "".join(
        f'<div class="item"><a href="/p/{number}"><img src="/i/{number}.jpg" alt=""><h4>{words.other} {number}</h4>'
        f'<span class="price">{words.money(amount, goods.currency)}</span></a>'
        f'<button class="add-to-cart">{words.cart}</button></div>'
        for number, amount in ((1, "12.34"), (2, "56.78"), (3, "90.12"), (4, "3.21"))
    )
    return f"""<!DOCTYPE html><html lang="{goods.tongue}"><head><meta charset="utf-8">
<title>{escape(goods.name)} | {goods.brand} Store</title>{head}
<script>window.cfg={{"free":49.9,'shop':"x",}};</script><style>.price{{color:red}}</style></head><body class="page">
<header class="site-header"><nav><a href="/a">A</a><a href="/b">B</a></nav><div class="minicart">{words.basket}
<span class="price">{words.money("0", goods.currency)}</span></div><p>{words.ship} {words.money("49", goods.currency)}</p></header>
<div class="cookie-banner">{words.cookie} <button>OK</button></div>{main}
<section class="block"><h2>{words.related}</h2><div class="row">{others}</div></section>
<footer><p>{words.ship} {words.money("49", goods.currency)}</p><p>© 2026 SKU: FOOT-99</p></footer>{tail}</body></html>"""


def linked(goods: Goods, **more: object) -> str:
    """The JSON-LD of a plain product."""
    state = "InStock" if goods.available else "OutOfStock"
    offer = {
        "@type": "Offer",
        "price": goods.price,
        "priceCurrency": goods.currency,
        "availability": f"https://schema.org/{state}",
    }
    node = {"@context": "https://schema.org/", "@type": "Product", "name": goods.name, "sku": goods.sku,
            "brand": {"@type": "Brand", "name": goods.brand}, "offers": offer, **more}  # fmt: skip
    return f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>'


def woocommerce(goods: Goods) -> str:
    """WooCommerce: del and ins, a form named cart, the SKU in product meta, JSON-LD as a graph."""
    words = goods.words
    amount = f'<span class="woocommerce-Price-amount amount"><bdi>{goods.shown()}</bdi></span>'
    old = (
        f'<del><span class="woocommerce-Price-amount amount"><bdi>{goods.shown(goods.old)}</bdi></span></del> '
        if goods.old
        else ""
    )
    stock = f'<p class="stock {"in" if goods.available else "out-of"}-stock">{words.stock if goods.available else words.gone}</p>'
    button = (
        f'<button type="submit" class="single_add_to_cart_button button alt">{words.cart}</button>'
        if goods.available
        else ""
    )
    main = f"""<div id="product-{goods.ids}" class="product type-product"><div class="summary entry-summary">
<h1 class="product_title entry-title">{goods.name}</h1><p class="price">{old}<ins>{amount}</ins></p>{stock}
<form class="cart" method="post"><input type="number" name="quantity" value="1">{button}</form>
<div class="product_meta"><span class="sku_wrapper">{words.sku}: <span class="sku">{goods.sku}</span></span>
<span class="posted_in">Category: <a href="/c">Lamps</a></span></div></div></div>"""
    return frame(goods, main)


def woocommerce_linked(goods: Goods) -> str:
    """The same with its JSON-LD, in a comment of CDATA, as some caches leave it."""
    block = linked(goods).replace("<script type=\"application/ld+json\">", "<script type=\"application/ld+json\">\n/*<![CDATA[*/").replace(
        "</script>", "/*]]>*/</script>")  # fmt: skip
    return woocommerce(goods).replace("</head>", f"{block}</head>")


def shopify(goods: Goods) -> str:
    """Shopify: both regular and sale price in the page, cents in the scripts, sold out on the button."""
    words = goods.words
    cents = round(float(goods.price or 0) * 100)
    sale = (
        f'<div class="price__sale"><span class="visually-hidden">{words.regular}</span><span><s class="price-item price-item--regular">{goods.shown(goods.old)}</s></span><span class="visually-hidden">{words.sale}</span><span class="price-item price-item--sale price-item--last">{goods.shown()}</span></div>'
        if goods.old
        else ""
    )
    button = f'<button type="submit" name="add" class="product-form__submit"{"" if goods.available else " disabled"}><span>{words.cart if goods.available else words.gone}</span></button>'
    meta = {
        "product": {
            "id": 8001,
            "vendor": goods.brand,
            "variants": [{"id": 1, "price": cents, "name": goods.name, "sku": goods.sku}],
        }
    }
    main = f"""<main><section class="product"><div class="product__info-container"><p class="product__text caption">{goods.brand}</p>
<div class="product__title"><h1>{goods.name}</h1></div><div id="price-template"><div class="price price--large{" price--on-sale" if goods.old else ""}">
<div class="price__container"><div class="price__regular"><span class="visually-hidden">{words.regular}</span>
<span class="price-item price-item--regular">{goods.shown()}</span></div>{sale}</div>
<span class="badge price__badge-sold-out">{words.gone}</span></div></div>
<p class="product__sku">SKU: {goods.sku}</p>{button}</div></section></main>"""
    head = f'<meta property="og:price:amount" content="{goods.price}"><meta property="og:price:currency" content="{goods.currency}">'
    tail = f"<script>var meta = {json.dumps(meta)};\nfor (var attr in meta) {{ window.x = meta[attr]; }}</script>"
    return frame(goods, main, head + linked(goods), tail)


def magento(goods: Goods) -> str:
    """Magento 2: microdata, data-price-amount, old and special price, the SKU in an attribute block."""
    words = goods.words
    old = (
        f'<span class="old-price"><span class="price-container"><span class="price-label">{words.regular}</span><span data-price-amount="{goods.old}" data-price-type="oldPrice" class="price-wrapper"><span class="price">{goods.shown(goods.old)}</span></span></span></span>'
        if goods.old
        else ""
    )
    state = "available" if goods.available else "unavailable"
    button = (
        f'<button type="submit" title="x" class="action primary tocart" id="product-addtocart-button"><span>{words.cart}</span></button>'
        if goods.available
        else ""
    )
    main = f"""<main id="maincontent"><div class="product-info-main"><h1 class="page-title"><span class="base" itemprop="name">{goods.name}</span></h1>
<div class="product-info-price"><div class="price-box price-final_price"><span class="special-price"><span class="price-container price-final_price" itemprop="offers" itemscope itemtype="http://schema.org/Offer">
<span id="product-price-1" data-price-amount="{goods.price}" data-price-type="finalPrice" class="price-wrapper"><span class="price">{goods.shown()}</span></span>
<meta itemprop="price" content="{goods.price}"><meta itemprop="priceCurrency" content="{goods.currency}"></span></span>{old}</div>
<div class="product-info-stock-sku"><div class="stock {state}"><span>{words.stock if goods.available else words.gone}</span></div>
<div class="product attribute sku"><strong class="type">SKU</strong><div class="value" itemprop="sku">{goods.sku}</div></div></div></div>{button}</div></main>"""
    return frame(goods, main)


def prestashop(goods: Goods) -> str:
    """PrestaShop: the offer in the price paragraph, the reference in the details with its data."""
    words = goods.words
    old = (
        f'<p class="product-discount"><span class="regular-price">{goods.shown(goods.old)}</span></p>'
        if goods.old
        else ""
    )
    data = escape(
        json.dumps(
            {
                "id": goods.ids,
                "name": goods.name,
                "reference": goods.sku,
                "price_amount": float(goods.price or 0),
                "quantity": 3,
            }
        )
    )
    off = "" if goods.available else " disabled"
    main = f"""<section id="main" itemscope itemtype="https://schema.org/Product"><h1 class="h1" itemprop="name">{goods.name}</h1>
<div class="product-prices">{old}<div class="product-price h5" itemprop="offers" itemscope itemtype="https://schema.org/Offer">
<link itemprop="availability" href="https://schema.org/{"InStock" if goods.available else "OutOfStock"}"><meta itemprop="priceCurrency" content="{goods.currency}">
<div class="current-price"><span itemprop="price" content="{goods.price}">{goods.shown()}</span></div></div>
<p class="product-unit-price sub">({words.money("7.77", goods.currency)} / kg)</p><div class="tax-shipping-delivery-label">{words.tax}</div></div>
<div class="product-add-to-cart"><button class="btn btn-primary add-to-cart" type="submit"{off}>{words.cart}</button>
<span id="product-availability">{"" if goods.available else words.gone}</span></div>
<div class="tab-pane" id="product-details" data-product="{data}"><div class="product-reference"><label class="label">{words.sku} </label>
<span itemprop="sku">{goods.sku}</span></div></div></section>"""
    return frame(goods, main)


def shopware(goods: Goods) -> str:
    """Shopware 6: meta itemprops, the order number, a base price and the delivery time."""
    words = goods.words
    old = f'<span class="list-price-price">{goods.shown(goods.old)}</span>' if goods.old else ""
    main = f"""<div class="product-detail" itemscope itemtype="https://schema.org/Product"><h1 class="product-detail-name" itemprop="name">{goods.name}</h1>
<div class="product-detail-buy" itemprop="offers" itemscope itemtype="https://schema.org/Offer"><meta itemprop="priceCurrency" content="{goods.currency}">
<div class="product-detail-price-container"><meta itemprop="price" content="{goods.price}"><p class="product-detail-price">{goods.shown()} {old}</p>
<div class="product-detail-price-unit"><span class="price-unit-label">{words.content}:</span> <span class="price-unit-content">0,5 l</span>
<span class="price-unit-reference-content">({words.money("99.8", goods.currency)} / 1 l)</span></div></div>
<p class="product-detail-tax">{words.tax}</p><div class="product-detail-delivery-information">
<link itemprop="availability" href="https://schema.org/{"InStock" if goods.available else "LimitedAvailability"}"><p class="delivery-information">{words.stock if goods.available else words.gone}</p></div>
{f'<button class="btn btn-buy">{words.cart}</button>' if goods.available else ""}</div>
<div class="product-detail-ordernumber-container"><span class="product-detail-ordernumber-label">{words.sku}:</span>
<span class="product-detail-ordernumber" itemprop="sku">{goods.sku}</span></div></div>"""
    return frame(goods, main)


def opencart(goods: Goods) -> str:
    """OpenCart: no mark-up at all; lists without classes, the code and the stock as list entries."""
    words = goods.words
    old = f'<li><span style="text-decoration: line-through;">{goods.shown(goods.old)}</span></li>' if goods.old else ""
    main = f"""<div id="product-product" class="container"><div class="row"><div id="content" class="col-sm-12"><div class="col-sm-4">
<h1>{goods.name}</h1><ul class="list-unstyled"><li>{words.brand}: <a href="/b">{goods.brand}</a></li><li>{words.code}: {goods.sku}</li>
<li>{words.state}: {words.stock if goods.available else words.gone}</li></ul>
<ul class="list-unstyled">{old}<li><h2>{goods.shown()}</h2></li><li>Ex Tax: {words.money("1.11", goods.currency)}</li></ul>
<div id="product"><input name="quantity" value="1"><button type="button" id="button-cart" class="btn btn-primary btn-lg btn-block">{words.cart}</button></div>
</div></div></div></div>"""
    return frame(goods, main)


def bigcommerce(goods: Goods) -> str:
    """BigCommerce: several price spans, a definition list, BCData."""
    words = goods.words
    rrp = (
        f'<div class="price-section price-section--withoutTax non-sale-price--withoutTax">{words.was}: <span class="price price--non-sale">{goods.shown(goods.old)}</span></div>'
        if goods.old
        else ""
    )
    data = {
        "product_attributes": {
            "sku": goods.sku,
            "price": {"without_tax": {"value": float(goods.price or 0)}},
            "instock": goods.available,
        }
    }
    button = f'<input id="form-action-addToCart" class="button button--primary" type="submit" value="{words.cart if goods.available else words.gone}"{"" if goods.available else " disabled"}>'
    main = f"""<div class="productView"><section class="productView-details"><h1 class="productView-title">{goods.name}</h1><div class="productView-price">{rrp}
<div class="price-section price-section--withoutTax"><span class="price price--withoutTax">{goods.shown()}</span></div></div>
<dl class="productView-info"><dt class="productView-info-name sku-label">SKU:</dt><dd class="productView-info-value" data-product-sku>{goods.sku}</dd>
<dt class="productView-info-name">UPC:</dt><dd class="productView-info-value">036000291452</dd></dl></section>
<section class="productView-details"><form action="/cart.php">{button}</form></section></div>"""
    return frame(goods, main, "", f"<script>var BCData = {json.dumps(data)};</script>")


def next_app(goods: Goods) -> str:
    """A React shop: scrambled classes, test names, the whole product in its state."""
    words = goods.words
    state = {"props": {"pageProps": {"product": {"id": goods.ids, "name": goods.name, "sku": goods.sku, "brand": {"name": goods.brand},
             "price": {"value": float(goods.price or 0), "currency": goods.currency}, "inStock": goods.available},
             "recommendations": [{"name": "Other", "sku": "ZZ-1", "price": {"value": 5, "currency": goods.currency}}]}}}  # fmt: skip
    button = f'<button class="sc-1x" {"" if goods.available else "disabled"}>{words.cart if goods.available else words.gone}</button>'
    main = f"""<div id="__next"><main><div class="css-1a2b3c"><h1 class="css-9z">{goods.name}</h1><div class="css-77" data-testid="product-price">
<span class="css-1">{goods.shown()}</span></div><div class="css-4">{button}</div></div></main></div>"""
    return frame(goods, main, "", f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script>')


def split_cents(goods: Goods) -> str:
    """An older shop whose cents stand apart, with instalments and a crossed-out price beside them."""
    words, (whole, _, part) = goods.words, (goods.price or "0.00").partition(".")
    sign = words.money("1", goods.currency).replace("1", "").strip(" .,0\u00a0")
    before, after = (sign, "") if words.money("1", goods.currency).startswith(sign) else ("", sign)
    old = f'<span class="was">{goods.shown(goods.old)}</span>' if goods.old else ""
    main = f"""<div class="pdp"><h1>{goods.name}</h1><div class="buy-box"><div class="pdp-price">{old}
<span class="now"><span class="cur">{before}</span><span class="int">{whole}</span><sup class="dec">{part}</sup><span class="cur">{after}</span></span></div>
<div class="finance">12 x {words.money("4.99", goods.currency)} {words.monthly}</div><p>{words.sku} {goods.sku}</p>
<p class="availability-msg">{words.stock if goods.available else words.gone}</p><a class="btn-buy" href="#" role="button">{words.cart}</a></div></div>"""
    return frame(goods, main)


def offscreen(goods: Goods) -> str:
    """The largest marketplace's habit: the price once for readers aloud and once in pieces, a table of details."""
    whole, _, part = (goods.price or "0.00").partition(".")
    words = goods.words
    old = (
        f'<span class="a-price a-text-price" data-a-strike="true"><span class="a-offscreen">{goods.shown(goods.old)}</span><span aria-hidden="true">{goods.shown(goods.old)}</span></span>'
        if goods.old
        else ""
    )
    main = f"""<div id="dp"><div id="centerCol"><h1 id="title"><span id="productTitle"> {goods.name} </span></h1>
<div id="corePriceDisplay_desktop_feature_div"><span class="a-price aok-align-center priceToPay"><span class="a-offscreen">{goods.shown()}</span>
<span aria-hidden="true"><span class="a-price-symbol">$</span><span class="a-price-whole">{whole}<span class="a-price-decimal">.</span></span><span class="a-price-fraction">{part}</span></span></span>
<span class="a-size-small basisPrice">{words.was}: {old}</span></div>
<div id="availability"><span class="a-size-medium a-color-success">{words.stock if goods.available else words.gone}</span></div>
<input id="add-to-cart-button" type="submit" value="{words.cart}"{"" if goods.available else " disabled"}></div>
<table class="prodDetTable"><tr><th> Item model number </th><td> {goods.sku} </td></tr><tr><th>Brand</th><td>{goods.brand}</td></tr></table></div>"""
    return frame(goods, main)


def broken_linked(goods: Goods) -> str:
    """JSON-LD written by hand: a comma too many, a comment, a line break in a text; a bare page otherwise."""
    state = "InStock" if goods.available else "OutOfStock"
    block = f"""<script type="application/ld+json">
// product data
{{ "@context": "https://schema.org", "@graph": [ {{"@type": "BreadcrumbList", "itemListElement": [],}},
 {{ "@type": ["Product"], "name": "{goods.name}", "description": "Good
and cheap", "sku": "{goods.sku}", "offers": [ {{ "@type": "Offer", "priceSpecification": [
 {{"@type":"UnitPriceSpecification","price":"{goods.price}","priceCurrency":"{goods.currency}"}} ], "availability": "http://schema.org/{state}", }}, ], }} ] }}
</script>"""
    main = f'<div class="content"><h1>{goods.name}</h1><div id="app">…</div></div>'
    return frame(goods, main, block)


def rdfa(goods: Goods) -> str:
    """RDFa, as some Drupal shops have it."""
    words = goods.words
    main = f"""<div vocab="https://schema.org/" typeof="Product"><h1 property="name">{goods.name}</h1><p>{words.sku}: <span property="sku">{goods.sku}</span></p>
<div property="offers" typeof="Offer"><span class="field-price" property="price" content="{goods.price}">{goods.shown()}</span>
<meta property="priceCurrency" content="{goods.currency}"><link property="availability" href="https://schema.org/{"InStock" if goods.available else "SoldOut"}">
</div><button>{words.cart if goods.available else words.gone}</button></div>"""
    return frame(goods, main)


def taobao(goods: Goods) -> str:
    """A Chinese mall: struck market price, price after coupons, sales, parameters as a list."""
    old = (
        f'<div class="tm-price-panel"><span class="tit">原价</span><em class="tb-rmb">¥</em><span class="tm-price">{goods.old}</span></div>'
        if goods.old
        else ""
    )
    action = (
        '<a class="tb-buy" role="button" href="#">立即购买</a><a class="tb-add" role="button" href="#">加入购物车</a>'
        if goods.available
        else '<p class="sold-out-tip">此商品已下架</p>'
    )
    main = f"""<div id="detail"><div class="tb-wrap"><div class="tb-detail-hd"><h1>{goods.name}</h1></div>{old}
<div class="tm-promo-price"><span class="tit">券后价</span><em class="tm-yen">¥</em><span class="tm-price">{goods.price}</span></div>
<div class="tm-ind-sellCount"><span>月销量</span><span>2.3万+</span></div><div>运费：¥8.00</div>{action}</div>
<ul class="attributes-list"><li>品牌: {goods.brand}</li><li>货号: {goods.sku}</li><li>生产许可证编号: SC10633010600123</li><li>产地: 浙江</li></ul>
<div class="shop-name">店铺：<a href="/shop/1">诺维旗舰店</a></div></div>"""
    return frame(goods, main)


def jd(goods: Goods) -> str:
    """Another Chinese mall: the number of the goods in its parameters and in a script."""
    stock = (
        '<div id="store-prompt" class="store-prompt"><strong>有货</strong></div>'
        if goods.available
        else '<div class="store-prompt"><strong>无货</strong>，此商品暂时售完</div>'
    )
    main = f"""<div class="product-intro"><div class="itemInfo-wrap"><div class="sku-name">{goods.name}</div>
<div class="summary-price-wrap"><div class="dt">京 东 价</div><div class="dd"><span class="p-price"><span>￥</span><span class="price J-p-1">{goods.price}</span></span>
<a class="notice" href="#none">降价通知</a></div></div>{stock}<a href="//cart.example.com/gate" class="btn-special1 btn-lg" id="InitCartUrl">加入购物车</a></div>
<div class="p-parameter"><ul class="p-parameter-list"><li title="{goods.sku}">商品编号：{goods.sku}</li><li>商品毛重：1.2kg</li></ul></div></div>"""
    return frame(goods, main)


def rakuten(goods: Goods) -> str:
    """A Japanese shop of tables: tax-in price, item number, sold out in a cell."""
    words = goods.words
    cart = (
        f'<input type="submit" value="{words.cart}">'
        if goods.available
        else '<span class="soldout_msg">売り切れました</span>'
    )
    main = f"""<table><tr><td><h1><span class="item_name"><b>{goods.name}</b></span></h1></td></tr><tr><td><span class="item_number_title">商品番号</span>
<span class="item_number">{goods.sku}</span></td></tr><tr><td><span class="category_price">通常価格 {goods.shown(goods.old or "9999")}</span></td></tr>
<tr><td><span class="price2">{goods.shown()}</span><span class="tax_postage">税込、送料別</span></td></tr><tr><td>{cart}</td></tr></table>"""
    return frame(goods, main)


def plain(goods: Goods) -> str:
    """A page without one telling class: headings, paragraphs, a table."""
    words = goods.words
    main = f"""<div><h1>{goods.name}</h1><div><p>{goods.shown()}</p><p>{words.tax}</p></div>
<p>{words.stock if goods.available else words.gone}</p><form action="/b"><input type="submit" value="{words.cart}"{"" if goods.available else " disabled"}></form>
<table><tr><td>{words.sku}</td><td>{goods.sku}</td></tr><tr><td>{words.brand}</td><td>{goods.brand}</td></tr></table></div>"""
    return frame(goods, main)


ENGINES: dict[str, Engine] = {
    engine.__name__: engine
    for engine in (woocommerce, woocommerce_linked, shopify, magento, prestashop, shopware, opencart, bigcommerce, next_app,
                   split_cents, offscreen, broken_linked, rdfa, taobao, jd, rakuten, plain)
}  # fmt: skip
