"""Hashes and the one canonical form of a record that they are taken over."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

Digest = str
"""A SHA-256 as 64 lower-case hexadecimal characters."""

ORIGIN: Digest = "0" * 64


def sha256(data: bytes) -> Digest:
    """Give the SHA-256 of the bytes."""
    return hashlib.sha256(data).hexdigest()


def canonical(record: Mapping[str, Any]) -> bytes:
    """Give the record as sorted, spaceless UTF-8 JSON with a closing line feed.

    Numbers are integers or texts: a float has no canonical form here and raises TypeError.
    """
    _refuse_floats(record)
    text = json.dumps(
        record,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return text.encode() + b"\n"


def chained(previous: Digest, record: Mapping[str, Any]) -> Digest:
    """Give the hash that binds the record to the entry before it."""
    return sha256(previous.encode() + canonical(record))


def framed(*parts: bytes) -> bytes:
    """Give one 32-byte hash of several parts, each led by its length so that none can run into the next."""
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()


def _refuse_floats(value: Any) -> None:
    match value:
        case float():
            raise TypeError("a float has no canonical form; write it as text")
        case Mapping():
            for item in value.values():
                _refuse_floats(item)
        case list() | tuple():
            for item in value:
                _refuse_floats(item)
        case _:
            return
