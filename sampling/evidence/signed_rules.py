"""The rules about what is signed: the manifest, its signature, the files it lists, and the sums over all of them."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sampling.digest import canonical, sha256
from sampling.errors import WrongKeys
from sampling.evidence.instant import instant_of
from sampling.evidence.keyring import Use, public_key, signs
from sampling.evidence.keys import key_id
from sampling.evidence.manifest import FIRST_SCHEMA, SCHEMA
from sampling.evidence.parts import (
    ARCHIVE,
    HEAD,
    MANIFEST,
    SIGNATURE,
    SIGNER,
    SUMS,
    is_added,
    noted,
    summed,
)
from sampling.evidence.sentences import Fault

_PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")
_TEXTS = ("capture", "case", "kind", "requested_url", "final_url", "signer")
_COUNTS = ("requests", "recorded", "failed", "truncated")


@dataclass(frozen=True, slots=True)
class Head:
    """What a bundle's head gives: the manifest where its signature holds and its form is ours, and what is wrong."""

    record: Mapping[str, Any] | None
    faults: tuple[Fault, ...]


def head(files: Mapping[str, bytes]) -> Head:
    """Give the manifest of a bundle; without a signature that holds, the plain sums tell which file was changed."""
    missing = tuple(Fault("missing", name) for name in HEAD if name not in files)
    key = _key(files.get(SIGNER, b""))
    if key is None or not signs(key, files.get(SIGNATURE, b""), files.get(MANIFEST, b"")):
        return Head(None, _unsigned(files, missing))
    record = _record(files[MANIFEST])
    if record is None:
        return Head(None, (*missing, Fault("not_manifest", MANIFEST)))
    return Head(record, (*missing, *_formal(record, key, files[MANIFEST])))


def listed(files: Mapping[str, bytes], record: Mapping[str, Any]) -> Iterator[Fault]:
    """Give every file that is not as the manifest, or for later files SHA256SUMS, lists it."""
    entries = {entry["path"]: entry for entry in record["files"]}
    repeated = Counter(entry["path"] for entry in record["files"])
    for path, entry in sorted(entries.items()):
        if repeated[path] > 1 or not _PATH.fullmatch(path) or path in HEAD or is_added(path):
            yield Fault("bad_path", path)
        elif path not in files:
            yield Fault("missing", path)
        elif (sha256(files[path]), len(files[path])) != (entry["sha256"], entry["bytes"]):
            yield Fault("changed", path)
    if not is_first(record) and ARCHIVE not in entries and ARCHIVE not in files:
        yield Fault("missing", ARCHIVE)
    loose = sorted(path for path in files if path not in entries and path not in HEAD and not is_added(path))
    yield from (Fault("unlisted", path) for path in loose)
    yield from _summed(files, {path: entry["sha256"] for path, entry in entries.items()})


def is_first(record: Mapping[str, Any]) -> bool:
    """Tell whether a manifest is of the first form, which has no web archive to look into."""
    return record.get("schema") == FIRST_SCHEMA


def _formal(record: Mapping[str, Any], key: Ed25519PublicKey, data: bytes) -> Iterator[Fault]:
    if key_id(key) != record["signer"]:
        yield Fault("other_key", SIGNER)
    if not _is_canonical(record, data):
        yield Fault("not_canonical", MANIFEST)


def _unsigned(files: Mapping[str, bytes], missing: tuple[Fault, ...]) -> tuple[Fault, ...]:
    stated = noted(files.get(SUMS, b""))
    gone = (Fault("missing", path) for path in sorted(stated) if path not in files)
    off = (Fault("changed", path) for path in sorted(stated) if path in files and sha256(files[path]) != stated[path])
    named = (*missing, *(fault for fault in gone if fault not in missing), *off)
    return named or (Fault("bad_signature", MANIFEST),)


def _summed(files: Mapping[str, bytes], due: dict[str, str]) -> Iterator[Fault]:
    """What came after the signature is bound by the sums alone, so a change to it is told as that file's."""
    if SUMS not in files:
        return
    stated = noted(files[SUMS])
    for path in sorted({path for path in (*files, *stated) if is_added(path)}):
        if path not in files:
            yield Fault("missing", path)
        elif path in stated and sha256(files[path]) != stated[path]:
            yield Fault("changed", path)
        due[path] = stated.get(path) or sha256(files[path])
    due |= {path: sha256(files[path]) for path in (MANIFEST, SIGNATURE, SIGNER)}
    if files[SUMS] != summed(due):
        yield Fault("bad_sums", SUMS)


def _record(data: bytes) -> dict[str, Any] | None:
    """The manifest where everything that a rule looks at has the type it must have."""
    try:
        record = json.loads(data)
        started, ended = instant_of(record["started_at"]), instant_of(record["ended_at"])
        inner = [] if is_first(record) else [record["archive_key"], *record["archive"]]
        texts = [record[name] for name in _TEXTS] + inner[:1]
        counts = [record["completeness"][name] for name in _COUNTS]
        gaps, entries = record["completeness"]["gaps"], [*record["files"], *inner[1:]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    sound = (
        record.get("schema") in (SCHEMA, FIRST_SCHEMA)
        and started <= ended
        and all(isinstance(text, str) for text in texts)
        and all(type(count) is int for count in counts)
        and isinstance(gaps, list)
        and all(map(_is_entry, entries))
    )
    return record if sound else None


def _is_entry(entry: object) -> bool:
    match entry:
        case {"path": str(), "sha256": str(), "bytes": int()}:
            return True
        case _:
            return False


def _is_canonical(record: Mapping[str, Any], data: bytes) -> bool:
    try:
        return canonical(record) == data
    except (TypeError, ValueError, RecursionError):  # a float, half a surrogate pair, or a tower of lists
        return False


def _key(pem: bytes) -> Ed25519PublicKey | None:
    try:
        key = public_key(pem, Use.MANIFEST)
    except WrongKeys:
        return None
    return key if isinstance(key, Ed25519PublicKey) else None
