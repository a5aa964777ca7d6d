"""Gathering: real listings become strata with a price of their own, and nothing in them stops the draw."""

from pathlib import Path

import pandas as pd
import pytest

from flows.gathering import read_bytes
from sampling.frame import join
from sampling.risk import PRICE_INVALID, stratify

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "listings_cn.csv.gz"


@pytest.fixture(scope="module")
def real() -> bytes:
    if not REAL.exists():
        pytest.skip("the real listings are not on this machine")
    return REAL.read_bytes()


def test_the_real_listings_report_each_gap_by_row_and_column(real: bytes) -> None:
    gathered = read_bytes(real)
    counts = gathered.findings.groupby(["column", "reason"]).size().to_dict()
    assert counts == {("category", "category_missing"): 60, ("price", "price_missing"): 603}
    assert len(gathered.listings) == 4399
    assert gathered.findings["row"].between(2, 4400).all()


def test_the_real_listings_become_a_frame_in_which_every_listing_has_a_chance(real: bytes) -> None:
    frame = stratify(join([read_bytes(real)]))
    assert len(frame) == 4399
    assert (frame["size"] > 0).all()
    ratio = frame.groupby("stratum")["size"].agg(["min", "max"])
    assert (ratio["max"] <= 20 * ratio["min"]).all()
    unpriced = frame["price"].isna()
    assert (frame.loc[unpriced, "stratum"].str.endswith(PRICE_INVALID)).all()
    assert int(unpriced.sum()) == 603
    assert 0 < int(frame["anomaly"].sum()) < len(frame) / 10


def test_the_order_of_the_rows_changes_nothing(real: bytes) -> None:
    frame = stratify(join([read_bytes(real)]))
    table = pd.read_csv(REAL, dtype=str, keep_default_na=False).iloc[::-1]
    again = stratify(join([read_bytes(table.to_csv(index=False).encode())]))
    columns = ["listing_id", "price", "stratum", "size", "anomaly"]
    pd.testing.assert_frame_equal(frame[columns], again[columns])
