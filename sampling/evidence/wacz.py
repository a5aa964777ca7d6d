"""A WACZ file: an archive with its index, its page and everything kept beside it, hashed, listed and signed as one."""

import base64
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sampling.digest import sha256
from sampling.errors import UnreadableArchive
from sampling.evidence import cdx
from sampling.evidence.instant import text_of
from sampling.evidence.warc import Entry

ARCHIVE, INDEX, PAGES = "archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"
PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"
FOLDER = "evidence/"
"""Where everything else lies; validators accept files exactly one folder deep, with a dot in their name."""

WACZ_VERSION, AUTH_VERSION = "1.1.1", "0.1.0"
MOST_MEMBERS, MOST_BYTES = 1_000, 1 << 30

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a .zip can hold: the same members give the same file
_EXTRA = re.compile(r"evidence/[a-z0-9][a-z0-9_-]*\.[a-z0-9]+")
_STORED = (".gz", ".png", ".jpg", ".pdf", ".mhtml", ".webp")
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = 46  # bytes of an entry of the list at the end, without its name
_CLOSE = 22  # bytes of the end of the list
_P384 = 48


@dataclass(frozen=True, slots=True)
class Page:
    """The page that a player opens first."""

    id: str
    url: str
    title: str
    at: datetime
    """When its document was asked for, as the index says."""


def packed(
    archive: bytes,
    entries: Sequence[Entry],
    *,
    page: Page,
    extras: Mapping[str, bytes],
    created: datetime,
    software: str,
    key: EllipticCurvePrivateKey,
) -> bytes:
    """Give the signed file; the same contents always give the same bytes. Extras are named `evidence/name.ext`."""
    files = {ARCHIVE: archive, INDEX: cdx.lines(entries, filename="data.warc.gz"), PAGES: _pages(page)}
    for name in sorted(extras):
        if not _EXTRA.fullmatch(name) or (name.endswith(".jsonl") and not extras[name]):
            raise ValueError(f"{name} cannot lie in an archive: not evidence/name.ext, or a list without a line")
        files[name] = extras[name]
    day = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    package = _package(files, page=page, created=day, software=software)
    files[PACKAGE] = package
    files[DIGEST] = _digest(package, created=day, software=software, key=key)
    return _zipped(files)


def members(data: bytes, *, most_bytes: int = MOST_BYTES) -> dict[str, bytes]:
    """Give all members by name, in their order; a file with anything beside them raises UnreadableArchive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
            _check(data, listed, archive.start_dir, most_bytes)
            return {info.filename: archive.read(info) for info in listed}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, struct.error) as error:
        raise UnreadableArchive(f"The archive is no readable .zip: {error}.") from error


def member(data: bytes, name: str) -> bytes:
    """Give one member; a name that is not there, and a file that cannot be read, raise UnreadableArchive."""
    held = members(data)
    if name not in held:
        raise UnreadableArchive(f"The archive holds no {name}.")
    return held[name]


def _pages(page: Page) -> bytes:
    rows = [
        {"format": "json-pages-1.0", "id": "pages", "title": "Pages"},
        {"id": page.id, "url": page.url, "ts": text_of(page.at), "title": page.title},
    ]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8", "replace")


def _package(files: Mapping[str, bytes], *, page: Page, created: str, software: str) -> bytes:
    record = {
        "profile": "data-package",
        "wacz_version": WACZ_VERSION,
        "title": page.title,
        "mainPageUrl": page.url,
        "mainPageDate": text_of(page.at),
        "created": created,
        "software": software,
        "resources": [
            {
                "name": path.rpartition("/")[2],
                "path": path,
                "hash": f"sha256:{sha256(data)}",
                "bytes": len(data),
            }
            for path, data in files.items()
        ],
    }
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _digest(package: bytes, *, created: str, software: str, key: EllipticCurvePrivateKey) -> bytes:
    """Players check exactly these fields: a signature without a certificate, over the text of the hash."""
    named = f"sha256:{sha256(package)}"
    r, s = decode_dss_signature(key.sign(named.encode(), ECDSA(SHA256(), deterministic_signing=True)))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    signed = {
        "hash": named,
        "created": created,
        "software": software,
        "version": AUTH_VERSION,
        "signature": _base64(r.to_bytes(_P384, "big") + s.to_bytes(_P384, "big")),
        "publicKey": _base64(public),
    }
    record: dict[str, Any] = {"path": PACKAGE, "hash": named, "signedData": signed}
    return (json.dumps(record, indent=1) + "\n").encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3  # the same on every system
            info.external_attr = 0o644 << 16
            kind = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
            archive.writestr(info, data, kind, 6)
    return buffer.getvalue()


def _check(data: bytes, listed: Sequence[zipfile.ZipInfo], start: int, most_bytes: int) -> None:
    """Nothing may lie before, between or behind the members: a .zip can hide whole files there."""
    if len(listed) > MOST_MEMBERS or sum(info.file_size for info in listed) > most_bytes:
        raise UnreadableArchive("The archive holds more than it may.")
    if len({info.filename for info in listed}) < len(listed) or any(info.is_dir() for info in listed):
        raise UnreadableArchive("The archive holds two members of one name, or a folder.")
    if any(info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for info in listed):
        raise UnreadableArchive("The archive is packed in an unusual way.")
    place = 0
    for info in listed:
        if info.header_offset != place or info.flag_bits & ~0x800 or info.extra or info.comment:
            raise UnreadableArchive(f"The archive holds something beside {info.filename}.")
        *_, name, extra = _LOCAL.unpack_from(data, place)
        place += _LOCAL.size + name + extra + info.compress_size
    listing = sum(_CENTRAL + len(info.filename.encode()) for info in listed)
    if place != start or start + listing + _CLOSE != len(data):
        raise UnreadableArchive("The archive holds something behind its members.")
