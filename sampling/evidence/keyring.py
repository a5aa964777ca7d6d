"""The keyring: which keys sign evidence, from when to when, in a published chain of signed statements.

Each statement names every key there ever was, with its period and, where it was withdrawn, when and why. It is signed
by a manifest key of the statement before it and by each one it adds, so who knows the first key knows them all.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sampling.digest import ORIGIN, Digest, canonical, sha256
from sampling.errors import WrongKeys
from sampling.evidence.instant import instant_of, text_of
from sampling.evidence.keys import key_id, pem

SCHEMA = "mystery-shopper/keys/1"

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey


class Use(StrEnum):
    """What a key signs: manifests and key statements, the web archive inside a bundle, or the ledger's checkpoints."""

    MANIFEST = "manifest"
    ARCHIVE = "archive"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Key:
    """One public key with the time in which it may sign."""

    use: Use
    pem: str
    valid_from: datetime
    valid_to: datetime | None = None
    revoked_at: datetime | None = None
    reason: str | None = None
    """Why it was withdrawn; None for a key that was not."""

    @property
    def id(self) -> Digest:
        """The number by which bundles name it."""
        return key_id(self.public)

    @property
    def public(self) -> PublicKey:
        """The key itself, or WrongKeys."""
        return public_key(self.pem.encode(), self.use)

    def covers(self, at: datetime) -> bool:
        """Tell whether an instant lies in the key's period, whatever became of the key later."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)

    def is_revoked(self, at: datetime) -> bool:
        """Tell whether the key was withdrawn at an instant or before it."""
        return self.revoked_at is not None and self.revoked_at <= at


@dataclass(frozen=True, slots=True)
class Statement:
    """All keys as they stood at one moment, and the statement it continues."""

    number: int
    """1 for the first."""
    issued_at: datetime
    keys: tuple[Key, ...]
    prev_sha256: Digest = ORIGIN
    """Of the whole document before it."""

    def record(self) -> dict[str, Any]:
        """Give the statement as JSON."""
        return {
            "schema": SCHEMA,
            "number": self.number,
            "issued_at": text_of(self.issued_at),
            "keys": [_entry(key) for key in self.keys],
            "prev_sha256": self.prev_sha256,
        }

    def signers(self, at: datetime) -> dict[Digest, Ed25519PublicKey]:
        """Give the keys that may sign a statement at an instant, by their numbers."""
        found = (key for key in self.keys if key.use is Use.MANIFEST and key.covers(at) and not key.is_revoked(at))
        return {key.id: key.public for key in found if isinstance(key.public, Ed25519PublicKey)}


def sign(statement: Statement, signers: Iterable[Ed25519PrivateKey]) -> bytes:
    """Give the document to publish: the statement with a signature by each of the keys."""
    text = canonical(statement.record())
    marks = [
        {"key": key_id(key.public_key()), "signature": base64.b64encode(key.sign(text)).decode()} for key in signers
    ]
    return canonical({"statement": statement.record(), "signatures": marks})


def follow(documents: Sequence[bytes], *, anchor: Digest) -> Statement:
    """Give the newest of the published statements once every step from the anchored first key holds, or WrongKeys."""
    if not documents:
        raise WrongKeys("no key statement was given")
    statement, marks = _read(documents[0])
    if (statement.number, statement.prev_sha256) != (1, ORIGIN) or anchor not in statement.signers(statement.issued_at):
        raise WrongKeys("the first key statement does not begin with the anchored key")
    _require(statement, marks, [statement.signers(statement.issued_at).get(anchor)], "the anchored key")
    for before, document in pairwise(documents):
        following, marks = _read(document)
        _continue(statement, before, following)
        _require(following, marks, statement.signers(following.issued_at).values(), "a key of the statement before it")
        for key in _added(statement, following):
            _require(following, marks, [key], "each of the keys it adds")
        statement = following
    return statement


def public_key(text: bytes, use: Use) -> PublicKey:
    """Give the key of a PEM text in its one spelling, of the kind its use asks for, or raise WrongKeys."""
    try:
        key = load_pem_public_key(text)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise WrongKeys("this is no public key") from error
    # A stray byte outside the base64 would otherwise go unnoticed.
    match key:
        case Ed25519PublicKey() if use is not Use.ARCHIVE and pem(key) == text:
            return key
        case EllipticCurvePublicKey(curve=SECP384R1()) if use is Use.ARCHIVE and pem(key) == text:
            return key
        case _:
            raise WrongKeys(f"this is no key for the use {use}")


def signs(key: Ed25519PublicKey, signature: bytes, text: bytes) -> bool:
    """Tell whether the signature of a text is by the key."""
    try:
        key.verify(signature, text)
    except InvalidSignature:
        return False
    return True


def published(key: PublicKey) -> dict[str, str]:
    """Give the entry under which the authority publishes a key that signs evidence."""
    return {"key_id": key_id(key), "pem": pem(key).decode()}


def _entry(key: Key) -> dict[str, Any]:
    return {
        "use": key.use.value,
        "key": key.id,
        "pem": key.pem,
        "valid_from": text_of(key.valid_from),
        "valid_to": key.valid_to and text_of(key.valid_to),
        "revoked_at": key.revoked_at and text_of(key.revoked_at),
        "reason": key.reason,
    }


def _read(document: bytes) -> tuple[Statement, dict[Digest, bytes]]:
    """The statement and the signatures under it by key, in the one form in which documents are written."""
    try:
        record = json.loads(document)
        said = record["statement"]
        keys = tuple(map(_key, said["keys"]))
        statement = Statement(said["number"], instant_of(said["issued_at"]), keys, said["prev_sha256"])
        marks = {mark["key"]: base64.b64decode(mark["signature"], validate=True) for mark in record["signatures"]}
        named = {(key.use, key.id) for key in keys}
        if canonical(record) != document or statement.record() != said or len(named) < len(keys):
            raise WrongKeys("a key statement is not in its one form, or names a key twice")
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error) as error:
        raise WrongKeys("a key statement cannot be read") from error
    return statement, marks


def _key(entry: Any) -> Key:
    ends = {name: entry[name] and instant_of(entry[name]) for name in ("valid_to", "revoked_at")}
    return Key(
        Use(entry["use"]), entry["pem"], instant_of(entry["valid_from"]), **ends, reason=entry["reason"]
    )  # fmt: skip


def _continue(before: Statement, document: bytes, following: Statement) -> None:
    """A statement adds keys and ends; it never drops a key, moves its beginning or takes a withdrawal back."""
    if (following.number, following.prev_sha256) != (before.number + 1, sha256(document)):
        raise WrongKeys("a key statement does not continue the one before it")
    if following.issued_at < before.issued_at:
        raise WrongKeys("a key statement is older than the one before it")
    held = {(key.use, key.id): key for key in following.keys}
    for key in before.keys:
        now = held.get((key.use, key.id))
        if now is None or now.valid_from != key.valid_from:
            raise WrongKeys("a key statement drops or moves a key")
        if key.revoked_at is not None and (now.revoked_at is None or now.revoked_at > key.revoked_at):
            raise WrongKeys("a key statement takes a withdrawal back")


def _added(before: Statement, following: Statement) -> list[Ed25519PublicKey]:
    """The manifest keys that a statement adds: each signs it, for nobody may publish a key that is another's."""
    known = {key.id for key in before.keys if key.use is Use.MANIFEST}
    added = [key.public for key in following.keys if key.use is Use.MANIFEST and key.id not in known]
    return [key for key in added if isinstance(key, Ed25519PublicKey)]


def _require(
    statement: Statement, marks: dict[Digest, bytes], keys: Iterable[Ed25519PublicKey | None], whose: str
) -> None:
    text = canonical(statement.record())
    if not any(key and signs(key, marks.get(key_id(key), b""), text) for key in keys):
        raise WrongKeys(f"key statement {statement.number} is not signed by {whose}")
