"""The bodies: fetched from the browser as soon as each is whole, while the page goes on loading."""

import asyncio
import base64
import codecs
import re
from collections.abc import Coroutine
from typing import Any

from sampling.edge.draft import Draft, posted
from sampling.edge.targets import Facts, Unanswered

_AT_A_TIME = 6
_HEAD = 1024
_META = re.compile(r"""<meta[^>]+charset=["']?([\w-]+)""", re.IGNORECASE)
_ORDER = ("page", "frame", "worker")
"""Whom to ask first for a body."""


class Bodies:
    """The fetching of one page's bodies under its caps."""

    def __init__(self, *, most_each: int, most_all: int) -> None:
        self.kept = 0
        """Bytes of all bodies so far."""
        self.raw = True
        """Whether the browser keeps bodies as they came; without that, texts come back re-coded."""
        self._most_each = most_each
        self._most_all = most_all
        self._under_way: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_AT_A_TIME)

    def fetch(self, draft: Draft) -> None:
        """Begin to fetch the body of an answer; what is too big is left and marked so."""
        if draft.redirect_to or draft.body is not None or draft.is_bodiless:
            return
        if draft.size > self._most_each or self.kept + draft.size > self._most_all:
            draft.lost = "length"
            return
        self._begin(self._fetched(draft))

    def fetch_again(self, draft: Draft) -> None:
        """Fetch a body that was short: a page may have done with it before all of it had come."""
        self.kept -= len(draft.body or b"")
        draft.body = None
        self.fetch(draft)

    def fetch_posted(self, draft: Draft, request: Facts) -> None:
        """Keep what a request carried, asking for it when its event held none."""
        draft.request_body = posted(request)
        if draft.request_body is None and request.get("hasPostData"):
            self._begin(self._fetched_posted(draft))

    async def settle(self, seconds: float) -> None:
        """Wait for the bodies under way, and give up those that take longer."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=seconds)
            for task in late:
                task.cancel()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _fetched(self, draft: Draft) -> None:
        async with self._room:
            for line in sorted(draft.lines, key=lambda line: _ORDER.index(line.context)):
                try:
                    answer = await line.send("Network.getResponseBody", {"requestId": draft.key})
                except Unanswered:
                    continue
                # A worker answers for itself, with texts as it decoded them.
                self._keep(draft, _bytes(answer, draft, raw=self.raw and line.context != "worker"))
                if draft.body:
                    return

    def _keep(self, draft: Draft, body: bytes) -> None:
        if len(body) > self._most_each or self.kept + len(body) > self._most_all:
            draft.lost = "length"
            return
        self.kept += len(body)
        draft.body = body

    async def _fetched_posted(self, draft: Draft) -> None:
        async with self._room:
            for line in draft.lines:
                try:
                    answer = await line.send("Network.getRequestPostData", {"requestId": draft.key})
                except Unanswered:
                    continue
                coded = answer.get("base64Encoded", False)
                draft.request_body = base64.b64decode(answer["postData"]) if coded else answer["postData"].encode()
                return


def _charset(draft: Draft, text: str) -> str:
    """Give the charset that a text was decoded from, as the answer or the text itself tells it."""
    meta = _META.search(text[:_HEAD])
    named = (draft.response or {}).get("charset") or (meta.group(1) if meta else "utf-8")
    try:
        return codecs.lookup(str(named)).name
    except LookupError:
        return "utf-8"


def _bytes(answer: Facts, draft: Draft, *, raw: bool) -> bytes:
    """Give the bytes of a body; what is not raw was decoded by the page and is coded anew."""
    text = str(answer["body"])
    if answer["base64Encoded"]:
        return base64.b64decode(text)
    return text.encode("utf-8" if raw else _charset(draft, text), "replace")
