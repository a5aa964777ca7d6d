"""The checkout: a site's steps followed under a cover, with one click that may never be made twice."""

from sampling.cover import Cover
from sampling.edge.browser import Browser, Lost
from sampling.edge.stepping import Progress, Stopped, follow
from sampling.edge.tab import Refused, Tab
from sampling.edge.visiting import failed_visit_of, finish
from sampling.evidence import Visit
from sampling.order import OrderAttempt, OrderOutcome
from sampling.recipe import Recipe
from sampling.shop import Shop
from sampling.step import committing, filled

CHECKOUT_SECONDS = 90.0


def place_order(browser: Browser, *, shop: Shop, cover: Cover, item_url: str, quantity: int) -> OrderAttempt:
    """Give what came of one try to order; only a failure before the committing click is `refused`."""
    committing(shop.checkout)  # steps that place no order, or two, are refused before anything is touched
    progress = Progress(
        {**cover.values(), "base": shop.base_url, "item_url": item_url, "quantity": str(quantity)},
    )
    try:
        visit = browser.run(lambda tab: _buy(tab, shop, progress), seconds=CHECKOUT_SECONDS)
    except Stopped as stopped:
        return _not_placed(progress, stopped.reason)
    except Lost as lost:
        return _not_placed(progress, lost.reason)
    return OrderAttempt(
        outcome=OrderOutcome.PLACED,
        reason=None,
        order_no=progress.values["order_no"],
        order_url=filled(shop.order_url, progress.values),
        visit=visit,
        screenshot=progress.shot,
        interactions=tuple(progress.log),
    )


def read_as(browser: Browser, url: str, *, shop: Shop, cover: Cover, full: bool = False) -> Visit:
    """Give the visit of a page that only the logged-in buyer sees: the order list, or one order."""
    began = browser.settings.clock()
    progress = Progress({**cover.values(), "base": shop.base_url})

    async def job(tab: Tab) -> Visit:
        await follow(tab, shop.login, shop, progress)
        return await _see(tab, url, _plain(shop), full=full)

    try:
        return browser.run(job, seconds=CHECKOUT_SECONDS)
    except (Stopped, Lost) as error:
        return failed_visit_of(browser.settings, url, error.reason, progress.shot, began)


async def _buy(tab: Tab, shop: Shop, progress: Progress) -> Visit:
    tab.log = progress.log
    await follow(tab, shop.login, shop, progress)
    await follow(tab, shop.checkout, shop, progress)
    progress.shot = await tab.shot(full=True)
    return await _see(tab, filled(shop.order_url, progress.values), _plain(shop), full=True)


def _plain(shop: Shop) -> Recipe:
    """The buyer's own pages have no late price to wait for."""
    return Recipe(consent=shop.recipe.consent, hosts=shop.recipe.hosts)


async def _see(tab: Tab, url: str, recipe: Recipe, *, full: bool) -> Visit:
    began = tab.settings.clock()
    try:
        await tab.open(url)
    except Refused as refused:
        return failed_visit_of(tab.settings, url, refused.reason, b"", began)
    if full:
        tab.files["before.png"] = await tab.shot()
    return await finish(tab, url, recipe, began, full=full)


def _not_placed(progress: Progress, reason: str) -> OrderAttempt:
    return OrderAttempt(
        outcome=OrderOutcome.UNCLEAR if progress.committed else OrderOutcome.REFUSED,
        reason="no_confirmation" if progress.committed and reason == "step_failed" else reason,
        order_no=progress.values.get("order_no"),
        order_url=None,
        visit=None,
        screenshot=progress.shot,
        interactions=tuple(progress.log),
    )
