"""Service: the proven moment a party was told, from which its objection windows run."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from labs.procedure import CountsFrom, Procedure, Window, procedure
from platforms.notice import Notice, NoticeKind
from sampling import calendar, rulebook
from sampling.calendar import Deadline
from sampling.custody import UnitEvent
from storage import campaigns, custody, deadlines, events, samples
from storage.errors import Conflict

OBJECTION_WINDOW = "objection_window"


def serve(unit: Session, notice: Notice, *, proof: str, by: str, at: datetime, zone: ZoneInfo | None = None) -> None:
    """Start the recipient's objection windows when a result notice is proven to have reached it.

    Their days end at midnight in the recipient's zone; where that is not known, in the procedure's.
    """
    if notice.kind is not NoticeKind.RESULT:
        return
    rules = procedure_of(unit, notice.sample_id, at)
    where = zone or rules.zone
    basis = {"notice": notice.number, "proof": proof, "zone": where.key}
    for window in rules.served():
        running = calendar.due(at, window.rule, where)
        deadlines.start(unit, notice.sample_id, notice.recipient, running, basis)
        data = {"party": notice.recipient, "proof": proof, "window_ends": running.due_at.isoformat()}
        events.append(unit, notice.sample_id, "notice", notice.id, "served", by=by, at=at, data=data)


def running(unit: Session, sample_id: UUID, party: str, window: Window, zone: ZoneInfo) -> Deadline:
    """Give the window of a party: the one that its service opened, or that the sealing did; before that Conflict."""
    if window.counts_from is CountsFrom.SERVED:
        clock = deadlines.find(unit, sample_id, party, window.rule.key)
        if clock is None:
            raise Conflict("this party has not been served, so no window runs yet")
        return Deadline(clock.rule, clock.rulebook_version, clock.calendar_version, clock.starts_at, clock.due_at)
    entries = [one for part in custody.units(unit, sample_id) for one in custody.handovers(unit, part.id)]
    sealed = [one.recorded_at for one in entries if one.event is UnitEvent.SEALED]
    if not sealed:
        raise Conflict("the sampling has not ended, so no window runs yet")
    return calendar.due(min(sealed), window.rule, zone)


def procedure_of(unit: Session, sample_id: UUID, at: datetime) -> Procedure:
    """Give the rules of objections to a sample as they were in force at an instant."""
    rules = rulebook.load(campaigns.get(unit, samples.get(unit, sample_id).campaign_id).rulebook)
    return procedure(rules, at.astimezone(rules.zone).date())
