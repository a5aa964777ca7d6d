"""Framing: the places of a draw become the listings that people see, read again from the sources as they were kept."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.gathering import mapping_at
from flows.wiring import World, take_rows
from sampling.columns import SCALE, Ints
from sampling.frame import read_part
from sampling.frozen import Frozen, SourceFile
from sampling.mapping import Mapped
from sampling.offer import texts_of
from sampling.places import Place
from sampling.plan import is_targeted
from sampling.risk import explain
from storage.frames import Framed


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says of one offer, and the price that the frame took from it."""

    texts: dict[str, str]
    price: Decimal | None


SHOWN = ("listing_id", "platform", "item_id", "url", "title", "category", "seller", "brand")


def framed(world: World, frozen: Frozen, rows: Mapping[str, int], places: Sequence[Place]) -> list[Framed]:
    """Give the listing of each place, whose row in the frozen frame is known by its id, as the source had it."""
    index = _index(world, frozen, rows)
    said = _said(world, frozen, index)
    whys = dict(zip(index.column("listing_id").to_pylist(), explain(index), strict=True))
    facts = {row["listing_id"]: row for row in index.to_pylist()}
    return [
        Framed(
            **{name: said[one.id].texts[name] for name in SHOWN}, price=said[one.id].price,
            currency=said[one.id].texts["currency"] or None, anomaly=facts[one.id]["anomaly"], stratum=one.stratum,
            size=one.size, ticket=str(one.ticket), rank=one.rank, drawn=one.selected,
            chance=None if is_targeted(one.stratum) else one.chance, why=whys[one.id],
        )
        for one in places
    ]  # fmt: skip


def rows_of(frame: pa.Table, places: Sequence[Place]) -> dict[str, int]:
    """Give the row of each place in a frame, by its id."""
    ids = frame.column("listing_id")
    rows = np.flatnonzero(np.asarray(pc.is_in(ids, value_set=pa.array([one.id for one in places], pa.large_string()))))
    return dict(zip(ids.take(pa.array(rows)).to_pylist(), rows.tolist(), strict=True))


def _index(world: World, frozen: Frozen, rows: Mapping[str, int]) -> pa.Table:
    index = pq.read_table(io.BytesIO(world.objects.get(frozen.index))).take(pa.array(rows.values(), pa.int64()))
    return index.append_column("listing_id", pa.array(rows, pa.large_string()))


def _said(world: World, frozen: Frozen, index: pa.Table) -> dict[str, Said]:
    number, row = index.column("source").to_numpy(), index.column("row").to_numpy()
    said: dict[str, Said] = {}
    for place in np.unique(number):
        rows = _rows(world, frozen.sources[int(place)], row[number == place])
        said |= {one.texts["listing_id"]: one for one in rows}
    return said


def _rows(world: World, source: SourceFile, rows: Ints) -> list[Said]:
    with world.objects.file(source.digest) as path:
        mapping = mapping_at(world.objects, source, path) or Mapped({})
        table = take_rows(path, rows, mapping)
    settled = mapping.settled(table.column_names)
    prices = read_part(table, settled).listings.column("price").to_pylist()
    texts = texts_of(table, settled).to_pylist()
    return [Said(text, None if price is None else Decimal(price) / SCALE)
            for text, price in zip(texts, prices, strict=True)]  # fmt: skip
