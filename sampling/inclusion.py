"""Inclusion: the chance with which the draw takes each listing, exact where the target is a poor likeness of it.

Pareto sampling takes a listing with nearly its target m x / X. The error is felt in small strata of
uneven sizes alone; there the chance is integrated (the method of Aires, 1999).
"""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Below this sum of λ(1 − λ), and above this λ, targets stand up to a few per cent off the true chance.
FEW, LARGE = 8.0, 0.2
PLACES = Decimal("0.000001")
# The trapezoidal rule on ln q: integrands that are analytic and fade at both ends lose less than 1e-13.
STEP, REACH = 0.125, 40.0
CHUNK = 1 << 22
"""How many numbers are held at a time."""


def targets(sizes: Sequence[int] | NDArray[np.int64], n: int) -> Floats:
    """Give each unit's target: 1 for those so large that they are certain, m x / X for the rest."""
    size = np.asarray(sizes, dtype=np.int64)
    if n >= len(size):
        return np.ones(len(size))
    certain, left, total = np.zeros(len(size), dtype=bool), n, int(size.sum())
    while left:
        big = ~certain & (left * size >= total)
        if not big.any():
            break
        certain |= big
        left, total = left - int(big.sum()), total - int(size[big].sum())
    share = left * size / total if left else np.zeros(len(size))
    return np.where(certain, 1.0, share)


def probabilities(sizes: Sequence[int] | NDArray[np.int64], n: int) -> Floats:
    """Give the chance with which `draw_stratum` takes each unit; the chances add up to the number drawn.

    The target stands for it unless Σλ(1 − λ) < 8 and a λ is above 0.2: then the chance is exact to 1e-12.
    """
    chance = targets(sizes, n)
    open_ = (chance > 0) & (chance < 1)
    share = chance[open_]
    if len(share) and (share * (1 - share)).sum() < FEW and share.max() > LARGE:
        chance[open_] = pareto(share, round(share.sum()))
    return chance


def published(sizes: Sequence[int] | NDArray[np.int64], n: int) -> list[Decimal]:
    """Give the chances as they are published: six places, never 0."""
    return [max(Decimal(float(chance)).quantize(PLACES), PLACES) for chance in probabilities(sizes, n)]


def pareto(share: Sequence[float] | Floats, n: int) -> Floats:
    """Give the exact chances of Pareto sampling with targets in (0, 1) that add up to n.

    A unit is drawn when fewer than n others have a smaller key. That is summed over its own key q on an even
    grid of ln q, where one Poisson-binomial table of all units serves each of them.
    """
    target = np.asarray(share, dtype=float)
    odds = np.log(target) - np.log1p(-target)
    grid = np.arange(-odds.max() - REACH, -odds.min() + REACH, STEP)
    width, few = min(n, len(target) - n), 2 * n <= len(target)
    result, rows = np.zeros(len(target)), max(1, CHUNK // (2 * len(target) * max(width, 1)))
    for start in range(0, len(grid), rows):
        below = 1 / (1 + np.exp(-(grid[start : start + rows, None] + odds)))
        above = 1 / (1 + np.exp(grid[start : start + rows, None] + odds))
        rest = _others(below, above, width) if few else _others(above, below, width)
        result += STEP * (rest * below * above).sum(axis=0)
    return result if few else 1 - result


def _others(hit: Floats, miss: Floats, width: int) -> Floats:
    """The chance that fewer than `width` of the others hit, for each unit (columns) at each key (rows).

    Products over all but one: pairs are multiplied up a tree, and each gets down it what stands outside.
    """
    count = hit.shape[1]
    leaves = 1 << (count - 1).bit_length()
    level = np.zeros((hit.shape[0], leaves, width))
    level[:, :, 0] = 1
    level[:, :count, 0] = miss
    if width > 1:
        level[:, :count, 1] = hit
    tree = [level]
    while tree[-1].shape[1] > 1:
        tree.append(_product(tree[-1][:, ::2], tree[-1][:, 1::2]))
    outside = np.zeros((hit.shape[0], 1, width))
    outside[:, :, 0] = 1
    for level in tree[-2::-1]:
        beside = level.reshape(level.shape[0], -1, 2, width)[:, :, ::-1].reshape(level.shape)
        outside = _product(np.repeat(outside, 2, axis=1), beside)
    chance: Floats = outside[:, :count].sum(axis=2)
    return chance


def _product(one: Floats, other: Floats) -> Floats:
    result = np.zeros_like(one)
    for power in range(one.shape[2]):
        result[:, :, power:] += one[:, :, power : power + 1] * other[:, :, : one.shape[2] - power]
    return result
