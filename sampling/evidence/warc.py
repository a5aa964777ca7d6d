"""A WARC file: every exchange of a visit in the archive's standard form, each record in a gzip member of its own."""

import uuid
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sampling.digest import Digest, sha256
from sampling.errors import UnreadableArchive
from sampling.evidence import blocks
from sampling.evidence.exchange import Connection, Exchange, Header
from sampling.evidence.instant import text_of

MOST_BYTES = 1 << 30
"""What a file may unpack to when it is read."""

FIELDS, LINES = "application/warc-fields", "application/x-ndjson"
REQUEST, RESPONSE = "application/http; msgtype=request", "application/http; msgtype=response"

_VERSION = b"WARC/1.1\r\n"
_END = b"\r\n\r\n"
_STEP = 1 << 16
_SINGLE = {"warc-type", "warc-record-id", "warc-date", "warc-target-uri", "content-length", "content-type",
           "warc-block-digest", "warc-payload-digest", "warc-ip-address", "warc-truncated"}  # fmt: skip
_TYPES = {"warcinfo", "request", "response", "metadata", "resource"}
_PACKED = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip", "application/gzip")


@dataclass(frozen=True, slots=True)
class View:
    """A picture or text of the page that the archive carries beside what was exchanged."""

    url: str
    """`urn:view:` or `urn:dom:` and the page's address."""
    media_type: str
    data: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One record that can be asked for by its address, and where it lies."""

    url: str
    at: datetime
    media_type: str
    """As the answer's head says, for that is what other tools index; "" where it says nothing."""
    status: int
    digest: Digest
    """Of the payload."""
    offset: int
    length: int
    """Bytes of the gzip member at the offset."""
    method: str = "GET"
    request_type: str = ""
    request_body: bytes = b""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it was read, its digests recomputed."""

    kind: str
    id: str
    headers: tuple[Header, ...]
    block: bytes
    offset: int
    length: int

    def header(self, name: str) -> str | None:
        """Give the first value of a field of the record's own head, the name in any case."""
        return _first(self.headers, name)

    @property
    def payload(self) -> bytes:
        """What follows the HTTP head; the whole block of a record without one."""
        return self.block.partition(_END)[2] if self.kind in {"request", "response"} else self.block

    def http(self) -> tuple[str, tuple[Header, ...]]:
        """Give the first line and the fields of the HTTP head of a request or response."""
        first, *lines = self.block.partition(_END)[0].decode("utf-8", "replace").split("\r\n")
        named = (line.partition(":") for line in lines)
        return first, tuple((name, value.strip()) for name, _, value in named)


def written(
    exchanges: Sequence[Exchange],
    views: Sequence[View],
    *,
    software: str,
    capture_id: str,
    at: datetime,
    connections: Iterable[Connection] = (),
) -> tuple[bytes, tuple[Entry, ...]]:
    """Give the file and an entry for each answer and view; the same visit always gives the same bytes."""
    writer = _Writer(capture_id)
    known = f"software: {software}\r\nformat: WARC File Format 1.1\r\nisPartOf: {capture_id}\r\n"
    writer.add("warcinfo", at, known.encode(), FIELDS)
    by_origin = blocks.connected(connections)
    entries = [entry for made in exchanges for entry in _exchange(writer, made, by_origin.get(blocks.origin(made.url)))]
    entries += [_view(writer, view) for view in views]
    return b"".join(writer.members), tuple(entries)


def records(data: bytes, *, most_bytes: int = MOST_BYTES) -> Iterator[Record]:
    """Give each record in order; anything that is not exactly a record, or not what its digests say, raises
    UnreadableArchive."""
    place, seen = 0, set()
    while place < len(data):
        unpacked, length = _member(data, place, most_bytes)
        most_bytes -= len(unpacked)
        record = _record(unpacked, place, length)
        if record.id in seen:
            raise UnreadableArchive(f"The record at byte {place} has the id of another.")
        seen.add(record.id)
        yield record
        place += length


@dataclass(slots=True)
class _Writer:
    capture_id: str
    members: list[bytes] = field(default_factory=list)
    place: int = 0

    def next_id(self) -> str:
        """Ids follow from the capture and the record's number, so that the same visit is written the same way."""
        return f"<{uuid.uuid5(uuid.NAMESPACE_URL, f'{self.capture_id}/{len(self.members)}').urn}>"

    def add(
        self,
        kind: str,
        at: datetime,
        block: bytes,
        content_type: str,
        *,
        url: str | None = None,
        payload: bytes | None = None,
        extra: Sequence[Header] = (),
        level: int = 6,
    ) -> tuple[str, int, int]:
        id_, offset = self.next_id(), self.place
        head = [("WARC-Type", kind), ("WARC-Record-ID", id_), ("WARC-Date", text_of(at))]
        head += [("WARC-Target-URI", url)] if url else []
        head += [*extra, ("Content-Type", content_type)]
        if payload is not None and _has_payload(kind, url or ""):
            head.append(("WARC-Payload-Digest", f"sha256:{sha256(payload)}"))
        head += [("WARC-Block-Digest", f"sha256:{sha256(block)}"), ("Content-Length", str(len(block)))]
        lines = "".join(f"{name}: {value}\r\n" for name, value in head)
        packer = zlib.compressobj(level, zlib.DEFLATED, 31)
        parts = (_VERSION + lines.encode() + b"\r\n", block, _END)
        member = b"".join([*(packer.compress(part) for part in parts), packer.flush()])
        self.members.append(member)
        self.place += len(member)
        return id_, offset, len(member)


