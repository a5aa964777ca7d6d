"""The hearing: what the browser tells of a page's requests, event by event, gathered into drafts."""

import time
from collections.abc import Callable, Mapping

from sampling.edge.draft import Draft, instant
from sampling.edge.targets import Facts, Line

IGNORED = ("data:", "blob:", "about:", "chrome", "javascript:", "filesystem:", "devtools:")
"""What never leaves the browser."""


class Hearing:
    """The drafts of one visit and when the page last moved; the events of one request may come in any order."""

    def __init__(self, whole: Callable[[Draft], None], posted: Callable[[Draft, Facts], None]) -> None:
        self.drafts: list[Draft] = []
        self.open: dict[str, float | None] = {}
        """The requests under way, and when the head of each answer came."""
        self.last = time.monotonic()
        self.bytes = 0
        self.headers: dict[str, str] = {}
        """Those of the page's own answer, in lower case."""
        self._whole = whole
        self._posted = posted
        self._hops: dict[str, list[Draft]] = {}
        self._extras: dict[str, tuple[list[Facts], list[Facts]]] = {}
        self._spoke: dict[str, list[Line]] = {}

    def hear(self, line: Line, name: str, facts: Facts) -> None:
        """Take in one event of the Network domain; those that say nothing of a request are let pass."""
        deed = _DEEDS.get(name)
        if deed is None:
            return
        spoke = self._spoke.setdefault(facts["requestId"], [])
        if line not in spoke:
            spoke.append(line)
        deed(self, line, facts)

    def latest(self, key: str) -> Draft | None:
        """Give the draft of a request, that of its last hop when it was sent elsewhere."""
        hops = self._hops.get(key)
        return hops[-1] if hops else None

    def add(self, draft: Draft) -> None:
        """Take in a request, or the next hop of one."""
        draft.lines = self._spoke.setdefault(draft.key, draft.lines)
        self._hops.setdefault(draft.key, []).append(draft)
        self.drafts.append(draft)
        self._pair(draft.key)

    def _sent(self, line: Line, facts: Facts) -> None:
        request, key = facts["request"], facts["requestId"]
        if request["url"].startswith(IGNORED):
            return
        self.last = time.monotonic()
        before = self.latest(key)
        if hop := facts.get("redirectResponse"):
            before = before or self._unannounced(line, facts, hop)
            before.redirect_to, before.ended = request["url"], True
            self._answer(before, hop, facts["timestamp"], extra=facts.get("redirectHasExtraInfo"))
        elif before is not None:
            return  # a second target tells of the same request
        draft = Draft(
            key=key,
            url=request["url"],
            method=request["method"],
            resource=facts.get("type") or "Other",
            sent_at=instant(facts["wallTime"]),
            mark=facts["timestamp"],
            context=line.context,
            headers=request["headers"],
        )
        self.add(draft)
        self._posted(draft, request)
        self.open[key] = None

    def _unannounced(self, line: Line, facts: Facts, response: Facts) -> Draft:
        """A worker may be quicker than our ear: then the answer is the first that is heard of a request."""
        draft = Draft(
            key=facts["requestId"],
            url=response["url"],
            method=None,
            resource=facts.get("type") or "Other",
            sent_at=instant(time.time()),
            mark=facts["timestamp"],
            context=line.context,
            headers=response.get("requestHeaders", {}),
        )
        self.add(draft)
        return draft

    def _received(self, line: Line, facts: Facts) -> None:
        response, key = facts["response"], facts["requestId"]
        if response["url"].startswith(IGNORED):
            return
        self.last = time.monotonic()
        draft = self.latest(key) or self._unannounced(line, facts, response)
        self._answer(draft, response, facts["timestamp"], extra=facts.get("hasExtraInfo"))
        draft.resource = facts.get("type") or draft.resource
        if draft.resource == "Document" and not self.headers:
            self.headers = {name.lower(): value for name, value in response["headers"].items()}
        if draft.is_stream:
            self.open.pop(key, None)  # it never ends
        elif key in self.open:
            self.open[key] = self.last

    def _answer(self, draft: Draft, response: Facts, mark: float, *, extra: bool | None) -> None:
        draft.response, draft.answered, draft.expects_extra = response, mark, extra
        draft.from_cache = draft.from_cache or any(
            response.get(name) for name in ("fromDiskCache", "fromPrefetchCache")
        )
        self._pair(draft.key)

    def _sent_extra(self, line: Line, facts: Facts) -> None:
        self._extras.setdefault(facts["requestId"], ([], []))[0].append(facts)
        self._pair(facts["requestId"])

    def _received_extra(self, line: Line, facts: Facts) -> None:
        key = facts["requestId"]
        self._extras.setdefault(key, ([], []))[1].append(facts)
        self._pair(key)
        if key in self.open and self.open[key] is None:
            self.open[key] = time.monotonic()  # all that is ever told of the script of a shared worker

    def _pair(self, key: str) -> None:
        """Give each hop the wire facts of its turn: they come in order, but not in step with the other events."""
        sent, received = self._extras.get(key, ((), ()))
        hops = [hop for hop in self._hops.get(key, ()) if hop.expects_extra is not False]
        for number, hop in enumerate(hops):
            hop.extra = sent[number] if number < len(sent) else None
            hop.response_extra = received[number] if number < len(received) else None

    def _data(self, line: Line, facts: Facts) -> None:
        draft = self.latest(facts["requestId"])
        self.bytes += facts["dataLength"]
        if draft is not None:
            draft.size += facts["dataLength"]
        if draft is None or not draft.is_stream:
            self.last = time.monotonic()

    def _finished(self, line: Line, facts: Facts) -> None:
        self._end(facts, failure=None)

    def _failed(self, line: Line, facts: Facts) -> None:
        cause = (facts.get("corsErrorStatus") or {}).get("corsError")
        failure = facts.get("blockedReason") or facts["errorText"]
        self._end(facts, failure=f"{failure} ({cause})" if cause else failure)

    def _end(self, facts: Facts, *, failure: str | None) -> None:
        self.open.pop(facts["requestId"], None)
        draft = self.latest(facts["requestId"])
        if draft is None or draft.ended:
            return
        self.last = time.monotonic()
        draft.ended, draft.failure = True, failure
        draft.coded = int(facts["encodedDataLength"]) if "encodedDataLength" in facts else None
        if draft.is_answered:
            self._whole(draft)

    def _cached(self, line: Line, facts: Facts) -> None:
        if draft := self.latest(facts["requestId"]):
            draft.from_cache = True


_DEEDS: Mapping[str, Callable[[Hearing, Line, Facts], None]] = {
    "Network.requestWillBeSent": Hearing._sent,
    "Network.requestWillBeSentExtraInfo": Hearing._sent_extra,
    "Network.responseReceived": Hearing._received,
    "Network.responseReceivedExtraInfo": Hearing._received_extra,
    "Network.dataReceived": Hearing._data,
    "Network.loadingFinished": Hearing._finished,
    "Network.loadingFailed": Hearing._failed,
    "Network.requestServedFromCache": Hearing._cached,
}

EVENTS = tuple(_DEEDS)
"""The events of DevTools that tell of requests."""
