"""Taking accreditation away, as people do it: looked at first, proposed by one, carried out by another."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from labs.verdict import Verdict, VerdictEvent
from labs.withdrawal import Reach, Withdrawal, WithdrawalEvent
from platforms.delivery import Announcement
from platforms.notice import NOTICE, Notice, NoticeEvent, NoticeKind
from reputation.publication import PUBLICATION, Publication, PublicationEvent
from sampling.sample import SAMPLE, Sample, SampleEvent
from storage import deliveries, laboratories, notices, publications, samples, verdicts, withdrawals
from storage.acts import reinspection
from storage.withdrawals import Fallen

TOLD = (NoticeKind.RESULT, NoticeKind.DELISTING)
"""The notices that say what a verdict says."""
TAKING_BACK = (PublicationEvent.WITHDRAWN, PublicationEvent.REFUSED)
"""What is public is withdrawn; what is not public yet is refused."""
COUNTING = ("first", "final")
"""The verdicts that count of a sample; the others are weighed in the final one."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One verdict in the gap, with all that would be undone with it."""

    verdict: Verdict
    sample: Sample
    items: tuple[str, ...]
    """Those that were tested without accreditation."""
    publication: Publication | None
    notices: tuple[Notice, ...]
    stands: bool = False
    """Whether a verdict on the sample is left, so that nothing else goes with this one."""


def look(unit: Session, reach: Reach, *, at: datetime) -> tuple[Gap, ...]:
    """Give every verdict that would fall, and change nothing."""
    found = withdrawals.resting(unit, reach, at=at)
    falling = {verdict.id for verdict, _ in found}
    return tuple(_gap(unit, verdict, items, falling) for verdict, items in found)


def carry_out(unit: Session, withdrawal_id: UUID, *, by: str, at: datetime) -> tuple[Fallen, ...]:
    """Take accreditation away as the second person: every verdict in the gap falls, and what was said is taken back.

    What a life cycle does not let anybody take back stays, and is named.
    """
    reach = withdrawals.get(unit, withdrawal_id).reach
    laboratories.hold(unit, reach.lab)  # of two schemes taken away at once each would seem covered by the other
    gaps = look(unit, reach, at=at)
    withdrawal = withdrawals.decide(unit, withdrawal_id, WithdrawalEvent.CARRIED_OUT, by=by, at=at)
    return tuple(_fall(unit, withdrawal, gap, by=by, at=at) for gap in gaps)


def _gap(unit: Session, verdict: Verdict, items: tuple[str, ...], falling: Collection[UUID]) -> Gap:
    live = (one for one in verdicts.of_sample(unit, verdict.sample_id) if one.state in verdicts.LIVE)
    if any(one.purpose in COUNTING and one.id not in falling for one in live):
        return Gap(verdict, samples.get(unit, verdict.sample_id), items, None, (), stands=True)
    told = tuple(one for one in notices.of_sample(unit, verdict.sample_id) if one.kind in TOLD)
    published = publications.of_sample(unit, verdict.sample_id)
    return Gap(verdict, samples.get(unit, verdict.sample_id), items, published, told)


def _fall(unit: Session, withdrawal: Withdrawal, gap: Gap, *, by: str, at: datetime) -> Fallen:
    verdicts.end(unit, gap.verdict.id, VerdictEvent.VOIDED, by=by, at=at, reason=withdrawal.reason)
    told: dict[str, bool] = {}
    public = gap.publication and publications.get(unit, gap.publication.id)
    if public and public.state not in PUBLICATION.final:
        told[public.number] = _take_back(unit, public, withdrawal.reason, by=by, at=at)
    for one in gap.notices:
        notice = notices.get(unit, one.id)
        if notice.state not in NOTICE.final:
            told[notice.number] = _withdraw(unit, notice, withdrawal.reason, by=by, at=at)
    sample = samples.get(unit, gap.sample.id)
    if not gap.stands and SAMPLE.allows(sample.state, SampleEvent.VOIDED):
        reinspection.uphold(unit, sample.id, withdrawal.reason, by=by, at=at)
        samples.record(unit, sample.id, SampleEvent.VOIDED, by=by, at=at, reason=withdrawal.reason)
    elif not gap.stands and sample.state not in SAMPLE.final:
        told[sample.code] = False
    undone, left = (tuple(number for number, done in told.items() if done is kept) for kept in (True, False))
    fallen = Fallen(gap.verdict.id, withdrawal.id, sample.id, gap.items, undone, left)
    withdrawals.keep_fallen(unit, fallen)
    return fallen


def _take_back(unit: Session, public: Publication, reason: str, *, by: str, at: datetime) -> bool:
    event = next((one for one in TAKING_BACK if PUBLICATION.allows(public.state, one)), None)
    if event is not None:
        publications.record(unit, public.id, event, by=by, at=at, reason=reason)
    return event is not None


def _withdraw(unit: Session, notice: Notice, reason: str, *, by: str, at: datetime) -> bool:
    """Withdraw a notice where it can be, and announce that to a platform that has it."""
    if not NOTICE.allows(notice.state, NoticeEvent.WITHDRAWN):
        return False
    notices.record(unit, notice.id, NoticeEvent.WITHDRAWN, by=by, at=at, data={"reason": reason})
    if notice.issued_at is not None and notice.recipient.startswith("platform:"):
        for channel in ("portal", *deliveries.endpoints(unit, notice.recipient)):
            deliveries.announce(unit, notice, channel, Announcement.NOTICE_WITHDRAWN.value, at=at)
    return True
