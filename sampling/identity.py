"""Identity: the canonical id and the platform of every row of a source, or that it has none."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sampling.cell import Mask, bytes_of, suspicious, words_in
from sampling.columns import Bytes, Codes, Ints
from sampling.compiled import loops
from sampling.listing import canonical_text

COLON = 0x3A
LONGEST = 200
"""An id has at most so many bytes: sorting takes 2 KB for each place, so that one giant id would take gigabytes."""
_SPACE = r"[\s\v\x1c-\x1f\x{85}\pZ]"


def canonical(texts: pa.Array) -> pa.Array:
    """Give each text in NFC and trimmed, null where it is empty or holds a control character."""
    odd = suspicious(texts)
    if odd.any():
        clean = [usable(text) for text in texts.filter(pa.array(odd)).to_pylist()]
        texts = pc.replace_with_mask(texts, pa.array(odd), pa.array(clean, texts.type))
    empty = pc.equal(pc.binary_length(texts), 0)
    return pc.if_else(empty, pa.scalar(None, texts.type), texts) if pc.any(empty).as_py() else texts


def platforms_in(cells: pa.Array) -> pa.DictionaryArray:
    """Give each platform in its canonical word, empty where it cannot be part of an id."""
    return words_in(cells, lambda text: usable(text) or "")


def from_items(platform: pa.DictionaryArray, items: pa.Array) -> pa.Array:
    """Give `platform:item`, null where either cannot be used or both are too long for an id."""
    names = canonical(platform.dictionary.cast(pa.large_string()))
    ids = pc.binary_join_element_wise(names.take(platform.indices), canonical(items), pa.scalar(":", names.type))
    return _fitting(ids, np.ones(len(ids), bool))


def from_ids(ids: pa.Array, platform: pa.DictionaryArray | None) -> tuple[pa.Array, pa.DictionaryArray]:
    """Give ids that are whole already, null where they cannot be used, and their platforms.

    An id of another platform than its row names is of no use: one of the two is wrong.
    """
    ids = canonical(_tight(ids))
    known, names = ids.fill_null(""), platform or _leading(ids)
    fit = _led(known, names.indices.to_numpy(zero_copy_only=False), names.dictionary.cast(pa.large_string()))
    return _fitting(ids, fit), names


def usable(text: str) -> str | None:
    """Give a part of an id in its canonical form, None where it cannot be one."""
    try:
        return canonical_text(text)
    except ValueError:
        return None


def _tight(ids: pa.Array) -> pa.Array:
    # Spaces around the first colon belong to neither part.
    data, _ = bytes_of(ids)
    if data.min(initial=0xFF) > 0x20 and data.max(initial=0) < 0x80:
        return ids
    loose = pc.match_substring_regex(ids, rf"^[^:]*({_SPACE}:|:{_SPACE})")
    if not pc.any(loose).as_py():
        return ids
    parts = [text.partition(":") for text in ids.filter(loose).to_pylist()]
    tight = [f"{platform.strip()}:{item.strip()}" for platform, _, item in parts]
    return pc.replace_with_mask(ids, loose, pa.array(tight, ids.type))


def _leading(ids: pa.Array) -> pa.DictionaryArray:
    found = pc.extract_regex(ids, "^(?P<platform>[^:]*)")
    return platforms_in(found.field("platform").fill_null(""))


def _fitting(ids: pa.Array, fit: Mask) -> pa.Array:
    # Those that fit and are no longer than an id may be.
    _, places = bytes_of(ids)
    fit &= np.diff(places) <= LONGEST
    return ids if fit.all() else pc.if_else(pa.array(fit), ids, pa.scalar(None, ids.type))


def _led(ids: pa.Array, codes: Codes, names: pa.Array) -> Mask:
    # Compares the bytes of every id with its platform's and the colon behind it.
    data, places = bytes_of(ids)
    words, begins = bytes_of(names)
    if fast := loops(len(ids)):
        fit: Mask = np.empty(len(ids), bool)
        fast.led(data, places, codes, words, begins, fit)
        return fit
    return _plain_led(data, places, codes, words, begins)


def _plain_led(data: Bytes, places: Ints, codes: Codes, words: Bytes, begins: Ints) -> Mask:
    # Place by place, among those that still agree.
    long = np.diff(begins)[codes]
    fit: Mask = (long > 0) & (np.diff(places) > long + 1)
    rows = np.flatnonzero(fit)
    rows = rows[data[places[rows] + long[rows]] == COLON]
    fit[:] = False
    same, place = rows, 0
    while len(rows):
        done = long[rows] == place
        fit[rows[done]] = True
        rows = rows[~done]
        same = data[places[rows] + place] == words[begins[codes[rows]] + place]
        rows, place = rows[same], place + 1
    return fit
