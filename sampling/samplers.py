"""Samplers: which officers take each sample, by lot, never one who recused himself from its merchant."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sampling.assignment import Need, Party, assign, assign_teams
from sampling.draw import seed_for

PURPOSE = "inspector"
OFFICE = "sampling"
"""The one skill: whoever is a sampler may take any sample."""


@dataclass(frozen=True, slots=True)
class Recusal:
    """A sampler's statement that he may not take part in samples of one merchant."""

    user: str
    merchant: str
    """Platform and seller, a slash between them."""
    reason: str
    at: datetime


def assign_samplers(
    merchants: Mapping[str, str], capacities: Mapping[str, int], recusals: Iterable[Recusal], *, root: bytes, each: int
) -> dict[str, tuple[str, ...] | None]:
    """Give `each` different samplers for each listing of a draw, or None where so many are not left.

    `merchants` holds the merchant of each listing, empty where it is unknown; `capacities` how many samples each
    sampler can still take; `each` is the rulebook's `samplers_per_case`.
    """
    needs = [Need(id_, OFFICE, merchant) for id_, merchant in merchants.items()]
    return assign_teams(needs, _parties(capacities, recusals), seed_for(PURPOSE, root), each)


def replace_sampler(
    listing: str, merchant: str, samplers: Collection[str], capacities: Mapping[str, int], recusals: Iterable[Recusal],
    *, root: bytes,
) -> str | None:  # fmt: skip
    """Give the sampler who comes after those a listing has had, by the same tickets; None where nobody is left.

    A merchant is known after the draw alone, so most recusals are stated when the samplers have been assigned.
    """
    others = {user: capacity for user, capacity in capacities.items() if user not in samplers}
    need = Need(listing, OFFICE, merchant)
    return assign([need], _parties(others, recusals), seed_for(PURPOSE, root))[listing]


def _parties(capacities: Mapping[str, int], recusals: Iterable[Recusal]) -> list[Party]:
    met: dict[str, set[str]] = {user: set() for user in capacities}
    for recusal in recusals:
        met.get(recusal.user, set()).add(recusal.merchant)
    skills = frozenset({OFFICE})
    return [Party(user, skills, capacity, frozenset(met[user])) for user, capacity in capacities.items()]
