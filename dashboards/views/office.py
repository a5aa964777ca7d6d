"""What waits for coordinators and officers: verdicts, objections, notices, purchases, publications."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from dashboards.views.disputes import Docket, load_docket
from labs.limits import Limit
from labs.verdict import Verdict
from platforms.delivery import Delivery, DeliveryState
from platforms.notice import Notice, NoticeKind, NoticeState
from reputation.publication import Publication, PublicationState
from sampling.campaign import Campaign
from sampling.lead import Lead
from sampling.purchase import Purchase, PurchaseState
from sampling.rulebook import load as load_rules
from sampling.sample import Sample
from storage import (
    campaigns,
    deliveries,
    frames,
    leads,
    limits,
    notices,
    publications,
    purchases,
    samples,
    verdicts,
)
from storage.deliveries import Attempt
from storage.frames import FrameFinding
from storage.unit import Unit

FINDINGS = 100
"""The rows of a page of findings."""
CATEGORIES = ("toys", "electrical", "cosmetics", "kitchenware")

_D, _N = DeliveryState, NoticeState
OPEN_NOTICES = (_N.ISSUED, _N.ACKNOWLEDGED, _N.CONTESTED, _N.REFUSED, _N.CLAIMED_DONE, _N.VERIFIED_DOWN)
DONE_NOTICES = (_N.CLOSED, _N.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One campaign in the list, with how many samples it has."""

    campaign: Campaign
    samples: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What was wrong with the sources of a frame: counted, then one page of those that are kept one by one."""

    campaign: Campaign
    counts: tuple[tuple[int, str, str, str], ...]
    """How often, in which source and column, for which reason; the most frequent first."""
    total: int
    findings: tuple[FrameFinding, ...]
    page: int
    more: bool
    """Whether a further page follows."""
    whole: bool
    """Whether the file of all of them can be downloaded."""


@dataclass(frozen=True, slots=True)
class VerdictCase:
    """A verdict to confirm, with its sample."""

    verdict: Verdict
    sample: Sample
    limits: tuple[Limit, ...]
    """Those it was given by."""
    unread: tuple[Limit, ...]
    """Of a failure, those that who confirms it has to have read at their source."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What an officer decides."""

    verdicts: tuple[VerdictCase, ...]
    docket: Docket
    leads: tuple[Lead, ...]
    """What to look into: no verdict."""


@dataclass(frozen=True, slots=True)
class NoticeCase:
    """A notice with its sample, its author and its approver."""

    notice: Notice
    sample: Sample
    author: str
    approver: str | None


@dataclass(frozen=True, slots=True)
class NoticeDesk:
    """The notices by what can be done with them."""

    drafts: tuple[NoticeCase, ...]
    open: tuple[NoticeCase, ...]
    done: tuple[NoticeCase, ...]


@dataclass(frozen=True, slots=True)
class Logged:
    """One message with its attempts."""

    delivery: Delivery
    number: str
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class PurchaseCase:
    """A purchase that was lost sight of, with its sample."""

    purchase: Purchase
    sample: Sample


@dataclass(frozen=True, slots=True)
class PublicationCase:
    """A publication with its sample."""

    publication: Publication
    sample: Sample


@dataclass(frozen=True, slots=True)
class PublicationDesk:
    """The publications by what can be done with them."""

    proposed: tuple[PublicationCase, ...]
    approved: tuple[PublicationCase, ...]
    published: tuple[PublicationCase, ...]


def load_campaigns(unit: Unit) -> tuple[CampaignRow, ...]:
    """Give every campaign with the number of its samples."""
    found = campaigns.listed(unit)
    return tuple(CampaignRow(one, sum(samples.counts(unit, one.id).values())) for one in found)


def load_findings(unit: Unit, campaign_id: UUID, page: int = 1) -> Findings:
    """Give what was wrong with a campaign's sources, the rows of one page of them."""
    campaign, counted = campaigns.get(unit, campaign_id), frames.finding_counts(unit, campaign_id)
    counts = sorted(((number, *key) for key, number in counted.items()), key=lambda row: (-row[0], *row[1:]))
    page = max(page, 1)
    rows = frames.findings(unit, campaign_id, FINDINGS + 1, FINDINGS * (page - 1))
    return Findings(
        campaign, tuple(counts), sum(counted.values()), rows[:FINDINGS], page, len(rows) > FINDINGS,
        campaign.frame is not None,
    )  # fmt: skip


def load_decisions(unit: Unit, rulebook: str) -> Decisions:
    """Give what waits for an officer's decision."""
    return Decisions(
        verdicts=_cases(unit),
        docket=load_docket(unit),
        leads=leads.listed(unit, least=load_rules(rulebook).rule("evasion_least").number),
    )


def _cases(unit: Unit) -> tuple[VerdictCase, ...]:
    waiting = verdicts.to_confirm(unit)
    rules = {name: limits.of_rules(unit, name) for name in {one.rule_version for one in waiting}}
    return tuple(_case(unit, one, rules[one.rule_version]) for one in waiting)


def _case(unit: Unit, verdict: Verdict, known: Mapping[str, Limit]) -> VerdictCase:
    given = tuple(limit for item in verdict.items if (limit := known.get(item.limit_id or "")) is not None)
    return VerdictCase(verdict, samples.get(unit, verdict.sample_id), given, limits.unread(verdict, known))


def load_notices(unit: Unit) -> NoticeDesk:
    """Give the notices of every kind, the oldest of each group first."""
    return NoticeDesk(
        drafts=_notices(unit, (_N.DRAFT, _N.APPROVED)),
        open=_notices(unit, OPEN_NOTICES),
        done=_notices(unit, DONE_NOTICES),
    )


def load_deliveries(unit: Unit) -> tuple[Logged, ...]:
    """Give the messages that are on their way, and those that were given up, with their attempts."""
    states = (_D.DEAD, _D.WAITING_RETRY, _D.LEASED, _D.PENDING, _D.DELIVERED)
    found = [one for state in states for one in deliveries.in_state(unit, state)]
    return tuple(
        Logged(one, notices.get(unit, one.notice_id).number, deliveries.attempts(unit, one.id)) for one in found
    )


def load_purchases(unit: Unit) -> tuple[PurchaseCase, ...]:
    """Give the purchases that nobody knows the outcome of."""
    found = purchases.in_state(unit, PurchaseState.UNKNOWN)
    return tuple(PurchaseCase(one, samples.get(unit, one.sample_id)) for one in found)


def load_publications(unit: Unit) -> PublicationDesk:
    """Give the publications by what can be done with them."""
    return PublicationDesk(
        proposed=_publications(unit, PublicationState.PROPOSED),
        approved=_publications(unit, PublicationState.APPROVED),
        published=_publications(unit, PublicationState.PUBLISHED, PublicationState.CORRECTED),
    )


def _notices(unit: Unit, states: tuple[NoticeState, ...]) -> tuple[NoticeCase, ...]:
    found = [one for kind in NoticeKind for one in notices.in_state(unit, kind, *states)]
    return tuple(NoticeCase(one, samples.get(unit, one.sample_id), *notices.approver(unit, one.id)) for one in found)


def _publications(unit: Unit, *states: PublicationState) -> tuple[PublicationCase, ...]:
    found = publications.in_state(unit, *states)
    return tuple(PublicationCase(one, samples.get(unit, one.sample_id)) for one in found)
