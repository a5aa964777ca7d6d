"""The cross-check: what the driver saw a page ask for, held against what was heard of it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urldefrag

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request

from sampling.edge.draft import Draft
from sampling.edge.hearing import IGNORED
from sampling.evidence.exchange import Exchange

_MOST_ASKED = 50


class CrossCheck:
    """The driver's own list of one visit's requests; it listens for itself, in all processes."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._popups: list[Page] = []
        self._asked: list[tuple[Request, datetime]] = []
        self._gaps: tuple[Exchange, ...] | None = None
        # The context outlives the page in a stay.
        page.context.on("request", self._note)
        page.on("popup", lambda popup: self._popups.append(popup))
        page.on("close", lambda _: page.context.remove_listener("request", self._note))

    def forget(self) -> None:
        """Begin anew."""
        self._asked.clear()
        self._gaps = None

    async def close(self, drafts: Sequence[Draft], seconds: float) -> None:
        """End the list, and ask the driver for the answers that nobody else can tell of."""
        asked = self._asked
        self._asked = []
        left = self._left(drafts, asked)
        told = (_told(request, gap, seconds) for request, gap in left[:_MOST_ASKED])
        self._gaps = (*await asyncio.gather(*told), *(gap for _, gap in left[_MOST_ASKED:]))

    def gaps(self, drafts: Sequence[Draft]) -> tuple[Exchange, ...]:
        """Give the requests that the drafts lack, answered as far as the driver could tell."""
        return self._gaps if self._gaps is not None else tuple(gap for _, gap in self._left(drafts, self._asked))

    def _note(self, request: Request) -> None:
        if self._gaps is None and not request.url.startswith(IGNORED):
            self._asked.append((request, datetime.now(UTC)))

    def _left(
        self, drafts: Sequence[Draft], asked: Sequence[tuple[Request, datetime]]
    ) -> list[tuple[Request, Exchange]]:
        """A draft whose own beginning was not heard takes its method from the driver's list."""
        heard = Counter((draft.method, draft.url) for draft in drafts)
        left = []
        for request, at in asked:
            url = urldefrag(request.url).url
            known = next((method for method in (request.method, None) if heard[method, url] > 0), "")
            if known == "" and (gap := self._place(request)):
                kind = request.resource_type.capitalize()
                left.append((request, Exchange(url=url, method=request.method, resource=kind, sent_at=at, gap=gap)))
            elif known != "":
                heard[known, url] -= 1
            if known is None:
                next(draft for draft in drafts if draft.method is None and draft.url == url).method = request.method
        return left

    def _place(self, request: Request) -> str | None:
        """Give whose request it was; other pages of the same visitor are other visits."""
        try:
            page = request.frame.page
        except PlaywrightError:
            return "other_process"
        if page in self._popups:
            return "popup"
        return "other_process" if page == self._page else None


async def _told(request: Request, gap: Exchange, seconds: float) -> Exchange:
    """A worker may ask before we can listen to it; the driver was there earlier and knows the answer."""
    if gap.gap != "other_process":
        return gap
    try:
        async with asyncio.timeout(seconds):
            response = await request.response()
            if response is None:
                return replace(gap, gap=None, failure=request.failure) if request.failure else gap
            headers = tuple((each["name"], each["value"]) for each in await response.headers_array())
            body = await response.body()
    except (PlaywrightError, TimeoutError):
        return gap
    promised = {name.lower(): value for name, value in headers}
    whole = "content-encoding" in promised or promised.get("content-length", str(len(body))) == str(len(body))
    return replace(
        gap,
        gap=None,
        context="worker",
        status=response.status,
        status_text=response.status_text,
        headers=headers,
        headers_source="rebuilt",
        media_type=promised.get("content-type", "").split(";")[0],
        body=body if whole else None,
        truncated=None if whole else "unspecified",
    )
