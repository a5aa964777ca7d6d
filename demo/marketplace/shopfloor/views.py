"""The addresses Oscar has not: the desk's, robots.txt, and a page for what is no longer sold."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from demo.accounts import DESK_TOKEN
from demo.marketplace.shopfloor.faults import LISTING
from demo.marketplace.shopfloor.models import Shelf
from demo.marketplace.shopfloor.shelf import take_off

ROBOTS = "User-agent: *\nCrawl-delay: 0.2\nDisallow: /checkout/\nDisallow: /basket/\nDisallow: /accounts/\n"


def robots(_request: HttpRequest) -> HttpResponse:
    """What crawlers may read, and how fast."""
    return HttpResponse(ROBOTS, content_type="text/plain")


def healthy(_request: HttpRequest) -> HttpResponse:
    """200 as soon as the shop is open."""
    return HttpResponse("ok", content_type="text/plain")


@csrf_exempt  # type: ignore[untyped-decorator]
@require_POST  # type: ignore[untyped-decorator]
def take_offline(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a listing off for the shop's own desk: 200, 401 without its token, 404 if there is none."""
    if request.headers.get("Authorization") != f"Bearer {DESK_TOKEN}":
        return JsonResponse({"error": "unauthorised"}, status=401)
    reason = json.loads(request.body or b"{}").get("reason", "trust and safety")
    if not take_off(pk, reason[:64]):
        return JsonResponse({"error": "no such listing"}, status=404)
    return JsonResponse({"item_id": pk, "state": "offline"})


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 404 page; for a listing that was taken off it says so."""
    path = LISTING.match(request.path)
    offline = path is not None and Shelf.objects.filter(product_id=int(path[1])).exists()
    return render(request, "shop/missing.html", {"offline": offline}, status=404)
