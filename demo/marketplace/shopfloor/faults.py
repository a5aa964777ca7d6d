"""Middleware that makes listings vanish or sell out at the moment faults.toml names."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from oscar.apps.partner.models import StockRecord

from demo.faults import faults
from demo.marketplace.shopfloor.models import Shelf
from demo.marketplace.shopfloor.shelf import take_off

Handler = Callable[[HttpRequest], HttpResponse]
LISTING = re.compile(r"^/catalogue/[\w-]*_(\d+)/$")
ADD = re.compile(r"^/basket/add/(\d+)/$")


def commit(answer: Handler) -> Handler:
    """A handler that commits the due faults before it answers, and counts afterwards."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(("/static/", "/media/")):
            return answer(request)
        vanish()
        if request.method == "POST" and (added := ADD.match(request.path)):
            sell_out(int(added[1]))
        response = answer(request)
        count(request, response)
        return response

    return handle


def vanish() -> None:
    """Takes off the listings whose seller removes them about now."""
    for sku, fault in _of_kind("gone").items():
        for shelf in Shelf.objects.filter(sku=sku, offline_at=None):
            age = timezone.now() - shelf.first_shown if shelf.first_shown else timedelta(0)
            if shelf.views >= fault["after_views"] or age >= timedelta(seconds=fault["after_seconds"]):
                take_off(shelf.product_id, "removed by the seller")


def sell_out(product_id: int) -> None:
    """Sells the last piece to somebody else, if this listing is one that does so."""
    StockRecord.objects.filter(product_id=product_id, partner_sku__in=_of_kind("sold_out")).update(num_in_stock=0)


def count(request: HttpRequest, response: HttpResponse) -> None:
    """Remembers that a vanishing listing was shown in a list or opened."""
    if request.method != "GET" or response.status_code != 200:
        return
    waiting = Shelf.objects.filter(sku__in=_of_kind("gone"), offline_at=None)
    if opened := LISTING.match(request.path):
        waiting.filter(product_id=int(opened[1])).update(views=F("views") + 1)
    elif request.path.startswith("/catalogue/"):
        waiting.filter(first_shown=None).update(first_shown=timezone.now())


def _of_kind(kind: str) -> Mapping[str, Mapping[str, Any]]:
    return {sku: fault for sku, fault in faults("oscar-mart").items() if fault["fault"] == kind}
