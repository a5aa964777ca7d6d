"""The manifest: the record that binds the files of a visit to what was asked, and to the capture before it."""

from collections.abc import Iterable, Mapping
from typing import Any

from sampling.digest import Digest, sha256
from sampling.evidence.exchange import Connection, Exchange, Fate
from sampling.evidence.instant import text_of
from sampling.evidence.letters import whole
from sampling.evidence.provenance import certificate, told
from sampling.evidence.visit import Visit
from sampling.evidence.withheld import count

SCHEMA = "mystery-shopper/capture/2"
FIRST_SCHEMA = "mystery-shopper/capture/1"
"""Of bundles that hold the captured files one by one, without a web archive of the requests."""

_MEDIA = {
    "cdx": "text/plain",
    "gz": "application/gzip",
    "html": "text/html",
    "jpg": "image/jpeg",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "md": "text/markdown",
    "mhtml": "multipart/related",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain",
    "wacz": "application/wacz",
    "webp": "image/webp",
}


def manifest(
    visit: Visit,
    *,
    capture_id: str,
    case: str,
    prev_sha256: Digest,
    signer: str,
    archive_key: str,
    files: Mapping[str, bytes],
    members: Mapping[str, bytes],
    replay: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Give the record that binds the files of the bundle, and the archive's members, to the visit and its predecessor.

    It names the sampling case by an opaque id and never the shopper: the bundle may be shown to anyone.
    """
    record = {
        "schema": SCHEMA,
        "capture": capture_id,
        "case": case,
        **told(visit),
        "redirects": redirects(visit.exchanges),
        "tls": [_secured(each) for each in visit.connections],
        "server_ips": sorted({made.server_ip for made in visit.exchanges if made.server_ip}),
        "completeness": completeness(visit.exchanges),
        "withheld": count(visit.exchanges),
        "replay": dict(replay) if replay is not None else None,
        "archive": [_entry(path, members[path]) for path in sorted(members)],
        "files": [_entry(path, files[path]) for path in sorted(files)],
        "prev_manifest_sha256": prev_sha256,
        "signer": signer,
        "archive_key": archive_key,
    }
    plain: dict[str, Any] = whole(record)
    return plain


def completeness(exchanges: Iterable[Exchange]) -> dict[str, Any]:
    """Give how many requests the page made, and how many were answered, failed, cut short or lost, each with why."""
    made = list(exchanges)
    fates = [each.fate for each in made]
    return {
        "requests": len(made),
        "recorded": fates.count(Fate.RECORDED),
        "failed": fates.count(Fate.FAILED),
        "gaps": [{"url": each.url, "reason": each.gap} for each in made if each.fate is Fate.GAP],
        "truncated": sum(each.truncated is not None for each in made),
    }


def redirects(exchanges: Iterable[Exchange]) -> list[dict[str, Any]]:
    """Give the hops of the page's own address, in their order."""
    return [
        {"from": made.url, "to": made.redirect_to, "status": made.status}
        for made in exchanges
        if made.redirect_to and made.resource == "Document" and made.context == "page"
    ]


def _secured(made: Connection) -> dict[str, Any]:
    return {
        "origin": made.origin,
        "protocol": made.protocol,
        "cipher": made.cipher,
        "subject": made.subject,
        "issuer": made.issuer,
        "valid_from": text_of(made.valid_from),
        "valid_to": text_of(made.valid_to),
        "transparency": made.transparency,
        "certificate_sha256": certificate(made),
    }


def _entry(path: str, data: bytes) -> dict[str, Any]:
    return {"path": path, "sha256": sha256(data), "bytes": len(data), "media_type": media_type(path)}


def media_type(path: str) -> str:
    """Give the media type that a file's name says it has."""
    return _MEDIA.get(path.rpartition(".")[2], "application/octet-stream")
