"""The views: a page as it stands, kept as words, pictures and documents."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playwright.async_api import Error as PlaywrightError

from sampling.edge import pictures
from sampling.edge.isolated import ask
from sampling.edge.tab import Tab
from sampling.edge.thrift import let_go
from sampling.evidence.layout import Box, boxes_of

# One question, so that words, markup and layout are of the same moment, whatever the page's scripts do next.
_SNAPSHOT = """layout => {
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : "";
  const html = type + (document.documentElement ? document.documentElement.outerHTML : "");
  return [html, document.body ? document.body.innerText : "", document.title, layout ? (LAYOUT)() : ""];
}"""
_TEXT = "() => document.body ? document.body.innerText : ''"
_MOST_WORDS = 80


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The words of a page at one moment."""

    html: str
    text: str
    title: str
    boxes: tuple[Box, ...]


async def snapshot(tab: Tab) -> Snapshot:
    """Give the markup, the visible text, the title and, where the profile asks for it, the layout."""
    html, text, title, layout = await ask(tab.session, _snapshot_script(), "layout" in tab.profile.views)
    return Snapshot(html=html, text=text, title=title, boxes=boxes_of(layout) if layout else ())


async def keep(tab: Tab, seen: Snapshot) -> None:
    """Keep the views of the profile; one that the browser cannot make is noted, and the others are kept.

    The phone comes last: it changes the page.
    """
    if not tab.profile.keeps:
        return
    if "dom" in tab.profile.views:
        tab.files["dom.html"] = seen.html.encode("utf-8", "replace")
    for name in ("page", "mhtml", "pdf"):
        await _try(tab, name)
    await _compare(tab, seen)
    await _try(tab, "phone")


async def keep_viewport(tab: Tab, name: str) -> None:
    """Keep what is to be seen without scrolling, under the name."""
    if name in tab.profile.views:
        tab.files[f"{name}.png"] = await tab.shot()


async def _try(tab: Tab, name: str) -> None:
    if name not in tab.profile.views:
        return
    try:
        await _VIEWS[name](tab)
    except PlaywrightError as error:
        if tab.page.is_closed() or "closed" in error.message:
            raise
        tab.signals[f"no_{name}"] = error.message.splitlines()[0][:200]
    finally:
        let_go()


async def _compare(tab: Tab, seen: Snapshot) -> None:
    """Note when the words that were read are no longer those of the pictures: some pages change their price."""
    later = str(await ask(tab.session, _TEXT))
    for old, new in zip(seen.text.split("\n"), later.split("\n"), strict=False):
        if old != new:
            tab.signals["changed_meanwhile"] = f"{old[:_MOST_WORDS]} -> {new[:_MOST_WORDS]}"
            return


async def _page(tab: Tab) -> None:
    tall, most = tab.settings.page_height, tab.settings.page_tiles
    width, height = await pictures.size_of(tab.session)
    if height > tall * most or width > pictures.WIDEST:
        tab.signals["picture_cut"] = f"{width}x{height} px"
    async for name, data in pictures.tiles(tab.session, tall=tall, most=most):
        tab.files[name] = data
    tab.seat.leave()


async def _mhtml(tab: Tab) -> None:
    answer = await tab.session.send("Page.captureSnapshot", {"format": "mhtml"})
    tab.files["page.mhtml"] = answer["data"].encode()


async def _pdf(tab: Tab) -> None:
    tab.files["page.pdf"] = await tab.page.pdf(print_background=True)


async def _phone(tab: Tab) -> None:
    await pictures.resized(tab.session, tab.profile.phone)
    try:
        await tab.rest(0.25)
        tab.files["phone.png"] = await tab.shot()
        tab.log.append(f"viewport {tab.profile.phone}")
    finally:
        await pictures.resized(tab.session, tab.profile.desktop)


_VIEWS: dict[str, Callable[[Tab], Awaitable[None]]] = {"page": _page, "mhtml": _mhtml, "pdf": _pdf, "phone": _phone}


@cache
def _snapshot_script() -> str:
    return _SNAPSHOT.replace("LAYOUT", Path(__file__).with_name("layout.js").read_text("utf-8"))
