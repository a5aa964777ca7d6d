"""Risk: which prices are out of line, how large a chance a listing gets, and which stratum it is in."""

import numpy as np
import pandas as pd

# Iglewicz and Hoaglin's modified z-score and its usual threshold.
SCALE, THRESHOLD = 0.6745, 3.5
# The mean absolute deviation stands in for a median deviation of nought.
MEAN_SCALE = 1.2533
THIN = 30
BINS = 10_000
MOST_RATIO = 20
ANOMALY_POINTS = 15
PRICE_INVALID = "price-invalid"


def scores(prices: pd.Series, categories: pd.Series) -> pd.Series:
    """Give the modified z-score of each ln price in its category, NaN without a price.

    Medians are taken on whole ten-thousandths of ln, so that any split of the frame gives the same score.
    A category of fewer than 30 priced listings is scored against the whole frame.
    """
    bins = prices.astype(float).map(np.log).mul(BINS).round()
    parent = _score(bins, bins.dropna())
    result = parent.copy()
    for _, index in categories.groupby(categories).groups.items():
        own = bins.loc[index]
        if own.notna().sum() >= THIN:
            result.loc[index] = _score(own, own.dropna())
    return result


def sizes(anomaly: pd.Series, sales: pd.Series) -> pd.Series:
    """Give each listing's integer size: explainable points, a logistic rate, and the square root of both.

    Every listing keeps a positive size.
    """
    points = anomaly.astype(int) * ANOMALY_POINTS
    rate = 1 / (1 + np.exp(3.2 - 0.08 * points))
    weight = 1000 * np.sqrt(rate * (1 - rate)) * np.sqrt(1 + np.log1p(sales.astype(float)))
    size: pd.Series = weight.round().clip(lower=1).astype("int64")
    return size


def stratify(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the frame with `anomaly`, `stratum` and `size`; a listing without a price is a stratum of its own kind."""
    if frame.empty:
        return frame.assign(anomaly=pd.Series(dtype=bool), stratum="", size=pd.Series(dtype="int64"))
    prices = pd.to_numeric(frame["price"].map(lambda price: np.nan if price is None else float(price)))
    anomaly = scores(prices, frame["category"]).abs() > THRESHOLD
    base = frame["platform"] + "/" + frame["category"]
    stratum = base.where(prices.notna(), base + "/" + PRICE_INVALID)
    size = sizes(anomaly, frame["sales"])
    least = size.groupby(stratum).transform("min")
    return frame.assign(anomaly=anomaly, stratum=stratum, size=size.clip(upper=least * MOST_RATIO))


def _score(values: pd.Series, among: pd.Series) -> pd.Series:
    middle = among.median()
    deviation = (among - middle).abs()
    spread = deviation.median() / SCALE or MEAN_SCALE * deviation.mean()
    if not spread:
        return values.sub(middle).where(values.isna() | values.eq(middle), np.inf)
    return (values - middle) / spread
