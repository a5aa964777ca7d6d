"""Visiting: the course of one visit, from the address to the files that prove what was there."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from importlib.metadata import version

from sampling.edge import views
from sampling.edge.launch import BrowserSettings
from sampling.edge.tab import Refused, Tab
from sampling.edge.views import Snapshot
from sampling.evidence.obstacle import Meeting, Outcome, classify, unreached
from sampling.evidence.profile import Profile
from sampling.evidence.visit import Visit, VisitKind
from sampling.recipe import Recipe

_NOTHING = Snapshot(html="", text="", title="", boxes=())


async def visit(tab: Tab, url: str, recipe: Recipe, profile: Profile) -> Visit:
    """Give what the page holds, with the views of the profile; nothing that the tab did before is told."""
    began = tab.settings.clock()
    tab.profile = profile
    tab.files.clear()
    tab.signals.clear()
    await tab.recorder.begin(keep=profile.keeps)
    try:
        await tab.open(url)
    except Refused as refused:
        await _keep_refused(tab, url, refused.reason)
        return await _record(tab, url, began, unreached(refused.reason))
    await views.keep_viewport(tab, "before")
    await _ready(tab, recipe)
    async with tab.turn.taken() if profile.keeps else nullcontext():
        seen = await views.snapshot(tab)
        await views.keep(tab, seen)
    met = Meeting(
        requested_url=url,
        final_url=tab.page.url,
        status=tab.response.status if tab.response else None,
        html=seen.html,
        text=seen.text,
        headers=tab.recorder.headers,
        hosts=recipe.hosts,
        gone=recipe.gone,
        expects_price=recipe.offer,
    )
    return await _record(tab, url, began, classify(met), seen)


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
    return _visit(tab, url, began, unreached(reason), _NOTHING)


async def _ready(tab: Tab, recipe: Recipe) -> None:
    """Bring the page to where it is looked at: banner answered, late parts awaited, scrolled through."""
    if recipe.wait_for and tab.response is not None and tab.response.status < 400:
        await tab.wait_for(recipe.wait_for)
    done = len(tab.log)
    await tab.consent(recipe.consent, unknown=tab.profile.keeps)
    await _keep_answered(tab, waited=recipe.wait_for is not None, clicked=len(tab.log) > done)
    if recipe.more:
        await tab.unfold(recipe.more)
    if tab.profile.keeps:
        await tab.scroll()
        await tab.consent((), unknown=True)  # some banners come only to those who stay


async def _keep_answered(tab: Tab, *, waited: bool, clicked: bool) -> None:
    """Keep the viewport with the banner gone; where there was none, it is the picture taken a moment before."""
    if clicked and tab.profile.keeps:
        await tab.rest(0.15)
    if clicked or waited or "before.png" not in tab.files:
        await views.keep_viewport(tab, "viewport")
    elif "viewport" in tab.profile.views:
        tab.files["viewport.png"] = tab.files["before.png"]


async def _keep_refused(tab: Tab, url: str, reason: str) -> None:
    if not tab.profile.keeps:
        return
    if reason == "certificate":
        await tab.recorder.keep_refused(url)
    if picture := await tab.last_shot():
        tab.files["page.png"] = picture


async def _record(tab: Tab, url: str, began: datetime, outcome: Outcome, seen: Snapshot = _NOTHING) -> Visit:
    await tab.recorder.finish()
    return _visit(tab, url, began, outcome, seen)


def _visit(tab: Tab, url: str, began: datetime, outcome: Outcome, seen: Snapshot) -> Visit:
    passages = tab.passages()
    if late := tab.recorder.targets.late:
        tab.signals["shared_worker"] = " ".join(late)
    return Visit(
        kind=outcome.kind,
        reason=outcome.reason,
        requested_url=url,
        final_url=tab.page.url if seen.html else url,
        status=tab.response.status if tab.response else None,
        started_at=began,
        ended_at=tab.settings.clock(),
        html=seen.html,
        text=seen.text,
        files=dict(tab.files),
        tool=_tool(tab),
        title=seen.title,
        interactions=tuple(tab.log),
        signals={**tab.signals, **outcome.signals},
        exchanges=tab.recorder.exchanges(passages),
        connections=tab.recorder.connections(),
        passages=passages,
        boxes=seen.boxes,
    )


def _tool(tab: Tab) -> Mapping[str, str]:
    browser = tab.context.browser
    offset = tab.recorder.clock_offset_ms()
    return {
        **_plain_tool(tab.settings),
        **tab.profile.told(),
        "browser": f"Chromium {browser.version if browser else ''}".strip(),
        "user_agent": tab.agent,
        "recording": tab.recorder.way,
        "clock": "system clock, UTC",
        **({} if offset is None else {"clock_offset_ms": str(offset)}),
    }


def _plain_tool(settings: BrowserSettings) -> Mapping[str, str]:
    return {"driver": f"Playwright {version('playwright')}", "policy": settings.policy()}
