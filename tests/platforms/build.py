"""Notices, deliveries and keys with defaults, so that a test names only what matters to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from platforms.delivery import Delivery, DeliveryState
from platforms.document import compose
from platforms.draft import Action, Draft, Finding, Issuer, Offer, Product, Recipient, Revision
from platforms.keys import SharedSecret, SigningKey, signing_key
from platforms.notice import Notice, NoticeKind, NoticeState
from sampling.text import Text

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)


def a_key(number: int = 1, *, at: datetime = NOW) -> SigningKey:
    return signing_key(bytes([number]) * 32, not_before=at, not_after=at + timedelta(days=365))


def a_secret(number: int = 1) -> SharedSecret:
    return SharedSecret(f"secret-{number}", bytes([number]) * 24)


def a_draft(**changes: Any) -> Draft:
    draft = Draft(
        number="MSA-2026-D-000123",
        version=1,
        kind=NoticeKind.DELISTING,
        issuer=Issuer(
            "urn:msa:example", Text("示例局", "Example Authority"), "notices@example.org", "https://msa.example/"
        ),
        recipient=Recipient("plat-a", "platform", "plat-a"),
        sample_code="S26-000917",
        product=Product(Text("玩具车", "玩具车"), "X", (("gtin", "6912345678901"), ("model", "TC-9"))),
        offer=Offer("7788", "https://plat-a.example/item/7788", NOW - timedelta(days=14), "c1" * 32),
        action=Action.REMOVE,
        revisions=(Revision(1, NOW, Text("首次发布", "Initial version")),),
        respond_url="https://msa.example/v1/notices/1",
        findings=(Finding("S26-000917", "GB 6675.2-2014 5.2", "fail", "9f" * 32, "L-04", True),),
        legal_basis=(("cn-samr-2025-21", "4"),),
        ack_by=NOW + timedelta(hours=4),
        due=NOW + timedelta(hours=24),
        contest_until=NOW + timedelta(days=16),
    )
    return replace(draft, **changes)


def a_notice(**changes: Any) -> Notice:
    notice = Notice(
        id=UUID(int=7),
        number="MSA-2026-D-000123",
        kind=NoticeKind.DELISTING,
        sample_id=UUID(int=1),
        recipient="plat-a",
        state=NoticeState.ISSUED,
        level=0,
        version=1,
        document=compose(a_draft()),
        sha256="0" * 64,
        jws="h..s",
        issued_at=NOW,
        due_at=NOW + timedelta(hours=24),
    )
    return replace(notice, **changes)


def a_delivery(**changes: Any) -> Delivery:
    delivery = Delivery(
        id=UUID(int=9),
        notice_id=UUID(int=7),
        notice_version=1,
        recipient="plat-a",
        channel="webhook",
        event_type="notice.issued",
        event_key="",
        state=DeliveryState.LEASED,
        attempts=1,
        next_at=NOW,
    )
    return replace(delivery, **changes)
