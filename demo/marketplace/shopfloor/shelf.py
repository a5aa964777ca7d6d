"""Taking a listing off the shop."""

from django.db import transaction
from django.utils import timezone
from oscar.apps.catalogue.models import Product

from demo.marketplace.shopfloor.models import Shelf


@transaction.atomic  # type: ignore[untyped-decorator]
def take_off(product_id: int, reason: str) -> bool:
    """Whether there was such a listing; afterwards its page answers 404 and says it is offline."""
    found = Product.objects.filter(pk=product_id).update(is_public=False)
    Shelf.objects.filter(product_id=product_id, offline_at=None).update(
        offline_at=timezone.now(), offline_reason=reason
    )
    return bool(found)
