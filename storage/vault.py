"""What must stay secret: covers of shoppers and salts of draws, sealed with keys that are not in the database."""

import hashlib
import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sampling.purchase import PurchaseState
from sampling.sample import Sample
from storage import clock, events, looks, moves
from storage.errors import NotAllowed, NotFound, WrongSecret
from storage.looks import Look
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.cover import CoverRow
from storage.schema.sample import PurchaseRow, SampleRow

NONCE = 12
LOG = logging.getLogger("storage")
PEOPLE = ("user", "shopper")
"""Who is a person among the actors; all others are our own flows, which work for the assigned shopper."""
NEVER_PLACED = (PurchaseState.FAILED,)
SETTLED = (PurchaseState.FAILED, PurchaseState.CANCELLED, PurchaseState.DELIVERED)


@dataclass(frozen=True, slots=True)
class Kept:
    """One version of a cover as anyone may know it: all but what is sealed."""

    id: UUID
    shopper: str
    platform: str
    version: int
    since: datetime
    retired_at: datetime | None
    key_id: str | None
    erased: bool


class Vault:
    """Seals and opens with AES-256-GCM; the owner and the platform are bound to the sealed text."""

    def __init__(self, key: bytes, *newer: bytes, read: Callable[[], Sequence[bytes]] | None = None) -> None:
        """Take the installation's own key, then the keys made for covers since, the newest last.

        `read` gives those keys as they are by now: asked at the start, and again when a cover is met that was sealed
        with none of them, because keys are rotated while a process runs.
        """
        self._own, self._read_keys = AESGCM(key), read
        self._know(read() if read else newer)

    def seal(self, secret: bytes, bound: str) -> bytes:
        """Give the secret sealed; it opens again only for what it is bound to."""
        return _sealed(self._own, secret, bound)

    def unseal(self, sealed: bytes, bound: str) -> bytes:
        """Give the secret back; another key or another bond raises WrongSecret."""
        return _unsealed(self._own, sealed, bound)

    def put(self, unit: Session, shopper: str, platform: str, cover: Mapping[str, str]) -> None:
        """Seal a shopper's cover at one platform; the older one is retired, and the same again changes nothing.

        Two who put at once are refused by the rule that one version is in use: the second raises Conflict.
        """
        used = _in_use(unit, shopper, platform)
        if used is not None and self._holds(used, cover):
            return
        self._renew()  # nothing is sealed with a key that was rotated away meanwhile
        at = clock.now(unit)
        if used is not None:
            used.retired_at = at
            unit.flush()
        number = unit.scalar(select(func.max(CoverRow.version)).filter_by(shopper=shopper, platform=platform)) or 0
        sealed = _sealed(self._covers[self._newest], json.dumps(dict(cover)).encode(), _bound(shopper, platform))
        unit.add(
            CoverRow(
                id=new_id(), shopper=shopper, platform=platform, version=number + 1, sealed=sealed,
                key_id=self._newest, since=at, retired_at=None,
            )
        )  # fmt: skip
        unit.flush()

    def open(
        self,
        unit: Session,
        shopper: str,
        platform: str,
        *,
        case_id: UUID,
        by: str,
        at: datetime,
        purpose: str = "order",
    ) -> dict[str, str]:
        """Give the cover of the case's order, or the one in use before there is one; the look is written down first.

        It opens for the shopper whom the sample was given to: asked for anybody else's it raises NotAllowed, and where
        there is none NotFound. A key that is not here raises WrongSecret.
        """
        sample = unit.get(SampleRow, case_id)
        refused = _refusal(sample, shopper, platform, by)
        row = None if refused else _of_case(unit, case_id, shopper, platform)
        why = refused or (None if row else "none_kept")
        looks.keep(unit, Look(at, by, purpose, case_id, shopper, platform, why), row.id if row else None)
        if refused:
            LOG.warning("%s asked for the cover of %s at %s: %s", by, shopper, platform, refused)
            raise NotAllowed(f"{by} may not open the cover of {shopper} at {platform} for this case: {refused}")
        if row is None:
            raise NotFound(f"{shopper} has no cover at {platform}")
        events.append(unit, case_id, "cover", row.id, "looked_at", by=by, at=at, data={})
        return self._read(row)

    def stale(self, unit: Session) -> tuple[UUID, ...]:
        """Give the covers that are not sealed with the newest key, the oldest first."""
        other = CoverRow.key_id.is_distinct_from(self._newest)
        return tuple(unit.scalars(select(CoverRow.id).where(other, CoverRow.sealed.is_not(None)).order_by(CoverRow.id)))

    def reseal(self, unit: Session, id_: UUID) -> bool:
        """Seal one cover anew with the newest key; False where that was done already, or it was erased."""
        row = moves.load(unit, CoverRow, id_)
        if row.sealed is None or row.key_id == self._newest:
            return False
        bound = _bound(row.shopper, row.platform)
        row.sealed, row.key_id = _sealed(self._covers[self._newest], self._plain(row), bound), self._newest
        return True

    def _renew(self) -> None:
        if self._read_keys is not None:
            self._know(self._read_keys())

    def _know(self, newer: Sequence[bytes]) -> None:
        self._covers: dict[str | None, AESGCM] = {None: self._own, **{key_id(one): AESGCM(one) for one in newer}}
        self._newest = key_id(newer[-1]) if newer else None

    def _holds(self, row: CoverRow, cover: Mapping[str, str]) -> bool:
        try:
            return self._read(row) == dict(cover)
        except WrongSecret:
            return False

    def _read(self, row: CoverRow) -> dict[str, str]:
        cover: dict[str, str] = json.loads(self._plain(row))
        return cover

    def _plain(self, row: CoverRow) -> bytes:
        if row.key_id not in self._covers:
            self._renew()
        cipher = self._covers.get(row.key_id)
        if cipher is None:
            raise WrongSecret(f"the secret was sealed with the key {row.key_id}, which is not here")
        return _unsealed(cipher, row.sealed or b"", _bound(row.shopper, row.platform))


