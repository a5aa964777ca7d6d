"""The keys that prove who wrote a notice, and the public list a receiver checks them against."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey

from platforms.errors import BadKey


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a key that everybody may have; `kid` is its RFC 7638 thumbprint."""

    kid: str
    raw: bytes

    @property
    def text(self) -> str:
        """The form a receiver of Standard Webhooks is configured with."""
        return "whpk_" + base64.b64encode(self.raw).decode()

    def jwk(self) -> dict[str, str]:
        """Give the key as a JSON Web Key (RFC 8037)."""
        return {"alg": "Ed25519", "crv": "Ed25519", "kid": self.kid, "kty": "OKP", "use": "sig", "x": _b64url(self.raw)}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key pair and the time it may sign in."""

    public: PublicKey
    seed: bytes = field(repr=False)
    not_before: datetime
    not_after: datetime

    @property
    def kid(self) -> str:
        """The name a signature quotes."""
        return self.public.kid

    def valid_at(self, at: datetime) -> bool:
        """Tell whether the key may sign at this time."""
        return self.not_before <= at < self.not_after


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """A secret for HMAC, for a receiver that cannot check Ed25519; one per endpoint."""

    kid: str
    secret: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The form a receiver of Standard Webhooks is configured with; shown once."""
        return "whsec_" + base64.b64encode(self.secret).decode()


def signing_key(seed: bytes, *, not_before: datetime, not_after: datetime) -> SigningKey:
    """Give the key pair that grows from 32 random bytes; another length raises BadKey."""
    if len(seed) != 32:
        raise BadKey("an Ed25519 seed has 32 bytes")
    raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return SigningKey(_public(raw), seed, not_before, not_after)


def provider(*, issuer_id: str, keys: Sequence[PublicKey]) -> dict[str, Any]:
    """Give the document for `/.well-known/msa/provider.json`: who issues, and every key still worth checking with."""
    return {"issuer": issuer_id, "keys": [key.jwk() for key in sorted(keys, key=lambda key: key.kid)]}


def read_provider(document: Mapping[str, Any]) -> dict[str, PublicKey]:
    """Give the keys of a provider document by kid; a key that is no Ed25519 key, or misnamed, raises BadKey."""
    entries = document.get("keys")
    if not isinstance(entries, list):
        raise BadKey("the provider document lists no keys")
    found = [_read(entry) for entry in entries]
    return {key.kid: key for key in found}


def _read(entry: Any) -> PublicKey:
    try:
        if entry["kty"] != "OKP" or entry["crv"] != "Ed25519":
            raise BadKey("a key is not for Ed25519")
        raw = base64.b64decode(entry["x"] + "=", altchars=b"-_", validate=True)
    except (KeyError, TypeError, binascii.Error) as wrong:
        raise BadKey("a key cannot be read") from wrong
    key = _public(raw)
    # A kid that is not the thumbprint would let one key pass under another's name.
    if entry.get("kid") != key.kid:
        raise BadKey("a key does not carry its own thumbprint")
    return key


def _public(raw: bytes) -> PublicKey:
    if len(raw) != 32:
        raise BadKey("an Ed25519 public key has 32 bytes")
    return PublicKey(OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _b64url(raw)}).thumbprint(), raw)


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
