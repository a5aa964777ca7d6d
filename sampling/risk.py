"""Risk: how large a chance a listing gets and why, and which stratum it is in.

Each step is done on any part of a frame: `mark` wants the spread of all prices, `bound` the least sizes of all
strata, and both add up over parts. `stratify` does all of them on a frame that is in memory.
"""

from collections.abc import Iterable, Mapping, Set

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sampling.columns import FRAME, Codes, Ints, codes, numbers, words
from sampling.errors import ImpossiblePlan
from sampling.outlier import Floats, Outliers, count_prices, limits, scores
from sampling.plan import is_targeted, targeted
from sampling.weights import Part, load

PRICE_INVALID = "price-invalid"
Points = NDArray[np.int32]


def stratify(
    listings: pa.Table, *, parents: Mapping[str, str] | None = None, picks: Mapping[str, str] | None = None
) -> pa.Table:
    """Give unique listings with the columns of `FRAME`: anomaly, points, stratum and size.

    `parents` is the tree of categories. A pick, by id and label, that the listings lack raises ImpossiblePlan.
    """
    marked = mark(listings, limits(count_prices(listings), parents or {}), picks or {})
    check_picks(picks or {}, picked(marked))
    return bound(marked, least_sizes(marked))


def mark(part: pa.Table, outliers: Outliers, picks: Mapping[str, str]) -> pa.Table:
    """Give a part with the columns of `FRAME`, sizes not yet bounded.

    A listing without a price is in a stratum of its own kind. One that was picked, by id and label, is in
    `targeted/<label>` and in no other.
    """
    with np.errstate(invalid="ignore"):
        anomaly = np.abs(scores(part, outliers)) > load().outlier.threshold
    marked = part.append_column("anomaly", pa.array(anomaly))
    points = sum(gains(marked).values(), np.zeros(len(part), np.int32))
    columns = (points, words(*_strata(part, picks)), sizes(points, numbers(part, "sales")))
    for name, column in zip(("points", "stratum", "size"), columns, strict=True):
        marked = marked.append_column(name, pa.array(column, FRAME[name]))
    return marked


def gains(part: pa.Table) -> dict[str, Points]:
    """Give the points of each listing (int32) by the column that gives them; what a part lacks gives none."""
    there = [rule for rule in load().parts if rule.column in part.column_names]
    return {rule.column: _gained(part.column(rule.column), rule) for rule in there}


def explain(rows: pa.Table) -> list[str]:
    """Give which points each of a few rows has from what, as `live+10 complaints+6`; empty for none."""
    by = gains(rows)
    return [" ".join(f"{name}+{points[row]}" for name, points in by.items() if points[row]) for row in range(len(rows))]


def rates(points: Points | Ints) -> Floats:
    """Give the rate of defects that points stand for: a logistic curve."""
    rule = load().size
    rate: Floats = 1 / (1 + np.exp(rule.at - rule.slope * points))
    return rate


def sizes(points: Points, sales: Ints) -> Ints:
    """Give each listing's size (int64, at least 1): the square roots of its rate and of its sales."""
    if not len(points):
        return np.empty(0, np.int64)
    rate = rates(np.arange(int(points.max()) + 1))
    weight = (load().size.scale * np.sqrt(rate * (1 - rate)))[points]
    weight *= np.sqrt(1 + np.log1p(sales.astype(float)))
    size: Ints = np.maximum(np.rint(weight, out=weight), 1).astype(np.int64)
    return size


def least_sizes(part: pa.Table) -> dict[str, int]:
    """Give the least size in each stratum of a part; `merge_least` gives that of all parts."""
    code, names = codes(part, "stratum")
    least = np.full(len(names), np.iinfo(np.int64).max)
    np.minimum.at(least, code, numbers(part, "size"))
    return {names[at]: int(least[at]) for at in np.unique(code)}


def merge_least(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Give the least size in each stratum over all parts."""
    merged: dict[str, int] = {}
    for part in parts:
        merged |= {name: min(size, merged.get(name, size)) for name, size in part.items()}
    return merged


def bound(part: pa.Table, least: Mapping[str, int]) -> pa.Table:
    """Give a part whose sizes are at most 20 times the least of their stratum: nobody is safe."""
    code, names = codes(part, "stratum")
    most = np.array([least.get(name, 1) * load().size.most_ratio for name in names], np.int64)
    sized = np.minimum(numbers(part, "size"), most[code])
    return part.set_column(part.column_names.index("size"), "size", pa.array(sized))


def picked(part: pa.Table) -> set[str]:
    """Give the ids of a part's listings that were picked; of all parts it is the union."""
    code, names = codes(part, "stratum")
    chosen = np.array([is_targeted(name) for name in names], bool)[code]
    return set(part.column("listing_id").filter(pa.array(chosen)).to_pylist())


def check_picks(picks: Mapping[str, str], found: Set[str]) -> None:
    """Raise ImpossiblePlan with the ids of the picks that were found in no part."""
    if missing := sorted(set(picks) - found):
        raise ImpossiblePlan(f"the frame lacks the picked listings {', '.join(missing)}")


def _gained(column: pa.ChunkedArray, rule: Part) -> Points:
    # All counts from one on give the same, so that the points of each number below are worked out once.
    enough = {"flag": 1.0, "count": rule.most / rule.each, "log": np.expm1(rule.most / rule.each)}[rule.kind]
    upto = np.arange(int(enough) + 2)
    # ln of a whole number is never halfway between two points, so rounding is the same everywhere.
    gain = np.rint(rule.each * (np.log1p(upto) if rule.kind == "log" else upto))
    table = np.minimum(gain, rule.most).astype(np.int32)
    # A source that lacks the column, joined to one that has it, knows nothing of its rows.
    given = column.cast(pa.int32()).fill_null(0).to_numpy()
    gained: Points = table[np.clip(given, 0, len(table) - 1)]
    return gained


def _strata(part: pa.Table, picks: Mapping[str, str]) -> tuple[Codes, list[str]]:
    (platform, platforms), (category, categories) = codes(part, "platform"), codes(part, "category")
    code = platform.astype(np.int64) * len(categories)
    code += category
    code *= 2
    code += part.column("price").is_null().to_numpy()
    names = [f"{one}/{two}{end}" for one in platforms for two in categories for end in ("", f"/{PRICE_INVALID}")]
    if picks:
        labels = sorted(set(picks.values()))
        ids = sorted(picks)
        of = np.array([len(names) + labels.index(picks[id_]) for id_ in ids])
        found = pc.index_in(part.column("listing_id"), value_set=pa.array(ids, pa.large_string())).fill_null(-1)
        place = found.to_numpy()
        code = np.where(place < 0, code, of[place])
        names += [targeted(label) for label in labels]
    return _compact(code, names)


def _compact(code: Ints, names: list[str]) -> tuple[Codes, list[str]]:
    # Names that occur, in their order; two ways to one name (a platform "a/b", a category "b/c") are one stratum.
    there = np.flatnonzero(np.bincount(code, minlength=len(names)))
    used = sorted({names[at] for at in there})
    at = {name: place for place, name in enumerate(used)}
    to = np.zeros(len(names), np.int32)
    to[there] = [at[names[each]] for each in there]
    return to[code], used
