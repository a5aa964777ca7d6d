"""What is done when a laboratory loses or spoils the goods it tests: the test ends, and the twin stays sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from sampling.custody import Role, UnitEvent
from sampling.sample import SampleEvent, SampleState
from storage import custody, samples

LOST, SPOILED = "lost_at_lab", "spoiled_at_lab"
MISHAPS = (LOST, SPOILED)


def find_untestable(unit: Session, sample_id: UUID, reason: str, report: str, *, by: str, at: datetime) -> None:
    """End a test that cannot be finished, for one of MISHAPS, with what the laboratory reported.

    The next of the reserve takes its place. The backup unit is kept for a party that objects, so it stays sealed.
    """
    samples.expect(unit, sample_id, SampleState.TESTING)
    if reason == LOST:
        tested = custody.of_role(unit, sample_id, Role.TEST)
        custody.record(unit, tested.id, UnitEvent.LOST, by=by, at=at)
    samples.record(unit, sample_id, SampleEvent.FOUND_UNTESTABLE, by=by, at=at, reason=reason, data={"report": report})
