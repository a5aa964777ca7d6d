"""What a coordinator sees of blind duplicates: for which samples one can be planned, and what became of each."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from labs.consignment import DUPLICATE, FIRST
from labs.duplicate import UNITS, Duplicate
from labs.pooling import disagreement
from labs.result import Result
from sampling.campaign import Campaign
from sampling.custody import Role, Unit
from sampling.sample import Sample
from storage import bases, campaigns, consignments, custody, duplicates, samples
from storage.acts import doubling
from storage.consignments import Order
from storage.unit import Unit as Work


@dataclass(frozen=True, slots=True)
class Twice:
    """One item of a sample as both laboratories found it."""

    first: Result
    again: Result
    en: Decimal | None
    """|En|, to two places; None where a result is no single value, lacks its uncertainty or has another unit."""


@dataclass(frozen=True, slots=True)
class Doubled:
    """One duplicate with its unit, who tests it under which blind code, and what was found twice."""

    sample: Sample
    duplicate: Duplicate
    part: Unit | None
    order: Order | None
    found: tuple[Twice, ...]


@dataclass(frozen=True, slots=True)
class DuplicatesPage:
    """The blind duplicates of a campaign, and the samples that may have one yet."""

    campaign: Campaign
    able: tuple[Sample, ...]
    few: bool
    """Whether fewer units are bought of each listing than a duplicate needs."""
    planned: tuple[Doubled, ...]
    least: int = UNITS


def load_duplicates(unit: Work, campaign_id: UUID) -> DuplicatesPage:
    """Give the page of one campaign."""
    campaign, found = campaigns.get(unit, campaign_id), samples.of_campaign(unit, campaign_id)
    reasons = doubling.refusals(unit, campaign, found)
    by_id = {one.id: one for one in found}
    return DuplicatesPage(
        campaign=campaign,
        able=tuple(one for one in found if reasons[one.id] is None),
        few="too_few_units" in reasons.values(),
        planned=tuple(_doubled(unit, by_id[one.sample_id], one) for one in duplicates.of_campaign(unit, campaign_id)),
    )


def _doubled(unit: Work, sample: Sample, duplicate: Duplicate) -> Doubled:
    orders = {order.purpose: order for order in consignments.of_sample(unit, sample.id)}
    first, again = orders.get(FIRST), orders.get(DUPLICATE)
    found = _twice(unit, first, again) if first and again else ()
    return Doubled(sample, duplicate, custody.standing_as(unit, sample.id, Role.DUPLICATE), again, found)


def _twice(unit: Work, first: Order, again: Order) -> tuple[Twice, ...]:
    """The items that both have reported; of several replicates the last one."""
    one, other = (
        {result.item: result for result in bases.results_of(unit, order.sample_id, order.blind_code).values()}
        for order in (first, again)
    )
    return tuple(Twice(one[item], other[item], _en(one[item], other[item])) for item in one if item in other)


def _en(first: Result, again: Result) -> Decimal | None:
    values = (first.interval.point, again.interval.point, first.u_expanded, again.u_expanded)
    one, other, u_first, u_second = values
    if one is None or other is None or u_first is None or u_second is None or first.unit != again.unit:
        return None
    return disagreement(one, other, u_first=u_first, u_second=u_second) if u_first or u_second else None
