"""How the demonstration stands: read from the product's own memory, so that a run that was killed can go on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.wiring import World
from labs.consignment import ConsignmentState
from labs.objection import ObjectionState
from labs.verdict import Outcome
from platforms.delivery import DeliveryState
from platforms.notice import NoticeKind, NoticeState
from reputation.publication import PublicationState
from sampling.campaign import CampaignState
from sampling.disposal import SETTLED
from sampling.sample import Sample, SampleState
from storage import (
    campaigns,
    captures,
    clock,
    consignments,
    deadlines,
    deliveries,
    notices,
    objections,
    publications,
    samples,
    verdicts,
)
from storage.deadlines import Clock
from storage.owed import TEST_REPORT
from storage.service import OBJECTION_WINDOW
from storage.unit import Unit

_S = SampleState
ENDED = frozenset({_S.SKIPPED, _S.NOT_OBTAINED, _S.REJECTED, _S.DIVERTED, _S.UNTESTABLE, _S.VOID, _S.CLOSED})
IN_OUTBOX = (DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.WAITING_RETRY)
SECOND_LOOK = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """What waits for whom."""

    counts: Mapping[SampleState, int]
    planned: bool
    to_preview: tuple[str, ...]
    """The pages of the plans that wait for a person's go."""
    to_consign: int
    to_confirm: int
    to_serve: tuple[Sample, ...]
    demands: int
    unclaimed: int
    unanswered: int
    to_publish: tuple[Sample, ...]
    to_approve: int
    in_outbox: int
    next_due: datetime | None

    def any(self, *states: SampleState) -> int:
        """Give how many samples stand in one of the states."""
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def at_station(self) -> int:
        """Parcels on their way to the station, or in it."""
        return self.any(_S.SHIPPED, _S.RECEIVED, _S.UNBOXED)

    @property
    def at_labs(self) -> int:
        """Samples that a laboratory has, or is about to get."""
        return self.any(_S.NOTICE_SENT, _S.AT_LAB, _S.TESTING, _S.REINSPECTION)

    @property
    def kept(self) -> int:
        """Samples of which a laboratory owes a report, or of which units are kept after the end of the case."""
        return self.at_labs + self.any(*SETTLED)

    @property
    def objected(self) -> int:
        """Results that are contested."""
        return self.any(_S.OBJECTED)

    @property
    def settled(self) -> bool:
        """Whether every case is at its end and nothing is left to tell."""
        open_cases = sum(count for state, count in self.counts.items() if state not in ENDED)
        waits = self.planned or self.to_preview
        return bool(self.counts) and not (waits or open_cases or self.in_outbox or self.to_approve)

    @property
    def somebody_acts(self) -> bool:
        """Whether somebody is at work, so that time need not be moved."""
        return bool(self.any(_S.ORDERED, _S.OBJECTED) or self.in_outbox or self.unclaimed or self.unanswered)


def look(product: World) -> Standing:
    """Give how everything stands now."""
    with product.database.unit() as unit:
        found = [sample for one in campaigns.listed(unit) for sample in samples.of_campaign(unit, one.id)]
        result = [
            notice for state in (NoticeState.ISSUED,) for notice in notices.in_state(unit, NoticeKind.RESULT, state)
        ]
        asked = notices.in_state(unit, NoticeKind.DELISTING, NoticeState.ISSUED, NoticeState.ACKNOWLEDGED)
        return Standing(
            counts=Counter(sample.state for sample in found),
            to_preview=tuple(
                f"/office/campaigns/{one.id}/plan" for one in campaigns.in_state(unit, CampaignState.FRAMED)
            ),
            planned=bool(campaigns.in_state(unit, CampaignState.PLANNED, CampaignState.DRAWING)),
            to_consign=len(consignments.in_state(unit, ConsignmentState.PACKED)),
            to_confirm=sum(one.outcome in (Outcome.PASS, Outcome.FAIL) for one in verdicts.to_confirm(unit)),
            to_serve=tuple(samples.get(unit, one.sample_id) for one in result if one.recipient.startswith("seller:")),
            demands=len(notices.in_state(unit, NoticeKind.DELISTING, NoticeState.DRAFT)),
            unclaimed=len(asked),
            unanswered=sum(notice.recipient.startswith("platform:") for notice in result),
            to_publish=tuple(sample for sample in found if _publishable(unit, sample, clock.now(unit))),
            to_approve=len(publications.in_state(unit, PublicationState.PROPOSED, PublicationState.APPROVED)),
            in_outbox=sum(len(deliveries.in_state(unit, state)) for state in IN_OUTBOX),
            next_due=min(_dates(unit, found), default=None),
        )


def models_on_benches(product: World) -> dict[str, str]:
    """Give what really lies under each blind code: the model, which only the one who opens the goods can see."""
    with product.database.unit() as unit:
        return {
            order.blind_code: _model(unit, sample)
            for sample in samples.in_state(unit, _S.TESTING, _S.AT_LAB, _S.NOTICE_SENT, _S.REINSPECTION)
            for order in consignments.of_sample(unit, sample.id)
        }


def objector(product: World) -> tuple[str, str] | None:
    """Give the page of the one failed sample whose seller objects, and the seller; None when it has objected."""
    with product.database.unit() as unit:
        if any(objections.in_state(unit, state) for state in ObjectionState):
            return None
        for sample in samples.in_state(unit, _S.NOTIFIED):
            party, verdict = f"seller:{sample.platform}/{sample.seller}", verdicts.effective(unit, sample.id)
            served = deadlines.find(unit, sample.id, party, OBJECTION_WINDOW)
            if served and verdict and verdict.outcome is Outcome.FAIL:
                return f"/office/samples/{sample.id}", party
    return None


def _publishable(unit: Unit, sample: Sample, now: datetime) -> bool:
    if sample.state not in (_S.FINAL, _S.DISPOSAL) or publications.of_sample(unit, sample.id) is not None:
        return False
    if any(window.due_at > now for window in _windows(unit, sample)):
        return False
    verdict = verdicts.effective(unit, sample.id)
    demands = [one for one in notices.of_sample(unit, sample.id) if one.kind is NoticeKind.DELISTING]
    down = [one for one in demands if one.state is NoticeState.VERIFIED_DOWN]
    passed = verdict is not None and verdict.outcome is Outcome.PASS
    return passed or (bool(demands) and len(down) == len(demands))


def _windows(unit: Unit, sample: Sample) -> list[Clock]:
    """The clocks of those who were told; the one of a laboratory says by when its report must be here."""
    return [window for window in deadlines.of_sample(unit, sample.id) if window.rule != TEST_REPORT]


def _dates(unit: Unit, found: list[Sample]) -> list[datetime]:
    closing = [
        max(window.due_at for window in windows)
        for sample in found
        if sample.state in (_S.NOTIFIED, _S.FINAL) and (windows := _windows(unit, sample))
    ]
    looks = [
        checks[-1].at + SECOND_LOOK
        for notice in notices.in_state(unit, NoticeKind.DELISTING, NoticeState.CLAIMED_DONE)
        if (checks := notices.checks(unit, notice.id))
    ]
    return [date for date in closing + looks if date > clock.now(unit)]


def _model(unit: Unit, sample: Sample) -> str:
    seen = [item for item in captures.of_sample(unit, sample.id) if item.listing]
    return str(seen[0].listing.get("model") or "")
