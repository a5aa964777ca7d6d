"""What a platform sees: the notices addressed to it, each with the signed document and what it answered."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from platforms.notice import NOTICE, Notice, NoticeEvent, NoticeKind, NoticeState
from storage import notices
from storage.accounts import User
from storage.notices import Checked, Said
from storage.unit import Unit

HIDDEN = (NoticeState.DRAFT, NoticeState.APPROVED)


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One notice as its recipient sees it."""

    notice: Notice
    answers: tuple[Said, ...]
    checks: tuple[Checked, ...]
    may_acknowledge: bool
    may_claim: bool
    may_contest: bool

    @property
    def record(self) -> dict[str, Any]:
        """The notice as the API gives it."""
        one = self.notice
        return {
            "id": str(one.id),
            "number": one.number,
            "kind": one.kind.value,
            "state": one.state.value,
            "level": one.level,
            "version": one.version,
            "issued_at": one.issued_at.isoformat() if one.issued_at else None,
            "due_at": one.due_at.isoformat() if one.due_at else None,
            "ref": one.ref,
            "document": one.document,
            "sha256": one.sha256,
            "jws": one.jws,
            "answers": [{"kind": said.kind, "at": said.at.isoformat(), "reason": said.reason} for said in self.answers],
        }


def recipient_of(user: User) -> str:
    """Give the name under which notices are addressed to the user's platform."""
    return f"platform:{user.platform}"


def load_inbox(unit: Unit, recipient: str) -> tuple[Notice, ...]:
    """Give the notices issued to one recipient, newest first."""
    return notices.to_recipient(unit, recipient)


def load_notice(unit: Unit, recipient: str, id_: UUID) -> NoticePage | None:
    """Give one notice, or None when it is not addressed to this recipient or not issued yet."""
    notice = notices.get(unit, id_)
    if notice.recipient != recipient or notice.state in HIDDEN:
        return None
    asks = notice.kind is NoticeKind.DELISTING
    return NoticePage(
        notice=notice,
        answers=notices.answers(unit, id_),
        checks=notices.checks(unit, id_) if asks else (),
        may_acknowledge=NOTICE.allows(notice.state, NoticeEvent.ACKNOWLEDGED),
        may_claim=asks and NOTICE.allows(notice.state, NoticeEvent.CLAIMED_DONE),
        may_contest=asks and NOTICE.allows(notice.state, NoticeEvent.CONTESTED),
    )
