"""Service: the proven moment a party was told, from which its objection window runs."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from platforms.notice import Notice, NoticeKind
from sampling import calendar, rulebook
from storage import campaigns, deadlines, events, samples

OBJECTION_WINDOW = "objection_window"


def serve(unit: Session, notice: Notice, *, proof: str, by: str, at: datetime, zone: ZoneInfo | None = None) -> None:
    """Start the recipient's objection window when a result notice is proven to have reached it.

    Its days end at midnight in the recipient's zone; where that is not known, in the rulebook's.
    """
    if notice.kind is not NoticeKind.RESULT:
        return
    sample = samples.get(unit, notice.sample_id)
    rules = rulebook.load(campaigns.get(unit, sample.campaign_id).rulebook)
    where = zone or rules.zone
    window = calendar.due(at, rules.rule(OBJECTION_WINDOW), where)
    basis = {"notice": notice.number, "proof": proof, "zone": where.key}
    deadlines.start(unit, sample.id, notice.recipient, window, basis)
    data = {"party": notice.recipient, "proof": proof, "window_ends": window.due_at.isoformat()}
    events.append(unit, sample.id, "notice", notice.id, "served", by=by, at=at, data=data)
