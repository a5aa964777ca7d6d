"""The board of a campaign: phases side by side, each with the samples in it and what they wait for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from labs.verdict import Outcome, Verdict, VerdictState
from sampling.budget import Account
from sampling.campaign import Campaign
from sampling.sample import Sample, SampleState
from storage import budget, campaigns, frames, resumable, samples, verdicts
from storage.resumable import Raised
from storage.unit import Unit

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
    """Photos and films that are alike although they should not be."""


def load_board(unit: Unit, campaign_id: UUID) -> Board:
    """Give the board of one campaign."""
    campaign = campaigns.get(unit, campaign_id)
    since = samples.since(unit, campaign_id)
    found = samples.of_campaign(unit, campaign_id)
    judged = {sample.id: verdicts.effective(unit, sample.id) for sample in found if sample.state in JUDGED}
    tickets = [ticket(sample, judged.get(sample.id), since[sample.id]) for sample in found]
    return Board(
        campaign=campaign,
        lanes=tuple(_lane(phase, tickets) for phase in Phase),
        ended=tuple(one for one in tickets if PHASES[one.state][0] is None),
        drawn=len(tickets),
        failed=sum(one.outcome is Outcome.FAIL for one in tickets),
        passed=sum(one.outcome is Outcome.PASS for one in tickets),
        account=budget.account(unit, campaign_id),
        findings=sum(frames.finding_counts(unit, campaign_id).values()),
        alarms=resumable.alarms(unit, campaign_id),
    )


def ticket(sample: Sample, verdict: Verdict | None, since: datetime) -> Ticket:
    """Give a sample as the board shows it."""
    return Ticket(
        id=sample.id,
        code=sample.code,
        title=sample.title,
        platform=sample.platform,
        seller=sample.seller,
        state=sample.state,
        outcome=verdict.outcome if verdict else None,
        waits=waits_on(sample.state, verdict),
        since=since,
        reason=sample.reason,
    )


def waits_on(state: SampleState, verdict: Verdict | None) -> Waits:
    """Give whose turn it is; a confirmed verdict waits for its notices, which go out by themselves."""
    if state is SampleState.VERDICT and verdict is not None and verdict.state is VerdictState.CONFIRMED:
        return Waits.SYSTEM
    return PHASES[state][1]


def _lane(phase: Phase, tickets: Sequence[Ticket]) -> Lane:
    mine = [one for one in tickets if PHASES[one.state][0] is phase]
    return Lane(phase, len(mine), tuple(mine[:MOST]), max(0, len(mine) - MOST))
