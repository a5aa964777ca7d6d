"""The headers of a message follow Standard Webhooks; another implementation agrees, and no header makes us stumble."""

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from platforms.errors import BadSignature
from platforms.keys import PublicKey, SharedSecret
from platforms.signature import check, headers
from tests.platforms.build import NOW, a_key, a_secret

BODY = '{"number":"MSA-2026-D-000123","name":"玩具车"}'.encode()


def test_hmac_agrees_with_another_implementation_both_ways() -> None:
    now = datetime.now(UTC)  # the peer reads its own clock
    secret = a_secret()
    peer = Webhook(secret.text)
    ours = headers(message_id="msg_1", at=now, body=BODY, keys=[secret])
    assert peer.verify(BODY, ours) == json.loads(BODY)
    theirs = ours | {"webhook-signature": peer.sign("msg_1", now, BODY.decode())}
    check(theirs, BODY, keys=[secret], now=now)
    with pytest.raises(WebhookVerificationError):
        peer.verify(BODY + b" ", ours)


def test_the_vector_of_the_specification() -> None:
    # standard-webhooks, libraries: the secret, id, time and body of its own test suite
    secret = SharedSecret("k", b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    at = datetime.fromtimestamp(1614265330, tz=UTC)
    given = headers(message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=b'{"test": 2432232314}', keys=[secret])
    assert given["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_during_a_rotation_either_key_verifies() -> None:
    old, new = a_key(1), a_key(2)
    given = headers(message_id="msg_1", at=NOW, body=BODY, keys=[old, new, a_secret()])
    assert [part.split(",")[0] for part in given["webhook-signature"].split(" ")] == ["v1a", "v1a", "v1"]
    for key in (old.public, new.public, a_secret()):
        check(given, BODY, keys=[key], now=NOW)


def test_header_names_are_read_in_any_case() -> None:
    given = headers(message_id="msg_1", at=NOW, body=BODY, keys=[a_key()])
    check({name.title(): value for name, value in given.items()}, BODY, keys=[a_key().public], now=NOW)


def test_the_time_is_the_moment_whatever_zone_it_is_written_in() -> None:
    shanghai = NOW.astimezone(ZoneInfo("Asia/Shanghai"))
    same = [headers(message_id="m", at=at, body=BODY, keys=[a_key()]) for at in (NOW, shanghai)]
    assert same[0] == same[1]


@pytest.mark.parametrize(("late", "good"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_five_minutes_either_way_are_tolerated(late: int, good: bool) -> None:
    given = headers(message_id="msg_1", at=NOW, body=BODY, keys=[a_key()])
    now = NOW + timedelta(seconds=late)
    if good:
        check(given, BODY, keys=[a_key().public], now=now)
    else:
        with pytest.raises(BadSignature, match="too old or too new"):
            check(given, BODY, keys=[a_key().public], now=now)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-id": "a.b"},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "١٢٣"},
        {"webhook-timestamp": "-5"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "99999999999"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1a"},
        {"webhook-signature": "v1a,"},
        {"webhook-signature": "v1a,a,b"},
        {"webhook-signature": "v1a,***"},
        {"webhook-signature": "v1a,玩具"},
        {"webhook-signature": "v2,AAAA"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": " ".join(["v1a,AAAA"] * 100)},
    ],
)
def test_a_wrong_header_is_a_bad_signature_and_no_other_error(change: dict[str, str]) -> None:
    given = headers(message_id="msg_1", at=NOW, body=BODY, keys=[a_key()])
    with pytest.raises(BadSignature):
        check(given | change, BODY, keys=[a_key().public, a_secret()], now=NOW)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_named(name: str) -> None:
    given = headers(message_id="msg_1", at=NOW, body=BODY, keys=[a_key()])
    del given[name]
    with pytest.raises(BadSignature, match=name):
        check(given, BODY, keys=[a_key().public], now=NOW)


@pytest.mark.parametrize("key", [a_key(2).public, a_secret(2)])
def test_another_key_does_not_verify(key: PublicKey | SharedSecret) -> None:
    given = headers(message_id="msg_1", at=NOW, body=BODY, keys=[a_key(), a_secret()])
    with pytest.raises(BadSignature):
        check(given, BODY, keys=[key], now=NOW)


@given(st.text(), st.text(), st.text(), st.binary())
def test_no_text_in_a_header_raises_anything_else(message_id: str, stamp: str, signature: str, body: bytes) -> None:
    fields = {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": signature}
    with pytest.raises(BadSignature):
        check(fields, body, keys=[a_key().public], now=NOW)


def test_keys_are_configured_in_the_texts_of_the_specification() -> None:
    assert a_key().public.text.startswith("whpk_")
    assert a_secret().text.startswith("whsec_")
    assert "secret=" not in repr(a_secret())
