"""The sellers' side of an order: shipped, then delivered, a few seconds after it was placed."""

import threading
import time
from datetime import timedelta

from django.db import close_old_connections, transaction
from django.utils import timezone
from oscar.apps.order.models import Order

from demo.marketplace.settings import DELIVERED_AFTER, SHIPPED_AFTER

CARRIERS = (("SF Express", "SF"), ("YTO Express", "YT"), ("ZTO Express", "ZT"))


def tracking(number: str) -> tuple[str, str]:
    """Carrier and tracking number of an order; the same order always has the same."""
    carrier, prefix = CARRIERS[int(number) % len(CARRIERS)]
    return carrier, f"{prefix}{int(number) * 7919 % 10**12:012d}"


@transaction.atomic  # type: ignore[untyped-decorator]
def move_on() -> None:
    """Moves every order whose time has come; running it twice does no harm."""
    now = timezone.now()
    for state, following, after in (
        ("Pending", "Shipped", SHIPPED_AFTER),
        ("Shipped", "Delivered", DELIVERED_AFTER),
    ):
        due = Order.objects.filter(status=state, date_placed__lte=now - timedelta(seconds=after))
        for order in due:
            order.set_status(following)


def start() -> threading.Thread:
    """The thread that moves orders on every second; it ends with the process."""

    def work() -> None:
        while True:
            time.sleep(1)
            close_old_connections()
            move_on()

    thread = threading.Thread(target=work, name="parcels", daemon=True)
    thread.start()
    return thread
