# ruff: noqa: E501 (an example is one line)
"""Prices as shops print them, and what is read of each."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platforms.amount import amount_of, stated_amount
from platforms.currency import home_currency, likeliest, settled
from platforms.price import Price, has_sign, read_price
from sampling.money import Money

# text, the page's own currency, what is read: the amount and code, `low..high code`, or the note alone; then a note
PRICES = """
¥1,299起 | CNY | 1299.00 CNY | from
￥59.00 - ￥89.00 | CNY | 59.00..89.00 CNY | range
59-89元 |  | 59.00..89.00 CNY | range
1.2万元 |  | 12000.00 CNY |
¥3万 | CNY | 30000.00 CNY |
CN¥149.00 | CNY | 149.00 CNY |
RMB 39 |  | 39.00 CNY |
原价 ¥199 现价 ¥99 | CNY | 99.00 CNY |
市场价：￥288.00 | CNY | no_price |
划线价 ¥159.00 到手价 ¥79.90 | CNY | 79.90 CNY | deal
券后价 ¥88.8 | CNY | 88.80 CNY | deal
到手价￥99 原价￥199 | CNY | 99.00 CNY | deal
秒杀价 ¥9.9 | CNY | 9.90 CNY | deal
满200减30 | CNY | no_price |
立减20元 |  | no_price |
运费：¥8.00 | CNY | no_price |
￥39.9 已售 200件 | CNY | 39.90 CNY |
￥ 12.50 包邮 | CNY | 12.50 CNY |
¥0.125 | CNY | 0.125 CNY |
面议 Price on request | CNY | on_request |
价格待定 | CNY | on_request |
¥1 ¥2 ¥3 | CNY | ambiguous |
1.2.34 元 |  | ambiguous |
¥12 |  | no_currency |
¥12 | USD | no_currency |
¥12 RMB (about US$2) |  | no_currency |
¥12 RMB (about US$2) | CNY | 12.00 CNY |
HK$1,234,567.50 |  | 1234567.50 HKD |
NT$1,980 |  | 1980.00 TWD |
￥3,980 | JPY | 3980.00 JPY |
1,234,567 円 |  | 1234567.00 JPY |
3,980円(税込) |  | 3980.00 JPY |
¥1,100 (税込 ¥1,210) | JPY | 1210.00 JPY |
3,980円（税抜） 4,378円（税込） |  | 4378.00 JPY |
通常価格 4,980円 |  | 4980.00 JPY |
定価：5,500円 |  | no_price |
送料 880円 |  | no_price |
12,800円 送料無料 |  | 12800.00 JPY |
1,200원 |  | 1200.00 KRW |
₩45,000 |  | 45000.00 KRW |
45,000원 ~ 52,000원 |  | 45000.00..52000.00 KRW | range
$ 12.5 | USD | 12.50 USD |
$12 | CNY | no_currency |
$12 | CAD | 12.00 CAD |
US$5 |  | 5.00 USD |
US $45.50 |  | 45.50 USD |
USD $45.00 |  | 45.00 USD |
$1,299.00 USD |  | 1299.00 USD |
AU$45 |  | 45.00 AUD |
CA$19.99 |  | 19.99 CAD |
NZ$7 |  | 7.00 NZD |
S$1,050.90 |  | 1050.90 SGD |
MX$249.00 |  | 249.00 MXN |
$ 45.990 | CLP | 45990.00 CLP |
$ 1.299.990 | COP | 1299990.00 COP |
From US$5 |  | 5.00 USD | from
Starting at $19.99 | USD | 19.99 USD | from
As low as $59.25 | USD | 59.25 USD | from
2 pairs from $349 | USD | 349.00 USD | from
$10.00 - $15.00 | USD | 10.00..15.00 USD | range
$49.99 – $79.99 | USD | 49.99..79.99 USD | range
$10 to $15 | USD | 10.00..15.00 USD | range
$19.99 $19.99 | USD | 19.99 USD |
$19 99 | USD | 19.99 USD |
$ 1,299 99 | USD | 1299.99 USD |
Was $30.00 Now $20.00 | USD | 20.00 USD |
Now $24.87 | USD | 24.87 USD |
List Price: $30.00 | USD | no_price |
MSRP $199 | USD | no_price |
Sale price $19.99 Regular price $29.99 | USD | 19.99 USD |
Regular price $19.99 | USD | 19.99 USD |
Price: $24.99 ($0.42 / Ounce) | USD | 24.99 USD |
$24.99 ($0.42/oz) | USD | 24.99 USD |
$5.00 each | USD | 5.00 USD |
Save $5.00 | USD | no_price |
You save $5.00 (20%) | USD | no_price |
$5 off | USD | no_price |
20% off | USD | no_price |
-20% $16.00 | USD | 16.00 USD |
$16.00 -20% | USD | 16.00 USD |
-$4.00 | USD | no_price |
4 interest-free payments of $12.50 | USD | no_price |
$50.00 or 4 interest-free payments of $12.50 | USD | 50.00 USD |
$45.84/mo. | USD | no_price |
$12.99/month | USD | no_price |
$12.99 per month | USD | no_price |
Free shipping over $50 | USD | no_price |
$4.99 shipping | USD | no_price |
Shipping: $4.99 | USD | no_price |
Pack of 3 $9.99 | USD | 9.99 USD |
100ml $45.00 | USD | 45.00 USD |
$45.00 / 100ml | USD | no_price |
$0.00 | USD | 0.00 USD |
Call for price | USD | on_request |
Request a quote | USD | on_request |
0.3333 USD |  | 0.3333 USD |
USD 1.299 |  | ambiguous |
£14.99 |  | 14.99 GBP |
£1,299.00 Includes VAT |  | 1299.00 GBP |
Your price £12.34 RRP £20 |  | 12.34 GBP |
RRP £20.00 £15.00 |  | 15.00 GBP |
£10.00 ex VAT £12.00 inc VAT |  | 12.00 GBP |
£10.00 ex VAT |  | 10.00 GBP |
£3.50 each |  | 3.50 GBP |
£12.50 per pack of 6 (£2.08 per item) |  | 12.50 GBP |
Save 20% £20.00 |  | 20.00 GBP |
1.299,00 € |  | 1299.00 EUR |
€ 1.299,00 |  | 1299.00 EUR |
€140.000 |  | 140000.00 EUR |
€1,299 |  | 1299.00 EUR |
€1,299.95 |  | 1299.95 EUR |
1'299.95 EUR |  | 1299.95 EUR |
1 299,00 € |  | 1299.00 EUR |
12,5 € |  | 12.50 EUR |
12€99 |  | 12.99 EUR |
19 99 € |  | 19.99 EUR |
,89 € |  | 0.89 EUR |
EUR 1.299,- |  | 1299.00 EUR |
49,– € |  | 49.00 EUR |
0,00 € |  | 0.00 EUR |
ab 12,50 € |  | 12.50 EUR | from
à partir de 8,90 € |  | 8.90 EUR | from
desde 15,00 € |  | 15.00 EUR | from
von 10,00 € bis 20,00 € |  | 10.00..20.00 EUR | range
UVP 99,95 € 79,95 € |  | 79.95 EUR |
statt 24,99 € nur 19,99 € |  | 19.99 EUR |
Au lieu de 16,00 € |  | no_price |
Antes 28,68 € Ahora 22,94 € |  | 22.94 EUR |
19,95 € (1,99 € / 100 ml) |  | 19.95 EUR |
19,95 € 1,99 €/100 ml |  | 19.95 EUR |
49,80 € pro Liter |  | no_price |
1 kg = 25,98 € 12,99 € |  | 12.99 EUR |
Grundpreis: 19,95 € |  | no_price |
12,99 € -20% |  | 12.99 EUR |
24,90 € inkl. MwSt. zzgl. Versand |  | 24.90 EUR |
24,90 € inkl. MwSt. zzgl. 4,90 € Versand |  | 24.90 EUR |
16,53 € HT 19,84 € TTC |  | 19.84 EUR |
12,90 € mtl. |  | no_price |
Sie sparen 5,00 € |  | no_price |
Économisez 5,00 € |  | no_price |
Preis auf Anfrage |  | on_request |
Prix sur demande |  | on_request |
Precio a consultar |  | on_request |
CHF 19.– |  | 19.00 CHF |
CHF 1'250.50 |  | 1250.50 CHF |
Fr. 45.90 |  | 45.90 CHF |
49,- | DKK | 49.00 DKK |
1.299 kr. | DKK | 1299.00 DKK |
1 234 kr | SEK | 1234.00 SEK |
19:- | SEK | 19.00 SEK |
349 kr 499 kr | SEK | ambiguous |
599 kr |  | no_currency |
1 299,00 zł |  | 1299.00 PLN |
129,99 zł / szt. |  | 129.99 PLN |
Od 199 Kč |  | 199.00 CZK | from
1 290 Kč |  | 1290.00 CZK |
14.990 Ft |  | 14990.00 HUF |
5 000 Ft |  | 5000.00 HUF |
1.249,90 Lei | RON | 1249.90 RON |
249,90 lei |  | 249.90 RON |
3 499 ₽ |  | 3499.00 RUB |
69 490 р. |  | 69490.00 RUB |
4 200 руб. |  | 4200.00 RUB |
899 ₴ |  | 899.00 UAH |
1 499,90 TL |  | 1499.90 TRY |
₺1.499,90 |  | 1499.90 TRY |
R$ 1.299,90 |  | 1299.90 BRL |
De: R$ 199,90 Por: R$ 149,90 |  | 149.90 BRL |
R$ 119,90 em até 12x de R$ 9,99 sem juros |  | 119.90 BRL |
12x de R$ 9,99 |  | no_price |
S/ 99.90 |  | 99.90 PEN |
₹ 1,29,900.00 |  | 129900.00 INR |
₹499 |  | 499.00 INR |
Rs. 1,250 | INR | 1250.00 INR |
Rs. 1,250 | PKR | 1250.00 PKR |
Rp 129.000 |  | 129000.00 IDR |
129.000₫ |  | 129000.00 VND |
1.499.000 đ |  | 1499000.00 VND |
฿1,290.00 |  | 1290.00 THB |
RM 59.90 |  | 59.90 MYR |
₱1,499.00 |  | 1499.00 PHP |
₪129.90 |  | 129.90 ILS |
AED 249.00 |  | 249.00 AED |
KWD 1.250 |  | 1.25 KWD |
R199.00 | ZAR | 199.00 ZAR |
₦12,500 |  | 12500.00 NGN |
12.00 |  | no_currency |
12.00 | CNY | 12.00 CNY |
… | CNY | no_price |
 |  | no_price |
