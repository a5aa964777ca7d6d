# ruff: noqa: E501 (a plan is one line)
"""The assortment: which engine sells what, in which languages and currencies; the last of each is sold out."""

from dataclasses import replace

from tests.world.pages import Goods, Page, page
from tests.world.tongues import TONGUES

_LAMP = Goods("Norrvik desk lamp Alva 40", "NV-40-221", "39.90", "EUR", "en")
_PLAN: tuple[tuple[str, str, str, str], ...] = (
    ("woocommerce", "de EUR 39.90 -", "it EUR 1249.00 1399.00", "pl PLN 129.99 -"),
    ("woocommerce_linked", "fr EUR 24.50 29.90", "en GBP 1299.00 -", "sv SEK 349.00 499.00"),
    ("shopify", "en USD 39.00 59.00", "en GBP 18.50 -", "de EUR 21.95 -"),
    ("magento", "en USD 149.00 199.00", "nl EUR 12.95 -", "es EUR 79.00 99.00"),
    ("prestashop", "fr EUR 16.51 -", "es EUR 22.94 28.68", "cs CZK 1290.00 -"),
    ("shopware", "de EUR 49.90 59.90", "de EUR 1899.00 -", "nl EUR 8.75 -"),
    ("opencart", "en USD 602.00 -", "ru RUB 3499.00 4200.00", "pt BRL 119.90 149.90"),
    ("bigcommerce", "en USD 25.00 32.00", "en USD 1099.99 -", "en GBP 45.00 -"),
    ("next_app", "en USD 64.99 -", "da DKK 1299.00 -", "ko KRW 45000 -"),
    ("split_cents", "de EUR 19.99 24.99", "fr EUR 1.49 -", "en USD 89.99 -"),
    ("offscreen", "en USD 23.97 29.99", "en USD 7.49 -", "en USD 379.00 -"),
    ("broken_linked", "en USD 54.00 -", "tr TRY 1499.90 -", "de EUR 12.00 -"),
    ("rdfa", "en EUR 33.00 -", "fi EUR 59.90 -", "hu HUF 12990 -"),
    ("taobao", "zh CNY 88.80 199.00", "zh CNY 1299.00 1999.00", "zh CNY 9.90 19.90"),
    ("jd", "zh CNY 2499.00 -", "zh CNY 59.90 -", "zh CNY 129.00 -"),
    ("rakuten", "ja JPY 3980 4980", "ja JPY 12800 15800", "ja JPY 980 1280"),
    ("plain", "en GBP 14.99 -", "de EUR 7.95 -", "vi VND 129000 -"),
)


def every_page() -> list[Page]:
    """Give all pages; of each engine the last language is sold out."""
    pages: list[Page] = []
    for number, (engine, *plans) in enumerate(_PLAN):
        for place, plan in enumerate(plans):
            tongue, currency, price, old = plan.split()
            ids = 1000 + number * 10 + place
            host = {"en": "store.example.com", "zh": "item.example.cn", "ja": "shop.example.jp"}.get(
                tongue, f"shop.example.{tongue}"
            )
            goods = replace(_LAMP, name=f"{TONGUES[tongue].lamp} Alva {ids}", sku=f"NV-{ids}-{number}", price=price, currency=currency,
                            tongue=tongue, old=None if old == "-" else old, available=place < 2, ids=ids, host=host)  # fmt: skip
            sku = None if engine == "offscreen" else goods.sku
            pages.append(replace(page(engine, goods), goods=replace(goods, sku=sku)))
    return pages
