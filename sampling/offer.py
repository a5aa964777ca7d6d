"""An offer: what chosen rows of a source say of it, as texts, to show it to people and to tell equals apart."""

import pyarrow as pa
import pyarrow.compute as pc

from sampling.cell import texts_in, whole, word
from sampling.digest import Digest, sha256
from sampling.frame import UNKNOWN, Rows, identities
from sampling.mapping import FIGURES, OURS, TEXTS, Mapped

SHOWN = ("listing_id", *TEXTS, "price")


def texts_of(table: pa.Table, mapping: Mapped) -> pa.Table:
    """Give the rows as texts: `listing_id platform item_id url title category seller brand currency price`.

    The category is the frame's own word for it, `price` what the source says; an unusable id is empty.
    """
    said = _said(table, mapping)
    return pa.table({name: pa.array(said[name], pa.string()) for name in SHOWN})


def row_hashes(table: pa.Table, mapping: Mapped) -> list[Digest]:
    """Give for each row the SHA-256 of all that the source says of the listing, a tab between.

    Rows of equal hashes are the same listing in the same words, so that either may stand for both.
    """
    said = _said(table, mapping)
    lines = zip(*(said[name] for name in (*OURS, *mapping.marks)), strict=True)
    return [sha256("\t".join(line).encode()) for line in lines]


def _said(table: pa.Table, mapping: Mapped) -> dict[str, list[str]]:
    rows = Rows(table, mapping, pa.array(range(len(table)), pa.int64()).to_numpy())
    ids, platform = identities(rows)
    listing_id = ids.fill_null("").to_pylist()
    said = {name: _texts(rows, name) for name in (*TEXTS, *FIGURES)}
    said |= {theirs: texts_in(whole(table.column(theirs))).to_pylist() for theirs in mapping.marks}
    said |= {"listing_id": listing_id, "platform": platform.dictionary_decode().to_pylist()}
    said["item_id"] = [id_[len(name) + 1 :] for id_, name in zip(listing_id, said["platform"], strict=True)]
    said["seller"] = [word(text) for text in said["seller"]]
    words, codes = [word(text) for text in said["category"]], mapping.categories
    said["category"] = [(codes.get(name, UNKNOWN) if codes else name) or UNKNOWN for name in words]
    return said


def _texts(rows: Rows, ours: str) -> list[str]:
    cells = rows.cells(ours)
    if cells is None:
        return [rows.mapping.constants.get(ours, "")] * len(rows.table)
    found: list[str] = pc.utf8_trim_whitespace(texts_in(cells)).to_pylist()
    return found
