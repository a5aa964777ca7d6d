"""What must stay secret: covers of shoppers and salts of draws, sealed with a key that is not in the database."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import events
from storage.errors import NotFound, WrongSecret
from storage.schema.base import new_id
from storage.schema.sample import CoverRow

NONCE = 12


class Vault:
    """Seals and opens with AES-256-GCM; the owner and the platform are bound to the sealed text."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, secret: bytes, bound: str) -> bytes:
        """Give the secret sealed; it opens again only for what it is bound to."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, secret, bound.encode())

    def unseal(self, sealed: bytes, bound: str) -> bytes:
        """Give the secret back; another key or another bond raises WrongSecret."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound.encode())
        except InvalidTag:
            raise WrongSecret("the secret was sealed with another key") from None

    def put(self, unit: Session, shopper: str, platform: str, cover: Mapping[str, str]) -> None:
        """Seal a shopper's cover at one platform; a newer cover replaces the older."""
        sealed = self.seal(json.dumps(dict(cover)).encode(), _bound(shopper, platform))
        row = unit.scalars(select(CoverRow).filter_by(shopper=shopper, platform=platform)).one_or_none()
        if row is None:
            unit.add(CoverRow(id=new_id(), shopper=shopper, platform=platform, sealed=sealed))
        else:
            row.sealed = sealed

    def open(
        self, unit: Session, shopper: str, platform: str, *, case_id: UUID, by: str, at: datetime
    ) -> dict[str, str]:
        """Give the cover and write that it was looked at; no cover raises NotFound, a wrong key WrongSecret."""
        row = unit.scalars(select(CoverRow).filter_by(shopper=shopper, platform=platform)).one_or_none()
        if row is None:
            raise NotFound(f"{shopper} has no cover at {platform}")
        events.append(unit, case_id, "cover", row.id, "looked_at", by=by, at=at, data={})
        cover: dict[str, str] = json.loads(self.unseal(row.sealed, _bound(shopper, platform)))
        return cover


def platforms_of(unit: Session, shopper: str) -> frozenset[str]:
    """Give the platforms at which a shopper has a cover."""
    return frozenset(unit.scalars(select(CoverRow.platform).filter_by(shopper=shopper)))


def _bound(shopper: str, platform: str) -> str:
    return f"{shopper}\n{platform}"
