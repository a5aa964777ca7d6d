"""The recorder: every request a page makes, told by the browser itself, and when the page has come to rest."""

import asyncio
import json
import time
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import CDPSession, Page, Request

_IGNORED = ("data:", "blob:", "about:", "chrome-error:")
_EVENTS = ("requestWillBeSent", "responseReceived", "dataReceived", "loadingFinished", "loadingFailed")


class Recorder:
    """The ledger of one page, filled from the Network domain of its DevTools session."""

    def __init__(self, session: CDPSession, page: Page, *, most_bytes: int) -> None:
        self.session = session
        self.headers: dict[str, str] = {}
        self.bytes = 0
        self.overflown = False
        self._most_bytes = most_bytes
        self._entries: list[dict[str, Any]] = []
        self._open: dict[str, dict[str, Any]] = {}
        self._answered: dict[str, float] = {}
        self._last = time.monotonic()
        self._asked: dict[str, str] = {}
        self._stopping: asyncio.Task[Any] | None = None
        # The driver's own list is the cross-check: what only it saw (another process's frame) is a gap.
        page.on("request", self._note)

    async def start(self) -> None:
        """Begin to listen; called before the first navigation."""
        for name in _EVENTS:
            self.session.on(f"Network.{name}", getattr(self, f"_on_{name}"))
        await self.session.send("Network.enable")

    async def rest(self, *, idle: float, cap: float, stuck: float = 0.7) -> bool:
        """Tell whether nothing moved for `idle` seconds before `cap` was over.

        Networkidle never comes while a body stays unread or a stream is open; so an answer whose headers
        are older than `stuck` seconds no longer counts as under way.
        """
        began = time.monotonic()
        while (now := time.monotonic()) - began < cap:
            live = [key for key in self._open if now - self._answered.get(key, now) <= stuck]
            if not live and now - self._last > idle:
                return True
            await asyncio.sleep(0.05)
        return False

    def ledger(self) -> bytes:
        """Give requests.jsonl: a line a request, in the order they were made."""
        seen = {entry["url"] for entry in self._entries}
        unseen = [
            {"url": url, "method": method, "status": None, "failure": None, "gap": "other_process"}
            for url, method in self._asked.items()
            if url not in seen and not url.startswith(_IGNORED)
        ]
        lines = (json.dumps(entry, ensure_ascii=False, sort_keys=True) for entry in [*self._entries, *unseen])
        return "".join(f"{line}\n" for line in lines).encode()

    def _note(self, request: Request) -> None:
        self._asked.setdefault(request.url, request.method)

    def _on_requestWillBeSent(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if url.startswith(_IGNORED):
            return
        self._last = time.monotonic()
        if hop := event.get("redirectResponse"):
            self._answer(event["requestId"], hop, redirect_to=url)
        entry = {
            "url": url,
            "method": event["request"]["method"],
            "type": event.get("type"),
            "sent_at": datetime.fromtimestamp(event["wallTime"], UTC).isoformat(timespec="milliseconds"),
            "status": None,
            "failure": None,
        }
        self._entries.append(entry)
        self._open[event["requestId"]] = entry
        self._answered.pop(event["requestId"], None)

    def _on_responseReceived(self, event: dict[str, Any]) -> None:
        self._last = time.monotonic()
        self._answer(event["requestId"], event["response"])
        self._answered[event["requestId"]] = self._last
        if event.get("type") == "Document" and not self.headers:
            self.headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        if event["response"]["mimeType"] == "text/event-stream":  # it never ends
            self._open.pop(event["requestId"], None)

    def _answer(self, key: str, response: dict[str, Any], redirect_to: str | None = None) -> None:
        entry = self._open.get(key)
        if entry is None:
            return
        entry["status"] = response["status"]
        entry["media_type"] = response["mimeType"]
        entry["protocol"] = response.get("protocol")
        entry["server_ip"] = (response.get("remoteIPAddress") or "").strip("[]") or None
        entry["server_port"] = response.get("remotePort")
        if redirect_to:
            entry["redirect_to"] = redirect_to

    def _on_dataReceived(self, event: dict[str, Any]) -> None:
        self._last = time.monotonic()
        self.bytes += event["dataLength"]
        if self.bytes > self._most_bytes and not self.overflown:
            self.overflown = True
            self._stopping = asyncio.ensure_future(self.session.send("Page.stopLoading"))

    def _on_loadingFinished(self, event: dict[str, Any]) -> None:
        self._last = time.monotonic()
        if entry := self._open.pop(event["requestId"], None):
            entry["bytes"] = int(event["encodedDataLength"])

    def _on_loadingFailed(self, event: dict[str, Any]) -> None:
        self._last = time.monotonic()
        if entry := self._open.pop(event["requestId"], None):
            entry["failure"] = event.get("blockedReason") or event["errorText"]
