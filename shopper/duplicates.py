"""The command of blind duplicates: plan them by lot or by name, and print those of a campaign."""

import json
from argparse import Namespace
from decimal import Decimal
from typing import Any

from labs.consignment import DUPLICATE
from labs.duplicate import Duplicate
from shopper.administer import opened
from shopper.errors import CommandError
from storage import campaigns, clock, consignments, samples
from storage import duplicates as planned
from storage.acts import doubling
from storage.errors import NotAllowed
from storage.settings import load
from storage.unit import Unit

BY = "command"


def duplicates(chosen: Namespace) -> int:
    """Plan what is asked for, and print every duplicate of the campaign; what stands against it is told."""
    with opened(load()) as database, database.unit() as unit:
        campaign, now = campaigns.by_number(unit, chosen.number), clock.now(unit)
        if chosen.share:
            doubling.draw(unit, campaign.id, Decimal(str(chosen.share)), by=BY, at=now)
        try:
            doubling.name(unit, campaign.id, chosen.sample or (), by=BY, at=now)
        except NotAllowed as refused:
            raise CommandError(f"No duplicate is planned: {refused}.") from refused
        found = [_plain(unit, one) for one in planned.of_campaign(unit, campaign.id)]
    if chosen.json:
        print(json.dumps({"duplicates": found}, ensure_ascii=False))
        return 0
    for one in found:
        how = "by lot" if one["drawn"] else "by name"
        where = one["lab"] or one["refusal"] or "not sent yet"
        print(f"{one['sample']}  {how}  {where}  {one['blind_code'] or ''}".rstrip())
    print(f"{len(found)} blind duplicates of {chosen.number}.")
    return 0


def _plain(unit: Unit, one: Duplicate) -> dict[str, Any]:
    orders = (order for order in consignments.of_sample(unit, one.sample_id) if order.purpose == DUPLICATE)
    order = next(orders, None)
    return {
        "sample": samples.get(unit, one.sample_id).code,
        "drawn": one.drawn,
        "planned_by": one.planned_by,
        "planned_at": one.planned_at.isoformat(),
        "lab": order.lab if order else None,
        "blind_code": order.blind_code if order else None,
        "refusal": one.refusal,
    }
