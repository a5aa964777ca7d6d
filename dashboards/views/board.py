"""The board of a campaign: phases side by side, each with the samples in it and what they wait for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from labs.consignment import UNDER_WAY, Consignment
from labs.verdict import Outcome, Verdict, VerdictState
from sampling.budget import Account
from sampling.campaign import Campaign
from sampling.sample import Sample, SampleState
from storage import (
    alarms,
    campaigns,
    cashbook,
    clock,
    consents,
    consignments,
    frames,
    owed,
    samples,
    upload_alarms,
    verdicts,
)
from storage import waiting as waiting_for
from storage.alarms import Raised
from storage.owed import OwedReport
from storage.unit import Unit
from storage.upload_alarms import UploadAlarm

MOST = 40


class Phase(StrEnum):
    """A column of the board."""

    DRAWN = "drawn"
    BUYING = "buying"
    SEALING = "sealing"
    TESTING = "testing"
    DECIDING = "deciding"
    SETTLED = "settled"


class Waits(StrEnum):
    """Whose turn it is."""

    SYSTEM = "system"
    SHOPPER = "shopper"
    SHOP = "shop"
    CARRIER = "carrier"
    COORDINATOR = "coordinator"
    OFFICER = "officer"
    LAB = "lab"
    SELLER = "seller"
    PLATFORM = "platform"
    NOBODY = "nobody"


_S, _P, _W = SampleState, Phase, Waits

PHASES: Mapping[SampleState, tuple[Phase | None, Waits]] = {
    _S.TARGETED: (_P.DRAWN, _W.SYSTEM),
    _S.CAPTURED: (_P.DRAWN, _W.SHOPPER),
    _S.ORDERED: (_P.BUYING, _W.SHOP),
    _S.SHIPPED: (_P.BUYING, _W.SHOPPER),
    _S.RECEIVED: (_P.SEALING, _W.SHOPPER),
    _S.UNBOXED: (_P.SEALING, _W.SHOPPER),
    _S.SEALED: (_P.SEALING, _W.SYSTEM),
    _S.NOTICE_SENT: (_P.SEALING, _W.COORDINATOR),
    _S.LAB_REFUSED: (_P.SEALING, _W.COORDINATOR),
    _S.AT_LAB: (_P.TESTING, _W.LAB),
    _S.TESTING: (_P.TESTING, _W.LAB),
    _S.VERDICT: (_P.DECIDING, _W.OFFICER),
    _S.NOTIFIED: (_P.DECIDING, _W.SELLER),
    _S.OBJECTED: (_P.DECIDING, _W.OFFICER),
    _S.UNDER_REVIEW: (_P.DECIDING, _W.OFFICER),
    _S.REINSPECTION: (_P.DECIDING, _W.LAB),
    _S.FINAL: (_P.SETTLED, _W.SYSTEM),
    _S.DISPOSAL: (_P.SETTLED, _W.PLATFORM),
    _S.FOLLOW_UP: (_P.SETTLED, _W.OFFICER),
    _S.CLOSED: (_P.SETTLED, _W.NOBODY),
    # These ended before a verdict: they stand in a list under the board.
    _S.SKIPPED: (None, _W.NOBODY),
    _S.NOT_OBTAINED: (None, _W.NOBODY),
    _S.REJECTED: (None, _W.NOBODY),
    _S.DIVERTED: (None, _W.NOBODY),
    _S.UNTESTABLE: (None, _W.NOBODY),
    _S.VOID: (None, _W.NOBODY),
}

JUDGED = frozenset(
    {
        _S.VERDICT,
        _S.NOTIFIED,
        _S.OBJECTED,
        _S.UNDER_REVIEW,
        _S.REINSPECTION,
        _S.FINAL,
        _S.DISPOSAL,
        _S.FOLLOW_UP,
        _S.CLOSED,
    }
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One sample on the board."""

    id: UUID
    code: str
    title: str
    platform: str
    seller: str
    state: SampleState
    outcome: Outcome | None
    waits: Waits
    since: datetime
    due_at: datetime | None
    """By when the next move must be made, where a rule or a promise says so."""
    due_unknown: bool
    """Whether a rule says so and its calendar does not hold the year."""
    late: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One phase with the samples in it; `more` counts those that are not shown."""

    phase: Phase
    count: int
    tickets: tuple[Ticket, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Board:
    """A campaign at a glance."""

    campaign: Campaign
    lanes: tuple[Lane, ...]
    ended: tuple[Ticket, ...]
    drawn: int
    failed: int
    passed: int
    account: Account
    findings: int
    alarms: tuple[Raised, ...]
    """Photos and films that are alike although they should not be, and that nobody has dealt with."""
    file_alarms: tuple[UploadAlarm, ...]
    """Files of laboratories that revise in silence, break the blinding or were changed after signing."""
    owed: tuple[OwedReport, ...]
    """Reports that laboratories should have sent by now."""
    asked: tuple[Sample, ...]
    """Whose offer changed before it was paid: somebody has to say whether it is bought."""


def load_board(unit: Unit, campaign_id: UUID) -> Board:
    """Give the board of one campaign."""
    campaign = campaigns.get(unit, campaign_id)
    since = samples.since(unit, campaign_id)
    found = samples.of_campaign(unit, campaign_id)
    judged = {sample.id: verdicts.effective(unit, sample.id) for sample in found if sample.state in JUDGED}
    questions = consents.open_of(unit, campaign_id)
    asked = tuple(sample for _, sample in questions)
    waiting = frozenset(sample.id for sample in asked)
    dues = waiting_for.dues(unit, campaign_id, found, since)
    dues |= {sample.id: one.due_at for one, sample in questions if one.due_at}
    carried, now = _carried(unit, found), clock.now(unit)
    tickets = [
        _on_the_way(
            ticket(sample, judged.get(sample.id), since[sample.id], asked=sample.id in waiting,
                   due_at=dues.get(sample.id), due_unknown=sample.id in dues and dues[sample.id] is None, now=now),
            carried.get(sample.id),
        )
        for sample in found
    ]  # fmt: skip
    return Board(
        campaign=campaign,
        lanes=tuple(_lane(phase, tickets) for phase in Phase),
        ended=tuple(one for one in tickets if PHASES[one.state][0] is None),
        drawn=len(tickets),
        failed=sum(one.outcome is Outcome.FAIL for one in tickets),
        passed=sum(one.outcome is Outcome.PASS for one in tickets),
        account=cashbook.account(unit, campaign_id),
        findings=sum(frames.finding_counts(unit, campaign_id).values()),
        alarms=alarms.open_of_campaign(unit, campaign_id),
        file_alarms=upload_alarms.open_of_campaign(unit, campaign_id),
        owed=owed.overdue(unit, now, campaign_id),
        asked=asked,
    )


def ticket(
    sample: Sample, verdict: Verdict | None, since: datetime, *, now: datetime, due_at: datetime | None = None,
    due_unknown: bool = False, asked: bool = False,
) -> Ticket:  # fmt: skip
    """Give a sample as the board shows it."""
    return Ticket(
        id=sample.id,
        code=sample.code,
        title=sample.title,
        platform=sample.platform,
        seller=sample.seller,
        state=sample.state,
        outcome=verdict.outcome if verdict else None,
        waits=waits_on(sample.state, verdict, asked=asked),
        since=since,
        due_at=due_at,
        due_unknown=due_unknown,
        late=due_at is not None and now >= due_at,
        reason=sample.reason,
    )


def waits_on(state: SampleState, verdict: Verdict | None, *, asked: bool = False) -> Waits:
    """Give whose turn it is; a confirmed verdict waits for its notices, which go out by themselves.

    An offer about which a coordinator is `asked` is not bought before there is an answer.
    """
    if asked:
        return Waits.COORDINATOR
    if state is SampleState.VERDICT and verdict is not None and verdict.state is VerdictState.CONFIRMED:
        return Waits.SYSTEM
    return PHASES[state][1]


def _carried(unit: Unit, found: Sequence[Sample]) -> dict[UUID, Consignment]:
    """The consignment that each sample is in, where that has left and not arrived yet."""
    on_way = {sample.id for sample in found if sample.state is SampleState.NOTICE_SENT}
    travelling = consignments.in_state(unit, *UNDER_WAY) if on_way else ()
    return {
        sample_id: one
        for one in travelling
        for _, sample_id in consignments.units_of(unit, one.id).values()
        if sample_id in on_way
    }


def _on_the_way(one: Ticket, consignment: Consignment | None) -> Ticket:
    """What is with the carrier waits for the carrier, since it left."""
    return one if consignment is None else replace(one, waits=Waits.CARRIER, since=consignment.since)


def _lane(phase: Phase, tickets: Sequence[Ticket]) -> Lane:
    mine = [one for one in tickets if PHASES[one.state][0] is phase]
    return Lane(phase, len(mine), tuple(mine[:MOST]), max(0, len(mine) - MOST))
