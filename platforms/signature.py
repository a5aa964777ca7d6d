"""The signature on a message: Standard Webhooks headers over `id.timestamp.body`, by Ed25519 (`v1a`) or HMAC (`v1`)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import assert_never

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from platforms.errors import BadSignature
from platforms.keys import PublicKey, SharedSecret, SigningKey

TOLERANCE = timedelta(minutes=5)

# A longer header is no signature list but an attempt to make us work.
MOST_SIGNATURES = 16


def headers(*, message_id: str, at: datetime, body: bytes, keys: Sequence[SigningKey | SharedSecret]) -> dict[str, str]:
    """Give the three headers, signed with every key, so that a receiver may hold either one during a rotation."""
    stamp = str(int(at.timestamp()))
    text = _signed_text(message_id, stamp, body)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(_sign(text, key) for key in keys),
    }


def check(
    given: Mapping[str, str],
    body: bytes,
    *,
    keys: Sequence[PublicKey | SharedSecret],
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> None:
    """Pass in silence if one signature is by one of the keys and the time is near; else raise BadSignature."""
    fields = {name.lower(): value for name, value in given.items()}
    try:
        message_id, stamp, listed = (fields[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError as missing:
        raise BadSignature(f"the header {missing.args[0]} is missing") from None
    if abs(now - _time(stamp)) > tolerance:
        raise BadSignature("the message is too old or too new")
    text = _signed_text(message_id, stamp, body)
    signatures = [_split(part) for part in listed.split(" ", MOST_SIGNATURES)[:MOST_SIGNATURES]]
    # No early exit: the time taken does not tell which key or which signature was near.
    if not any([_matches(text, key, *signature) for signature in signatures for key in keys]):
        raise BadSignature("no signature is by a known key")


def _signed_text(message_id: str, stamp: str, body: bytes) -> bytes:
    if not message_id or "." in message_id:
        raise BadSignature("the message id is empty or holds a full stop")
    return f"{message_id}.{stamp}.".encode() + body


def _time(stamp: str) -> datetime:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        raise BadSignature("the timestamp is not a count of seconds")
    return datetime.fromtimestamp(int(stamp), tz=UTC)


def _split(part: str) -> tuple[str, bytes]:
    version, _, encoded = part.partition(",")
    try:
        return version, base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        return "unreadable", b""


def _sign(text: bytes, key: SigningKey | SharedSecret) -> str:
    match key:
        case SigningKey():
            return "v1a," + base64.b64encode(Ed25519PrivateKey.from_private_bytes(key.seed).sign(text)).decode()
        case SharedSecret():
            return "v1," + base64.b64encode(_hmac(text, key)).decode()
        case _:
            assert_never(key)


def _matches(text: bytes, key: PublicKey | SharedSecret, version: str, signature: bytes) -> bool:
    match version, key:
        case "v1a", PublicKey():
            return _verifies(text, key, signature)
        case "v1", SharedSecret():
            return hmac.compare_digest(_hmac(text, key), signature)
        case _:
            return False


def _hmac(text: bytes, key: SharedSecret) -> bytes:
    return hmac.new(key.secret, text, hashlib.sha256).digest()


def _verifies(text: bytes, key: PublicKey, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, text)
    except InvalidSignature:
        return False
    return True
