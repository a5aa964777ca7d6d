"""The webhook: a CloudEvents 1.0 body under Standard Webhooks headers, posted to the platform's endpoint."""

from datetime import datetime
from typing import Any

import rfc8785

from platforms.channels.interface import Message, Sender
from platforms.delivery import Delivery
from platforms.document import SCHEMA
from platforms.notice import Notice
from platforms.signature import headers

MOST_BYTES = 20_000


def message(delivery: Delivery, notice: Notice, *, endpoint: str | None, sender: Sender, at: datetime) -> Message:
    """Give the signed message; a document that makes it too long is left out and fetched by its URL and hash."""
    body = rfc8785.dumps(_event(delivery, notice, sender, whole=True))
    if len(body) > MOST_BYTES:
        body = rfc8785.dumps(_event(delivery, notice, sender, whole=False))
    signed = headers(message_id=str(delivery.id), at=at, body=body, keys=sender.keys)
    return Message({"content-type": "application/cloudevents+json; charset=utf-8", **signed}, body, endpoint)


def _event(delivery: Delivery, notice: Notice, sender: Sender, *, whole: bool) -> dict[str, Any]:
    base = sender.source.rstrip("/")
    data: dict[str, Any] = {
        "notice": str(notice.id),
        "version": delivery.notice_version,
        "level": notice.level,
        "key": delivery.event_key,
        "sha256": notice.sha256,
        "jws": notice.jws,
        "url": f"{base}/v1/notices/{notice.id}",
    }
    return {
        "specversion": "1.0",
        "id": str(delivery.id),
        "source": base,
        "type": delivery.event_type,
        "subject": notice.number,
        "datacontenttype": "application/json",
        "dataschema": base + SCHEMA,
        "data": data | ({"document": notice.document} if whole else {}),
    }
