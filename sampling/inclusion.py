"""Inclusion: the chance with which the draw takes each listing, exact where the target is a poor likeness of it.

Pareto sampling takes a listing with nearly its target m x / X. The error is felt in small strata of
uneven sizes alone; there the chance is integrated (the method of Aires, 1999).
"""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from sampling.columns import Codes, Ints

Floats = NDArray[np.float64]

# Below this sum of λ(1 − λ), and above this λ, targets stand up to a few per cent off the true chance.
FEW, LARGE = 8.0, 0.2
PLACES = Decimal("0.000001")
# The trapezoidal rule on ln q: integrands that are analytic and fade at both ends lose less than 1e-12.
STEP, REACH = 0.25, 32.0
CHUNK = 1 << 22
"""How many numbers are held at a time."""


def take_all(group: Codes, size: Ints, count: Ints, n: Ints) -> tuple[Ints, Ints, Ints]:
    """Give for each group the least size that is certain, and how many places and what sum of sizes that leaves.

    A row is a size of a group, and how many units have it; n has a number for each group.
    """
    units, total = _sums(group, count, len(n)), _sums(group, count * size, len(n))
    whole = n >= units
    least = np.where(whole, 0, np.iinfo(np.int64).max)
    left, total = np.where(whole, 0, n), np.where(whole, 0, total)
    rows = np.flatnonzero(left[group] > 0)
    while len(rows):
        big = left[group[rows]] * size[rows] >= total[group[rows]]
        hit, rest = rows[big], rows[~big]
        np.minimum.at(least, group[hit], size[hit])
        left = left - _sums(group[hit], count[hit], len(n))
        total = total - _sums(group[hit], (count * size)[hit], len(n))
        rows = rest[np.isin(group[rest], group[hit])]
    return least, left, total


def targets(sizes: Sequence[int] | Ints, n: int) -> Floats:
    """Give each unit's target: 1 for those so large that they are certain, m x / X for the rest."""
    size = np.asarray(sizes, dtype=np.int64)
    one = np.zeros(len(size), np.int32)
    (least,), (left,), (total,) = take_all(one, size, np.ones_like(size), np.array([n]))
    return np.where(size >= least, 1.0, left * size / max(total, 1))


def inexact(group: Codes, target: Floats, count: Ints, groups: int) -> NDArray[np.bool_]:
    """Tell of which groups the targets, all in (0, 1), stand so far off the true chances that these must be found.

    That is where Σλ(1 − λ) < 8 and a λ is above 0.2; equal targets never are. A row is a target of a group.
    """
    spread = np.bincount(group, count * target * (1 - target), groups)
    largest = np.zeros(groups)
    np.maximum.at(largest, group, target)
    found: NDArray[np.bool_] = (np.bincount(group, minlength=groups) > 1) & (largest > LARGE) & (spread < FEW)
    return found


def probabilities(sizes: Sequence[int] | Ints, n: int) -> Floats:
    """Give the chance with which `draw_stratum` takes each unit; the chances add up to the number drawn.

    The target stands for it unless Σλ(1 − λ) < 8 and a λ is above 0.2: then the chance is exact to 1e-12.
    """
    each, place, count = np.unique(np.asarray(sizes, dtype=np.int64), return_inverse=True, return_counts=True)
    chance = targets(sizes, n)
    target = np.zeros(len(each))
    target[place] = chance
    open_ = (target > 0) & (target < 1)
    if inexact(np.zeros(int(open_.sum()), np.int32), target[open_], count[open_], 1)[0]:
        target[open_] = pareto(target[open_], n - int(count[target == 1].sum()), count[open_])
    return target[place]


def published(sizes: Sequence[int] | Ints, n: int) -> list[Decimal]:
    """Give the chances as they are published: six places, never 0."""
    return list(map(rounded, probabilities(sizes, n)))


def rounded(chance: float) -> Decimal:
    """Give a chance as it is published."""
    return max(Decimal(float(chance)).quantize(PLACES), PLACES)


def pareto(share: Sequence[float] | Floats, n: int, count: Sequence[int] | Ints | None = None) -> Floats:
    """Give the exact chances of Pareto sampling with targets in (0, 1), of which `count` units have each, n in all.

    A unit is drawn when fewer than n others have a smaller key. That is summed over its own key q on an even
    grid of ln q, where one Poisson-binomial table of all units serves each of them.
    """
    target = np.asarray(share, dtype=float)
    many = np.ones(len(target), np.int64) if count is None else np.asarray(count, np.int64)
    units = int(many.sum())
    odds = np.log(target) - np.log1p(-target)
    grid = np.arange(-odds.max() - REACH, -odds.min() + REACH, STEP)
    width, few = min(n, units - n), 2 * n <= units
    result, rows = np.zeros(len(target)), max(1, CHUNK // (2 * len(target) * max(width, 1)))
    for start in range(0, len(grid), rows):
        below = 1 / (1 + np.exp(-(grid[start : start + rows, None] + odds)))
        above = 1 / (1 + np.exp(grid[start : start + rows, None] + odds))
        rest = _others(below, above, many, width) if few else _others(above, below, many, width)
        result += STEP * (rest * below * above).sum(axis=0)
    return result if few else 1 - result


def _others(hit: Floats, miss: Floats, many: Ints, width: int) -> Floats:
    """The chance that fewer than `width` of the others hit, for one unit of each target (columns) at each key (rows).

    Products over all but one target: pairs are multiplied up a tree, and each gets down it what stands outside. The
    other units of its own target come last.
    """
    count = hit.shape[1]
    leaves = 1 << (count - 1).bit_length()
    one = np.zeros((hit.shape[0], count, width))
    one[:, :, 0] = miss
    if width > 1:
        one[:, :, 1] = hit
    same = _power(one, many - 1)
    level = np.zeros((hit.shape[0], leaves, width))
    level[:, :, 0] = 1
    level[:, :count] = _product(same, one)
    tree = [level]
    while tree[-1].shape[1] > 1:
        tree.append(_product(tree[-1][:, ::2], tree[-1][:, 1::2]))
    outside = np.zeros((hit.shape[0], 1, width))
    outside[:, :, 0] = 1
    for level in tree[-2::-1]:
        beside = level.reshape(level.shape[0], -1, 2, width)[:, :, ::-1].reshape(level.shape)
        outside = _product(np.repeat(outside, 2, axis=1), beside)
    chance: Floats = (outside[:, :count] * same.cumsum(axis=2)[:, :, ::-1]).sum(axis=2)
    return chance


def _power(base: Floats, times: Ints) -> Floats:
    """Each column as often times itself; squares keep it stable where a power of one term would vanish."""
    result = np.zeros_like(base)
    result[:, :, 0] = 1
    for bit in range(int(times.max()).bit_length()):
        base = _product(base, base) if bit else base
        odd = np.flatnonzero(times >> bit & 1)
        result[:, odd] = _product(result[:, odd], base[:, odd])
    return result


def _product(one: Floats, other: Floats) -> Floats:
    result = np.zeros_like(one)
    for power in range(one.shape[2]):
        result[:, :, power:] += one[:, :, power : power + 1] * other[:, :, : one.shape[2] - power]
    return result


def _sums(group: Codes, of: Ints, groups: int) -> Ints:
    """The sum in each group, in whole numbers."""
    sums = np.zeros(groups, np.int64)
    np.add.at(sums, group, of)
    return sums
