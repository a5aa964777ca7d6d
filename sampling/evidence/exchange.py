"""An exchange: one request that a page made and all that came of it, as the browser told it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Header = tuple[str, str]


class Fate(StrEnum):
    """What became of a request; every one of a page has exactly one fate."""

    RECORDED = "recorded"
    FAILED = "failed"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Message:
    """One frame of a WebSocket or one event of a stream."""

    sent: bool
    """True: by the page; False: by the server."""
    opcode: int
    """1: text, 2: bytes, 8: close; 1 for an event of a stream."""
    data: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its answer, or with the reason why there is none."""

    url: str
    method: str
    resource: str
    """The browser's word for what was asked for: `Document`, `Image`, `Fetch`, `WebSocket`, `EventSource`, ..."""
    sent_at: datetime
    request_headers: tuple[Header, ...] = ()
    request_body: bytes | None = None
    status: int | None = None
    status_text: str = ""
    protocol: str | None = None
    """`http/1.1`, `h2`, `h3`, ...; None without an answer."""
    headers: tuple[Header, ...] = ()
    headers_source: Literal["wire", "rebuilt"] | None = None
    """`wire`: the very lines that the server sent; `rebuilt`: the browser's list of them."""
    media_type: str = ""
    body: bytes | None = None
    """Without its content and transfer coding; None when there is none or it was lost."""
    truncated: Literal["length", "time", "disconnect", "unspecified"] | None = None
    """Why less than the whole body is here (WARC 1.1, WARC-Truncated)."""
    failure: str | None = None
    """The browser's reason for a request without a whole answer, such as `net::ERR_CONNECTION_RESET`."""
    gap: str | None = None
    """Why a request that is known to have been made is not recorded."""
    redirect_to: str | None = None
    server_ip: str | None = None
    server_port: int | None = None
    from_cache: bool = False
    context: str = "page"
    """Which part of the page asked: `page`, `frame` (of another process), `worker`, `popup`."""
    messages: tuple[Message, ...] = ()

    @property
    def fate(self) -> Fate:
        """What became of the request."""
        if self.gap is not None:
            return Fate.GAP
        return Fate.FAILED if self.failure is not None else Fate.RECORDED


@dataclass(frozen=True, slots=True)
class Connection:
    """What the browser verified of one origin's TLS connection, with the certificates as they were sent."""

    origin: str
    protocol: str
    """`TLS 1.3`, ..."""
    cipher: str
    key_exchange: str
    subject: str
    issuer: str
    names: tuple[str, ...]
    """Subject alternative names."""
    valid_from: datetime
    valid_to: datetime
    transparency: str
    """The browser's finding on certificate transparency."""
    chain: tuple[bytes, ...]
    """DER, the server's own certificate first."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One connection that the egress guard let through or refused."""

    at: datetime
    host: str
    port: int
    addresses: tuple[str, ...]
    """All that the name stood for when it was asked."""
    address: str | None
    """The one that was connected to; None for a refused passage."""
    refused: str | None
    """`address`, `port`, `connections`, `bytes`, `name`, `unreachable`, `command`, `closed` (nothing passes), `peer`
    (another machine than the browser's asked); None for one let through."""
    sent: int = 0
    received: int = 0
    seconds: float = 0.0
