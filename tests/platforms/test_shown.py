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
    ("en-US", '<ul><li class="price preowned">Only $4.99</li><li class="price">Only $6.99</li></ul>', "6.99 USD"),
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
    ("30.00", "<p>$25.00</p><p>I paid $30.00 for it in spring, and it was worth every cent of it.</p>", "30.00 USD"),
]  # fmt: skip


@pytest.mark.parametrize(("amount", "below", "price"), BESIDE)
def test_a_lone_price_above_the_button_and_one_beside_the_struck_are_believed(
    amount: str, below: str, price: str
) -> None:
    html = f'<html lang="en-US"><title>Blue vase</title><body>{marked(amount)}<h1>Blue vase</h1>{below}</body></html>'
    assert str(read_listing(html, "https://a.example/p/1", platform="p").listing.price) == price
