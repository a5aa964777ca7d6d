"""What a coordinator does to have samples tested twice: blind duplicates are drawn by lot, or named one by one."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from labs.duplicate import draw_samples, plan_refusal, seed_of
from sampling.campaign import Campaign
from sampling.sample import Sample
from storage import campaigns, duplicates, events, moves, samples
from storage.acts.shopping import third_unit
from storage.errors import NotAllowed
from storage.schema.plan import CampaignRow


def draw(unit: Session, campaign_id: UUID, share: Decimal, *, by: str, at: datetime) -> tuple[str, ...]:
    """Draw a share of the samples that may have a duplicate, and plan one of each; give the codes of those drawn.

    The lot starts from the published draw and its own number, and its history names all who took part.
    """
    campaign = _held(unit, campaign_id)
    able = {one.code: one for one in samples.of_campaign(unit, campaign_id) if refusal(unit, campaign, one) is None}
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
    of_campaign = {one.code: one for one in samples.of_campaign(unit, campaign_id)}
    for code in dict.fromkeys(codes):
        reason = refusal(unit, campaign, of_campaign[code]) if code in of_campaign else "not_of_campaign"
        if reason is not None:
            raise NotAllowed(f"{code}: {reason}")
        duplicates.plan(unit, of_campaign[code].id, drawn=False, by=by, at=at)


def refusal(unit: Session, campaign: Campaign, sample: Sample) -> str | None:
    """Give the code of what stands against planning a duplicate of a sample, or None."""
    planned = duplicates.of_sample(unit, sample.id) is not None
    arbitration = third_unit(unit, sample)
    return plan_refusal(sample.state, planned=planned, units=campaign.units_each, arbitration=arbitration)


def _held(unit: Session, campaign_id: UUID) -> Campaign:
    """The campaign, kept from every other lot until the unit of work ends."""
    moves.load(unit, CampaignRow, campaign_id)
    return campaigns.get(unit, campaign_id)
