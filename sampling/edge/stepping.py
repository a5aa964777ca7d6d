"""Stepping: a site's steps done one after another on a page, until one cannot be done."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator

from sampling.edge.tab import Refused, Tab
from sampling.evidence.obstacle import Meeting, classify
from sampling.evidence.visit import VisitKind
from sampling.shop import Shop
from sampling.step import Step, filled

STEP_MILLISECONDS = 6_000
_MOST_CLEARED = 20


class Stopped(Exception):
    """A step could not be done; the reason is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Progress:
    """How far the try has come; it outlives the page, so that a crash cannot hide that the click was made."""

    values: dict[str, str]
    committed: bool = False
    shot: bytes = b""
    log: list[str] = field(default_factory=list)


async def follow(tab: Tab, steps: tuple[Step, ...], shop: Shop, progress: Progress) -> None:
    """Do all the steps; the first that cannot be done raises Stopped with the reason and leaves its picture."""
    for step in steps:
        try:
            await _take(tab, step, shop, progress)
        except Refused as refused:
            await _stop(tab, progress, refused.reason)
        except PlaywrightError:
            if step.optional:
                continue
            if tab.page.is_closed():
                raise
            tab.log.append(f"failed: {step.do} {step.selector}")
            await _stop(tab, progress, await _reason(tab, shop))


async def _stop(tab: Tab, progress: Progress, reason: str) -> None:
    progress.shot = await tab.last_shot()
    raise Stopped(reason)


async def _take(tab: Tab, step: Step, shop: Shop, progress: Progress) -> None:
    """Do one step; the log names what was done and never what was typed."""
    tab.log.append(f"{step.do} {step.selector or step.value}")
    if step.do == "goto":
        await _go(tab, filled(step.value, progress.values), shop)
    elif step.do == "read_url":
        progress.values[step.name] = tab.page.url
    else:
        where = tab.page.locator(filled(step.selector, progress.values))
        await _DEEDS[step.do](tab, where, step, progress)


async def _fill(tab: Tab, where: Locator, step: Step, progress: Progress) -> None:
    await where.first.fill(filled(step.value, progress.values), timeout=_patience(step))


async def _select(tab: Tab, where: Locator, step: Step, progress: Progress) -> None:
    await where.first.select_option(filled(step.value, progress.values), timeout=_patience(step))


async def _check(tab: Tab, where: Locator, step: Step, progress: Progress) -> None:
    await where.first.check(timeout=_patience(step))


async def _click(tab: Tab, where: Locator, step: Step, progress: Progress) -> None:
    await where.first.wait_for(state="visible", timeout=_patience(step))
    # From here on the shop may have an order, whatever happens to this page.
    progress.committed = progress.committed or step.commits
    await where.first.click(timeout=STEP_MILLISECONDS)
    await tab.rest(0.15)


async def _clear(tab: Tab, where: Locator, step: Step, progress: Progress) -> None:
    """Click until nothing is left to click, as on the basket that an earlier, broken try left behind."""
    for _ in range(_MOST_CLEARED):
        if not await where.first.is_visible():
            return
        await where.first.click(timeout=STEP_MILLISECONDS)
        await tab.rest(0.15)
    raise Stopped("unexpected_basket")


async def _expect(tab: Tab, where: Locator, step: Step, progress: Progress) -> None:
    await where.first.wait_for(state="visible", timeout=_patience(step))


async def _expect_one(tab: Tab, where: Locator, step: Step, progress: Progress) -> None:
    await where.first.wait_for(state="visible", timeout=_patience(step))
    if await where.count() != 1:
        await _stop(tab, progress, "unexpected_basket")


async def _read(tab: Tab, where: Locator, step: Step, progress: Progress) -> None:
    found = re.search(step.value or "(.+)", await where.first.inner_text(timeout=_patience(step)))
    if found is None:
        await _stop(tab, progress, "no_confirmation")
    else:
        progress.values[step.name] = found.group(1).strip()


_DEEDS: Mapping[str, Callable[[Tab, Locator, Step, Progress], Awaitable[None]]] = {
    "fill": _fill,
    "select": _select,
    "check": _check,
    "click": _click,
    "clear": _clear,
    "expect": _expect,
    "expect_one": _expect_one,
    "read": _read,
}


def _patience(step: Step) -> float:
    return 500 if step.optional else STEP_MILLISECONDS


async def _go(tab: Tab, url: str, shop: Shop) -> None:
    await tab.open(url, idle=0.15)
    await tab.consent(shop.recipe.consent)
    reason = await _reason(tab, shop)
    if reason == "captcha" or (tab.response is not None and tab.response.status >= 400):
        raise Refused(reason)


async def _reason(tab: Tab, shop: Shop) -> str:
    """Tell why the page did not let the step be done: the shop's own words first, then a wall, then nothing better."""
    text = await tab.text()
    for reason, phrases in shop.refusals.items():
        if any(phrase.lower() in text.lower() for phrase in phrases):
            return reason
    outcome = classify(
        Meeting(
            requested_url=tab.page.url,
            final_url=tab.page.url,
            status=tab.response.status if tab.response else None,
            html=await tab.page.content(),
            text=text,
            headers=tab.recorder.headers,
            gone=shop.recipe.gone,
        )
    )
    return "step_failed" if outcome.kind is VisitKind.LISTING else outcome.reason or "step_failed"