def _exchange(writer: _Writer, made: Exchange, connection: Connection | None) -> Iterator[Entry]:
    """A gap leaves no request: it is only known to have been made."""
    url, bound = blocks.plain(made.url), None
    if made.status is not None:
        block, body = blocks.answer(made), made.body or b""
        level = 0 if made.media_type.startswith(_PACKED) and "svg" not in made.media_type else 6
        bound, offset, length = writer.add(
            "response", made.sent_at, block, RESPONSE,
            url=url, payload=body, extra=_seen(made, connection), level=level,
        )  # fmt: skip
        yield Entry(
            url=url, at=made.sent_at, media_type=_media_type(made), status=made.status, digest=sha256(body),
            offset=offset, length=length, method=made.method, request_body=made.request_body or b"",
            request_type=_first(made.request_headers, "content-type") or "",
        )  # fmt: skip
    if made.gap is None:
        id_, _, _ = writer.add(
            "request", made.sent_at, blocks.request(made), REQUEST,
            url=url, payload=made.request_body or b"", extra=_beside(bound),
        )  # fmt: skip
        bound = bound or id_
    writer.add("metadata", made.sent_at, blocks.notes(made, connection), FIELDS, url=url, extra=_beside(bound))
    if made.messages:
        # Under an address of its own: tools that index records of this type would take it for the answer.
        lines, apart = blocks.messages(made.messages), f"urn:messages:{url}"
        writer.add("metadata", made.sent_at, lines, LINES, url=apart, extra=_beside(bound))


def _media_type(made: Exchange) -> str:
    return (_first(made.headers, "content-type") or "").partition(";")[0].strip()


def _beside(id_: str | None) -> list[Header]:
    return [("WARC-Concurrent-To", id_)] if id_ else []


def _seen(made: Exchange, connection: Connection | None) -> list[Header]:
    fields = [("WARC-IP-Address", made.server_ip or ""), ("WARC-Protocol", made.protocol or "")]
    if connection:
        fields.append(("WARC-Protocol", connection.protocol.lower().replace(" ", "/")))
        fields.append(("WARC-Cipher-Suite", connection.cipher))
    fields.append(("WARC-Truncated", made.truncated or ""))
    return [(name, value) for name, value in fields if value]


def _view(writer: _Writer, view: View) -> Entry:
    url = blocks.plain(view.url)
    level = 0 if view.media_type.startswith(_PACKED) else 6
    _, offset, length = writer.add(
        "resource", view.at, view.data, view.media_type, url=url, payload=view.data, level=level
    )
    return Entry(url, view.at, view.media_type, 200, sha256(view.data), offset, length)


def _member(data: bytes, place: int, most_bytes: int) -> tuple[bytes, int]:
    """Unpacked in steps: what follows a member is handed back whole, and a bomb is seen before it has grown."""
    unpacker, parts, size, end = zlib.decompressobj(31), [], 0, place
    view = memoryview(data)
    while not unpacker.eof and end < len(data):
        try:
            parts.append(unpacker.decompress(view[end : end + _STEP]))
        except zlib.error as error:
            raise UnreadableArchive(f"The gzip member at byte {place} is broken: {error}.") from error
        end = min(end + _STEP, len(data))
        size += len(parts[-1])
        if size > most_bytes:
            raise UnreadableArchive("The archive unpacks to more than it may.")
    if not unpacker.eof:
        raise UnreadableArchive(f"The gzip member at byte {place} is cut.")
    return b"".join(parts), end - len(unpacker.unused_data) - place


def _record(unpacked: bytes, offset: int, length: int) -> Record:
    head, found, rest = unpacked.partition(_END)
    fields = _fields(head + b"\r\n") if found and head.startswith(_VERSION) else None
    if fields is None or not {"warc-type", "warc-record-id", "content-length"} <= {n.lower() for n, _ in fields}:
        raise UnreadableArchive(f"The record at byte {offset} has no head of WARC 1.1.")
    size = _first(fields, "content-length") or ""
    if str(len(rest) - len(_END)) != size or not rest.endswith(_END):
        raise UnreadableArchive(f"The record at byte {offset} is not as long as its head says.")
    record = Record(
        _first(fields, "warc-type") or "", _first(fields, "warc-record-id") or "", fields, rest[: -len(_END)],
        offset, length,
    )  # fmt: skip
    if record.kind not in _TYPES:
        raise UnreadableArchive(f"The record at byte {offset} is of no kind that is written here.")
    _check_digests(record)
    return record


def _fields(head: bytes) -> tuple[Header, ...] | None:
    """None for a line without a name, and for a second value where there can be one only."""
    try:
        lines = head[len(_VERSION) :].decode().split("\r\n")[:-1]
    except UnicodeDecodeError:
        return None
    fields = tuple((name, value) for name, _, value in (line.partition(": ") for line in lines))
    singles = [name.lower() for name, _ in fields if name.lower() in _SINGLE]
    return None if len(set(singles)) < len(singles) or not all(name and value for name, value in fields) else fields


def _check_digests(record: Record) -> None:
    due = {"WARC-Block-Digest": record.block}
    if _has_payload(record.kind, record.header("WARC-Target-URI") or ""):
        due["WARC-Payload-Digest"] = record.payload
    for name, data in due.items():
        if record.header(name) != f"sha256:{sha256(data)}":
            raise UnreadableArchive(f"The record at byte {record.offset} is not what its {name} says.")


def _has_payload(kind: str, url: str) -> bool:
    """Other tools see HTTP under an address of the web only: of a socket's handshake they would hash the head too."""
    return kind == "resource" or (kind in {"request", "response"} and url.startswith(("http://", "https://")))


def _first(fields: Iterable[Header], name: str) -> str | None:
    return next((value for field, value in fields if field.lower() == name.lower()), None)
