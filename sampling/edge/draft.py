"""A draft: what the browser has told so far of one request, until the visit ends and it becomes an exchange."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from sampling.edge.targets import Facts, Line
from sampling.evidence.exchange import Exchange, Header, Message

Truncation = Literal["length", "time", "disconnect", "unspecified"]

STREAMS = frozenset({"EventSource", "WebSocket"})
"""What never ends of itself; its messages are kept instead of a body."""

_BODILESS = frozenset({204, 205, 304})


@dataclass(slots=True)
class Draft:
    """One request, or one hop of a redirect; hops share their key and differ in their number."""

    key: str
    url: str
    method: str | None
    """None when its answer was heard of before the request itself."""
    resource: str
    sent_at: datetime
    mark: float
    """The browser's own seconds at the sending, to which the times of its later events are relative."""
    context: str
    lines: list[Line] = field(default_factory=list)
    """The targets that spoke of it: one of them has its body."""
    headers: Facts = field(default_factory=dict)
    extra: Facts | None = None
    """What went over the wire, told by the network process in an event of its own, before or after the others."""
    request_body: bytes | None = None
    response: Facts | None = None
    response_extra: Facts | None = None
    expects_extra: bool | None = None
    """Whether the browser promised such an event for the answer."""
    answered: float | None = None
    """When the head of the answer came, by the browser's seconds."""
    redirect_to: str | None = None
    from_cache: bool = False
    size: int = 0
    """Bytes of the body that have come, decoded."""
    coded: int | None = None
    """Bytes that came over the wire, headers and all; None while it goes on."""
    body: bytes | None = None
    lost: Truncation | None = None
    """Why the body cannot be had."""
    failure: str | None = None
    ended: bool = False
    messages: list[Message] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        """Whether at least the head of an answer came."""
        return self.response is not None or self.response_extra is not None

    @property
    def is_stream(self) -> bool:
        """Whether it goes on for as long as the page is open."""
        media_type = self.response["mimeType"] if self.response else ""
        return self.resource in STREAMS or media_type == "text/event-stream"

    @property
    def status(self) -> int | None:
        """The status of the answer; the script of a worker has its wire facts only."""
        if self.response is not None:
            return int(self.response["status"])
        return int(self.response_extra["statusCode"]) if self.response_extra else None

    def _heads(self) -> list[Facts]:
        """What tells of the head, the wire first; an answer that was only found to be still valid is not its head."""
        extra, response = self.response_extra, self.response
        if extra is not None and response is not None and extra["statusCode"] != response["status"]:
            extra = None
        return [facts for facts in (extra, response) if facts is not None]

    def at(self, mark: float) -> datetime:
        """Give the time of an event of this request."""
        return self.sent_at + timedelta(seconds=mark - self.mark)

    def wire(self) -> str | None:
        """Give the head of the answer as the server sent it; HTTP/2 and 3 have no such text."""
        return next((str(facts["headersText"]) for facts in self._heads() if facts.get("headersText")), None)

    def head(self) -> tuple[Header, ...]:
        """Give the headers of the answer, the server's own lines where there are any."""
        if text := self.wire():
            pairs = (line.split(":", 1) for line in text.split("\r\n")[1:] if ":" in line)
            return tuple((name, value.strip()) for name, value in pairs)
        return next((flat(facts["headers"]) for facts in self._heads()), ())

    def header(self, name: str) -> str | None:
        """Give the first value of a header of the answer."""
        return next((value for key, value in self.head() if key.lower() == name), None)

    @property
    def is_bodiless(self) -> bool:
        """Whether the answer has no body by its nature."""
        return self.method == "HEAD" or self.status in _BODILESS or self.header("content-length") == "0"

    def truncated(self) -> Truncation | None:
        """Give why less than the whole body is here; None for a whole one."""
        if not self.is_answered or self.redirect_to or self.resource == "WebSocket":
            return None
        if self.lost is not None:
            return self.lost
        if not self.ended:
            return None if self._is_promised() else "time"
        if self.body is None:
            return None if self.is_bodiless else "unspecified"
        if not self.is_short:
            return None
        # All came over the wire, but the page was done with it sooner: a picture that was none.
        came = self.failure is None and self.size >= int(self.header("content-length") or 0)
        return "unspecified" if came else "disconnect"

    def _is_promised(self) -> bool:
        """Whether as much is here as was promised: nobody ends an answer that the page never reads."""
        promised = None if self.header("content-encoding") else self.header("content-length")
        return self.body is not None and promised == str(len(self.body))

    @property
    def is_short(self) -> bool:
        """Whether less came than was promised.

        A browser shows what came of a cut picture and calls it finished; only the promised length tells.
        """
        promised = self.header("content-length")
        if self.is_bodiless or self.from_cache:
            return False
        if promised is None or not promised.isdigit():
            return self.failure is not None
        if self.header("content-encoding"):
            return self.failure is not None if self.coded is None else self.coded < int(promised)
        return len(self.body or b"") < int(promised)

    def exchange(self) -> Exchange:
        """Give the exchange; a request that was never answered while the visit lasted has failed."""
        wire, response = self.wire(), self.response or {}
        failure = self.failure
        if failure is None and not self.is_answered:
            failure = "visit_ended"
        return Exchange(
            url=self.url,
            method=self.method or "GET",
            resource=self.resource,
            sent_at=self.sent_at,
            request_headers=flat(self.extra["headers"] if self.extra else self.headers),
            request_body=self.request_body,
            status=self.status,
            status_text=_phrase(wire) if wire else str(response.get("statusText", "")),
            protocol=str(response.get("protocol") or (wire or "").split(" ", 1)[0].lower()) or None,
            headers=self.head(),
            headers_source=None if not self.is_answered else "wire" if wire else "rebuilt",
            media_type=str(response.get("mimeType", "")),
            body=b"" if self.body is None and self.ended and self.is_answered and self.is_bodiless else self.body,
            truncated=self.truncated(),
            failure=failure,
            redirect_to=self.redirect_to,
            server_ip=(response.get("remoteIPAddress") or "").strip("[]") or None,
            server_port=response.get("remotePort"),
            from_cache=self.from_cache,
            context=self.context,
            messages=tuple(self.messages),
        )


def flat(headers: Facts) -> tuple[Header, ...]:
    """Give the browser's list of headers, without those that HTTP/2 has in place of a request line.

    The browser joins the lines of one name with line feeds.
    """
    pairs = ((name, str(values)) for name, values in headers.items() if not name.startswith(":"))
    return tuple((name, value) for name, values in pairs for value in values.split("\n"))


def instant(seconds: float) -> datetime:
    """Give the time of the browser's wall clock."""
    return datetime.fromtimestamp(seconds, UTC)


def posted(request: Facts) -> bytes | None:
    """Give what a request carried, as far as its event holds it."""
    parts = [base64.b64decode(part["bytes"]) for part in request.get("postDataEntries", []) if "bytes" in part]
    if parts:
        return b"".join(parts)
    text = request.get("postData")
    return None if text is None else str(text).encode()


def _phrase(wire: str) -> str:
    """Give the reason phrase of a status line."""
    parts = wire.split("\r\n", 1)[0].split(" ", 2)
    return parts[2] if len(parts) > 2 else ""
