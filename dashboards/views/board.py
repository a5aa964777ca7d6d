"""The board of a campaign: phases side by side, each with the samples in it and what they wait for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dashboards.views.ticket import PHASES, Phase, Ticket, tickets
from labs.verdict import Outcome
from sampling.budget import Account
from sampling.campaign import Campaign
from sampling.sample import Sample, SampleState
from storage import (
    alarms,
    campaigns,
    cashbook,
    clock,
    consents,
    frames,
    owed,
    releases,
    samples,
    unpacked,
    upload_alarms,
)
from storage.alarms import Raised
from storage.owed import OwedReport
from storage.releases import Waiting
from storage.unit import Unit
from storage.unpacked import Left
from storage.upload_alarms import UploadAlarm

MOST = 40


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
    held: tuple[Waiting, ...]
    """Files of laboratories that are held until officers release or refuse them."""
    owed: tuple[OwedReport, ...]
    """Reports that laboratories should have sent by now."""
    left: Mapping[UUID, Left]
    """The samples that dispatch did not pack, because their laboratory may not test an item."""
    asked: tuple[Sample, ...]
    """Whose offer changed before it was paid: somebody has to say whether it is bought."""


def load_board(unit: Unit, campaign_id: UUID) -> Board:
    """Give the board of one campaign."""
    campaign = campaigns.get(unit, campaign_id)
    questions = consents.open_of(unit, campaign_id)
    shown = tickets(unit, campaign_id, samples.of_campaign(unit, campaign_id), questions)
    return Board(
        campaign=campaign,
        lanes=tuple(_lane(phase, shown) for phase in Phase),
        ended=tuple(one for one in shown if PHASES[one.state][0] is None),
        drawn=len(shown),
        failed=sum(one.outcome is Outcome.FAIL for one in shown),
        passed=sum(one.outcome is Outcome.PASS for one in shown),
        account=cashbook.account(unit, campaign_id),
        findings=sum(frames.finding_counts(unit, campaign_id).values()),
        alarms=alarms.open_of_campaign(unit, campaign_id),
        file_alarms=upload_alarms.open_of_campaign(unit, campaign_id),
        held=releases.waiting_of_campaign(unit, campaign_id),
        left=unpacked.of_samples(unit, [one.id for one in shown if one.state is SampleState.NOTICE_SENT]),
        owed=owed.overdue(unit, clock.now(unit), campaign_id),
        asked=tuple(sample for _, sample in questions),
    )


def _lane(phase: Phase, found: Sequence[Ticket]) -> Lane:
    mine = [one for one in found if PHASES[one.state][0] is phase]
    return Lane(phase, len(mine), tuple(mine[:MOST]), max(0, len(mine) - MOST))
