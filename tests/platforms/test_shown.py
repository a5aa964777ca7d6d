# ruff: noqa: E501 (an example is one line)
"""Which of the prices that a page shows is the one to pay, one difficulty a row."""

import pytest

from platforms.reading import read_listing

SHOWN = [
    # language, what stands below the heading, the price
    ("en-US", '<div class="price-original"><b>$995.00</b></div><button>Add to bag</button>', "995.00 USD"),
    ("en-US", '<div class="price-original"><s>$995.00</s></div>', None),
    ("en-US", '<div class="price-original" hidden>$995.00</div>', None),
    ("en-US", '<span class="price" data-a-strike="true">$30.00</span><span class="price">$25.00</span>', "25.00 USD"),
    ("de", '<div class="preis"><b>192,50 €</b> exkl. 20 % MwSt.</div><div class="preis"><b>231,00 €</b> inkl. MwSt.</div>', "231.00 EUR"),
    ("nl", '<p class="prijs">€ 159,95</p><p class="prijs">( <b class="price">€ 132,19</b> excl. btw)</p>', "159.95 EUR"),
    ("sv", "<div>1 295,00 kr</div><p>x</p><p>y</p><p>z</p><div>1 036,00 kr exkl. moms</div><button>Köp</button>", "1295.00 SEK"),
    ("ko", '<table><tr><th>할인판매가</th><td class="price"><b>22,400원</b><i>(5,600원 할인)</i></td></tr><tr><th>배송비</th><td class="price"><i>(50,000원 이상 무료)</i><b>3,000원</b></td></tr></table><button>구매하기</button>', "22400.00 KRW"),
    ("en-US", "<dl><dt>Shipping</dt><dd><i>by post</i><b>$4.00</b></dd><dt>Price</dt><dd><b>$25.00</b></dd></dl>", "25.00 USD"),
    ("pt", '<div class="preco">R$ 1.299,90</div><p class="preco">12x sem juros <span class="preco-x"><i role="img" aria-label="R$ 108,33"></i><b class="price">R$ 108,33</b></span></p><button>Comprar</button>', "1299.90 BRL"),
    ("de", '<p>4,95 €</p><fieldset><label><input type="radio" checked>50 ml</label><label><input type="radio">75 ml – 6,95 €</label></fieldset><button>Kaufen</button>', "4.95 EUR"),
    ("pl", '<b>1 799,00 zł</b><label><input type="checkbox"> Ochrona <b>119,00 zł</b></label><button>Dodaj do koszyka</button>', "1799.00 PLN"),
    ("sv", "<b>11 495 kr</b><p>Lägsta pris senaste 30 dagarna: 12 495 kr</p>", "11495.00 SEK"),
    ("en-US", "<div><p>Bottle</p><p>$42.00</p></div><div><p>Any six, each</p><p>$39.90</p></div>", "42.00 USD"),
    ("vi", "<p>BẮT ĐẦU SAU 20:00 — ₫1.1?9.000</p><div>₫1.290.000</div>", "1290000.00 VND"),
    ("he", "<div><span>\u200f357.00 \u200f₪</span></div><button>הוספה לסל</button>", "357.00 ILS"),
    ("uk", "<div>1 285 грн</div><div>від 3 шт. 1 220 грн</div><button>Купити</button>", "1285.00 UAH"),
    ("ro", "<div>1.249,90 Lei</div>", "1249.90 RON"),
    ("en-US", '<div class="price">L.E 12.00</div>', "12.00 EGP"),
    ("ar-SA", '<div class="price"><b>SR</b><b>1,550</b></div>', "1550.00 SAR"),
    ("fr", "<div>45 € 94</div><p>a</p><p>b</p><p>c</p><p>à partir de 29,00 €</p><p>d</p><p>e</p><p>f</p><button>Ajouter au panier</button>", "45.94 EUR"),
    ("en-US", '<div class="price"><b>$109.00</b><p>Order within</p><div><div><i>20</i></div></div></div><div class="price-offers"><i>3</i></div><button>Add to cart</button>', "109.00 USD"),
    ("en-US", '<div class="price"><p><i>Only</i></p><p><em><i>7</i> left</em></p><p class="save"><b>$109.00</b></p></div><button>Add to cart</button>', "109.00 USD"),
    ("en-US", '<p class="compare-price">$179</p><p class="price-compare">$199</p><button>Add to cart</button>', "179.00 USD"),
    ("en-US", '<p class="price">$79.99</p><p class="retail price">$74.99</p><button>Add to cart</button>', "74.99 USD"),
    ("en-US", '<p class="price">$79.99</p><p class="price"><s>$74.99</s></p><button>Add to cart</button>', "79.99 USD"),
    ("en-US", '<div class="banner"><p class="price">$59.99</p></div><button>Notify staff</button>', "59.99 USD"),
    ("ro", '<p class="price">2.999<sup>99</sup> Lei</p>', "2999.99 RON"),
    ("ja", '<p>特価 <b class="price">¥2,000</b></p><p>消費税込 <b class="price">¥2,200</b></p><button>カートに入れる</button>', "2200.00 JPY"),
    ("de", '<p><b class="preis">14,90 €</b></p><p><b class="preis">34,90 €</b> inkl. MwSt.</p><button>Kaufen</button>', "14.90 EUR"),
    ("en-US", "<div>$25.00</div><p>Related items</p><ul><li>Red vase</li><li>$19.00</li></ul>", "25.00 USD"),
    ("en-US", '<table class="shipping"><tr><td>$4.00</td></tr></table><h3>Related items in this shop</h3><p class="item-price">$20.00</p>', "20.00 USD"),
    ("en-US", '<ul><li class="price preowned">Only $4.99</li><li class="price">Only $6.99</li></ul>', "6.99 USD"),
    ("es-PE", '<ul><li class="prices-0"><b>S/ 279</b><i>-44%</i><span>Exclusivo con Tarjeta</span></li><li class="prices-1"><b>S/ 329</b></li></ul><button>Comprar</button>', "329.00 PEN"),
    ("tr", '<div class="fiyat">Piyasa Fiyatı : <b>4.999,90 TL</b></div><div class="fiyat">İndirimli Fiyat : <b>2.799,90 TL</b></div><div class="fiyat">Havale / EFT ile : (%3) <b>2.715,90 TL</b></div>', "2799.90 TRY"),
    ("ko", "<p><b>상품 가격</b><b>48,360</b><i>원</i></p><p><em>(100g당 12,090원)</em></p><p><button>최대 할인가</button><b>45,360원</b></p><p>구매하기</p>", "48360.00 KRW"),
    ("ko", "<dl><dt>앱 전용 혜택</dt><dd>9,000원</dd></dl><p>12,000원</p>", "12000.00 KRW"),
    ("zh-TW", '<ul class="prdPrice"><li>建議售價<b>6,990</b>元</li><li>促銷價<span><b>4,990</b>元</span><em>賺點數 $49</em></li><li>使用折價券後 <b>4,690</b> 元起</li></ul>', "4990.00 TWD"),
    ("zh-CN", '<p class="price"><i>券后</i><i>¥</i><b>104</b><b>.3</b></p>', "104.30 CNY"),
    ("zh-CN", '<p class="price"><i>￥</i><b>5998.45</b><u>补贴价</u><i>￥</i><s>7057.00</s></p>', "5998.45 CNY"),
    ("zh-CN", '<p class="price"><b>5998.45</b><i>元</i><i>元</i><s>7057.00</s></p>', "5998.45 CNY"),
    ("ar", '<p class="price">السعر : 650 جنيه</p><p class="price">العمولة : <span>100 جنيه</span></p>', "650.00 EGP"),
    ("ko", '<p class="price regular card">11,690원</p><ul class="options"><li>240g × 2 <b class="price">8,450원</b></li><li>240g × 4 <b class="price">11,690원</b></li></ul><button>바로구매</button>', "11690.00 KRW"),
    ("ko", '<ul class="options"><li>240g × 2 <b class="price">8,450원</b></li><li>240g × 4 <b class="price">11,690원</b></li></ul><button>바로구매</button>', "8450.00 KRW"),
    ("uk", "<p>1 000 грн</p><p>900 грн з карткою</p><button>Купити</button>", "1000.00 UAH"),
    ("en-US", '<p class="price">Members <b>$20.00</b></p><p class="price">Non-members <b>$25.00</b></p><button>Add to cart</button>', "25.00 USD"),
    ("en-US", "<table><tr><td>1-9</td><td>$5.00</td></tr><tr><td>10-49</td><td>$4.50</td></tr></table><button>Add to cart</button>", "5.00 USD"),
    ("ja", '<p class="price">会員価格 <b>1,800円</b></p><p class="price">販売価格 <b>2,000円</b>（税込）</p><button>カートに入れる</button>', "2000.00 JPY"),
    ("es-MX", '<p class="precio">$1,299.00</p><p class="precio">$1,199.00 pagando con transferencia</p><button>Comprar</button>', "1299.00 MXN"),
    ("en-US", '<p class="price">$25.00</p><p class="price">$20.00 <span>with coupon SAVE5</span></p><button>Add to cart</button>', "25.00 USD"),
    ("pl", "<p>120,00 zł</p><p>w aplikacji 99,00 zł</p><button>Do koszyka</button>", "120.00 PLN"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "below", "price"), SHOWN)
