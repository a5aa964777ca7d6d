"""Listings as a source gives them, so that a test names only what matters."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sampling.columns import GATHERED, MARKS, words

DEFAULT = {"platform": "x", "category": "toys", "seller": "", "currency": "CNY", "pack": "", "price": None,
           "sales": 0, "crawled_at": 0, "source": 0}  # fmt: skip


def listings(rows: Sequence[dict[str, Any]] = (), **columns: Sequence[Any]) -> pa.Table:
    """Give rows, or columns of one length, as a table; prices are whole ten-thousandths, ids and rows are numbered."""
    if columns:
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    full = [{"listing_id": f"x:{at:04}", "row": at + 2, **DEFAULT, **row} for at, row in enumerate(rows)]
    names = [*GATHERED, *(name for name in MARKS if full and name in full[0])]
    types = {**GATHERED, **MARKS}
    return pa.table({name: _column([row[name] for row in full], types[name]) for name in names})


def crawled(count: int, *, seed: int = 1) -> pa.Table:
    """Give generated rows: 3 % are twins, some alike in time, some in price too; some have no price; Chinese ids."""
    rng = np.random.default_rng(seed)
    first = np.arange(count - count * 3 // 100)
    which = rng.permutation(np.concatenate([first, rng.choice(first, count - len(first))]))
    names = [f"{'平台' if item % 7 == 0 else 'plat'}{item % 13}:{item * 37:x}" for item in range(len(first))]
    price = rng.permutation(np.maximum(1, np.exp(rng.normal(12, 1, len(first))).astype(int)))[which]
    price += 100 * rng.integers(0, 2, count)
    return pa.table(
        {
            "listing_id": pa.array([names[item] for item in which], pa.large_string()),
            "platform": words((which % 13).astype(np.int32), [f"plat{at}" for at in range(13)]),
            "category": words((which % 31).astype(np.int32), [f"cat{at}" for at in range(31)]),
            "seller": words((which % 101).astype(np.int32), [f"店{at}" for at in range(101)]),
            "currency": words(np.zeros(count, np.int32), ["CNY"]),
            "pack": words(rng.integers(0, 4, count, np.int32), ["", "500g", "12 x 250 ml", "many"]),
            "price": pa.array(price, pa.int64(), mask=rng.random(count) < 0.05),
            "sales": rng.integers(0, 100_000, count),
            "crawled_at": rng.integers(0, 3, count),
            "source": pa.array(rng.integers(0, 2, count), pa.int16()),
            "row": np.arange(2, count + 2),
            "live": rng.random(count) < 0.1,
            "complaints": pa.array(rng.integers(0, 300, count), pa.int32()),
        }
    )


def hashes(source: Any, row: Any) -> list[str]:
    """Give a row hash that many rows share and that is not in their order."""
    return [f"{number * 7919 % 11:064x}" for number in row]


def _column(values: list[Any], type_: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(type_):
        return pa.array(values, pa.string()).dictionary_encode().cast(type_)
    return pa.array(values, type_)
