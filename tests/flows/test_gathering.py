"""Gathering: real listings become strata with a price of their own, and nothing in them stops the draw."""

import csv
import gzip
from pathlib import Path

import pandas as pd
import pytest

from flows.gathering import read_bytes
from sampling.frame import join
from sampling.risk import PRICE_INVALID, stratify
from tests.shared import shared

REAL = shared("listings_cn.csv.gz")
CUT = Path(__file__).resolve().parents[1] / "examples" / "frames" / "listings-cut.csv"
BARE = {"price": "price_missing", "category": "category_missing"}


@pytest.fixture(scope="module")
def real() -> bytes:
    if not REAL.exists():
        pytest.skip("the real listings are not on this machine")
    return REAL.read_bytes()


@pytest.mark.parametrize("packed", [False, True])
def test_a_cut_of_the_real_listings_reports_exactly_its_gaps(packed: bool) -> None:
    data = CUT.read_bytes()
    gathered = read_bytes(gzip.compress(data) if packed else data)
    assert list(gathered.findings.itertuples(index=False, name=None)) == [
        *((row, "category", BARE["category"], "") for row in (23, 26, 27, 28)),
        *((row, "price", BARE["price"], "") for row in range(29, 36)),
        *((row, column, reason, "") for row in (36, 37) for column, reason in BARE.items()),
    ]
    frame = stratify(join([gathered])).set_index("item_id")
    assert len(frame) == 40
    lines = list(csv.DictReader(data.decode().splitlines()))
    assert {line["item_id"] for line in lines} == set(frame.index)
    assert [line["item_id"] for line in lines if not line["price"]] == [
        id_ for id_ in (line["item_id"] for line in lines) if frame.loc[id_, "price"] is None
    ]
    assert {len(line["item_id"]) for line in lines} == {9, 11, 12}


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