Size 42 | EUR | 42.00 EUR |
4.5 stars £9.99 |  | 9.99 GBP |
2 x £4.00 |  | no_price |
£5 to £3 |  | ambiguous |
"""
ROWS = [tuple(part.strip() for part in line.split("|")) for line in PRICES.strip("\n").splitlines()]
NOTES = {"on_request", "no_price", "no_currency", "ambiguous"}


def price(said: str, note: str) -> tuple[Money | None, Money | None, str | None]:
    if said in NOTES:
        return None, None, said
    amounts, code = said.split()
    low, _, high = amounts.partition("..")
    return Money(Decimal(low), code), Money(Decimal(high or low), code), note or None


@pytest.mark.parametrize(("text", "own", "said", "note"), ROWS, ids=[" ".join(row[:2]) for row in ROWS])
def test_a_price_is_read_or_its_reason_told(text: str, own: str, said: str, note: str) -> None:
    found = read_price(text, currency=own or None)
    assert (found.low, found.high, found.note) == price(said, note)


def test_the_table_is_long_enough() -> None:
    assert len(ROWS) >= 150


def test_an_amount_without_any_currency_is_kept_bare() -> None:
    assert read_price("12.00") == Price(note="no_currency", bare=Decimal("12.00"))
    assert read_price("$12", currency="CNY").bare is None


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_no_text_is_too_odd(text: str) -> None:
    found = read_price(text, currency="EUR")
    assert (found.low is None) == (found.note in NOTES)


@settings(max_examples=40, deadline=None)
@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2))
def test_what_is_printed_in_the_custom_of_a_currency_is_read_again(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    german = english.replace(",", "_").replace(".", ",").replace("_", ".")
    assert read_price(f"£{english}").low == Money(amount, "GBP")
    assert read_price(f"{german} €").low == Money(amount, "EUR")


STATED = [
    ("1299", "EUR", "1299.00"), ("12.5", "USD", "12.50"), ("1.299", "EUR", "1299.00"), ("129.000", "EUR", "129.00"),
    ("129.000", "VND", "129000.00"), ("1.299", "USD", "1.299"), ("0.125", "EUR", "0.125"), ("1299,00", "EUR", "1299.00"),
    ("1.299,00", "EUR", "1299.00"), ("1,299.00", "USD", "1299.00"), ("16.512345", "EUR", "16.512345"),
    ("12 EUR", "EUR", None), ("", "EUR", None), ("1,2,3", "EUR", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "amount"), STATED)
def test_mark_up_writes_amounts_with_a_point(text: str, code: str, amount: str | None) -> None:
    assert stated_amount(text, code) == (None if amount is None else Decimal(amount))


def test_long_numbers_keep_their_digits() -> None:
    assert amount_of("1" * 30, "EUR") == Decimal("1" * 30)
    assert amount_of("12345,678", "EUR") == Decimal("12345.678")


HOMES = [
    ("https://shop.de/p", (), "EUR"), ("https://shop.co.uk/p", (), "GBP"), ("https://shop.com/p", ("en-AU",), "AUD"),
    ("https://shop.com/p", ("sv_SE",), "SEK"), ("https://shop.com/p", ("ja",), "JPY"), ("https://shop.com/p", ("en",), None),
    ("https://shop.co/p", (), None), ("", (), None), ("https://shop.com.br/p", ("pt-BR",), "BRL"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "locales", "code"), HOMES)
def test_a_page_has_a_home_currency(url: str, locales: tuple[str, ...], code: str | None) -> None:
    assert home_currency(url, locales) == code


def test_signs_that_mean_several_are_settled_by_the_page() -> None:
    assert settled("$5", "CAD") == "CAD"
    assert settled("5 €, 6 £", "GBP") == "GBP"
    assert settled("5 €, 6 £", None) is None
    assert settled("5", "GBP") == "GBP"
    assert (likeliest("$5"), likeliest("5 kr"), likeliest("5")) == ("USD", "SEK", None)


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("$5", True),
        ("5 €", True),
        ("EUR 5", True),
        ("5.– CHF", True),
        ("€", False),
        ("5", False),
        ("$ off, 5 left", False),
    ],
)
def test_a_sign_counts_beside_a_number(text: str, there: bool) -> None:
    assert has_sign(text) is there
