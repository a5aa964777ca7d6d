"""Provenance: what lies in the archive beside the exchanges, so that a reader sees through what was looked and how."""

import base64
import json
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from typing import Any

from sampling.digest import canonical, sha256
from sampling.evidence.exchange import Connection, Exchange, Passage
from sampling.evidence.instant import text_of
from sampling.evidence.layout import Box
from sampling.evidence.letters import whole
from sampling.evidence.visit import Visit
from sampling.evidence.wacz import FOLDER

_CLOCK = {"source": "clock", "offset_ms": "clock_offset_ms"}
_EGRESS = {"address": "egress_address", "country": "egress_country"}


def files(visit: Visit, *, capture_id: str, case: str, extracted: Mapping[str, Any] | None) -> dict[str, bytes]:
    """Give everything that lies under `evidence/`: the visit's own files and the records made of it.

    A list without a line is left out, for validators take it for a broken table.
    """
    made = {
        "provenance.json": canonical(whole({"capture": capture_id, "case": case, **told(visit)})),
        "tls.json": canonical(whole({"connections": [_connection(each) for each in visit.connections]})),
        "egress.jsonl": _lines(_passage(each) for each in visit.passages),
        "requests.jsonl": _lines(_request(each) for each in visit.exchanges),
        "layout.json": _layout(visit.boxes),
        "extract.json": canonical(whole(extracted)) if extracted is not None else b"",
    }
    held = {**visit.files, **made}
    return {FOLDER + name: data for name, data in held.items() if data or name not in made}


def told(visit: Visit) -> dict[str, Any]:
    """Give what the visit says of itself: what was asked, met and done, when, and with which tools."""
    taken = {*_CLOCK.values(), *_EGRESS.values()}
    return {
        "kind": visit.kind.value,
        "reason": visit.reason,
        "requested_url": visit.requested_url,
        "final_url": visit.final_url,
        "title": visit.title,
        "status": visit.status,
        "started_at": text_of(visit.started_at),
        "ended_at": text_of(visit.ended_at),
        "clock": {name: visit.tool.get(key) for name, key in _CLOCK.items()},
        "egress": {name: visit.tool.get(key) for name, key in _EGRESS.items()},
        "tool": {name: value for name, value in visit.tool.items() if name not in taken},
        "interactions": list(visit.interactions),
        "signals": dict(visit.signals),
    }


def certificate(connection: Connection) -> str | None:
    """Give the SHA-256 of the server's own certificate; None where the browser gave no chain."""
    return sha256(connection.chain[0]) if connection.chain else None


def _connection(made: Connection) -> dict[str, Any]:
    return {
        "origin": made.origin,
        "protocol": made.protocol,
        "cipher": made.cipher,
        "key_exchange": made.key_exchange,
        "subject": made.subject,
        "issuer": made.issuer,
        "names": list(made.names),
        "valid_from": text_of(made.valid_from),
        "valid_to": text_of(made.valid_to),
        "transparency": made.transparency,
        "chain": [{"sha256": sha256(each), "pem": _pem(each)} for each in made.chain],
    }


def _pem(der: bytes) -> str:
    lines = textwrap.wrap(base64.b64encode(der).decode(), 64)
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def _passage(made: Passage) -> dict[str, Any]:
    return {
        "at": text_of(made.at),
        "host": made.host,
        "port": made.port,
        "addresses": list(made.addresses),
        "address": made.address,
        "refused": made.refused,
        "sent": made.sent,
        "received": made.received,
        "milliseconds": round(made.seconds * 1000),
    }


def _request(made: Exchange) -> dict[str, Any]:
    return {
        "url": made.url,
        "method": made.method,
        "resource": made.resource,
        "context": made.context,
        "sent_at": text_of(made.sent_at),
        "fate": made.fate.value,
        "status": made.status,
        "protocol": made.protocol,
        "media_type": made.media_type,
        "headers": made.headers_source,
        "bytes": len(made.body) if made.body is not None else None,
        "sha256": sha256(made.body) if made.body is not None else None,
        "truncated": made.truncated,
        "failure": made.failure,
        "gap": made.gap,
        "redirect_to": made.redirect_to,
        "server_ip": made.server_ip,
        "server_port": made.server_port,
        "from_cache": made.from_cache,
        "messages": len(made.messages),
    }


def _lines(records: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(canonical(whole(record)) for record in records)


def _layout(boxes: Iterable[Box]) -> bytes:
    """The rows that `layout.boxes_of` reads."""
    rows = [whole(astuple(box)) for box in boxes]
    return (json.dumps(rows, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
