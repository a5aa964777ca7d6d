"""A frame in parts: the same files, the same findings and the same places as in one piece, whatever the parts."""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.freezing import Kept, keep
from flows.gathering import gather_from
from flows.parts import freeze_in_parts
from flows.pieces import Stores
from flows.slices import place_in_parts
from sampling.ceremony import DrawPlan
from sampling.design import PLAIN, Design
from sampling.errors import ImpossiblePlan, LoopingCategories, RefusedDraw
from sampling.framefile import parse
from sampling.frozen import SourceFile
from sampling.places import place
from storage.objects import Folder

SEED = "ab" * 32


def crawl_file(seed: int, listings: int = 3000, rows: int = 2000, group: int = 300) -> bytes:
    """Give a Parquet crawl of some of the listings: repeats, ties, odd prices and sellers, in row groups."""
    dice = np.random.default_rng(seed)
    item = dice.integers(0, listings, rows)
    price = np.where(dice.random(rows) < 0.1, np.nan, np.round(np.exp(dice.normal(3, 1.5, rows)), 2))
    table = pa.table({
        "platform": np.array(["mart", "bazaar", "摊位"])[item % 3], "item_id": [f"{n:d}" for n in item * 37],
        "url": ["u"] * rows, "title": [f"offer {n % 7}" for n in range(rows)], "brand": ["b"] * rows,
        "category": np.array(["toys", "food", "", "tools"])[item % 4], "currency": ["CNY"] * rows,
        "seller": [f"shop {n % 40}" if n % 9 else "" for n in item], "price": pa.array(price, from_pandas=True),
        "sales": dice.integers(0, 5000, rows), "crawled_at": 1_700_000_000 + dice.integers(0, 3, rows),
        "pack": np.array(["500g", "1kg", ""])[dice.integers(0, 3, rows)],
        "live": dice.random(rows) < 0.2,
    })  # fmt: skip
    file = io.BytesIO()
    pq.write_table(table, file, row_group_size=group)
    return file.getvalue()


def csv_file(seed: int) -> bytes:
    """Give the same as text, without the mark and with complaints."""
    table = pq.read_table(io.BytesIO(crawl_file(seed, rows=500))).drop_columns("live").to_pandas()
    table["complaints"] = range(len(table))
    data: bytes = table.to_csv(index=False).encode()
    return data


MARKS = (
    b"platform,item_id,influencer,complaints\nmart,111,yes,6\nbazaar,259,no,3\nmart,9999999,no,1\nmart,8888888,no,1\n"
)
SELLERS = "platform,seller,fails_24m\nmart,shop 3,2\n摊位,shop 5,1\nmart,nobody,1\n".encode()
MAPPING = """
columns = { platform = "platform", item_id = "item_id", title = "title", category = "category", price = "price" }
constants = { currency = "CNY" }
parents = { toys = "fun", food = "fun" }
"""
MIXED = (crawl_file(1), csv_file(2), MARKS, crawl_file(3, rows=700), b"\x00\xff\x00", SELLERS, crawl_file(4)[:-2000])


def stores_of(root: Path) -> Stores:
    return Stores(Folder(root / "objects"), Folder(root / "scratch"))


def sources_of(stores: Stores, files: Sequence[bytes], mapping: str = "") -> list[SourceFile]:
    chosen = stores.objects.put(mapping.encode()) if mapping else ""
    return [SourceFile(f"file {at}", stores.objects.put(data), chosen if at == 0 else "")
            for at, data in enumerate(files)]  # fmt: skip


def in_one(stores: Stores, sources: Sequence[SourceFile], design: Design = PLAIN, only: tuple[str, ...] = ()) -> Kept:
    return keep(
        stores.objects,
        gather_from(stores.objects, sources, categories=only, picks=design.picks, merchants=design.by_merchant),
        design,
    )


def assert_same(one: Kept, other: Kept) -> None:
    assert one.findings.to_pylist() == other.findings.to_pylist()
    assert one.strata == other.strata
    assert one.frozen == other.frozen


CASES: dict[str, tuple[Sequence[bytes], Design, tuple[str, ...]]] = {
    "everything at once": (MIXED, Design(picks={"mart:111": "tip-off", "bazaar:259": "recall"}), ()),
    "with merchants": (MIXED, Design(cap=2), ("toys", "food")),
    "one file": ((crawl_file(5),), PLAIN, ()),
    "a handful of rows": ((csv_file(6)[:400],), PLAIN, ()),
    "no category of it": ((crawl_file(5),), PLAIN, ("garden",)),
    "marks alone": ((MARKS, SELLERS), PLAIN, ()),
    "nothing": ((), Design(each=2), ()),
}


