"""A channel turns a delivery into a message; the receiver can prove it and knows a second copy by its id."""

import json
from datetime import timedelta

import pytest

from platforms.channels import CHANNELS
from platforms.channels.interface import Sender
from platforms.channels.webhook import MOST_BYTES
from platforms.delivery import Announcement
from platforms.document import compose, sign, verify
from platforms.signature import check
from tests.platforms.build import NOW, a_delivery, a_draft, a_key, a_notice

SENDER = Sender("https://msa.example/", (a_key(),))


def test_the_portal_sends_nothing() -> None:
    message = CHANNELS["portal"](a_delivery(), a_notice(), endpoint=None, sender=SENDER, at=NOW)
    assert message.url is None


@pytest.mark.parametrize("announcement", list(Announcement))
def test_a_webhook_is_a_cloud_event(announcement: Announcement) -> None:
    delivery = a_delivery(event_type=announcement.value, event_key="2")
    message = CHANNELS["webhook"](delivery, a_notice(level=2), endpoint="https://a.example/h", sender=SENDER, at=NOW)
    event = json.loads(message.body)
    assert message.url == "https://a.example/h"
    assert message.headers["content-type"].startswith("application/cloudevents+json")
    # CloudEvents 1.0, required attributes
    assert event["specversion"] == "1.0"
    assert event["id"] == message.headers["webhook-id"] == str(delivery.id)
    assert event["source"] == "https://msa.example"
    assert event["type"] == announcement.value
    assert event["subject"] == "MSA-2026-D-000123"
    assert (event["data"]["level"], event["data"]["key"]) == (2, "2")
    check(message.headers, message.body, keys=[a_key().public], now=NOW)


def test_the_document_inside_proves_itself() -> None:
    document = compose(a_draft())
    signed = sign(document, a_key())
    notice = a_notice(document=document, sha256=signed.sha256, jws=signed.jws)
    message = CHANNELS["webhook"](a_delivery(), notice, endpoint="https://a.example/h", sender=SENDER, at=NOW)
    data = json.loads(message.body)["data"]
    assert verify(data["document"], data["jws"], {a_key().kid: a_key().public}) == a_key().kid


def test_a_later_try_sends_the_same_bytes_under_a_new_time() -> None:
    first, second = (
        CHANNELS["webhook"](a_delivery(), a_notice(), endpoint="https://a.example/h", sender=SENDER, at=at)
        for at in (NOW, NOW + timedelta(hours=1))
    )
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_a_long_document_is_fetched_instead() -> None:
    notice = a_notice(document={"text": "长" * MOST_BYTES})
    message = CHANNELS["webhook"](a_delivery(), notice, endpoint="https://a.example/h", sender=SENDER, at=NOW)
    data = json.loads(message.body)["data"]
    assert len(message.body) <= MOST_BYTES
    assert "document" not in data
    assert data["url"] == f"https://msa.example/v1/notices/{notice.id}"
    assert data["sha256"] == notice.sha256
