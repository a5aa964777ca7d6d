"""The rules about the web archive in a bundle: everything that validating tools of the format let pass."""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from sampling.digest import sha256
from sampling.evidence.keys import key_id, spki
from sampling.evidence.parts import ARCHIVE
from sampling.evidence.sentences import Fault
from sampling.evidence.wacz import ARCHIVE as RECORDS
from sampling.evidence.wacz import AUTH_VERSION, DIGEST, INDEX, PACKAGE, PAGES, WACZ_VERSION

_NEEDED = (RECORDS, INDEX, PAGES, PACKAGE, DIGEST)
_BESIDE = re.compile(r"evidence/[a-z0-9][a-z0-9_-]*\.[a-z0-9]+")
_HASH = re.compile(r"sha256:([0-9a-f]{64})")
_SIGNED = {"hash", "created", "software", "version", "signature", "publicKey"}
_P384 = 48


def within(member: str) -> str:
    """Give the path by which a fault names a file of the archive."""
    return f"{ARCHIVE}/{member}"


def archive(members: Mapping[str, bytes], record: Mapping[str, Any]) -> Iterator[Fault]:
    """Give all that is wrong with the files of an archive, their list, its signature, and what the manifest says."""
    yield from (Fault("missing", within(name)) for name in _NEEDED if name not in members)
    for name in members:
        if name not in _NEEDED and not _BESIDE.fullmatch(name):
            yield Fault("odd_name", within(name))
    if PACKAGE in members:
        yield from _package(members)
    if PACKAGE in members and DIGEST in members:
        yield from _digest(members[DIGEST], members[PACKAGE], record["archive_key"])
    yield from _bound(members, record["archive"])


def _package(members: Mapping[str, bytes]) -> Iterator[Fault]:
    """The archive's own list: each file once, by SHA-256, and none but the list and its digest left out."""
    listed = _listed(members[PACKAGE])
    if listed is None:
        yield Fault("bad_package", within(PACKAGE))
        return
    for entry in listed:
        name, found = entry["path"], _HASH.fullmatch(entry["hash"])
        if found is None:
            yield Fault("weak_hash", within(name))
        elif name not in members:
            yield Fault("missing", within(name))
        elif (sha256(members[name]), len(members[name])) != (found[1], entry["bytes"]):
            yield Fault("changed", within(name))
    named = {entry["path"] for entry in listed}
    yield from (Fault("not_packed", within(name)) for name in members if name not in {*named, PACKAGE, DIGEST})


def _listed(package: bytes) -> list[dict[str, Any]] | None:
    try:
        record = json.loads(package)
        listed: list[dict[str, Any]] = record["resources"]
        kinds = {(type(one["path"]), type(one["hash"]), type(one["bytes"])) for one in listed}
        once = max(Counter(one["path"] for one in listed).values(), default=1)
        head = (record["profile"], record["wacz_version"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return listed if kinds <= {(str, str, int)} and once == 1 and head == ("data-package", WACZ_VERSION) else None


def _digest(data: bytes, package: bytes, archive_key: str) -> Iterator[Fault]:
    """The signature is over the text of a hash: it proves nothing unless that is the hash of this very list."""
    digest = _object(data)
    signed = digest.get("signedData")
    due, known = f"sha256:{sha256(package)}", _object(package)
    if (digest.get("path"), digest.get("hash")) != (PACKAGE, due):
        yield Fault("other_package", within(DIGEST))
    if not isinstance(signed, dict):
        yield Fault("unsigned_archive", within(DIGEST))
        return
    # Players show the day and the maker that stand beside the signature, which is over neither.
    if signed.get("hash") != due or any(signed.get(name) != known.get(name) for name in ("created", "software")):
        yield Fault("other_package", within(DIGEST))
    key, signature = _public(signed.get("publicKey")), _octets(signed.get("signature"))
    if key is None or key_id(key) != archive_key:
        yield Fault("other_key", within(DIGEST))
    elif set(signed) != _SIGNED or signed["version"] != AUTH_VERSION or not _signs(key, signature, signed["hash"]):
        yield Fault("bad_signature", within(DIGEST))


def _bound(members: Mapping[str, bytes], entries: list[dict[str, Any]]) -> Iterator[Fault]:
    """The manifest's own list of the archive's files: it holds though the archive were packed and signed anew."""
    due = {entry["path"]: (entry["sha256"], entry["bytes"]) for entry in entries}
    for name in sorted(due):
        if name not in members:
            yield Fault("missing", within(name))
        elif (sha256(members[name]), len(members[name])) != due[name]:
            yield Fault("changed", within(name))
    yield from (Fault("unlisted", within(name)) for name in members if name not in due)


def _object(data: bytes) -> dict[str, Any]:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _octets(text: object) -> bytes:
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        return b""
    return data if base64.b64encode(data).decode() == text else b""


def _public(text: object) -> EllipticCurvePublicKey | None:
    try:
        key = load_der_public_key(_octets(text))
    except (ValueError, UnsupportedAlgorithm):
        return None
    sound = isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP384R1) and spki(key) == _octets(text)
    return key if isinstance(key, EllipticCurvePublicKey) and sound else None


def _signs(key: EllipticCurvePublicKey, signature: bytes, text: object) -> bool:
    if len(signature) != 2 * _P384 or not isinstance(text, str):
        return False
    r, s = int.from_bytes(signature[:_P384], "big"), int.from_bytes(signature[_P384:], "big")
    try:
        key.verify(encode_dss_signature(r, s), text.encode("utf-8", "replace"), ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
