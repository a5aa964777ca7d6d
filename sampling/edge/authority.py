"""Posts a request to a time-stamping authority (RFC 3161, section 3.4) and believes nothing of what comes back."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx

from sampling.errors import NoStamp

CONNECT_SECONDS = 5.0
MOST_BYTES = 64 * 1024
"""An answer with its certificates takes 1 to 8 kB."""
MEDIA = "application/timestamp-reply"

_HEADERS = {"content-type": "application/timestamp-query", "accept": MEDIA, "accept-encoding": "identity"}


def ask(url: str, query: bytes, *, seconds: float) -> bytes:
    """Give the authority's whole answer, unchecked, within so many seconds, or raise NoStamp with its code.

    Plain http is fine here: what counts of an answer is signed.
    """
    limits = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
    with _Deadline(seconds) as deadline:
        try:
            # No proxy or certificate list from the environment: whoever sets those must not choose what we hear.
            with (
                httpx.Client(verify=_roots(), timeout=limits, trust_env=False, follow_redirects=False) as client,
                client.stream("POST", url, content=query, headers=_HEADERS, extensions=deadline.traced) as reply,
            ):
                answer = _read(reply)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise NoStamp("address", f"{url} is no address of an authority") from error
        except httpx.HTTPError as error:
            if deadline.over.is_set() or isinstance(error, httpx.TimeoutException):
                raise NoStamp("slow", f"{url} gave no answer within {seconds} s") from error
            raise NoStamp("down", f"{url}: {type(error).__name__}") from error
        if deadline.over.is_set():  # a cut in the middle of an answer without a length reads like its end
            raise NoStamp("slow", f"{url} gave no whole answer within {seconds} s")
        return answer


@cache
def _roots() -> ssl.SSLContext:
    """Read once: it costs more than everything else about a request, and a sweep makes hundreds."""
    return httpx.create_ssl_context(trust_env=False)


def _read(reply: httpx.Response) -> bytes:
    if reply.status_code != httpx.codes.OK:
        raise NoStamp("refused", f"the authority answered {reply.status_code}")
    if reply.headers.get("content-type", "").partition(";")[0].strip() != MEDIA:
        raise NoStamp("garbage", "the answer is no time-stamp")
    data = b""
    for chunk in reply.iter_bytes():
        data += chunk
        if len(data) > MOST_BYTES:
            raise NoStamp("garbage", "the answer is too long")
    return data


class _Deadline:
    """Cuts the connection when the time is over: the client's limit is for each piece, and who drips keeps to it."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds
        self.over = threading.Event()
        self.handles = contextlib.ExitStack()

    @property
    def traced(self) -> dict[str, Any]:
        """What makes the client tell of its connection."""
        return {"trace": self._seen}

    def __enter__(self) -> "_Deadline":
        return self

    def __exit__(self, *_: object) -> None:
        self.handles.close()

    def _seen(self, event: str, known: dict[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            plain = known["return_value"].get_extra_info("socket")
            self.handles.enter_context(self._watched(socket.socket(fileno=socket.dup(plain.fileno()))))

    @contextlib.contextmanager
    def _watched(self, handle: socket.socket) -> Iterator[None]:
        timer = threading.Timer(max(self.ends - time.monotonic(), 0.001), self._cut, (handle,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            handle.close()

    def _cut(self, handle: socket.socket) -> None:
        self.over.set()
        with contextlib.suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)
