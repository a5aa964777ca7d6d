"""A receipt link: lets a laboratory without an account take in one consignment, and do nothing else."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from labs.errors import WrongLink
from sampling.digest import framed

PURPOSE = b"receipt of a consignment"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BODY, MAC = 40, 32
"""Bytes: two ids and the seconds of the end, then HMAC-SHA256."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: its own id, by which it is revoked, the one consignment, and when it ends."""

    id: UUID
    consignment_id: UUID
    expires_at: datetime


def token(key: bytes, link: Link) -> str:
    """Give the last part of the link's address; the same key and link always give the same."""
    body = _body(link)
    return urlsafe_b64encode(body + _mac(key, body)).rstrip(b"=").decode()


def read_token(key: bytes, typed: str, now: datetime) -> Link:
    """Give what a token says, or raise WrongLink where it is not ours, was changed, or has ended."""
    try:
        data = urlsafe_b64decode(typed.encode("ascii") + b"=" * (-len(typed) % 4))
    except ValueError:
        raise WrongLink("forged") from None
    body, mac = data[:BODY], data[BODY:]
    if len(data) != BODY + MAC or not hmac.compare_digest(mac, _mac(key, body)):
        raise WrongLink("forged")
    ends = datetime.fromtimestamp(int.from_bytes(body[32:], "big"), UTC)
    if now >= ends:
        raise WrongLink("expired")
    return Link(UUID(bytes=body[:16]), UUID(bytes=body[16:32]), ends)


def _body(link: Link) -> bytes:
    seconds = int((link.expires_at - EPOCH).total_seconds())
    return link.id.bytes + link.consignment_id.bytes + seconds.to_bytes(8, "big")


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, framed(PURPOSE, body), "sha256")