def key_id(key: bytes) -> str:
    """Give the name of a key, which tells nothing of it."""
    return hashlib.blake2b(key, digest_size=6, person=b"vault key").hexdigest()


def cover_of(unit: Session, sample: Sample) -> UUID | None:
    """Give which cover a sample's order was placed under, or None where there is none; what it says stays sealed."""
    row = _of_case(unit, sample.id, sample.shopper or "", sample.platform)
    return None if row is None else row.id


def platforms_of(unit: Session, shopper: str) -> frozenset[str]:
    """Give the platforms at which a shopper has a cover in use."""
    return frozenset(unit.scalars(select(CoverRow.platform).filter_by(shopper=shopper, retired_at=None)))


def listed(unit: Session) -> tuple[Kept, ...]:
    """Give every version of every cover, by shopper and platform."""
    rows = unit.scalars(select(CoverRow).order_by(CoverRow.shopper, CoverRow.platform, CoverRow.version))
    return tuple(record_of(Kept, row, erased=row.sealed is None) for row in rows)


def retire(unit: Session, shopper: str, platform: str, *, at: datetime) -> None:
    """Place no order under the cover any more; where none is in use NotFound is raised."""
    row = _in_use(unit, shopper, platform)
    if row is None:
        raise NotFound(f"{shopper} has no cover in use at {platform}")
    row.retired_at = at
    unit.flush()


def erase(unit: Session) -> int:
    """Empty the retired covers under which no order is open any more; give how many those were."""
    rows = unit.scalars(select(CoverRow).where(CoverRow.retired_at.is_not(None), CoverRow.sealed.is_not(None)))
    settled = [row for row in rows if not _open_orders(unit, row)]
    for row in settled:
        row.sealed = row.key_id = None
    return len(settled)


def _open_orders(unit: Session, row: CoverRow) -> bool:
    wanted = select(PurchaseRow.id).where(
        PurchaseRow.shopper == row.shopper, PurchaseRow.platform == row.platform, PurchaseRow.state.not_in(SETTLED),
        PurchaseRow.intended_at <= row.retired_at,
    )  # fmt: skip
    return unit.scalars(wanted.limit(1)).first() is not None


def _refusal(sample: SampleRow | None, shopper: str, platform: str, by: str) -> str | None:
    """Tell why a cover is not opened: the case is another's, or a person asks who is not its shopper."""
    if sample is None or (sample.shopper, sample.platform) != (shopper, platform):
        return "not_assigned"
    kind, _, name = by.partition(":")
    return "not_theirs" if kind in PEOPLE and name != shopper else None


def _in_use(unit: Session, shopper: str, platform: str) -> CoverRow | None:
    wanted = select(CoverRow).filter_by(shopper=shopper, platform=platform, retired_at=None).with_for_update()
    return unit.scalars(wanted).one_or_none()


def _of_case(unit: Session, case_id: UUID, shopper: str, platform: str) -> CoverRow | None:
    """The version that was in use when the case's order was intended; before any order the one in use now."""
    ordered = (
        select(PurchaseRow.intended_at)
        .where(PurchaseRow.sample_id == case_id, PurchaseRow.shopper == shopper)
        .where(PurchaseRow.state.not_in(NEVER_PLACED))
    )
    intended_at = unit.scalars(ordered.order_by(PurchaseRow.intended_at.desc()).limit(1)).first()
    mine = select(CoverRow).filter_by(shopper=shopper, platform=platform)
    if intended_at is None:
        return unit.scalars(mine.filter_by(retired_at=None)).one_or_none()
    versions: Sequence[CoverRow] = unit.scalars(
        mine.where(CoverRow.sealed.is_not(None)).order_by(CoverRow.version.desc())
    ).all()
    # A cover that is younger than its order was entered late, as when an installation is moved.
    return next((row for row in versions if row.since <= intended_at), versions[-1] if versions else None)


def _sealed(cipher: AESGCM, secret: bytes, bound: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, secret, bound.encode())


def _unsealed(cipher: AESGCM, sealed: bytes, bound: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound.encode())
    except (InvalidTag, ValueError):
        raise WrongSecret("the secret was sealed with another key") from None


def _bound(shopper: str, platform: str) -> str:
    return f"{shopper}\n{platform}"
