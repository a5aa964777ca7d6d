"""The checkout: a site's steps followed under a cover, with one click that may never be made twice."""

from collections.abc import Sequence
from datetime import datetime

from sampling.cover import Cover
from sampling.edge.browser import Browser, Lost, Stay
from sampling.edge.launch import BrowserSettings
from sampling.edge.stepping import Progress, Stopped, follow
from sampling.edge.tab import Tab
from sampling.edge.visiting import failed_visit_of, visit
from sampling.evidence.profile import DESKTOP, READ
from sampling.evidence.visit import Visit
from sampling.order import OrderAttempt, OrderOutcome
from sampling.recipe import Recipe
from sampling.shop import Shop
from sampling.step import committing, filled

CHECKOUT_SECONDS = 90.0


def place_order(browser: Browser | Stay, *, shop: Shop, cover: Cover, item_url: str, quantity: int) -> OrderAttempt:
    """Give what came of one try to order; only a failure before the committing click is `refused`.

    In a stay one log-in serves all orders of the account.
    """
    committing(shop.checkout)  # steps that place no order, or two, are refused before anything is touched
    began = browser.settings.clock()
    progress = Progress(
        {**cover.values(), "base": shop.base_url, "item_url": item_url, "quantity": str(quantity)},
    )

    async def job(tab: Tab) -> Visit:
        tab.log = progress.log
        await _log_in(tab, shop, progress, browser.known_as)
        return await _buy(tab, shop, progress)

    try:
        seen = browser.run(job, seconds=CHECKOUT_SECONDS)
    except Stopped as stopped:
        return _not_placed(browser.settings, item_url, stopped.reason, progress, began)
    except Lost as lost:
        return _not_placed(browser.settings, item_url, lost.reason, progress, began)
    return OrderAttempt(
        outcome=OrderOutcome.PLACED,
        reason=None,
        order_no=progress.values["order_no"],
        order_url=filled(shop.order_url, progress.values),
        visit=seen,
        screenshot=progress.shot,
        interactions=tuple(progress.log),
    )


def read_as(browser: Browser, url: str, *, shop: Shop, cover: Cover, full: bool = False) -> Visit:
    """Give the visit of a page that only the logged-in buyer sees: the order list, or one order."""
    return read_all_as(browser, [url], shop=shop, cover=cover, full=full)[0]


def read_all_as(
    browser: Browser, urls: Sequence[str], *, shop: Shop, cover: Cover, full: bool = False
) -> tuple[Visit, ...]:
    """Give the visit of each of the buyer's pages, in their order, after one log-in for all of them."""
    began = browser.settings.clock()
    progress = Progress({**cover.values(), "base": shop.base_url})
    visits: list[Visit] = []

    async def job(tab: Tab) -> None:
        await follow(tab, shop.login, shop, progress)
        for url in urls:
            visits.append(await visit(tab, url, _plain(shop), DESKTOP if full else READ))

    try:
        browser.run(job, seconds=CHECKOUT_SECONDS)
        reason = ""
    except (Stopped, Lost) as error:
        reason = error.reason
    lost = urls[len(visits) :]
    return (*visits, *(failed_visit_of(browser.settings, url, reason, progress.shot, began) for url in lost))


async def _log_in(tab: Tab, shop: Shop, progress: Progress, known_as: set[str]) -> None:
    account = f"{shop.base_url} {progress.values['cover.account']}"
    if account not in known_as:
        await follow(tab, shop.login, shop, progress)
        known_as.add(account)


async def _buy(tab: Tab, shop: Shop, progress: Progress) -> Visit:
    await follow(tab, shop.checkout, shop, progress)
    progress.shot = await tab.shot(full=True)
    return await visit(tab, filled(shop.order_url, progress.values), _plain(shop), DESKTOP)


def _plain(shop: Shop) -> Recipe:
    """The buyer's own pages have no late price to wait for."""
    return Recipe(consent=shop.recipe.consent, hosts=shop.recipe.hosts)


def _not_placed(
    settings: BrowserSettings, item_url: str, reason: str, progress: Progress, began: datetime
) -> OrderAttempt:
    reason = "no_confirmation" if progress.committed and reason == "step_failed" else reason
    return OrderAttempt(
        outcome=OrderOutcome.UNCLEAR if progress.committed else OrderOutcome.REFUSED,
        reason=reason,
        order_no=progress.values.get("order_no"),
        order_url=None,
        visit=failed_visit_of(settings, item_url, reason, progress.shot, began),
        screenshot=progress.shot,
        interactions=tuple(progress.log),
    )
