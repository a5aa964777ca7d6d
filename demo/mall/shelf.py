"""What Glow Mall's JSON addresses say about its listings."""

from decimal import Decimal
from typing import Any

from demo.faults import faults
from demo.goods import CATEGORIES, Offer, offers

PAGE = 6

ITEMS: dict[str, Offer] = {offer.sku.removeprefix("GM-"): offer for offer in offers("glow-mall")}


def fault(item: str) -> str:
    """The fault this listing commits, or ''."""
    kind: str = faults("glow-mall").get(ITEMS[item].sku, {}).get("fault", "")
    return kind


def price(item: str) -> dict[str, str | None]:
    """The price as the page shows it, and as a number where there is exactly one."""
    offer = ITEMS[item]
    match fault(item):
        case "price_on_request":
            return {"text": "面议 Price on request", "amount": None}
        case "price_range":
            ends = faults("glow-mall")[offer.sku]
            return {"text": f"￥{ends['low']} - ￥{ends['high']}", "amount": ends["low"]}
        case _:
            return {"text": f"￥{offer.price}", "amount": offer.price}


def page(category: str, number: int, off: frozenset[str]) -> dict[str, Any]:
    """One page of the listings on the shelf, of one category or all."""
    shown = [item for item, offer in ITEMS.items() if item not in off and category in ("", offer.product.category)]
    start = (number - 1) * PAGE
    return {"items": [_card(item) for item in shown[start : start + PAGE]], "more": len(shown) > start + PAGE}


def _card(item: str) -> dict[str, str | None]:
    return {
        "id": item,
        "title": ITEMS[item].title,
        "price": price(item)["text"],
        "picture": f"/pic/{item}/0.jpg",
    }


def detail(item: str) -> dict[str, Any]:
    """A listing without its price, which has an address of its own."""
    offer = ITEMS[item]
    what = offer.product
    specs = {
        "品牌 Brand": f"{what.brand.zh} {what.brand.en}",
        "型号 Model": what.model,
        "条码 GTIN": what.gtin,
        "批号 Batch": offer.batch,
        "生产企业 Maker": what.maker,
        "证书编号 Certificate": what.certificate,
        "适用年龄 Age": what.age,
        "宣称 Claims": f"{what.claims.zh} / {what.claims.en}",
        "货号 Item no.": offer.sku,
    }
    return {
        "id": item,
        "title": offer.title,
        "category": str(CATEGORIES[what.category]),
        "shop": str(offer.seller.name),
        "licence": offer.seller.licence,
        "stock": offer.stock,
        "text": offer.description,
        "specs": [pair for pair in specs.items() if pair[1]],
        "pictures": [f"/pic/{item}/{view}.jpg" for view in (0, 1)],
    }


def cart_lines(cart: dict[str, int]) -> tuple[list[dict[str, str | int]], str]:
    """The lines an order of this cart has, and its total in CNY."""
    lines: list[dict[str, str | int]] = []
    total = Decimal(0)
    for item, quantity in cart.items():
        amount = price(item)["amount"]
        if amount is None:
            continue
        offer = ITEMS[item]
        total += Decimal(amount) * quantity
        lines.append({"item": item, "sku": offer.sku, "title": offer.title, "price": amount, "quantity": quantity})
    return lines, f"{total:.2f}"
