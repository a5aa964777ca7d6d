"""Visiting: the course of one visit, from the address to the files that prove what was there."""

from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version

from sampling.edge.launch import BrowserSettings
from sampling.edge.tab import Refused, Tab
from sampling.evidence.obstacle import Meeting, Outcome, classify
from sampling.evidence.visit import Visit, VisitKind
from sampling.recipe import Recipe


async def visit(tab: Tab, url: str, recipe: Recipe, *, full: bool) -> Visit:
    """Give what the page holds, with all files or with none."""
    began = tab.settings.clock()
    try:
        await tab.open(url)
    except Refused as refused:
        if full and (picture := await tab.last_shot()):
            tab.files["page.png"] = picture
        return _record(tab, url, began, Outcome(VisitKind.ERROR, refused.reason, {}), full=full)
    if full:
        tab.files["before.png"] = await tab.shot()
    return await finish(tab, url, recipe, began, full=full)


async def finish(tab: Tab, url: str, recipe: Recipe, began: datetime, *, full: bool) -> Visit:
    """Give the visit of a page that is open: banner answered, late parts awaited, scrolled through, kept."""
    if recipe.wait_for and await _is_there(tab):
        await tab.wait_for(recipe.wait_for)
    await tab.consent(recipe.consent)
    if recipe.more:
        await tab.unfold(recipe.more)
    if full:
        await tab.scroll()
        await tab.keep_page()
    met = Meeting(
        requested_url=url,
        final_url=tab.page.url,
        status=tab.response.status if tab.response else None,
        html=await tab.page.content(),
        text=await tab.text(),
        headers=tab.recorder.headers,
        hosts=recipe.hosts,
        gone=recipe.gone,
    )
    return _record(tab, url, began, classify(met), full=full, met=met)


def failed_visit_of(settings: BrowserSettings, url: str, reason: str, shot: bytes, began: datetime) -> Visit:
    """Give the visit of a page that was never reached, with the last picture there is."""
    return Visit(
        kind=VisitKind.ERROR,
        reason=reason,
        requested_url=url,
        final_url=url,
        status=None,
        started_at=began,
        ended_at=settings.clock(),
        html="",
        text="",
        files={"page.png": shot} if shot else {},
        tool=_plain_tool(settings),
    )


def failed_visit(
    settings: BrowserSettings,
    url: str,
    reason: str,
    tab: Tab | None,
    began: datetime,
) -> Visit:
    """Give the visit of a page that was lost on the way, with whatever had been kept of it."""
    if tab is None:
        return failed_visit_of(settings, url, reason, b"", began)
    return Visit(
        kind=VisitKind.ERROR,
        reason=reason,
        requested_url=url,
        final_url=url,
        status=tab.response.status if tab.response else None,
        started_at=began,
        ended_at=settings.clock(),
        html="",
        text="",
        files={**tab.files, "requests.jsonl": tab.recorder.ledger()},
        tool=_tool(tab),
        interactions=tuple(tab.log),
        signals=dict(tab.signals),
    )


async def _is_there(tab: Tab) -> bool:
    return tab.response is not None and tab.response.status < 400


def _record(
    tab: Tab,
    url: str,
    began: datetime,
    outcome: Outcome,
    *,
    full: bool,
    met: Meeting | None = None,
) -> Visit:
    if full:
        tab.files["requests.jsonl"] = tab.recorder.ledger()
    return Visit(
        kind=outcome.kind,
        reason=outcome.reason,
        requested_url=url,
        final_url=met.final_url if met else url,
        status=met.status if met else None,
        started_at=began,
        ended_at=tab.settings.clock(),
        html=met.html if met else "",
        text=met.text if met else "",
        files=dict(tab.files) if full else {},
        tool=_tool(tab),
        interactions=tuple(tab.log),
        signals={**tab.signals, **outcome.signals},
    )


def _tool(tab: Tab) -> Mapping[str, str]:
    browser = tab.context.browser
    return {
        **_plain_tool(tab.settings),
        "browser": f"Chromium {browser.version if browser else ''}".strip(),
        "user_agent": tab.agent,
    }


def _plain_tool(settings: BrowserSettings) -> Mapping[str, str]:
    return {
        "driver": f"Playwright {version('playwright')}",
        "viewport": f"{settings.width}x{settings.height}",
        "locale": settings.locale,
        "timezone": settings.timezone,
        "policy": settings.policy(),
    }
