"""Parties: who can test and who can buy on a day, with the room each has left."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from labs import method
from labs.accreditation import ScopeEntry
from labs.limits import Limits
from sampling.assignment import Party
from sampling.campaign import Campaign
from sampling.rulebook import Rulebook
from storage import accounts, coverage, laboratories, meetings, samples, vault
from storage.role import UserRole

SAMPLERS = (UserRole.OFFICER, UserRole.COORDINATOR)


def labs(
    unit: Session, campaign: Campaign, categories: Collection[str], limits: Limits, at: datetime
) -> tuple[Party, ...]:
    """Give every laboratory with those of the categories it may test and the room it has left in the campaign."""
    scopes, busy = laboratories.scopes(unit), samples.per_lab(unit, campaign.id)
    return tuple(
        Party(lab.code, _skills(categories, lab.code, scopes, limits, at), lab.capacity - busy.get(lab.code, 0))
        for lab in laboratories.listed(unit)
    )


def shoppers(unit: Session, rules: Rulebook, at: datetime) -> tuple[Party, ...]:
    """Give the shoppers with the platforms they have a cover for, and the sellers they have met of late."""
    most, busy = rules.rule("shopper_capacity").number, samples.live_tasks(unit)
    since = at - meetings.gap(rules)
    return tuple(
        Party(
            user.name,
            vault.platforms_of(unit, user.name),
            most - busy.get(user.name, 0),
            samples.sellers_bought_from(unit, user.name, since),
        )
        for user in accounts.list_users(unit, UserRole.SHOPPER)
    )


def samplers(unit: Session) -> tuple[str, ...]:
    """Give the names of the officers and coordinators, any of whom may take a sample."""
    return tuple(user.name for role in SAMPLERS for user in accounts.list_users(unit, role))


def _skills(
    categories: Collection[str], lab: str, scopes: Sequence[ScopeEntry], limits: Limits, at: datetime
) -> frozenset[str]:
    """The categories of which a laboratory may test every item as it is ordered; one without any item is nobody's."""
    day = at.date()
    return frozenset(
        category
        for category in categories
        if (ordered := method.ordered(limits.items(category, day), category, day))
        and not coverage.out_of_scope(scopes, lab, category, ordered, at)
    )
