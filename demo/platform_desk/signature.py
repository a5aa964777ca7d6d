"""Checks the signature of an incoming webhook against the sender's published keys."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TOLERANCE = timedelta(minutes=5)


def keys_of(provider: Mapping[str, Any]) -> tuple[Ed25519PublicKey, ...]:
    """The Ed25519 keys of a provider document; others are passed over."""
    return tuple(
        Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "=="))
        for key in provider["keys"]
        if key.get("kty") == "OKP" and key.get("crv") == "Ed25519"
    )


def genuine(headers: Mapping[str, str], body: bytes, *, keys: Sequence[Ed25519PublicKey], now: datetime) -> bool:
    """Whether one of the keys signed `id.timestamp.body` (Standard Webhooks, v1a) within five minutes of now."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        return False
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        return False
    signed = f"{message_id}.{stamp}.".encode() + body
    tokens = (token.split(",", 1) for token in headers.get("webhook-signature", "").split())
    return any(_holds(key, token[1], signed) for token in tokens if token[0] == "v1a" for key in keys)


def _holds(key: Ed25519PublicKey, token: str, signed: bytes) -> bool:
    try:
        key.verify(base64.b64decode(token, validate=True), signed)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
