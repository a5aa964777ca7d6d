"""Verification: whether a bundle is whole and unchanged since it was signed, told file by file."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from sampling.digest import canonical, sha256
from sampling.text import Text

SCHEMA = "mystery-shopper/capture/1"

MANIFEST, SIGNATURE, SIGNER, SUMS = "manifest.json", "manifest.json.sig", "signer.pem", "SHA256SUMS"
HEAD = (MANIFEST, SIGNATURE, SIGNER, SUMS)
"""The files that bind the others and so cannot be listed in the manifest."""

SENTENCES = {
    "missing": Text("缺少文件 {path}。", "The file {path} is missing."),
    "not_manifest": Text("{path} 不是本格式的清单。", "{path} is not a manifest of this format."),
    "not_canonical": Text("{path} 不是规范形式。", "{path} is not in canonical form."),
    "bad_path": Text("清单列出了不安全的路径 {path}。", "The manifest lists the unsafe path {path}."),
    "bad_key": Text("{path} 不是 Ed25519 公钥。", "{path} is not an Ed25519 public key."),
    "other_key": Text("{path} 不是清单所写的签名公钥。", "{path} is not the key that the manifest names."),
    "unknown_key": Text("{path} 不属于受信任的签名者。", "{path} is not the key of a trusted signer."),
    "bad_signature": Text("{path} 与签名不符。", "{path} does not match its signature."),
    "changed": Text("文件 {path} 已被更改。", "The file {path} was changed."),
    "unlisted": Text("文件 {path} 未列入清单。", "The file {path} is not listed in the manifest."),
    "bad_sums": Text("{path} 与各文件不符。", "{path} does not fit the files."),
}

_PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")
_SUM = re.compile(r"([0-9a-f]{64})  ([^\n]+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a bundle: a code, the file it is about, and the sentence for a person."""

    code: str
    path: str

    @property
    def sentence(self) -> Text:
        """The fault in both languages."""
        text = SENTENCES[self.code]
        return Text(text.zh.format(path=self.path), text.en.format(path=self.path))


def verify_bundle(files: Mapping[str, bytes], *, trusted: frozenset[str] | None = None) -> tuple[Fault, ...]:
    """Give all that is wrong with a bundle, in a fixed order; nothing is the answer for a good one.

    Without `trusted` key ids it proves that the bundle fits its own key, not whose key that is.
    """
    faults = [Fault("missing", name) for name in HEAD if name not in files]
    key = _key(files.get(SIGNER, b""))
    if key is None or not _signs(key, files.get(SIGNATURE, b""), files.get(MANIFEST, b"")):
        return _unsigned_faults(files, faults)
    if trusted is not None and key_id(key) not in trusted:
        faults.append(Fault("unknown_key", SIGNER))
    record = _record(files[MANIFEST])
    if record is None:
        return (*faults, Fault("not_manifest", MANIFEST))
    if key_id(key) != record["signer"]:
        faults.append(Fault("other_key", SIGNER))
    if not _is_canonical(record, files[MANIFEST]):
        faults.append(Fault("not_canonical", MANIFEST))
    return (*faults, *_listed_faults(files, record))


def key_id(key: Ed25519PublicKey) -> str:
    """Give the SHA-256 of the key's SubjectPublicKeyInfo, by which manifests name their signer."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def published(key: Ed25519PublicKey) -> dict[str, str]:
    """Give the entry under which the authority publishes a key that signs evidence."""
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return {"key_id": key_id(key), "pem": pem}


def sums(files: Mapping[str, bytes]) -> bytes:
    """Give the SHA256SUMS of all files but itself, as `sha256sum -c` reads it."""
    return _sums({path: sha256(data) for path, data in files.items() if path != SUMS})


def _unsigned_faults(files: Mapping[str, bytes], faults: list[Fault]) -> tuple[Fault, ...]:
    """Without a signature that holds, the plain sums still tell which file is not the one that was packed."""
    noted = _noted(files.get(SUMS, b""))
    gone = [Fault("missing", path) for path in sorted(noted) if path not in files]
    off = [Fault("changed", path) for path in sorted(noted) if path in files and sha256(files[path]) != noted[path]]
    named = (*faults, *(fault for fault in gone if fault not in faults), *off)
    return named or (Fault("bad_signature", MANIFEST),)


def _listed_faults(files: Mapping[str, bytes], record: Mapping[str, Any]) -> Iterator[Fault]:
    listed = {entry["path"]: entry for entry in record["files"]}
    for path, entry in sorted(listed.items()):
        if not _PATH.fullmatch(path) or path in HEAD:
            yield Fault("bad_path", path)
        elif path not in files:
            yield Fault("missing", path)
        elif (sha256(files[path]), len(files[path])) != (entry["sha256"], entry["bytes"]):
            yield Fault("changed", path)
    yield from (Fault("unlisted", path) for path in sorted(files) if path not in listed and path not in HEAD)
    due = {path: entry["sha256"] for path, entry in listed.items()}
    due |= {path: sha256(files[path]) for path in (MANIFEST, SIGNATURE, SIGNER)}
    if SUMS in files and files[SUMS] != _sums(due):
        yield Fault("bad_sums", SUMS)


def _noted(text: bytes) -> dict[str, str]:
    return {path: digest for digest, path in _SUM.findall(text.decode(errors="replace"))}


def _sums(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode()


def _record(data: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return None
    match record:
        case {"schema": schema, "signer": str(), "files": list(listed)} if all(map(_is_entry, listed)):
            return dict(record) if schema == SCHEMA else None
        case _:
            return None


def _is_entry(entry: object) -> bool:
    match entry:
        case {"path": str(), "sha256": str(), "bytes": int()}:
            return True
        case _:
            return False


def _is_canonical(record: dict[str, Any], data: bytes) -> bool:
    try:
        return canonical(record) == data
    except (TypeError, ValueError):  # a float, or half a surrogate pair
        return False


def _key(pem: bytes) -> Ed25519PublicKey | None:
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    # The one spelling of a key: a stray byte outside its base64 would otherwise go unnoticed.
    if isinstance(key, Ed25519PublicKey) and key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) == pem:
        return key
    return None


def _signs(key: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True
