# ruff: noqa: E501 (a language is one line of words)
"""The words of shops in the languages of the made pages, and how each prints money."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Tongue:
    """What a shop says in one language."""

    money: Callable[[str, str], str]
    lamp: str
    cart: str
    stock: str
    gone: str
    sku: str
    related: str
    was: str = "Was"
    regular: str = "Regular price"
    sale: str = "Sale price"
    tax: str = "Tax included"
    ship: str = "Free shipping over"
    basket: str = "Cart"
    cookie: str = "We use cookies."
    other: str = "Other item"
    brand: str = "Brand"
    code: str = "Product Code"
    state: str = "Availability"
    content: str = "Content"
    monthly: str = "monthly"


_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "PLN": "zł", "SEK": "kr", "DKK": "kr.", "CZK": "Kč", "RUB": "₽", "BRL": "R$",
          "KRW": "원", "TRY": "TL", "HUF": "Ft", "CNY": "¥", "JPY": "円", "VND": "₫"}  # fmt: skip


def _grouped(amount: str, thousands: str, decimal: str, *, whole: bool = False) -> str:
    plain = f"{Decimal(amount):,.2f}"
    if whole and plain.endswith(".00"):
        plain = plain[:-3]
    return plain.replace(",", "T").replace(".", decimal).replace("T", thousands)


def _before(
    thousands: str = ",", decimal: str = ".", gap: str = "", *, whole: bool = False
) -> Callable[[str, str], str]:
    return lambda amount, code: f"{_SIGNS[code]}{gap}{_grouped(amount, thousands, decimal, whole=whole)}"


def _after(
    thousands: str = ".", decimal: str = ",", gap: str = "\u00a0", *, whole: bool = False
) -> Callable[[str, str], str]:
    return lambda amount, code: f"{_grouped(amount, thousands, decimal, whole=whole)}{gap}{_SIGNS[code]}"


TONGUES: dict[str, Tongue] = {
    "en": Tongue(_before(), "Desk lamp", "Add to cart", "In stock", "Sold out", "SKU", "You may also like"),
    "de": Tongue(
        _after(),
        "Schreibtischlampe",
        "In den Warenkorb",
        "Sofort lieferbar, Lieferzeit 2-4 Tage",
        "Ausverkauft",
        "Artikelnummer",
        "Ähnliche Produkte",
        "UVP",
        "Normalpreis",
        "Sonderpreis",
        "inkl. MwSt. zzgl. Versand",
        "Kostenloser Versand ab",
        "Warenkorb",
        brand="Marke",
        code="Artikel-Nr.",
        state="Verfügbarkeit",
        content="Inhalt",
        monthly="monatlich",
    ),
    "fr": Tongue(
        _after("\u202f"),
        "Lampe de bureau",
        "Ajouter au panier",
        "En stock",
        "Rupture de stock",
        "Référence",
        "Vous aimerez aussi",
        "Au lieu de",
        tax="TTC",
        ship="Livraison offerte dès",
        basket="Panier",
        brand="Marque",
        monthly="par mois",
    ),
    "it": Tongue(
        _before(".", ",", " "),
        "Lampada da scrivania",
        "Aggiungi al carrello",
        "Disponibile",
        "Esaurito",
        "Codice articolo",
        "Prodotti correlati",
        brand="Marca",
    ),
    "es": Tongue(
        _after(),
        "Lámpara de escritorio",
        "Añadir al carrito",
        "En stock",
        "Agotado",
        "Referencia",
        "También te puede interesar",
        "Antes",
        tax="IVA incluido",
        brand="Marca",
    ),
    "nl": Tongue(
        _before(".", ",", " "),
        "Bureaulamp",
        "In winkelwagen",
        "Op voorraad",
        "Uitverkocht",
        "Artikelnummer",
        "Gerelateerde producten",
        brand="Merk",
    ),
    "pt": Tongue(
        _before(".", ",", " "),
        "Luminária de mesa",
        "Adicionar ao carrinho",
        "Em estoque",
        "Esgotado",
        "Referência",
        "Produtos relacionados",
        "De",
        brand="Marca",
        code="Código",
        state="Disponibilidade",
    ),
    "pl": Tongue(
        _after(" "),
        "Lampa biurkowa",
        "Dodaj do koszyka",
        "Dostępny",
        "Brak w magazynie",
        "Kod produktu",
        "Podobne produkty",
        brand="Marka",
    ),
    "cs": Tongue(
        _after(" ", whole=True),
        "Stolní lampa",
        "Do košíku",
        "Skladem",
        "Vyprodáno",
        "Kód zboží",
        "Podobné produkty",
        brand="Značka",
    ),
    "sv": Tongue(
        _after(" ", whole=True),
        "Skrivbordslampa",
        "Lägg i varukorgen",
        "I lager",
        "Slutsåld",
        "Artikelnummer",
        "Relaterade produkter",
        "Ord. pris",
        brand="Märke",
    ),
    "da": Tongue(
        _after(whole=True),
        "Bordlampe",
        "Læg i kurv",
        "På lager",
        "Udsolgt",
        "Varenummer",
        "Relaterede produkter",
        brand="Mærke",
    ),
    "fi": Tongue(
        _after(" "),
        "Pöytävalaisin",
        "Lisää ostoskoriin",
        "Varastossa",
        "Loppuunmyyty",
        "Tuotekoodi",
        "Samankaltaiset tuotteet",
        brand="Merkki",
    ),
    "hu": Tongue(
        _after(" ", whole=True),
        "Asztali lámpa",
        "Kosárba",
        "Raktáron",
        "Elfogyott",
        "Cikkszám",
        "Hasonló termékek",
        brand="Márka",
    ),
    "tr": Tongue(
        _after(), "Masa lambası", "Sepete ekle", "Stokta", "Tükendi", "Ürün kodu", "Benzer ürünler", brand="Marka"
    ),
    "ru": Tongue(
        _after(" ", whole=True),
        "Настольная лампа",
        "В корзину",
        "В наличии",
        "Нет в наличии",
        "Артикул",
        "Похожие товары",
        brand="Производитель",
        code="Код товара",
        state="Наличие",
    ),
    "ko": Tongue(
        _after(",", ".", "", whole=True),
        "책상 램프",
        "장바구니 담기",
        "재고 있음",
        "품절",
        "상품코드",
        "관련 상품",
        brand="브랜드",
    ),
    "ja": Tongue(
        _after(",", ".", "", whole=True),
        "デスクランプ",
        "買い物かごに入れる",
        "在庫あり",
        "売り切れ",
        "商品番号",
        "関連商品",
        brand="ブランド",
    ),
    "zh": Tongue(
        _before(),
        "台灯",
        "加入购物车",
        "有货",
        "缺货",
        "货号",
        "猜你喜欢",
        "原价",
        ship="满额包邮",
        basket="购物车",
        brand="品牌",
    ),
    "vi": Tongue(
        _after(whole=True),
        "Đèn bàn",
        "Thêm vào giỏ hàng",
        "Còn hàng",
        "Hết hàng",
        "Mã sản phẩm",
        "Sản phẩm liên quan",
        brand="Thương hiệu",
    ),
}
