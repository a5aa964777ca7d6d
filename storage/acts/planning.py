"""What a coordinator decides of a plan: that it may be drawn as the preview shows it, or with other numbers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from sampling.campaign import CampaignEvent
from sampling.design import Design
from sampling.money import Money
from storage import campaigns
from storage.errors import Conflict


def approve(
    unit: Session,
    campaign_id: UUID,
    *,
    sample_size: int,
    budget: Money,
    design: Design,
    beacons: Sequence[str],
    parties: Sequence[str],
    by: str,
    at: datetime,
) -> None:
    """Let a gathered frame be drawn with these numbers; a campaign that does not wait for it raises IllegalMove.

    What went into the frozen frame cannot be chosen any more: picks and merchants. Another choice raises Conflict.
    """
    held = campaigns.get(unit, campaign_id).design
    if (held.cap, held.each, held.picks) != (design.cap, design.each, design.picks):
        raise Conflict("a cap, two stages and picks are part of the frozen frame: plan the campaign anew")
    data = {"sample_size": sample_size, "budget": str(budget), "design": design.record(), "beacons": list(beacons),
            "parties": sorted(parties)}  # fmt: skip
    campaigns.record(unit, campaign_id, CampaignEvent.APPROVED, by=by, at=at, data=data)
    campaigns.change(
        unit, campaign_id, sample_size=sample_size, budget=budget, design=design, beacons=beacons, parties=parties
    )
