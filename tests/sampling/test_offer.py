"""An offer: the chosen rows as people see them, and a hash that tells rows apart by all they say."""

import hashlib

import pyarrow as pa

from sampling.mapping import Mapped
from sampling.offer import SHOWN, row_hashes, texts_of

EXPORT = Mapped(
    {"listing_id": "id", "platform": "site", "title": "name", "category": "kind", "price": "cost", "seller": "shop"},
    constants={"currency": "CNY"},
    categories={"玩具": "toys"},
    marks={"way": {"tv": ("live",)}},
)
ROWS = pa.table(
    {
        "id": ["x: 1", "y:2", "x:3"],
        "site": pa.array(["x", "x", "x"]).dictionary_encode(),
        "name": [" Lamp\u200d ", "b", None],
        "kind": ["玩具", "lamps", None],
        "cost": [9.9, None, 600000.0],
        "shop": pa.array([7, 8, None], pa.int32()),
        "way": ["tv", "tv", None],
    }
)


def test_a_row_is_shown_in_the_words_of_its_source() -> None:
    shown = texts_of(ROWS, EXPORT)
    assert shown.column_names == list(SHOWN)
    assert {str(kind) for kind in shown.schema.types} == {"string"}
    first, second, third = shown.to_pylist()
    assert first == {
        "listing_id": "x:1", "platform": "x", "item_id": "1", "url": "", "title": "Lamp\u200d", "category": "toys",
        "seller": "7", "brand": "", "currency": "CNY", "price": "9.9",
    }  # fmt: skip
    assert (second["listing_id"], second["item_id"], second["category"], second["price"]) == ("", "", "unknown", "")
    assert (third["category"], third["price"], third["title"]) == ("unknown", "600000", "")


def test_items_and_open_categories_are_shown_as_they_are() -> None:
    given = pa.table({"no": [" e\u0301 "], "kind": [" toys "]})
    [shown] = texts_of(given, Mapped({"item_id": "no", "category": "kind"}, {"platform": "mart"})).to_pylist()
    assert (shown["listing_id"], shown["item_id"], shown["category"]) == ("mart:\u00e9", "\u00e9", "toys")


def test_a_hash_tells_rows_apart_by_every_mapped_cell() -> None:
    [first, *_] = row_hashes(ROWS, EXPORT)
    said = "\t".join(
        ["x:1", "x", "1", "", "Lamp\u200d", "toys", "7", "", "CNY", "9.9", "", "", "", "", "", "", "", "", "tv"]
    )
    assert first == hashlib.sha256(said.encode()).hexdigest()
    assert row_hashes(ROWS.take([2, 0]), EXPORT)[1] == first
    for column, other in {"name": "Lampe", "cost": 9.8, "shop": 9, "way": "", "id": "x:4"}.items():
        place = ROWS.column_names.index(column)
        kind = ROWS.schema.field(column).type
        changed = ROWS[:1].set_column(place, column, pa.array([other], kind))
        assert row_hashes(changed, EXPORT) != [first], column
