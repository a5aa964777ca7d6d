"""What the shop's templates ask about sellers and parcels."""

import json
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from oscar.apps.partner.models import StockRecord

from demo.marketplace.shopfloor.parcels import tracking

register = template.Library()


@register.filter  # type: ignore[untyped-decorator]
def offered(product: Any) -> Any:
    """The product's stock record: its seller, the seller's SKU and the pieces left."""
    return StockRecord.objects.select_related("partner").filter(product=product).first()


@register.filter  # type: ignore[untyped-decorator]
def parcel(order: Any) -> dict[str, str] | None:
    """Carrier and tracking number once the order is shipped, else None."""
    if order.status not in ("Shipped", "Delivered"):
        return None
    carrier, number = tracking(order.number)
    return {"carrier": carrier, "number": number}


@register.simple_tag  # type: ignore[untyped-decorator]
def product_markup(request: Any, product: Any) -> SafeString:
    """schema.org's Product with its offer, as search engines ask shops for it."""
    offer = offered(product)
    markup = {
        "@context": "https://schema.org/",
        "@type": "Product",
        "name": product.title,
        "image": [request.build_absolute_uri(image.original.url) for image in product.get_all_images()],
        "brand": {"@type": "Brand", "name": product.attr.brand},
        "gtin13": product.attr.gtin,
        "sku": offer.partner_sku,
        "offers": {
            "@type": "Offer",
            "price": str(offer.price),
            "priceCurrency": offer.price_currency,
            "availability": f"https://schema.org/{'InStock' if offer.net_stock_level > 0 else 'OutOfStock'}",
            "seller": {"@type": "Organization", "name": offer.partner.name},
        },
    }
    # "<" could end the script element.
    return mark_safe(json.dumps(markup, ensure_ascii=False).replace("<", "\\u003c"))
