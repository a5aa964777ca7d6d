"""Frames to measure on: skewed listings with repeated crawls, always the same ones, as Parquet under var/bench.

The columns are those of a crawl: `listing_id platform merchant_id category price monthly_sales channel past_fails
complaints crawled_at`. Three rows in a hundred repeat a listing and one in a hundred has no usable price.
"""

import os
import sys
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sampling.digest import sha256

FOLDER = Path(__file__).parent.parent / "var" / "bench"
SIZES = {"100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}
REPEATED = 0.03
GROUP = 500_000
SEED = 20260101
BEGIN = 1_735_689_600

PLATFORMS = ("mart", "bazaar", "fair", "market-north", "pier", "lanes", "stall", "yard", "quay", "arcade", "row",
             "corner-shop", "depot", "exchange")  # fmt: skip
ABOVE = ("food", "toys", "home", "wear", "electric", "beauty", "baby", "tools")
TREE = {f"{above}-{place}": above for above in ABOVE for place in range(8)}
"""The parent of each of 64 categories: with 14 platforms, 896 strata."""
CHANNELS = ("shelf", "livestream", "shortvideo", "influencer")

Codes = NDArray[np.int64]


def frame(name: str) -> Path:
    """Give the file of a frame of this name in `SIZES`; a process of its own makes it when it is not there."""
    # A frame that another edition of this module made is another frame.
    path = FOLDER / f"frame-{name}-{sha256(Path(__file__).read_bytes())[:8]}.parquet"
    if not path.exists():
        for old in FOLDER.glob(f"frame-{name}-*"):
            old.unlink()
        made = get_context("spawn").Process(target=make, args=(path, SIZES[name]))
        made.start()
        made.join()
        if made.exitcode:
            raise SystemExit(f"the frame {name} could not be made")
    return path


def make(path: Path, listings: int) -> None:
    """Write so many listings and their repeats, a row group at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    dice, half = np.random.default_rng(SEED), path.with_suffix(".half")
    columns = crawl(dice, listings)
    writer = None
    for start in range(0, len(columns["item"]), GROUP):
        part = {name: column[start : start + GROUP] for name, column in columns.items()}
        table = worded(part)
        # Without Arrow's own schema: another's export says that a column is a text, not how it was held here.
        writer = writer or pq.ParquetWriter(half, table.schema, compression="zstd", store_schema=False)
        writer.write_table(table, row_group_size=GROUP)
    if writer:
        writer.close()
    os.replace(half, path)


def crawl(dice: np.random.Generator, listings: int) -> dict[str, NDArray[np.generic]]:
    """Give the columns as codes and numbers, in the order in which a crawler met them."""
    sellers = max(listings // 12, 10)
    seller = skewed(dice, sellers, 0.85, listings)
    home, main = skewed(dice, len(PLATFORMS), 1.1, sellers), skewed(dice, len(TREE), 0.7, sellers)
    strays = dice.random(listings) < 0.3
    category = np.where(strays, skewed(dice, len(TREE), 0.7, listings), main[seller])
    price = prices(dice, category)
    sales = np.minimum(dice.pareto(1.1, listings) * 8, 2_000_000).astype(np.int32)
    channel = dice.choice(len(CHANNELS), listings, p=[0.70, 0.16, 0.09, 0.05]).astype(np.int8)
    fails = dice.poisson(dice.gamma(0.15, 0.5, sellers)).astype(np.int16)
    complaints = dice.poisson(dice.gamma(0.3, 8, sellers)).astype(np.int32)
    # Items of 6 to 13 digits, each once.
    item = dice.permutation(listings) * 37 + 10 ** dice.integers(5, 13, listings)
    there_twice = np.ones(listings, bool)
    there_twice[np.unique(item, return_index=True)[1]] = False
    item[there_twice] = 10**13 + np.flatnonzero(there_twice)
    seen = BEGIN + dice.integers(0, 86_400 * 30, listings)
    # A few repeats are of the same second as the first, the others up to an hour apart; some became dearer.
    again = dice.choice(listings, int(listings * REPEATED), replace=False)
    order = dice.permutation(np.concatenate([np.arange(listings), again]))
    late = np.where(dice.random(len(order)) < 0.2, 0, dice.integers(0, 3600, len(order)))
    dearer = np.where(dice.random(len(order)) < 0.1, 1.05, 1.0)
    return {
        "item": item[order], "platform": home[seller[order]], "merchant": seller[order], "category": category[order],
        "price": np.round(price[order] * dearer, 2), "sales": sales[order], "channel": channel[order],
        "fails": fails[seller[order]], "complaints": complaints[seller[order]], "seen": seen[order] + late,
    }  # fmt: skip


def prices(dice: np.random.Generator, category: Codes) -> NDArray[np.float64]:
    """Give lognormal prices of each category, some out of line, some nought and some missing (NaN)."""
    middle, spread = dice.normal(4.2, 1.1, len(TREE)), dice.uniform(0.35, 0.9, len(TREE))
    price = np.exp(middle[category] + spread[category] * dice.standard_normal(len(category)))
    odd = dice.random(len(category)) < 0.015
    price[odd] *= np.exp(dice.choice([-2.8, 2.6], int(odd.sum())))
    price = price.clip(0.5, 200_000)
    fate = dice.random(len(category))
    price[fate < 0.005] = 0
    price[fate > 0.995] = np.nan
    return price


def skewed(dice: np.random.Generator, kinds: int, power: float, count: int) -> Codes:
    """Give codes of kinds whose shares fall with this power of their rank; which kind has which rank is drawn."""
    share = np.cumsum(1 / np.arange(1, kinds + 1) ** power)
    ranks = np.searchsorted(share, dice.random(count) * share[-1])
    codes: Codes = dice.permutation(kinds)[np.minimum(ranks, kinds - 1)]
    return codes


def worded(part: dict[str, NDArray[np.generic]]) -> pa.Table:
    """Give codes and numbers as the table that is written."""
    platform, ids = part["platform"], pa.array(part["item"]).cast(pa.string())
    names = pa.array(PLATFORMS).take(pa.array(platform))
    price = pa.array(part["price"], from_pandas=True)
    merchant = pc.binary_join_element_wise("shop", pa.array(part["merchant"]).cast(pa.string()), "-")
    return pa.table({
        "listing_id": pc.binary_join_element_wise(names, ids, ":"), "platform": names,
        "merchant_id": merchant, "category": pa.array(tuple(TREE)).take(pa.array(part["category"])), "price": price,
        "monthly_sales": part["sales"], "channel": pa.array(CHANNELS).take(pa.array(part["channel"])),
        "past_fails": part["fails"], "complaints": part["complaints"], "crawled_at": part["seen"],
    })  # fmt: skip


def main(names: Sequence[str]) -> int:
    """Make the frames that are not there and say where they are."""
    for name in names or SIZES:
        path = frame(name)
        rows = pq.ParquetFile(path).metadata.num_rows
        print(f"{path.relative_to(FOLDER.parent.parent)}: {rows} rows, {path.stat().st_size >> 20} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
