"""The keys: each grows from the installation's one secret, so that a backup of that secret is a backup of them all."""

import hashlib
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from platforms.keys import SigningKey, signing_key
from sampling.evidence.keyring import Key, PublicKey, Statement, Use, sign
from sampling.evidence.keys import Keys, pem

FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC)
LAST_DAY = datetime(2100, 1, 1, tzinfo=UTC)
P384_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
"""How many points the curve has (SEC 2, secp384r1): private keys are the numbers from 1 to one less."""


def derived(root: bytes, purpose: str) -> bytes:
    """Give the 32 bytes of one purpose that grow from the installation's secret."""
    return hashlib.blake2b(purpose.encode(), key=root, digest_size=32).digest()


def notice_key(root: bytes) -> SigningKey:
    """Give the key that signs notices."""
    return signing_key(derived(root, "notice"), not_before=FIRST_DAY, not_after=LAST_DAY)


def evidence_keys(root: bytes) -> Keys:
    """Give the keys that seal captures: Ed25519 for manifests, P-384 for the archives inside."""
    wide = derived(root, "archive") + derived(root, "archive, second half")
    number = 1 + int.from_bytes(wide, "big") % (
        P384_ORDER - 1
    )  # 128 bits more than the curve has: no number is likelier
    return Keys(
        manifest=Ed25519PrivateKey.from_private_bytes(derived(root, "evidence")),
        archive=derive_private_key(number, SECP384R1()),
    )


def ledger_key(root: bytes) -> Ed25519PrivateKey:
    """Give the key that signs checkpoints of the ledger."""
    return Ed25519PrivateKey.from_private_bytes(derived(root, "ledger"))


def aside_key(root: bytes) -> X25519PrivateKey:
    """Give the key that opens what bundles keep from the public."""
    return X25519PrivateKey.from_private_bytes(derived(root, "aside"))


def first_statement(keys: Keys, ledger: Ed25519PrivateKey) -> bytes:
    """Give the signed key statement that begins the published chain; the same keys always give the same bytes."""
    signing: tuple[tuple[Use, PublicKey], ...] = (
        (Use.MANIFEST, keys.manifest.public_key()),
        (Use.ARCHIVE, keys.archive.public_key()),
        (Use.LEDGER, ledger.public_key()),
    )
    named = tuple(Key(use, pem(key).decode(), FIRST_DAY) for use, key in signing)
    return sign(Statement(1, FIRST_DAY, named), [keys.manifest])