def test_the_price_to_pay_is_told_from_those_beside_it(language: str, below: str, price: str | None) -> None:
    html = f'<html lang="{language}"><title>Blue vase</title><body><h1>Blue vase</h1>{below}</body></html>'
    listing = read_listing(html, "https://a.example/p/1", platform="p").listing
    assert (str(listing.price) if listing.price else None) == price


def marked(amount: str) -> str:
    return f'<script type="application/ld+json">{{"@type":"Product","name":"Blue vase","offers":{{"price":"{amount}","priceCurrency":"USD"}}}}</script>'


BESIDE = [
    # the mark-up's price, what is shown, the price that counts
    ("43.90", "<p>$53.11</p><button>Add to cart</button>", "53.11 USD"),
    ("43.90", "<p>$53.11</p>", "43.90 USD"),
    ("30.00", "<p><s>$30.00</s></p><p>$25.00</p><p>$24.00 with a long tale of why, told in so many words</p>", "25.00 USD"),
    ("30.00", "<p class='price'>$25.00</p><p class='price'><s>$30.00</s></p><p>x</p><p>$30.00</p><button>Add to cart</button>", "25.00 USD"),
    ("20.00", "<p class='price'>$25.00</p><p class='price'><s>$20.00</s></p><p>x</p><p>$20.00</p><button>Add to cart</button>", "20.00 USD"),
    ("30.00", "<p>$25.00</p><p>I paid $30.00 for it in spring, and it was worth every cent of it.</p>", "30.00 USD"),
]  # fmt: skip


