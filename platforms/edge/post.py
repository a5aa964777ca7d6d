"""Posts one message to a receiver, and only to an address that was checked first."""

import contextlib
import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from platforms.addresses import Refusal, Target, refusal_of, target
from platforms.channels.interface import Message
from platforms.delivery import Answer

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 20.0
MOST_BYTES = 64 * 1024
HEAD_BYTES = 2 * 1024

Resolve = Callable[[str, int], list[str]]


def lookup(host: str, port: int) -> list[str]:
    """Give every address the name has; a name without one raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def post(
    url: str,
    message: Message,
    *,
    allow_private: frozenset[str] = frozenset(),
    resolve: Resolve = lookup,
    context: ssl.SSLContext | None = None,
    total: float = TOTAL_SECONDS,
) -> Answer:
    """Give what the receiver answered, or the code of what stood in the way; nothing is followed or retried.

    No proxy from the environment is used: the address we checked is the one we connect to.
    """
    where = target(url, allow_private=allow_private)
    if isinstance(where, Refusal):
        return _failed(f"blocked:{where.code}")
    ends = time.monotonic() + total
    try:
        addresses = _resolved(where, resolve, min(CONNECT_SECONDS, total))
        refused = None if where.private_ok else next(filter(None, map(refusal_of, addresses)), None)
        if refused is not None:
            return _failed(f"blocked:{refused}")
        plain = _connected(addresses, where.port)
    except OSError as wrong:
        return _failed(_code(wrong))
    ip = str(plain.getpeername()[0])
    with contextlib.closing(plain), _deadline(plain, ends) as late:
        try:
            answer = _exchange(where, message, plain, ip, context)
        except (OSError, http.client.HTTPException, ValueError) as wrong:
            return _failed("timeout" if late.is_set() else _code(wrong), ip)
        # A cut in the middle of the headers reads like their end: what came late is not an answer.
        return _failed("timeout", ip) if late.is_set() else answer


def _exchange(where: Target, message: Message, plain: socket.socket, ip: str, context: ssl.SSLContext | None) -> Answer:
    connection = http.client.HTTPConnection(where.host, where.port)
    connection.default_port = 443 if where.scheme == "https" else 80  # a Host header names no usual port
    secure = context or ssl.create_default_context()
    connection.sock = secure.wrap_socket(plain, server_hostname=where.host) if where.scheme == "https" else plain
    with contextlib.closing(connection):
        headers = {"accept-encoding": "identity", "connection": "close", "user-agent": "MysteryShopper/1"}
        connection.request("POST", where.path, body=message.body, headers={**headers, **message.headers})
        reply = connection.getresponse()
        text = reply.read(MOST_BYTES)[:HEAD_BYTES].decode("utf-8", errors="replace").replace("\0", "")
        return Answer(reply.status, None, _seconds(reply.getheader("retry-after")), text, ip)


def _resolved(where: Target, resolve: Resolve, seconds: float) -> list[str]:
    """The resolver of the system has no time-out of its own, so it is asked in a thread that may be left behind."""
    box: queue.Queue[list[str] | OSError] = queue.Queue()

    def ask() -> None:
        try:
            box.put(resolve(where.host, where.port))
        except (OSError, UnicodeError) as wrong:
            box.put(socket.gaierror(str(wrong)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        found = box.get(timeout=seconds)
    except queue.Empty:
        raise socket.gaierror("no answer in time") from None
    if isinstance(found, OSError):
        raise found
    if not found:
        raise socket.gaierror("no address")
    return found


def _connected(addresses: list[str], port: int) -> socket.socket:
    for address in addresses[:-1]:
        with contextlib.suppress(OSError):
            return socket.create_connection((address, port), timeout=CONNECT_SECONDS / len(addresses))
    return socket.create_connection((addresses[-1], port), timeout=CONNECT_SECONDS / len(addresses))


@contextlib.contextmanager
def _deadline(plain: socket.socket, ends: float) -> Iterator[threading.Event]:
    """Cut the connection when the time is over, however slowly the other side drips."""
    late = threading.Event()
    left = max(ends - time.monotonic(), 0.001)
    handle = socket.socket(fileno=socket.dup(plain.fileno()))

    def cut() -> None:
        late.set()
        with contextlib.suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    plain.settimeout(left)
    timer = threading.Timer(left, cut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        timer.join()
        handle.close()


def _seconds(header: str | None) -> int | None:
    """RFC 9110 10.2.3: a count of seconds, or a date."""
    if header is None:
        return None
    if header.strip().isdecimal() and len(header) < 12:
        return int(header)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0, round((aware - datetime.now(UTC)).total_seconds()))


def _code(wrong: Exception) -> str:
    match wrong:
        case socket.gaierror():
            return "dns"
        case ssl.SSLCertVerificationError():
            return "bad_tls"
        case TimeoutError():
            return "timeout"
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return "reset"
        case ssl.SSLError():
            return "bad_tls"
        case ConnectionRefusedError():
            return "refused"
        case http.client.RemoteDisconnected() | OSError():
            return "reset"
        case _:
            return "protocol"


def _failed(error: str, ip: str | None = None) -> Answer:
    return Answer(None, error, None, "", ip)
