"""Merchants: how a draw keeps from falling on one seller alone, in two stages or with a cap."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sampling.draw import Drawn, Unit, draw_stratum, seed_for
from sampling.errors import ImpossiblePlan
from sampling.inclusion import probabilities


@dataclass(frozen=True, slots=True)
class Stages:
    """A draw in two stages: the merchants in order, the listings of each drawn one, and each listing's chance.

    The chance is that of its merchant times its own within it; variance is to be estimated between merchants.
    """

    merchants: tuple[Drawn, ...]
    listings: Mapping[str, tuple[Drawn, ...]]
    chances: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Capped:
    """A draw with a cap: the listings in order, and those passed over because their merchant had enough.

    `bound` is true where a merchant has more listings than the cap. Then no chance is known in closed form:
    listings of large merchants have less than that of the draw without a cap, all others more, so that such a
    sample finds defects and its weights are only near. Where weights matter, draw in two stages.
    """

    drawn: tuple[Drawn, ...]
    passed: tuple[str, ...]
    bound: bool


def draw_stages(
    units: Sequence[Unit], merchant_of: Mapping[str, str], *, merchants: int, each: int, seed: str, reserve: int
) -> Stages:
    """Give so many merchants, drawn by the sizes of all they offer, and at most `each` listings of every one.

    While no merchant and no listing is certain, each listing's chance is m k x / X, as if drawn at once.
    """
    offers: dict[str, list[Unit]] = defaultdict(list)
    for unit in sorted(units):
        offers[merchant_of[unit[0]]].append(unit)
    names = sorted(offers)
    totals = [sum(size for _, size in offers[name]) for name in names]
    # A seed of its own, so that a merchant and a listing of the same id do not share a ticket.
    drawn = draw_stratum(
        list(zip(names, totals, strict=True)), merchants, seed_for("merchant", bytes.fromhex(seed)), reserve=reserve
    )
    chances: dict[str, float] = {}
    for name, first in zip(names, probabilities(totals, merchants), strict=True):
        inside = probabilities([size for _, size in offers[name]], each)
        chances |= {id_: float(first * own) for (id_, _), own in zip(offers[name], inside, strict=True)}
    listings = {place.id: draw_stratum(offers[place.id], each, seed, reserve=reserve) for place in drawn}
    return Stages(drawn, listings, chances)


def draw_capped(
    units: Sequence[Unit], merchant_of: Mapping[str, str], n: int, *, most: int, seed: str, reserve: int
) -> Capped:
    """Give n listings of which no merchant has more than `most`, by going on in the published order past the full.

    The cap holds for certain listings too, and for the reserve as if all before it had been used. More than
    the merchants can give raises ImpossiblePlan with the numbers.
    """
    offered = Counter(merchant_of[id_] for id_, _ in units)
    room = sum(min(count, most) for count in offered.values())
    if room < min(n, len(units)):
        raise ImpossiblePlan(f"{n} listings are more than the {room} of {len(offered)} merchants with {most} each")
    taken: Counter[str] = Counter()
    kept: list[Drawn] = []
    passed: list[str] = []
    for item in draw_stratum(units, n, seed, reserve=len(units)):
        if len(kept) >= n + reserve:
            break
        merchant = merchant_of[item.id]
        if taken[merchant] < most:
            taken[merchant] += 1
            kept.append(replace(item, rank=len(kept) + 1, selected=len(kept) < n))
        else:
            passed.append(item.id)
    return Capped(tuple(kept), tuple(passed), max(offered.values(), default=0) > most)