@pytest.mark.parametrize(("parts", "shares"), [(1, 1), (2, 3), (7, 1), (7, 7)])
@pytest.mark.parametrize("case", CASES)
def test_a_frame_in_parts_is_the_frame_in_one(case: str, parts: int, shares: int, tmp_path: Path) -> None:
    (files, design, only), stores = CASES[case], stores_of(tmp_path)
    sources = sources_of(stores, files)
    made = freeze_in_parts(stores, sources, parts=parts, shares=shares, design=design, categories=only)
    assert_same(made, in_one(stores, sources, design, only))


def test_the_cases_hold_what_they_are_there_for(tmp_path: Path) -> None:
    stores = stores_of(tmp_path)
    kept = in_one(stores, sources_of(stores, MIXED))
    said = {(row["column"], row["reason"]) for row in kept.findings.to_pylist()}
    assert {("listing_id", "duplicate"), ("price", "price_missing"), ("listing_id", "mark_without_listing"),
            ("seller", "mark_without_listing"), ("", "source_unreadable")} <= said  # fmt: skip


def test_the_tree_of_a_mapping_is_that_of_all_parts(tmp_path: Path) -> None:
    stores = stores_of(tmp_path)
    sources = sources_of(stores, (crawl_file(7, rows=90), csv_file(8)), MAPPING)
    assert_same(freeze_in_parts(stores, sources, parts=5), in_one(stores, sources))
    looping = sources_of(stores, (crawl_file(7),), MAPPING.replace('food = "fun"', 'fun = "toys"'))
    with pytest.raises(LoopingCategories):
        freeze_in_parts(stores, looping, parts=3)


def test_a_pick_that_is_in_no_part_is_refused(tmp_path: Path) -> None:
    stores = stores_of(tmp_path)
    with pytest.raises(ImpossiblePlan, match="mart:7"):
        freeze_in_parts(stores, sources_of(stores, MIXED), parts=4, design=Design(picks={"mart:7": "tip-off"}))


def plan_of(kept: Kept, n: int) -> DrawPlan:
    return DrawPlan(
        campaign="C", number=1, frame_sha256=kept.frozen.sha256, merkle_root=kept.frozen.merkle_root,
        listings=kept.frozen.listings, n={one.name: min(n, one.listings) for one in kept.strata}, reserve=3,
        rules="", code="", parties=(), sources=(),
    )  # fmt: skip


@pytest.mark.parametrize("n", [1, 5, 400])
def test_a_draw_in_parts_falls_on_the_same_places(n: int, tmp_path: Path) -> None:
    stores = stores_of(tmp_path)
    kept = in_one(stores, sources_of(stores, MIXED))
    frame, plan_ = parse(stores.objects.get(kept.frozen.sha256)), plan_of(kept, n)
    ids = frame.column("listing_id").to_pylist()
    whole = place(frame, plan_, SEED)
    for parts in (1, 7, 40):
        found, rows = place_in_parts(stores, kept.frozen.sha256, plan_, SEED, parts=parts)
        assert found == whole
        assert {ids[row]: row for row in rows.values()} == rows


def test_a_further_round_in_parts_leaves_out_what_was_taken(tmp_path: Path) -> None:
    stores = stores_of(tmp_path)
    kept = in_one(stores, sources_of(stores, MIXED))
    frame, plan_ = parse(stores.objects.get(kept.frozen.sha256)), plan_of(kept, 2)
    taken = [one.id for one in place(frame, plan_, SEED) if one.selected and one.stratum != "mart/toys"][:20]
    found, _ = place_in_parts(stores, kept.frozen.sha256, plan_, SEED, taken, parts=4)
    assert found == place(frame, plan_, SEED, taken)
    assert not {one.id for one in found} & set(taken)


def test_a_stratum_that_lacks_listings_is_refused_in_parts_too(tmp_path: Path) -> None:
    stores = stores_of(tmp_path)
    kept = in_one(stores, sources_of(stores, MIXED))
    with pytest.raises(RefusedDraw, match="the plan asks for 9999"):
        place_in_parts(stores, kept.frozen.sha256, replace(plan_of(kept, 1), n={"mart/toys": 9999}), SEED)
