"""Glow Mall's addresses: shells that JavaScript fills, the JSON it asks for, and the till."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from demo.accounts import ACCOUNTS, DESK_TOKEN, PASSWORD
from demo.goods import CATEGORIES
from demo.mall import shelf
from demo.mall.store import Store
from demo.pictures import draw

HERE = Path(__file__).parent
PRICE_DELAY = 0.6
ROBOTS = "User-agent: *\nCrawl-delay: 0.2\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders\n"

templates = Jinja2Templates(HERE / "templates")
templates.env.globals["categories"] = CATEGORIES


def store_of(request: Request) -> Store:
    """The shop's memory."""
    store: Store = request.app.state.store
    return store


def show(request: Request, name: str, status: int = 200, **view: Any) -> Response:
    """One page, with who is logged in for its header."""
    return templates.TemplateResponse(request, name, {"email": request.state.email, **view}, status_code=status)


async def recognise(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Middleware: gives every visitor a session and puts customer and cart on the request."""
    token = request.cookies.get("sid", "")
    known = store_of(request).visitor(token) if token else None
    fresh = known is None
    if known is None and not _bare(request):
        token = store_of(request).begin_session()
    request.state.token = token
    request.state.email, request.state.cart = known or (None, {})
    response = await answer(request)
    if fresh and not _bare(request):
        response.set_cookie("sid", token, httponly=True, samesite="lax")
    return response


def _bare(request: Request) -> bool:
    return request.url.path.startswith(("/static", "/pic", "/api", "/healthz", "/desk", "/robots.txt"))


def _on_shelf(request: Request) -> str:
    item: str = request.path_params["item"]
    if item not in shelf.ITEMS or item in store_of(request).offline():
        raise HTTPException(404)
    return item


async def home(request: Request) -> Response:
    """The shell of the list."""
    return show(request, "home.html", category=request.query_params.get("c", ""))


async def item_page(request: Request) -> Response:
    """The shell of a listing; a robot check instead where this listing has one."""
    try:
        item = _on_shelf(request)
    except HTTPException:
        return show(request, "gone.html", 404)
    if shelf.fault(item) == "captcha":
        return show(request, "captcha.html")
    return show(request, "item.html", item=item)


async def api_items(request: Request) -> Response:
    """One page of the list as JSON."""
    asked = request.query_params
    number = max(1, int(asked.get("page", "1")))
    return JSONResponse(shelf.page(asked.get("c", ""), number, store_of(request).offline()))


async def api_item(request: Request) -> Response:
    """A listing as JSON; 403 behind the robot check."""
    item = _on_shelf(request)
    if shelf.fault(item) == "captcha":
        return JSONResponse({"error": "verify you are human"}, 403)
    return JSONResponse(shelf.detail(item))


async def api_price(request: Request) -> Response:
    """A listing's price, late: the price service of this mall is slow."""
    item = _on_shelf(request)
    await asyncio.sleep(PRICE_DELAY)
    return JSONResponse(shelf.price(item))


@cache
def _picture(item: str, view: int) -> bytes:
    return draw(shelf.ITEMS[item], view)


async def picture(request: Request) -> Response:
    """One of a listing's two pictures."""
    item, view = request.path_params["item"], request.path_params["view"]
    if item not in shelf.ITEMS or view > 1:
        raise HTTPException(404)
    data = await asyncio.to_thread(_picture, item, view)
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "max-age=3600"})


async def log_in(request: Request) -> Response:
    """The log-in form and its answer."""
    if request.method == "GET":
        return show(request, "login.html", wrong=False, after=request.query_params.get("next", "/orders"))
    form = await request.form()
    email, after = str(form.get("email", "")).strip().lower(), str(form.get("next", "/orders"))
    known = email in {account.email for account in ACCOUNTS}
    if not (hmac.compare_digest(str(form.get("password", "")).encode(), PASSWORD.encode()) and known):
        return show(request, "login.html", 400, wrong=True, after=after)
    store_of(request).log_in(request.state.token, email)
    return RedirectResponse(after if after.startswith("/") and after[1:2] != "/" else "/", 303)


