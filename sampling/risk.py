"""Risk: which prices are out of line, how large a chance a listing gets and why, and which stratum it is in.

A frame may have, beside its own columns, `live influencer shortvideo` (bool), `fails_24m complaints` (int64) and
`pack` (text, such as `12 x 250 ml`). What it lacks counts for nothing.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sampling.errors import ImpossiblePlan, LoopingCategories
from sampling.pack import read_pack
from sampling.plan import targeted
from sampling.weights import Outlier, Part, Weights, load

BINS = 10_000
PRICE_INVALID = "price-invalid"
WHOLE = "item"
"""The basis of a price whose pack is not known: that of the whole offer."""


def scores(
    prices: pd.Series,
    categories: pd.Series,
    *,
    parents: Mapping[str, str] | None = None,
    bases: pd.Series | None = None,
) -> pd.Series:
    """Give the modified z-score of each ln price in its category, NaN without a price.

    Medians are taken on whole ten-thousandths of ln, so that any split of the frame gives the same score.
    A category of fewer than 30 priced listings is scored against the nearest category above it that has as many
    with all below it, at last against the whole frame. Prices of different bases never meet.
    """
    rule, tree = load().outlier, {name: lineage(name, parents or {}) for name in {*categories, *(parents or {})}}
    bins = prices.astype(float).map(np.log).mul(BINS).round()
    if bases is None:
        return _scores(bins, categories, tree, rule)
    found = [_scores(bins[own], categories[own], tree, rule) for own in _masks(bases)]
    whole: pd.Series = pd.concat(found).reindex(bins.index)
    return whole


def lineage(category: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    """Give a category and all above it; a tree that leads back raises LoopingCategories with the names."""
    line = [category]
    while (above := parents.get(line[-1])) is not None:
        line.append(above)
        if above in line[:-1]:
            raise LoopingCategories(" → ".join(line[line.index(above) :]))
    return tuple(line)


def parts(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the points of each listing, one int64 column for each part whose column the frame has."""
    there = [part for part in load().parts if part.column in frame]
    return pd.DataFrame({part.column: _points(frame[part.column], part) for part in there}, index=frame.index)


def explain(points: pd.DataFrame) -> pd.Series:
    """Give which points a listing has from what, as `live+10 complaints+6`; empty for none."""
    rows = zip(*(points[name] for name in points), strict=True) if len(points.columns) else iter(())
    names = list(points)
    texts = [" ".join(f"{name}+{many}" for name, many in zip(names, row, strict=True) if many) for row in rows]
    return pd.Series(texts or [""] * len(points), index=points.index, dtype=object)


def sizes(points: pd.Series, sales: pd.Series) -> pd.Series:
    """Give each listing's integer size: a logistic rate of the points, and the square roots of it and of the sales.

    Every listing keeps a positive size.
    """
    rule = load().size
    rate = 1 / (1 + np.exp(rule.at - rule.slope * points))
    weight = rule.scale * np.sqrt(rate * (1 - rate)) * np.sqrt(1 + np.log1p(sales.astype(float)))
    size: pd.Series = weight.round().clip(lower=1).astype("int64")
    return size


def stratify(
    frame: pd.DataFrame, *, parents: Mapping[str, str] | None = None, picks: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Give the frame with `anomaly` (bool), `points` (int64), `why` (text), `stratum` (text) and `size` (int64).

    A listing without a price is in a stratum of its own kind. One that was picked, by id and label, is in
    `targeted/<label>` and in no other; a pick that the frame lacks raises ImpossiblePlan with the ids.
    """
    if frame.empty:
        whole = pd.Series(dtype="int64")
        return frame.assign(anomaly=pd.Series(dtype=bool), points=whole, why="", stratum="", size=whole)
    weights = load()
    prices = pd.to_numeric(frame["price"].map(lambda price: np.nan if price is None else float(price)))
    each, bases = _unit_prices(prices, frame, weights)
    found = scores(each, frame["category"], parents=parents, bases=bases).abs() > weights.outlier.threshold
    points = parts(frame.assign(anomaly=found))
    total = points.sum(axis=1).astype("int64")
    base = frame["platform"] + "/" + frame["category"]
    stratum = _picked(frame, base.where(prices.notna(), base + "/" + PRICE_INVALID), picks or {})
    size = sizes(total, frame["sales"])
    least = size.groupby(stratum).transform("min")
    bounded = size.clip(upper=least * weights.size.most_ratio)
    return frame.assign(anomaly=found, points=total, why=explain(points), stratum=stratum, size=bounded)


def _picked(frame: pd.DataFrame, stratum: pd.Series, picks: Mapping[str, str]) -> pd.Series:
    if not picks:
        return stratum
    missing = sorted(set(picks) - set(frame["listing_id"]))
    if missing:
        raise ImpossiblePlan(f"the frame lacks the picked listings {', '.join(missing)}")
    label = frame["listing_id"].map(dict(picks))
    return stratum.where(label.isna(), label.map(targeted, na_action="ignore"))


def _points(column: pd.Series, part: Part) -> pd.Series:
    match part.kind:
        case "flag":
            count = column.astype(bool).astype(float)
        case "count":
            count = column.astype(float)
        case _:
            count = column.astype(float).map(np.log1p)
    # ln of a whole number is never halfway between two points, so rounding is the same everywhere.
    points: pd.Series = (count * part.each).round().clip(lower=0, upper=part.most).astype("int64")
    return points


def _unit_prices(prices: pd.Series, frame: pd.DataFrame, weights: Weights) -> tuple[pd.Series, pd.Series | None]:
    if "pack" not in frame:
        return prices, None
    known = {text: read_pack(text, weights.packs) for text in frame["pack"].unique()}
    per = {text: weights.packs.per[pack.basis] / float(pack.amount) if pack else 1.0 for text, pack in known.items()}
    bases = {text: pack.basis if pack else WHOLE for text, pack in known.items()}
    return prices * frame["pack"].map(per), frame["pack"].map(bases)


def _masks(bases: pd.Series) -> list[pd.Series]:
    return [bases == basis for basis in sorted(set(bases))]


def _scores(bins: pd.Series, categories: pd.Series, tree: Mapping[str, tuple[str, ...]], rule: Outlier) -> pd.Series:
    priced = bins.notna()
    counts = categories[priced].value_counts()
    below: dict[str, list[str]] = {}
    for name in counts.index:
        for above in tree[name]:
            below.setdefault(above, []).append(name)
    result = _score(bins, bins.dropna(), rule)
    for name, index in categories.groupby(categories).groups.items():
        fit = (above for above in tree[str(name)] if counts.reindex(below.get(above, [])).sum() >= rule.thin)
        group = next(fit, None)
        if group is not None:
            own = bins.loc[index]
            among = own.dropna() if below[group] == [name] else bins[priced & categories.isin(below[group])]
            result.loc[index] = _score(own, among, rule)
    return result


def _score(values: pd.Series, among: pd.Series, rule: Outlier) -> pd.Series:
    middle = among.median()
    deviation = (among - middle).abs()
    spread = deviation.median() / rule.scale or rule.mean_scale * deviation.mean()
    if not spread:
        return values.sub(middle).where(values.isna() | values.eq(middle), np.inf)
    return (values - middle) / spread
