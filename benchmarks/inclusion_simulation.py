"""The claim: over 200,000 draws of each of five skewed strata, listings are drawn as often as was published."""

import sys
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sampling.draw import draw_stratum, ticket
from sampling.inclusion import probabilities, targets

DRAWS, CHUNK, REPLAYED = 200_000, 10_000, 50
FAMILY = 0.001
"""The chance at which a right program is found wrong, over all listings together."""

Floats = NDArray[np.float64]


def strata() -> dict[str, tuple[NDArray[np.int64], int]]:
    """Give the sizes of five skewed strata and how many are drawn of each."""
    dice = np.random.default_rng(11)
    return {
        "worked example": (np.array([1, 2, 3, 4, 5, 10]), 3),
        "two, one drawn": (np.array([9, 1]), 1),
        "lognormal 30": (np.ceil(dice.lognormal(3, 1, 30)).astype(np.int64), 3),
        "heavy tail 60": (np.ceil(10 * (1 + dice.pareto(1.2, 60))).astype(np.int64), 12),
        "most taken 50": (np.ceil(dice.lognormal(3, 0.7, 50)).astype(np.int64), 40),
    }


def draws(sizes: NDArray[np.int64], n: int, u: Floats) -> NDArray[np.bool_]:
    """Give which units each row of tickets draws: the certain ones, and the smallest keys of the rest."""
    share = targets(sizes, n)
    taken = np.repeat((share == 1)[None, :], len(u), axis=0)
    pool = np.flatnonzero(share < 1)
    left = n - (len(sizes) - len(pool))
    keys = u[:, pool] / (1 - u[:, pool]) * ((1 - share[pool]) / share[pool])
    best = np.argpartition(keys, left - 1, axis=1)[:, :left]
    np.put_along_axis(taken, pool[best], True, axis=1)
    return taken


def replay(sizes: NDArray[np.int64], n: int) -> bool:
    """Tell whether the rows above draw what the product draws, on its own tickets."""
    units = [(f"p:{place}", int(size)) for place, size in enumerate(sizes)]
    seeds = [f"{number:064x}" for number in range(REPLAYED)]
    u = np.array([[(2 * ticket(seed, id_) + 1) / 2**65 for id_, _ in units] for seed in seeds])
    ours = [{id_ for (id_, _), taken in zip(units, row, strict=True) if taken} for row in draws(sizes, n, u)]
    return ours == [{one.id for one in draw_stratum(units, n, seed, reserve=0) if one.selected} for seed in seeds]


def frequencies(sizes: NDArray[np.int64], n: int) -> Floats:
    """Give how often each unit was drawn."""
    dice, count = np.random.default_rng(2026), np.zeros(len(sizes))
    for _ in range(DRAWS // CHUNK):
        count += draws(sizes, n, dice.random((CHUNK, len(sizes)))).sum(axis=0)
    return count / DRAWS


def distances(seen: Floats, chance: Floats) -> Floats:
    """Give by how many standard errors each frequency is off; a certain unit's must be exact."""
    error = np.sqrt(np.maximum(chance * (1 - chance), 1e-300) / DRAWS)
    return np.abs(seen - chance) / error


def main() -> int:
    """Print each stratum's greatest distance and give 1 when it is more than chance explains."""
    print(f"{DRAWS} draws each; distances in standard errors")
    print("stratum          units   d     farthest   beyond 3   farthest with the target for the chance")
    own: list[float] = []
    same = True
    for name, (sizes, n) in strata().items():
        chance, target, seen = probabilities(sizes, n), targets(sizes, n), frequencies(sizes, n)
        open_ = target < 1
        off, naive = distances(seen, chance)[open_], distances(seen, target)[open_]
        spread = (target * (1 - target)).sum()
        print(f"{name:16s} {open_.sum():5d} {spread:5.1f} {off.max():9.2f} {(off > 3).sum():10d} {naive.max():14.1f}")
        own += off.tolist()
        same &= replay(sizes, n) and bool((seen[~open_] == 1).all())
    bound = NormalDist().inv_cdf(1 - FAMILY / 2 / len(own))
    beyond, expected = sum(off > 3 for off in own), 0.0027 * len(own)
    print(f"beyond 3 standard errors: {beyond} of {len(own)}, {expected:.2f} expected by chance alone")
    print(f"farthest of all: {max(own):.2f}; a right program passes {bound:.2f} once in {1 / FAMILY:.0f} runs")
    print(f"the same sets as the product's own draw on its own tickets, certain ones always: {same}")
    return not same or max(own) > bound


if __name__ == "__main__":
    sys.exit(main())
