"""The claim: over 200,000 draws of each of five skewed strata, listings are drawn as often as was published.

Of many listings, 27 in 10,000 are beyond three standard errors by chance. So a stratum with such a listing is drawn
200,000 times anew, on other tickets: a right program fails twice once in a thousand runs, a wrong one always.
"""

import sys

import numpy as np
from numpy.typing import NDArray

from sampling.draw import draw_stratum, ticket
from sampling.inclusion import probabilities, targets

DRAWS, CHUNK, REPLAYED = 200_000, 10_000, 50
BEYOND = 0.0027
"""The chance of a normal value beyond three standard errors."""

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


def frequencies(sizes: NDArray[np.int64], n: int, seed: int) -> Floats:
    """Give how often each unit was drawn."""
    dice, count = np.random.default_rng(seed), np.zeros(len(sizes))
    for _ in range(DRAWS // CHUNK):
        count += draws(sizes, n, dice.random((CHUNK, len(sizes)))).sum(axis=0)
    return count / DRAWS


def distances(seen: Floats, chance: Floats) -> Floats:
    """Give by how many standard errors each frequency is off; a certain unit's must be exact."""
    error = np.sqrt(np.maximum(chance * (1 - chance), 1e-300) / DRAWS)
    return np.abs(seen - chance) / error


def main() -> int:
    """Print each stratum's greatest distance and give 1 when a listing is beyond three standard errors twice."""
    print(f"{DRAWS} draws each; distances in standard errors")
    print("stratum          units     d   farthest   beyond 3   both times   farthest with the target for the chance")
    beyond = twice = total = 0
    same = True
    for name, (sizes, n) in strata().items():
        chance, target, seen = probabilities(sizes, n), targets(sizes, n), frequencies(sizes, n, 1)
        open_ = target < 1
        off, naive = distances(seen, chance)[open_], distances(seen, target)[open_]
        again = distances(frequencies(sizes, n, 2), chance)[open_] if (off > 3).any() else np.zeros_like(off)
        both = int(((off > 3) & (again > 3)).sum())
        print(f"{name:16s} {open_.sum():5d} {(target * (1 - target)).sum():5.1f} {off.max():10.2f}"
              f" {(off > 3).sum():10d} {both:12d} {naive.max():14.1f}")  # fmt: skip
        beyond, twice, total = beyond + int((off > 3).sum()), twice + both, total + len(off)
        same &= replay(sizes, n) and bool((seen[~open_] == 1).all())
    print(f"beyond 3 standard errors: {beyond} of {total}, {BEYOND * total:.2f} expected by chance; twice: {twice},"
          f" {BEYOND**2 * total:.4f} expected")  # fmt: skip
    print(f"the same sets as the product's own draw on its own tickets, certain ones always: {same}")
    return not same or twice > 0


if __name__ == "__main__":
    sys.exit(main())
