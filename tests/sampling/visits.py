"""Visits with defaults, so that a test names only what matters to it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sampling.evidence.bundle import seal
from sampling.evidence.visit import Visit, VisitKind

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))

LEDGER: list[dict[str, Any]] = [
    {
        "url": "http://shop.test/i/1",
        "method": "GET",
        "type": "Document",
        "status": 301,
        "redirect_to": "http://shop.test/item/1",
        "server_ip": "192.0.2.1",
        "failure": None,
    },
    {"url": "http://shop.test/item/1", "type": "Document", "status": 200, "server_ip": "192.0.2.1", "failure": None},
    {"url": "http://shop.test/cut.png", "type": "Image", "status": 200, "failure": "net::ERR_CONTENT_LENGTH_MISMATCH"},
    {"url": "http://shop.test/lost.png", "type": "Image", "status": None, "failure": "net::ERR_CONNECTION_REFUSED"},
    {"url": "http://ads.test/frame", "status": None, "failure": None, "gap": "other_process"},
]


def a_visit(**changes: Any) -> Visit:
    visit = Visit(
        kind=VisitKind.LISTING,
        reason=None,
        requested_url="http://shop.test/i/1",
        final_url="http://shop.test/item/1",
        status=200,
        started_at=NOON,
        ended_at=NOON + timedelta(milliseconds=1500),
        html="<h1>Lamp</h1>",
        text="Lamp",
        files={
            "page.png": b"\x89PNG picture",
            "dom.html": b"<h1>Lamp</h1>",
            "page.mhtml": b"From: lamp",
            "requests.jsonl": "".join(json.dumps(entry) + "\n" for entry in LEDGER).encode(),
        },
        tool={"browser": "Chromium 1", "viewport": "1280x800"},
        interactions=("click #reject",),
        signals={},
    )
    return replace(visit, **changes)


def a_bundle(**changes: Any) -> dict[str, bytes]:
    facts: dict[str, Any] = {"capture_id": "cap-1", "case": "S26-000001", "key": KEY, "extracted": {"title": "Lamp"}}
    return seal(a_visit(), **{**facts, **changes})