RANGE = (
    '<script type="application/ld+json">{"@type":"Product","name":"Blue vase","offers":{"@type":"AggregateOffer",'
    '"lowPrice":"59.99","highPrice":"129.99","priceCurrency":"EUR"}}</script>'
)


def test_the_lowest_of_several_confirms_none_of_them() -> None:
    sizes = "".join(f'<li>Size {n}</li><li class="price">{n}9,99 €</li>' for n in (5, 7, 10, 12))
    html = (
        f'<html lang="de"><title>Blue vase</title><body>{RANGE}<h1>Blue vase</h1>'
        f'<p class="price">79,99 €</p>{"<p>Cotton</p>" * 16}<ul>{sizes}</ul><button>Kaufen</button></body></html>'
    )
    assert str(read_listing(html, "https://a.example/p/1", platform="p").listing.price) == "79.99 EUR"


@pytest.mark.parametrize(("amount", "below", "price"), BESIDE)
def test_a_lone_price_above_the_button_and_one_beside_the_struck_are_believed(
    amount: str, below: str, price: str
) -> None:
    html = f'<html lang="en-US"><title>Blue vase</title><body>{marked(amount)}<h1>Blue vase</h1>{below}</body></html>'
    assert str(read_listing(html, "https://a.example/p/1", platform="p").listing.price) == price


FROM_TEN = '<p class="price">$10.00 – $30.00</p>'
CHOICES = (
    '<ul class="options"><li>S <b class="price">$10.00</b></li><li class="{}">M <b class="price">$20.00</b></li></ul>'
)
CHOSEN = [
    # what stands below the heading of a page whose mark-up says 10 to 30, the price of what is chosen
    (FROM_TEN + '<div class="variation"><p class="price">$20.00</p></div>', "20.00 USD"),
    (FROM_TEN + '<div class="variation"><p class="price">$30.00</p></div>', "30.00 USD"),
    (FROM_TEN + CHOICES.format("selected"), "20.00 USD"),
    (FROM_TEN + CHOICES.format("other"), "10.00 USD"),
    (FROM_TEN + '<div role="radio" aria-checked="false">S $10.00</div><div role="radio" aria-checked="true">M $20.00</div>', "20.00 USD"),
    (FROM_TEN + '<label><input type="radio" name="s">S $10.00</label><label><input type="radio" name="s" checked>M $20.00</label>', "20.00 USD"),
    ('<p class="price">From $10.00</p><div class="variation"><p class="price">$20.00</p></div>', "20.00 USD"),
]  # fmt: skip


@pytest.mark.parametrize(("below", "price"), CHOSEN)
def test_of_a_range_the_price_of_what_is_chosen_counts(below: str, price: str) -> None:
    several = RANGE.replace("59.99", "10").replace("129.99", "30").replace("EUR", "USD")
    html = (
        f'<html lang="en-US"><title>Blue vase</title><body>{several}<h1>Blue vase</h1>'
        f"{below}<button>Add to cart</button></body></html>"
    )
    assert str(read_listing(html, "https://a.example/p/1", platform="p").listing.price) == price


KEPT_FOR_SOME = [
    ("<p><span>$20.00</span> <i>with Harlow Card</i></p><p><span>$25.00</span></p>", "25.00 USD"),
    ("<p>Members <span>$20.00</span></p><p><span>$25.00</span></p>", "25.00 USD"),
    ('<p class="price">$20.00 <i>pay with credit card</i></p>', "20.00 USD"),
]


@pytest.mark.parametrize(("below", "price"), KEPT_FOR_SOME)
def test_the_mark_up_may_hold_what_only_members_or_holders_of_a_card_pay(below: str, price: str) -> None:
    html = (
        f'<html lang="en-US"><title>Blue vase</title><body>{marked("20.00")}<h1>Blue vase</h1>'
        f"{below}<button>Add to cart</button></body></html>"
    )
    assert str(read_listing(html, "https://a.example/p/1", platform="p").listing.price) == price
