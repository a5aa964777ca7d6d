"""Receipt links: made, revoked, and looked up; what opens one is worked out from a key that is not kept here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.consignment import OPEN, Consignment
from labs.link import Link
from sampling import rulebook
from sampling.calendar import due
from storage import campaigns, consignments, events, moves, samples
from storage.errors import Conflict
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.custody import ReceiptLinkRow

LIFE = "receipt_link_life"


@dataclass(frozen=True, slots=True)
class KeptLink:
    """One receipt link as the station sees it."""

    id: UUID
    consignment_id: UUID
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    receiver: str | None

    @property
    def link(self) -> Link:
        """What its token says."""
        return Link(self.id, self.consignment_id, self.expires_at)


def make(unit: Session, consignment_id: UUID, *, expires_at: datetime, by: str, at: datetime) -> KeptLink:
    """Give a fresh link for one consignment that has left; the links made before it end."""
    consignment = consignments.hold(unit, consignment_id)
    if consignment.state not in OPEN:
        raise Conflict(f"consignment {consignment.number} is {consignment.state}: there is nothing to take in")
    for old in live(unit, consignment_id, at):
        revoke(unit, old.id, by=by, at=at)
    row = ReceiptLinkRow(
        id=new_id(), consignment_id=consignment_id, made_by=by, made_at=at, expires_at=expires_at.replace(microsecond=0)
    )
    unit.add(row)
    unit.flush()
    _say(unit, row, "made", by=by, at=at)
    return record_of(KeptLink, row)


def ends(unit: Session, consignment_id: UUID, at: datetime) -> datetime:
    """Give when a link made now ends, by the rulebook of the campaign that the goods are of."""
    _, sample_id = next(iter(consignments.units_of(unit, consignment_id).values()))
    rules = rulebook.load(campaigns.get(unit, samples.get(unit, sample_id).campaign_id).rulebook)
    return due(at, rules.rule(LIFE), rules.zone).due_at


def revoke(unit: Session, id_: UUID, *, by: str, at: datetime) -> None:
    """End a link at once; a second time changes nothing."""
    row = moves.load(unit, ReceiptLinkRow, id_)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = at, by
        _say(unit, row, "revoked", by=by, at=at)


def opened(unit: Session, link: Link) -> tuple[KeptLink, Consignment] | None:
    """Give the link and its consignment, or None where it was revoked or is not on file."""
    row = unit.get(ReceiptLinkRow, link.id)
    if row is None or row.revoked_at is not None or row.consignment_id != link.consignment_id:
        return None
    return record_of(KeptLink, row), consignments.get(unit, row.consignment_id)


def name_receiver(unit: Session, id_: UUID, name: str, *, at: datetime) -> None:
    """Keep who takes the goods in, as they typed it."""
    row = moves.load(unit, ReceiptLinkRow, id_)
    row.receiver = name
    _say(unit, row, "named", by=person(name), at=at)


def live(unit: Session, consignment_id: UUID, at: datetime) -> tuple[KeptLink, ...]:
    """Give the links of a consignment that open it now."""
    wanted = select(ReceiptLinkRow).where(
        ReceiptLinkRow.consignment_id == consignment_id, ReceiptLinkRow.revoked_at.is_(None),
        ReceiptLinkRow.expires_at > at,
    )  # fmt: skip
    return tuple(record_of(KeptLink, row) for row in unit.scalars(wanted.order_by(ReceiptLinkRow.id)))


def person(name: str) -> str:
    """Give how somebody without an account stands in the records."""
    return f"person:{name}"


def _say(unit: Session, row: ReceiptLinkRow, what: str, *, by: str, at: datetime) -> None:
    data = {"consignment": str(row.consignment_id), "expires_at": row.expires_at.isoformat()}
    events.append(unit, row.consignment_id, "link", row.id, what, by=by, at=at, data=data)
