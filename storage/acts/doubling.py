"""What a coordinator does to have samples tested twice: blind duplicates are drawn by lot, or named one by one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from labs.duplicate import draw_samples, plan_refusal, seed_of
from sampling.campaign import Campaign
from sampling.sample import Sample
from storage import campaigns, duplicates, events, moves, samples
from storage.acts.shopping import is_arbitrated
from storage.errors import NotAllowed
from storage.schema.plan import CampaignRow


def draw(unit: Session, campaign_id: UUID, share: Decimal, *, by: str, at: datetime) -> tuple[str, ...]:
    """Draw a share of the samples that may have a duplicate, and plan one of each; give the codes of those drawn.

    The lot starts from the published draw and its own number, and its history names all who took part.
    """
    campaign = _held(unit, campaign_id)
    found = samples.of_campaign(unit, campaign_id)
    reasons = refusals(unit, campaign, found)
    able = {one.code: one for one in found if reasons[one.id] is None}
    number = 1 + sum(one.noun == duplicates.NOUN for one in events.history(unit, campaign_id))
    seed = seed_of(campaign.draw_sha256, f"{campaign.number}/{number}")
    drawn = draw_samples(seed, able, share)
    told = {"number": number, "seed": seed, "share": str(share), "candidates": sorted(able), "drawn": list(drawn)}
    events.append(unit, campaign_id, duplicates.NOUN, campaign_id, duplicates.PLANNED, by=by, at=at, data=told)
    for code in drawn:
        duplicates.plan(unit, able[code].id, drawn=True, by=by, at=at)
    return drawn


def name(unit: Session, campaign_id: UUID, codes: Collection[str], *, by: str, at: datetime) -> None:
    """Plan a duplicate of each sample that is named; what stands against one raises NotAllowed with its code."""
    campaign = _held(unit, campaign_id)
    found = samples.of_campaign(unit, campaign_id)
    of_campaign, reasons = {one.code: one for one in found}, refusals(unit, campaign, found)
    for code in dict.fromkeys(codes):
        reason = reasons[of_campaign[code].id] if code in of_campaign else "not_of_campaign"
        if reason is not None:
            raise NotAllowed(f"{code}: {reason}")
        duplicates.plan(unit, of_campaign[code].id, drawn=False, by=by, at=at)


def refusals(unit: Session, campaign: Campaign, found: Sequence[Sample]) -> dict[UUID, str | None]:
    """Give by sample of the campaign the code of what stands against planning a duplicate of it, or None."""
    planned = {one.sample_id for one in duplicates.of_campaign(unit, campaign.id)}
    arbitration = is_arbitrated(campaign)
    return {
        one.id: plan_refusal(one.state, planned=one.id in planned, units=campaign.units_each, arbitration=arbitration)
        for one in found
    }


def _held(unit: Session, campaign_id: UUID) -> Campaign:
    """The campaign, kept from every other lot until the unit of work ends."""
    moves.load(unit, CampaignRow, campaign_id)
    return campaigns.get(unit, campaign_id)
