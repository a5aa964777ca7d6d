# ruff: noqa: E501 (an example is one line, in its own script)
"""Pages of shops in many languages, each with prices beside the one to pay, sold-out goods beside the one on offer, and codes under their own names."""

import pytest

from platforms.reading import read_listing

CARDS = "".join(
    f'<li class="x"><a href="/g{number}"><img src="/{number}.jpg"><b>Thing {number}</b><i>€ {number}9,00</i><u>{{gone}}</u></a></li>'
    for number in range(1, 6)
)

PAGES = [
    # language, address, title, what stands below the heading, price, available, SKU
    ("de", "https://a.de/p/1", "Kanne", '<span>Art.: K-11</span><div class="box"><div>12 Raten zu je 9,90 €</div><b>99,00 €</b><div>Mitgliederpreis 89,00 €</div><div>ab 5 Stück 79,00 €</div></div><button>In den Warenkorb</button><p>Auf Lager</p>', "99.00 EUR", True, "K-11"),
    ("fr", "https://a.fr/p/1", "Vase bleu", '<p>Réf. : VB-204</p><div class="prix-bloc"><div class="a">Soit 4 x 12,50 €</div><div class="a">50,00 €</div><div>Frais de port : 5,90 €</div></div><button>Ajouter au panier</button><p>En stock</p>', "50.00 EUR", True, "VB-204"),
    ("es", "https://a.es/p/1", "Jarrón", '<p>Ref: JR-9</p><div class="precio"><span>30,00 €</span><small>3 plazos de 10,00 €</small></div><div class="precio-socio">Socios: 27,00 €</div><p>Agotado</p>', "30.00 EUR", False, "JR-9"),
    ("it", "https://a.it/p/1", "Vaso", '<p>Cod. prodotto: VS-77</p><div>Spedizione 6,90 €</div><div class="price">45,00 €</div><div>oppure 3 rate da 15,00 €</div><p>Non disponibile</p>', "45.00 EUR", False, "VS-77"),
    ("pt-BR", "https://a.com.br/p/1", "Vaso azul", '<p>Cód. do produto: VA-100</p><div class="valor"><s>R$ 250,00</s><strong>R$ 199,90</strong><span>em até 10x de R$ 19,99 sem juros</span><span>R$ 189,90 no Pix com cupom</span></div><button>Comprar</button>', "199.90 BRL", True, "VA-100"),
    ("nl", "https://a.nl/p/1", "Vaas", '<p>Artikelnummer: V-300</p><div>Betaal in 3 delen van € 10,00</div><div class="prijs">€ 30,-</div><div>Verzendkosten € 4,95</div><p>Op voorraad</p><button>In winkelmandje</button>', "30.00 EUR", True, "V-300"),
    ("pl", "https://a.pl/p/1", "Wazon", '<p>Nr artykułu: WZ-55</p><div class="cena"><b>120,00 zł</b><i>Najniższa cena z 30 dni: 110,00 zł</i><i>lub 10 rat po 12,00 zł</i></div><p>Kurier 14,90 zł</p><p>Chwilowo niedostępny</p>', "120.00 PLN", False, "WZ-55"),
    ("cs", "https://a.cz/p/1", "Váza", '<p>Kód zboží: VZ-12</p><table class="cenik"><tr><td>Od 3 ks</td><td>450 Kč</td></tr></table><div class="cena-hlavni">499 Kč</div><div>412,40 Kč bez DPH</div><p>Skladem 5 ks</p><button>Do košíku</button>', "499.00 CZK", True, "VZ-12"),
    ("sk", "https://a.sk/p/1", "Váza", '<p>Kód tovaru: S-1200</p><div class="c"><span>Pôvodná cena</span> <span>25,00 €</span></div><div class="c"><span>19,90 €</span></div><div>Doručenie 3,50 €</div><p>Nie je na sklade</p>', "19.90 EUR", False, "S-1200"),
    ("hu", "https://a.hu/p/1", "Váza", '<p>Cikkszám: HV-33</p><div>Törzsvásárló ár: 8 990 Ft</div><div class="ar"><b>9 990 Ft</b></div><div>Szállítási díj: 1 490 Ft</div><p>Raktáron</p><button>Kosárba</button>', "9990.00 HUF", True, "HV-33"),
    ("ro", "https://a.ro/p/1", "Vază", '<p>Cod produs: VR-8</p><div class="pret"><span>159,99 lei</span></div><div>12 rate x 13,33 lei</div><div>Livrare 19,99 lei</div><p>Stoc epuizat</p>', "159.99 RON", False, "VR-8"),
    ("sv", "https://a.se/p/1", "Vas", '<p>Art.nr: 44120</p><div class="pris">349 kr</div><div class="medlem">Medlemspris 299 kr</div><p>Frakt 49 kr</p><p>Tillfälligt slut</p>', "349.00 SEK", False, "44120"),
    ("da", "https://a.dk/p/1", "Vase", '<p>Varenr. D-71</p><div><span>Fragt 39 kr.</span></div><div><strong>249,00 kr.</strong></div><div>3 rater à 83,00 kr.</div><p>På lager</p><button>Læg i kurv</button>', "249.00 DKK", True, "D-71"),
    ("nb", "https://a.no/p/1", "Vase", '<p>Varenummer: N-500</p><div class="pris-blokk"><i>Klubbpris 199,-</i><b>249,-</b></div><p>Utsolgt</p>', "249.00 NOK", False, "N-500"),
    ("fi", "https://a.fi/p/1", "Maljakko", '<p>Tuotekoodi: F-900</p><div class="hinta">39,90 €</div><div>Erämaksu 5,00 €/kk</div><div>Toimituskulut 4,90 €</div><p>Varastossa</p><button>Lisää ostoskoriin</button>', "39.90 EUR", True, "F-900"),
    ("tr", "https://a.com.tr/p/1", "Vazo", '<p>Ürün kodu: TR-15</p><div class="fiyat">450,00 TL</div><div>3 taksit 150,00 TL</div><div>Kargo 39,90 TL</div><p>Tükendi</p>', "450.00 TRY", False, "TR-15"),
    ("ru", "https://a.ru/p/1", "Ваза", '<p>Код товара: 778812</p><div class="cena"><span>2 490</span> <span>₽</span></div><div>С картой: <b>2 290 ₽</b></div><div>4 платежа по 623 ₽</div><p>Нет в наличии</p>', "2490.00 RUB", False, "778812"),
    ("uk", "https://a.com.ua/p/1", "Ваза", '<p>Артикул: УВ-7</p><div>Доставка 80 ₴</div><div class="p">1 250 ₴</div><div>Гурт від 10 шт. 1 100 ₴</div><p>Є в наявності</p><button>Купити</button>', "1250.00 UAH", True, "УВ-7"),
    ("ar", "https://a.example/sa-ar/p/1", "مزهرية زرقاء", '<p>رقم المنتج: AZ-19</p><div>قسّمها على 4 دفعات <b>٣٠٫٠٠ ريال</b></div><div><span>١٢٠٫٠٠</span> <span>ريال</span></div><p>التوصيل ١٥ ريال</p><p>متوفر</p><button>أضف إلى السلة</button>', "120.00 SAR", True, "AZ-19"),
    ("he", "https://a.co.il/p/1", "אגרטל", '<p>מק"ט: IL-60</p><div>3 תשלומים של 50.00 ₪</div><div><b>150.00 ₪</b></div><div>משלוח 25 ₪</div><p>אזל מהמלאי</p>', "150.00 ILS", False, "IL-60"),
    ("ja", "https://a.co.jp/p/1", "花瓶", '<dl><dt>商品コード</dt><dd>JP-204</dd></dl><div>会員価格 2,700円</div><div><b>3,000円</b>(税込)</div><div>送料 600円</div><p>在庫なし</p>', "3000.00 JPY", False, "JP-204"),
    ("ko", "https://a.co.kr/p/1", "꽃병", '<p>상품번호: 550021</p><div>쿠폰 할인가 27,000원</div><div><strong>30,000원</strong></div><div>배송비 3,000원</div><p>품절</p>', "30000.00 KRW", False, "550021"),
    ("zh-CN", "https://a.cn/p/1", "花瓶", '<p>商品编号：100200300</p><div><span>¥</span><span class="now">129.00</span><span>会员价 ¥119.00</span></div><div>¥43.00×3期</div><div>运费 10元</div><p>有货</p><a class="btn">加入购物车</a>', "129.00 CNY", True, "100200300"),
    ("zh-TW", "https://a.com.tw/p/1", "花瓶", '<p>貨號：TW-88</p><div><b>NT$1,280</b></div><div>滿1,500元 折價券 NT$100</div><div>分期 6期 NT$213</div><p>已售完</p>', "1280.00 TWD", False, "TW-88"),
    ("vi", "https://a.vn/p/1", "Bình hoa", '<p>Mã sản phẩm: VN-3</p><div>Trả góp ₫50.000 x 6 tháng</div><div><b>₫300.000</b></div><div>Phí vận chuyển ₫20.000</div><p>Còn hàng</p><button>Mua ngay</button>', "300000.00 VND", True, "VN-3"),
    ("th", "https://a.co.th/p/1", "แจกัน", '<p>รหัสสินค้า: TH-41</p><div>ผ่อน 3 เดือน ฿200</div><div><b>฿600</b></div><div>ค่าส่ง ฿40</div><p>สินค้าหมด</p>', "600.00 THB", False, "TH-41"),
    ("id", "https://a.co.id/p/1", "Vas bunga", '<p>Kode produk: ID-90</p><div>Cicilan Rp50.000 per bulan</div><div><b>Rp150.000</b></div><div>Ongkir Rp12.000</div><p>Stok habis</p>', "150000.00 IDR", False, "ID-90"),
    ("hi", "https://a.in/p/1", "फूलदान", '<p>उत्पाद कोड: HI-27</p><div>बैंक ऑफर ₹100 छूट</div><div><b>₹899</b></div><div>एमआरपी <i>₹1,299</i></div><div>डिलीवरी ₹40</div><p>स्टॉक में नहीं</p>', "899.00 INR", False, "HI-27"),
    ("en", "https://a.com/p/1", "Blue vase", '<p>Item: 88-12</p><div class="buy-box"><p>4 payments of $7.50</p><p>$30.00</p><p>With trade-in $22.00</p><p>Member price $27.00</p><p>Platform fee $2.00</p></div><ul><li>Red - sold out</li><li>Blue</li></ul><button>Add to cart</button>', "30.00 USD", True, "88-12"),
    ("en", "https://a.co.uk/p/1", "Blue vase", '<table><tr><th>Qty</th><th>Price</th></tr><tr><td>1-9</td><td>£9.00</td></tr><tr><td>10+</td><td>£8.00</td></tr></table><div class="final">£9.50</div><div id="stores"><p>Leeds: out of stock</p></div><button>Add to basket</button>', "9.50 GBP", True, None),
    ("de", "https://a.de/p/1", "Kanne", f'<section><ul>{CARDS.format(gone="ausverkauft")}</ul></section><div class="x"><b>59,00 €</b></div><p>Lieferbar</p>', "59.00 EUR", True, None),
    ("de", "https://a.de/p/1", "Kanne", '<div class="t"><b>59,00 €</b></div><div class="t">Gutschein: 10,00 €</div><div class="to-cart btn">In den Warenkorb</div>', "59.00 EUR", True, None),
    ("en", "https://a.com/p/VASE-77/", "Blue vase", '<b>$30.00</b><button>Add to cart</button><h2>You may also like</h2><p>SKU: OTHER-12</p><p>SKU: VASE-77</p>', "30.00 USD", True, "VASE-77"),
    ("en", "https://a.com/p/1", "Blue vase", '<div itemscope itemtype="http://schema.org/Product"><b itemprop="name">Blue vase</b><i itemprop="sku">SKU: BV-1</i></div><b>$30.00</b>', "30.00 USD", True, "BV-1"),
    ("en", "https://a.in/p/1", "Blue vase", "<div>₹1,299 M.R.P.: <s>₹1,999</s></div><div>EMI from ₹63</div><div>Get it for ₹1,199 with bank offer</div><button>Buy Now</button>", "1299.00 INR", True, None),
    ("fr", "https://a.fr/p/1", "Vase bleu", "<div>Prix conseillé 60,00 €</div><div>45,00 €</div><div>Éco-participation 0,30 €</div><p>Bientôt disponible</p>", "45.00 EUR", False, None),
    ("en", "https://a.com.au/p/1", "Blue vase", "<table><tr><td>Price</td><td>$45.00</td></tr><tr><td>Shipping</td><td>$9.90</td></tr><tr><td>Total</td><td>$54.90</td></tr></table><button>Buy now</button>", "45.00 AUD", True, None),
    ("sv", "https://a.se/p/1", "Vas", "<div>499:-</div><div>Delbetala från 45 kr/mån</div><div>Hemleverans 99 kr</div><p>Finns i lager</p>", "499.00 SEK", True, None),
    ("ko", "https://a.co.kr/p/1", "꽃병", "<div>정상가 <s>50,000원</s></div><div>판매가 <b>39,900원</b></div><div>월 6,650원 x 6개월</div><button>장바구니 담기</button>", "39900.00 KRW", True, None),
    ("ru", "https://a.ru/p/1", "Ваза", "<div>Цена: 3 490 руб.</div><div>Цена для юр. лиц: 3 290 руб.</div><div>Бонусы: 35 руб.</div><button>В корзину</button>", "3490.00 RUB", True, None),
    ("en", "https://a.example/en-ae/p/1", "Blue vase", "<b class='price'>99.50</b><button>Add to cart</button>", "99.50 AED", True, None),
    ("en", "https://a.com/p/1", "Blue vase", "<b>$30.00</b><div class='to-cart'>Add to cart and read <a href='/x'>more</a></div><div class='to-cart'>Add to cart</div>", "30.00 USD", True, None),
]  # fmt: skip


@pytest.mark.parametrize(("language", "url", "title", "below", "price", "available", "sku"), PAGES)
def test_a_page_is_read_as_a_careful_buyer_reads_it(
    language: str, url: str, title: str, below: str, price: str | None, available: bool, sku: str | None
) -> None:
    html = (
        f'<html lang="{language}"><head><title>{title} | Shop</title></head><body><h1>{title}</h1>{below}</body></html>'
    )
    listing = read_listing(html, url, platform="p").listing
    assert (str(listing.price) if listing.price else None, listing.available, listing.sku) == (price, available, sku)
