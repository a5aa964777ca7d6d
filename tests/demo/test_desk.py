"""The desks: signature, repeats, the honest answer and the lie."""

import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from demo.world import World
from tests.demo.conftest import KEY, Answers

STRANGER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)


def post(
    shops: World,
    platform: str,
    message_id: str,
    *,
    item: str = "1",
    event: str = "notice.issued",
    kind: str = "delisting",
    key: Ed25519PrivateKey = KEY,
    late: int = 0,
) -> int:
    document = {"kind": kind, "listings": [{"ref": "L1", "item_id": item, "url": "http://shop.example/"}]}
    data = {"notice": f"n-{message_id}", "document": document}
    page: dict[str, Any] = {"specversion": "1.0", "id": message_id, "type": event, "subject": "N-1", "data": data}
    body = json.dumps(page).encode()
    stamp = str(int(datetime.now(UTC).timestamp()) - late)
    token = base64.b64encode(key.sign(f"{message_id}.{stamp}.".encode() + body)).decode()
    headers = {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": f"v1a,{token}"}
    url = f"{shops.urls['desk']}/notices/{platform}"
    return httpx.post(url, content=body, headers=headers, trust_env=False, timeout=60).status_code


def entry(shops: World, message_id: str) -> dict[str, Any]:
    rows = httpx.get(f"{shops.urls['desk']}/received", trust_env=False, timeout=60).json()
    return next((row for row in rows if row["id"] == message_id), {})


def wait(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def status(shops: World, path: str) -> int:
    shop, _, rest = path.partition("/")
    return httpx.get(f"{shops.urls[shop]}/{rest}", follow_redirects=True, trust_env=False, timeout=60).status_code


@pytest.mark.parametrize(("key", "late"), [(STRANGER, 0), (KEY, 600)])
def test_a_forged_or_old_message_is_refused(shops: World, sender: Answers, key: Ed25519PrivateKey, late: int) -> None:
    assert post(shops, "oscar-mart", f"bad-{late}", key=key, late=late) == 401
    assert entry(shops, f"bad-{late}") == {}


def test_the_honest_desk_takes_the_listing_off_and_says_so(shops: World, sender: Answers) -> None:
    assert status(shops, "oscar-mart/catalogue/x_5/") == 200
    assert post(shops, "oscar-mart", "honest", item="5") == 202
    wait(lambda: entry(shops, "honest")["effects"])
    assert status(shops, "oscar-mart/catalogue/x_5/") == 404
    assert sender == [
        ("/v1/notices/n-honest/actions", "Bearer token-o", "honest-L1", {"ref": "L1", "claimed": "removed"})
    ]


def test_a_repeat_is_counted_and_has_no_second_effect(shops: World, sender: Answers) -> None:
    assert post(shops, "oscar-mart", "twice", item="6") == 202
    wait(lambda: entry(shops, "twice")["effects"])
    assert post(shops, "oscar-mart", "twice", item="6") == 200
    assert (entry(shops, "twice")["deliveries"], entry(shops, "twice")["effects"]) == (2, 1)
    assert len(sender) == 1


def test_the_liar_claims_and_removes_only_when_the_notice_is_escalated(shops: World, sender: Answers) -> None:
    post(shops, "glow-mall", "lie", item="2016")
    wait(lambda: entry(shops, "lie")["effects"])
    assert sender[0][3] == {"ref": "L1", "claimed": "removed"}
    assert status(shops, "glow-mall/item/2016") == 200
    post(shops, "glow-mall", "lie-2", item="2016", event="notice.escalated")
    wait(lambda: entry(shops, "lie-2")["effects"])
    assert status(shops, "glow-mall/item/2016") == 404


def test_a_result_notice_is_acknowledged_and_nothing_is_taken_off(shops: World, sender: Answers) -> None:
    post(shops, "oscar-mart", "result", item="7", kind="result")
    wait(lambda: entry(shops, "result")["effects"])
    assert [(path, body) for path, _, _, body in sender] == [
        ("/v1/notices/n-result/receipts", {"kind": "acknowledged"})
    ]
    assert status(shops, "oscar-mart/catalogue/x_7/") == 200
