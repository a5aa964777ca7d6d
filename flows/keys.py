"""The keys: each grows from the installation's one secret, so that a backup of that secret is a backup of them all."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from platforms.keys import SigningKey, signing_key
from sampling.digest import sha256
from sampling.evidence.keyring import Key, PublicKey, Statement, Use, follow, sign
from sampling.evidence.keys import Keys, key_id, pem

FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC)
LAST_DAY = datetime(2100, 1, 1, tzinfo=UTC)
OVERLAP = timedelta(days=1)
"""Keys that follow one another are both good for so long before and after: clocks differ, and sweeps end."""
P384_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
"""How many points the curve has (SEC 2, secp384r1): private keys are the numbers from 1 to one less."""


def derived(root: bytes, purpose: str) -> bytes:
    """Give the 32 bytes of one purpose that grow from the installation's secret."""
    return hashlib.blake2b(purpose.encode(), key=root, digest_size=32).digest()


def notice_key(root: bytes) -> SigningKey:
    """Give the key that signs notices."""
    return signing_key(derived(root, "notice"), not_before=FIRST_DAY, not_after=LAST_DAY)


def evidence_keys(root: bytes, number: int = 1) -> Keys:
    """Give the keys that seal captures under a key statement: Ed25519 for manifests, P-384 for archives."""
    wide = _derived(root, "archive", number) + _derived(root, "archive, second half", number)
    # 128 bits more than the curve has: no number is likelier
    secret = 1 + int.from_bytes(wide, "big") % (P384_ORDER - 1)
    return Keys(
        manifest=Ed25519PrivateKey.from_private_bytes(_derived(root, "evidence", number)),
        archive=derive_private_key(secret, SECP384R1()),
    )


def ledger_key(root: bytes, number: int = 1) -> Ed25519PrivateKey:
    """Give the key that signs checkpoints of the ledger since the key statement of a number."""
    return Ed25519PrivateKey.from_private_bytes(_derived(root, "ledger", number))


def aside_key(root: bytes) -> X25519PrivateKey:
    """Give the key that opens what bundles keep from the public."""
    return X25519PrivateKey.from_private_bytes(derived(root, "aside"))


def first_statement(keys: Keys, ledger: Ed25519PrivateKey) -> bytes:
    """Give the signed key statement that begins the published chain; the same keys always give the same bytes."""
    return sign(Statement(1, FIRST_DAY, _named(keys, ledger, FIRST_DAY)), [keys.manifest])


def next_statement(root: bytes, documents: Sequence[bytes], *, at: datetime) -> bytes:
    """Give the signed statement that takes new keys into use after those of a published chain.

    It names every key there was; those that were in use end. The old manifest key signs it and the new one as well.
    A chain that does not begin with this installation's first key raises WrongKeys.
    """
    known = follow(documents, anchor=key_id(evidence_keys(root).manifest.public_key()))
    old, new = evidence_keys(root, known.number), evidence_keys(root, known.number + 1)
    ended = (replace(key, valid_to=at + OVERLAP) if key.valid_to is None else key for key in known.keys)
    added = _named(new, ledger_key(root, known.number + 1), at - OVERLAP)
    following = Statement(known.number + 1, at, (*ended, *added), sha256(documents[-1]))
    return sign(following, [old.manifest, new.manifest])


def _named(keys: Keys, ledger: Ed25519PrivateKey, since: datetime) -> tuple[Key, ...]:
    signing: tuple[tuple[Use, PublicKey], ...] = (
        (Use.MANIFEST, keys.manifest.public_key()),
        (Use.ARCHIVE, keys.archive.public_key()),
        (Use.LEDGER, ledger.public_key()),
    )
    return tuple(Key(use, pem(key).decode(), since) for use, key in signing)


def _derived(root: bytes, purpose: str, number: int) -> bytes:
    """The first keys grow from their purpose alone, each later set from the number of its statement as well."""
    return derived(root, purpose if number == 1 else f"{purpose}, statement {number}")
