"""Gathering: real listings become a frame with strata, and nothing in them stops the draw."""

import gzip
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from flows.gathering import Gathered, gather
from flows.wiring import World
from sampling.design import Design
from sampling.errors import ImpossiblePlan
from sampling.risk import PRICE_INVALID
from storage import clock
from tests import build
from tests.shared import shared

REAL = shared("listings_cn.csv.gz")
CUT = Path(__file__).resolve().parents[1] / "examples" / "frames" / "listings-cut.csv"
COLUMNS = ["listing_id", "price", "stratum", "size", "anomaly"]
OURS = "platform,item_id,url,title,category,seller,brand,price,currency"


def gathered(world: World, *files: bytes, design: Design = build.AT_ONCE, mapping: str = "") -> Gathered:
    """Gather files of all categories, the first of them by a mapping of its own if there is one."""
    kept = [world.objects.put(data) for data in files]
    with world.database.unit() as unit:
        made = build.campaign(unit, platforms=(), categories=(), files=kept, design=design)
        if mapping:
            made = replace(made, mappings={kept[0]: world.objects.put(mapping.encode())})
        return gather(world, made, clock.now(unit))


def told(found: Gathered) -> list[tuple[str, int, str, str]]:
    rows = found.findings.to_pylist()
    return [(row["source"], row["row"], row["column"], row["reason"]) for row in rows]


@pytest.fixture(scope="module")
def real() -> bytes:
    if not REAL.exists():
        pytest.skip("the real listings are not on this machine")
    return REAL.read_bytes()


@pytest.mark.parametrize("packed", [False, True])
def test_a_cut_of_the_real_listings_reports_exactly_its_gaps(world: World, packed: bool) -> None:
    data = CUT.read_bytes()
    found = gathered(world, gzip.compress(data) if packed else data)
    assert Counter(one[2:] for one in told(found)) == {
        ("category", "category_missing"): 6,
        ("price", "price_missing"): 9,
    }
    assert len(found.frame) == 40
    ids = found.frame.column("listing_id").to_pylist()
    assert ids == sorted(ids)
    assert {len(id_.partition(":")[2]) for id_ in ids} == {9, 11, 12}


def test_the_real_listings_become_a_frame_in_which_every_listing_has_a_chance(world: World, real: bytes) -> None:
    found = gathered(world, real)
    assert Counter(one[2:] for one in told(found)) == {
        ("category", "category_missing"): 60, ("price", "price_missing"): 603,
    }  # fmt: skip
    assert all(2 <= row <= 4400 for _, row, _, _ in told(found))
    frame = found.frame.select(COLUMNS).to_pandas()
    assert len(frame) == 4399
    assert (frame["size"] > 0).all()
    ratio = frame.groupby("stratum", observed=True)["size"].agg(["min", "max"])
    assert (ratio["max"] <= 20 * ratio["min"]).all()
    unpriced = frame["price"].isna()
    assert frame.loc[unpriced, "stratum"].astype(str).str.endswith(PRICE_INVALID).all()
    assert int(unpriced.sum()) == 603
    assert 0 < int(frame["anomaly"].sum()) < len(frame) / 10


def test_the_order_of_the_rows_changes_nothing(world: World, real: bytes) -> None:
    head, *lines = gzip.decompress(real).decode().splitlines(keepends=True)
    again = gathered(world, (head + "".join(lines[::-1])).encode()).frame.select(COLUMNS)
    first = gathered(world, real).frame.select(COLUMNS)
    assert first.unify_dictionaries().to_pylist() == again.unify_dictionaries().to_pylist()


def test_a_listing_of_two_sources_is_one_and_said_to_be_twice(world: World) -> None:
    rows = [f"p,{n},u,t,toys,s,b,{price},CNY" for n, price in ((1, 9), (2, 8))]
    first, second = ("\n".join([OURS, *rows[start:], ""]).encode() for start in (0, 1))
    found = gathered(world, first, second.replace(b"8", b"7"))
    assert found.frame.column("price").to_pylist() == [90000, 70000]
    assert told(found) == [(found.sources[0].name, 3, "listing_id", "duplicate")]


def test_marks_of_a_source_of_their_own_raise_the_points(world: World) -> None:
    listings = "\n".join([OURS, *(f"p,{n},u,t,toys,s{n},b,10,CNY" for n in range(3)), ""]).encode()
    marks = b"platform,item_id,live,complaints\np,1,yes,6\np,99,no,1\n"
    found = gathered(world, listings, marks)
    assert found.frame.column("points").to_pylist() == [0, 16, 0]
    assert told(found) == [(found.sources[1].name, 3, "listing_id", "mark_without_listing")]


def test_a_mapping_of_its_own_reads_a_file_with_other_columns(world: World) -> None:
    data = "编号,品类,标价\n7,玩具,39.9-59.9\n8,玩具,面议\n9,玩具,5\n".encode()
    mapping = """
columns = { item_id = "编号", category = "品类", price = "标价" }
constants = { platform = "mart", currency = "CNY" }
categories = { "玩具" = "toys" }
"""
    found = gathered(world, data, mapping=mapping)
    assert [one[1:] for one in told(found)] == [(2, "标价", "price_range"), (3, "标价", "price_on_request")]
    assert found.frame.column("stratum").to_pylist() == [
        f"mart/toys/{PRICE_INVALID}", f"mart/toys/{PRICE_INVALID}", "mart/toys",
    ]  # fmt: skip


def test_picks_are_taken_whole_and_one_that_is_nowhere_is_refused(world: World) -> None:
    data = "\n".join([OURS, *(f"p,{n},u,t,toys,s,b,10,CNY" for n in range(4)), ""]).encode()
    found = gathered(world, data, design=Design(picks={"p:2": "tip-off"}))
    strata = pc.value_counts(found.frame.column("stratum").cast(pa.string())).to_pylist()
    assert {row["values"]: row["counts"] for row in strata} == {"p/toys": 3, "targeted/tip-off": 1}
    with pytest.raises(ImpossiblePlan, match="p:9"):
        gathered(world, data, design=Design(picks={"p:9": "tip-off"}))
