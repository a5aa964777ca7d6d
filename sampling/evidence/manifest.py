"""The manifest: the record that binds the files of a visit to what was asked, and to the capture before it."""

import json
import mimetypes
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sampling.digest import Digest, sha256
from sampling.evidence.verification import SCHEMA
from sampling.evidence.visit import Visit

_MEDIA = {".jsonl": "application/x-ndjson", ".md": "text/markdown", ".mhtml": "multipart/related"}


def manifest(
    visit: Visit,
    *,
    capture_id: str,
    case: str,
    prev_sha256: Digest,
    signer: str,
    files: Mapping[str, bytes],
) -> dict[str, Any]:
    """Give the record that binds the files, by their path in the bundle, to the visit and to its predecessor.

    It names the sampling case by an opaque id and never the shopper: the bundle may be shown to anyone.
    """
    ledger = requests(visit.files.get("requests.jsonl", b""))
    return {
        "schema": SCHEMA,
        "capture": capture_id,
        "case": case,
        "kind": visit.kind.value,
        "reason": visit.reason,
        "requested_url": visit.requested_url,
        "final_url": visit.final_url,
        "redirects": _redirects(ledger),
        "status": visit.status,
        "started_at": _instant(visit.started_at),
        "ended_at": _instant(visit.ended_at),
        "server_ips": sorted({entry["server_ip"] for entry in ledger if entry.get("server_ip")}),
        "tool": dict(visit.tool),
        "interactions": list(visit.interactions),
        "signals": dict(visit.signals),
        "completeness": completeness(ledger),
        "files": [_entry(path, files[path]) for path in sorted(files)],
        "prev_manifest_sha256": prev_sha256,
        "signer": signer,
    }


def requests(ledger: bytes) -> list[dict[str, Any]]:
    """Give the entries of requests.jsonl, one request each."""
    return [json.loads(line) for line in ledger.splitlines() if line.strip()]


def completeness(ledger: list[dict[str, Any]]) -> dict[str, Any]:
    """Give how many requests the page made, and how many were answered, failed, cut short or lost."""
    gaps = [entry["url"] for entry in ledger if entry.get("gap")]
    failed = [entry for entry in ledger if entry.get("failure")]
    return {
        "requests": len(ledger),
        "recorded": len(ledger) - len(failed) - len(gaps),
        "failed": len(failed),
        "gaps": gaps,
        "truncated": sum(1 for entry in failed if entry.get("status") is not None),
    }


def _redirects(ledger: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"from": entry["url"], "to": entry["redirect_to"], "status": entry["status"]}
        for entry in ledger
        if entry.get("redirect_to") and entry.get("type") == "Document"
    ]


def _entry(path: str, data: bytes) -> dict[str, Any]:
    return {"path": path, "sha256": sha256(data), "bytes": len(data), "media_type": _media_type(path)}


def _media_type(path: str) -> str:
    suffix = "." + path.rsplit(".", 1)[-1]
    return _MEDIA.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