async def log_out(request: Request) -> Response:
    """Ends the customer's session."""
    store_of(request).log_in(request.state.token, None)
    return RedirectResponse("/", 303)


async def cart(request: Request) -> Response:
    """The cart; a POST puts a listing in it."""
    if request.method == "GET":
        lines, total = shelf.cart_lines(request.state.cart)
        return show(request, "cart.html", lines=lines, total=total)
    form = await request.form()
    item = str(form.get("item", ""))
    if item not in shelf.ITEMS or item in store_of(request).offline() or not shelf.price(item)["amount"]:
        return show(request, "gone.html", 404)
    quantity = request.state.cart.get(item, 0) + max(1, min(9, int(str(form.get("quantity", "1")))))
    store_of(request).keep_cart(request.state.token, {**request.state.cart, item: quantity})
    return RedirectResponse("/cart", 303)


async def checkout(request: Request) -> Response:
    """The last look before ordering; a POST places the order."""
    email = request.state.email
    if email is None:
        return RedirectResponse("/login?next=/checkout", 303)
    off = store_of(request).offline()
    lines, total = shelf.cart_lines({i: n for i, n in request.state.cart.items() if i not in off})
    if not lines:
        return RedirectResponse("/cart", 303)
    if request.method == "GET":
        buyer = next(account for account in ACCOUNTS if account.email == email)
        return show(request, "checkout.html", lines=lines, total=total, buyer=buyer)
    number = store_of(request).place(request.state.token, email, lines, total)
    return RedirectResponse(f"/orders/{number}?new=1", 303)


async def orders(request: Request) -> Response:
    """A customer's orders, or one of them."""
    if request.state.email is None:
        return RedirectResponse(f"/login?next={request.url.path}", 303)
    mine = store_of(request).orders(request.state.email)
    number = request.path_params.get("number")
    if number is None:
        return show(request, "orders.html", orders=mine)
    for order in mine:
        if order.number == number:
            return show(request, "order.html", order=order, new="new" in request.query_params)
    raise HTTPException(404)


async def take_offline(request: Request) -> Response:
    """Takes a listing off for the mall's own desk: 200, 401 without its token, 404 if there is none."""
    if request.headers.get("Authorization") != f"Bearer {DESK_TOKEN}":
        return JSONResponse({"error": "unauthorised"}, 401)
    item = request.path_params["item"]
    if item not in shelf.ITEMS:
        return JSONResponse({"error": "no such listing"}, 404)
    store_of(request).take_offline(item, "trust and safety")
    return JSONResponse({"item_id": item, "state": "offline"})


async def healthy(_request: Request) -> Response:
    """200 as soon as the mall is open."""
    return PlainTextResponse("ok")


async def robots(_request: Request) -> Response:
    """What crawlers may read, and how fast."""
    return PlainTextResponse(ROBOTS)


ROUTES = [
    Route("/", home),
    Route("/item/{item}", item_page),
    Route("/api/items", api_items),
    Route("/api/items/{item}", api_item),
    Route("/api/items/{item}/price", api_price),
    Route("/pic/{item}/{view:int}.jpg", picture),
    Route("/login", log_in, methods=["GET", "POST"]),
    Route("/logout", log_out, methods=["POST"]),
    Route("/cart", cart, methods=["GET", "POST"]),
    Route("/checkout", checkout, methods=["GET", "POST"]),
    Route("/orders", orders),
    Route("/orders/{number}", orders),
    Route("/desk/listings/{item}/offline", take_offline, methods=["POST"]),
    Route("/healthz", healthy),
    Route("/robots.txt", robots),
    Mount("/static", StaticFiles(directory=HERE / "static")),
]


def open_mall(state: Path) -> Starlette:
    """The mall on its state folder."""
    app = Starlette(routes=ROUTES, middleware=[Middleware(BaseHTTPMiddleware, dispatch=recognise)])
    app.state.store = Store(state / "mall.sqlite3")
    return app
