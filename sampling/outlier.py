"""Outliers: where the prices of each category lie, and how far each price is from there.

Prices are compared as whole ten-thousandths of ln of the unit price where the pack is known, and counted by
(basis, category): counts add up, so that any split of a frame and any engine gives the same score.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sampling.columns import SCALE, Ints, codes
from sampling.counts import Counted, Counts, count, join, middle, total
from sampling.errors import LoopingCategories
from sampling.pack import read_pack
from sampling.weights import Outlier, load

BINS = 10_000
WHOLE = "item"
"""The basis of a price whose pack is not known: that of the whole offer."""

Kind = tuple[str, str]
"""A basis and a category: prices of different bases never meet."""
PriceCounts = Counts[Kind]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the prices of a category lie, and how far from there counts as one; both in bins."""

    middle: float
    unit: float


@dataclass(frozen=True, slots=True)
class Outliers:
    """The spread of prices of each basis and category that has any."""

    spreads: Mapping[Kind, Spread]


def count_prices(part: pa.Table) -> PriceCounts:
    """Give how many prices of a part (columns `price pack category`) are in which bin; merged by `+`."""
    kind, kinds, bins = _bins(part)
    priced = np.flatnonzero(~np.isnan(bins))
    return count(kind[priced], kinds, bins[priced].astype(np.int64))


def limits(counts: PriceCounts, parents: Mapping[str, str]) -> Outliers:
    """Give where the prices of each category lie, for modified z-scores (Iglewicz and Hoaglin).

    A category of fewer than 30 prices has the spread of the nearest category above it that has as many with all
    below it, at last that of all prices of its basis. A tree that loops raises LoopingCategories with the names.
    """
    rule = load().outlier
    tree = {name: lineage(name, parents) for name in {*(name for _, name in counts.groups), *parents}}
    groups: dict[tuple[str, str | None], list[Counted]] = {}
    for (basis, name), counted in counts.groups.items():
        for above in (*tree[name], None):
            groups.setdefault((basis, above), []).append(counted)
    enough = {group for group, parts in groups.items() if group[1] is None or sum(map(total, parts)) >= rule.thin}
    among = {(basis, name): next((basis, above) for above in (*tree[name], None) if (basis, above) in enough)
             for basis, name in counts.groups}  # fmt: skip
    spread = {group: _spread(join(groups[group]), rule) for group in set(among.values())}
    return Outliers({kind: spread[group] for kind, group in among.items()})


def scores(part: pa.Table, outliers: Outliers) -> Floats:
    """Give the modified z-score of each price: NaN without one, infinite beside prices that are all alike."""
    kind, kinds, bins = _bins(part)
    none = Spread(np.nan, np.nan)
    known = [outliers.spreads.get(each, none) for each in kinds]
    bins -= np.array([spread.middle for spread in known])[kind]
    unit = np.array([spread.unit for spread in known])[kind]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((unit == 0) & (bins == 0), 0.0, bins / unit)


def lineage(category: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    """Give a category and all above it; a tree that leads back raises LoopingCategories with the names."""
    line = [category]
    while (above := parents.get(line[-1])) is not None:
        line.append(above)
        if above in line[:-1]:
            raise LoopingCategories(" → ".join(line[line.index(above) :]))
    return tuple(line)


def _bins(part: pa.Table) -> tuple[Ints, list[Kind], Floats]:
    # For each row an index into the kinds, and the bin of its price as a float: NaN where there is none.
    packs = load().packs
    (pack, texts), (category, names) = codes(part, "pack"), codes(part, "category")
    known = [read_pack(text, packs) for text in texts]
    bases = sorted({WHOLE, *(each.basis for each in known if each)})
    basis = np.array([bases.index(each.basis if each else WHOLE) for each in known], np.int64)
    per = np.array([packs.per[each.basis] / float(each.amount) if each else 1.0 for each in known])
    price: Floats = part.column("price").to_numpy().astype(float) / SCALE
    price *= per[pack]
    bins: Floats = np.log(price, out=price)
    bins *= BINS
    kinds = [(each, name) for each in bases for name in names]
    return basis[pack] * len(names) + category, kinds, np.rint(bins, out=bins)


def _spread(counted: Counted, rule: Outlier) -> Spread:
    # Twice the numbers are whole, so that the median of the deviations is exact.
    numbers, many = counted
    twice = middle(counted)
    away = np.abs(2 * numbers - twice)
    ranked = np.argsort(away, kind="stable")
    median = middle((away[ranked], many[ranked])) / 4
    mean = int((away * many).sum()) / 2 / total(counted)
    return Spread(twice / 2, median / rule.scale or rule.mean_scale * mean)
