"""The crawl: a site's catalogue read page by page, no faster than it asks for and no further than it should reach."""

import time
from collections.abc import Iterator
from typing import Protocol

from platforms.errors import UnreadablePage
from platforms.robots import Manners, read_manners
from platforms.site import CataloguePage, Site
from sampling.evidence.visit import Visit, VisitKind
from sampling.recipe import Recipe


class Reader(Protocol):
    """Whatever fetches a page: the browser."""

    def read(self, url: str, recipe: Recipe | None = None) -> Visit:
        """Give the visit with its HTML and text."""
        ...


def crawl(
    browser: Reader,
    site: Site,
    *,
    pause: float | None = None,
    limit: int | None = None,
) -> Iterator[CataloguePage]:
    """Give the catalogue's pages until its end, `limit` pages, or the most offers the site can have.

    A page that is not read raises UnreadablePage with its reason: a frame with a hole is no frame.
    """
    manners = _manners(browser, site)
    wait = manners.pause(site.pause_seconds if pause is None else pause)
    waiting, seen, offers, pages = list(site.start_urls), set[str](), 0, 0
    while waiting and offers < site.most and (limit is None or pages < limit):
        url = waiting.pop(0)
        if url in seen or not site.owns(url) or not manners.allows(url):
            continue
        seen.add(url)
        time.sleep(wait)
        page = _page(browser, site, url)
        offers, pages = offers + len(page.listings), pages + 1
        if page.next_url:
            waiting.insert(0, page.next_url)
        yield page


def _page(browser: Reader, site: Site, url: str) -> CataloguePage:
    visit = browser.read(url, site.list_recipe)
    if visit.kind is not VisitKind.LISTING:
        raise UnreadablePage(f"{url} was not read: {visit.reason}")
    return site.catalogue(visit.html, visit.final_url)


def _manners(browser: Reader, site: Site) -> Manners:
    """A site without a robots.txt allows everything; one that cannot be reached is found out by its first page."""
    visit = browser.read(f"{site.base_url}/robots.txt")
    return read_manners(visit.text if visit.status == 200 else "")
