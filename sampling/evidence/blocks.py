"""What stands in the records of an exchange: the request and the answer as HTTP, and what is known beside them."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import SplitResult, quote, urlsplit

from sampling.digest import canonical, sha256
from sampling.evidence.exchange import Connection, Exchange, Header, Message
from sampling.evidence.instant import text_of
from sampling.evidence.withheld import shown

_CODED = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""True of the bytes on the wire, not of the decoded body that is kept."""

_PRINTED = "".join(chr(code) for code in range(0x21, 0x7F))
_PORTS = {"http": 80, "https": 443}
_SPLIT = re.compile(r"[\r\n]+")


def plain(url: str) -> str:
    """Give the address as archives name it: without its fragment, in ASCII."""
    return quote(url.partition("#")[0], safe=_PRINTED, errors="replace")


def origin(url: str) -> str:
    """Give the origin of an address as the browser writes it; a socket's is that of its page's scheme."""
    parts = _split(url)
    scheme = {"wss": "https", "ws": "http"}.get(parts.scheme, parts.scheme)
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
    port = "" if parts.port in {None, _PORTS.get(scheme)} else f":{parts.port}"
    return f"{scheme}://{host}{port}"


def request(made: Exchange) -> bytes:
    """Give the request as HTTP/1.1, whatever version carried it."""
    parts = _split(plain(made.url))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = list(_request_fields(made))
    if not any(name.lower() == "host" for name, _ in fields):
        fields.insert(0, ("Host", parts.netloc.rpartition("@")[2]))
    return _head(f"{made.method} {target} HTTP/1.1", fields) + (made.request_body or b"")


def answer(made: Exchange) -> bytes:
    """Give the answer as HTTP/1.1 over the decoded body; fields that no longer hold are kept as X-Archive-Orig-*."""
    body = made.body or b""
    fields = [
        (f"X-Archive-Orig-{name}" if name.lower() in _CODED else name, value) for name, value in shown(made.headers)
    ]
    fields.append(("Content-Length", str(len(body))))
    return _head(f"HTTP/1.1 {made.status} {made.status_text}", fields) + body


def notes(made: Exchange, connection: Connection | None) -> bytes:
    """Give what is known of the exchange beside its bytes, as the named fields of the standard."""
    known = {
        "fate": made.fate.value,
        "method": made.method,
        "resource": made.resource,
        "context": made.context,
        "headers": made.headers_source,
        "protocol": made.protocol,
        "failure": made.failure,
        "gap": made.gap,
        "truncated": made.truncated,
        "redirect_to": made.redirect_to,
        "server_port": made.server_port,
        "from_cache": "yes" if made.from_cache else None,
        "certificate_sha256": sha256(connection.chain[0]) if connection and connection.chain else None,
    }
    told = {name: _SPLIT.sub(" ", str(value)) for name, value in known.items() if value is not None}
    return "".join(f"{name}: {value}\r\n" for name, value in told.items()).encode("utf-8", "replace")


def messages(sent: Sequence[Message]) -> bytes:
    """Give the frames of a socket or the events of a stream, a line of canonical JSON each."""
    return b"".join(canonical(_message(message)) for message in sent)


def connected(connections: Iterable[Connection]) -> Mapping[str, Connection]:
    """Give the connections by their origin."""
    return {connection.origin: connection for connection in connections}


def _split(url: str) -> SplitResult:
    """A page may ask for what is no address at all; such a request is kept under its text."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is no number raises here
    except ValueError:
        return SplitResult("", "", url, "", "")
    return parts


def _message(message: Message) -> dict[str, str | int | bool]:
    known: dict[str, str | int | bool] = {
        "sent": message.sent, "opcode": message.opcode, "at": text_of(message.at),
    }  # fmt: skip
    try:
        if message.opcode == 1:
            return {**known, "text": message.data.decode()}
    except UnicodeDecodeError:
        pass
    return {**known, "base64": base64.b64encode(message.data).decode()}


def _request_fields(made: Exchange) -> Iterator[Header]:
    """A length that is not that of the body kept, as of a file being sent, is noted as what was said."""
    length = str(len(made.request_body or b""))
    told = False
    for name, value in shown(made.request_headers):
        if name.startswith(":"):
            continue
        if name.lower() == "content-length":
            told = value == length
            yield (name if told else f"X-Archive-Orig-{name}", value)
        else:
            yield (name, value)
    if made.request_body and not told:
        yield ("Content-Length", length)


def _head(first: str, fields: Iterable[Header]) -> bytes:
    """The browser joins the values of fields of one name by line feeds; each stands on a line of its own here."""
    lines = [_SPLIT.sub(" ", first)]
    for name, value in fields:
        if not name.startswith(":"):
            lines += [f"{_SPLIT.sub(' ', name)}: {part}" for part in _SPLIT.split(value)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")
