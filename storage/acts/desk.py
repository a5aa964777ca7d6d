"""What a platform's trust-and-safety desk does: acknowledge a notice, claim a removal, refuse or contest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from platforms.notice import NOTICE, Notice, NoticeEvent, NoticeKind
from storage import notices
from storage.errors import NotAllowed
from storage.service import serve

CLAIMS = {"removed": NoticeEvent.CLAIMED_DONE, "refused": NoticeEvent.REFUSED}


def acknowledge(unit: Session, notice_id: UUID, recipient: str, *, by: str, at: datetime) -> None:
    """Keep a receipt; the first one proves service and starts the recipient's clock. Again changes nothing."""
    notice = _own(unit, notice_id, recipient)
    if NOTICE.allows(notice.state, NoticeEvent.ACKNOWLEDGED):
        notices.said(unit, notice_id, "acknowledged", by=by, at=at)
        notices.record(unit, notice_id, NoticeEvent.ACKNOWLEDGED, by=by, at=at)
        serve(unit, notice, proof="acknowledged", by=by, at=at)


def claim(
    unit: Session, notice_id: UUID, recipient: str, claimed: str, reason: str | None, *, by: str, at: datetime
) -> None:
    """Keep what the platform says it did; it stays a claim until a visit of ours."""
    notice = _own(unit, notice_id, recipient)
    if notice.kind is not NoticeKind.DELISTING:
        raise NotAllowed("only a delisting notice asks for an action")
    notices.record(unit, notice_id, CLAIMS[claimed], by=by, at=at, data={"reason": reason or ""})
    notices.said(unit, notice_id, claimed, by=by, at=at, reason=reason)


def contest(unit: Session, notice_id: UUID, recipient: str, reason: str, *, by: str, at: datetime) -> None:
    """Keep that the platform contests the demand, with its reason."""
    _own(unit, notice_id, recipient)
    notices.record(unit, notice_id, NoticeEvent.CONTESTED, by=by, at=at, data={"reason": reason})
    notices.said(unit, notice_id, "contested", by=by, at=at, reason=reason)


def _own(unit: Session, notice_id: UUID, recipient: str) -> Notice:
    notice = notices.get(unit, notice_id)
    if notice.recipient != recipient:
        raise NotAllowed("this notice is not addressed to you")
    return notice
