"""Cells: what the columns of a source hold, as texts, words, whole numbers, flags and times, typed or not.

Each reader takes one Arrow array and answers for every row; what is empty or not a number is nothing, without a word.
"""

import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sampling.columns import Bytes, Ints
from sampling.listing import composed

Mask = NDArray[np.bool_]
LATEST = 32_503_680_000
"""The year 3000 in seconds: a larger number counts something else than seconds, which nobody should guess."""
_WHOLE = "^[0-9]{1,12}$"
_EPOCH = "^[0-9]{9,13}$"
_EXACT = 1 << 53
"""The whole numbers up to here are exact as doubles."""


@cache
def vocabulary() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Give the words that cells are read with, by kind and meaning."""
    table = tomllib.loads((files("sampling") / "cells.toml").read_text("utf-8"))
    return {kind: {name: tuple(of) for name, of in entry.items()} for kind, entry in table.items()}


def is_readable(kind: pa.DataType) -> bool:
    """Tell whether a column of the kind holds one plain value a row."""
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return not (pa.types.is_nested(inner) or pa.types.is_duration(inner) or _is_bytes(inner))


def whole(column: pa.ChunkedArray) -> pa.Array:
    """Give a column as one array, texts with 64-bit places so that any number of them fits."""
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    elif _is_text(column.type):
        column = column.cast(pa.large_string())
    return column.combine_chunks()


def texts_in(array: pa.Array) -> pa.Array:
    """Give each cell as a text, empty where it is null; a number without a fraction is written without a point."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
    if pa.types.is_floating(array.type):
        array = _float_texts(array)
    return array.cast(pa.large_string()).fill_null("")


def suspicious(texts: pa.Array) -> Mask:
    """Tell of each text whether it may be other than it looks: bytes outside printable ASCII, a space at an end."""
    data, places = bytes_of(texts)
    data, places = data[places[0] : places[-1]], places - places[0]
    found = np.zeros(len(texts), bool)
    if data.min(initial=0xFF) > 0x20 and data.max(initial=0) < 0x7F:
        return found
    odd = np.flatnonzero((data - np.uint8(0x20)) > np.uint8(0x5E))
    # The last text that begins at or before an odd byte holds it; empty texts begin where the next one does.
    found[np.searchsorted(places, odd, side="right") - 1] = True
    filled = np.flatnonzero(places[1:] > places[:-1])
    first, last = places[:-1][filled], places[1:][filled] - 1
    found[filled[(data[first] == 0x20) | (data[last] == 0x20)]] = True
    return found


def bytes_of(texts: pa.Array) -> tuple[Bytes, Ints]:
    """Give the bytes of large texts and the n + 1 places in them where they begin and end."""
    if not len(texts):
        return np.empty(0, np.uint8), np.zeros(1, np.int64)
    _, ends, data = texts.buffers()
    whole_data = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    return whole_data, np.frombuffer(ends, np.int64)[texts.offset : texts.offset + len(texts) + 1]


def words_in(array: pa.Array, clean: Callable[[str], str] | None = None) -> pa.DictionaryArray:
    """Give each cell as a word, each word once; empty where the cell is.

    `clean` is asked for the words alone that may be other than they look; without it they are made by `word`.
    """
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    names, of = texts_in(encoded.dictionary), encoded.indices
    if of.null_count:
        of, names = of.fill_null(len(names)), pa.concat_arrays([names, pa.array([""], names.type)])
    odd = suspicious(names)
    if odd.any() or len(names) != len(encoded.dictionary) or encoded.dictionary.null_count:
        better = [(clean or word)(text) for text in names.filter(pa.array(odd)).to_pylist()]
        again = pc.replace_with_mask(names, pa.array(odd), pa.array(better, names.type)).dictionary_encode()
        of, names = again.indices.take(of), again.dictionary
    return pa.DictionaryArray.from_arrays(of.cast(pa.int32()), names.cast(pa.string()))


def word(text: str) -> str:
    """Give a text as a word: composed, trimmed, and with a space for every control character."""
    return "".join(" " if char < " " or "\x7f" <= char < "\xa0" else char for char in composed(text)).strip()


def wholes_in(array: pa.Array, most: int) -> tuple[Ints, Mask]:
    """Give whole numbers from 0 to `most`, and which cells are none; these and the empty ones are 0."""
    kind = array.type
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _bounded(array, most)
    names = words_in(array)
    plain = np.asarray(pc.match_substring_regex(names.dictionary, _WHOLE))
    numbers = np.full(len(plain), -1, np.int64)
    numbers[plain] = names.dictionary.filter(pa.array(plain)).cast(pa.int64())
    numbers[np.asarray(pc.equal(names.dictionary, ""))] = 0
    found = numbers[np.asarray(names.indices)]
    bad = (found < 0) | (found > most)
    return np.where(bad, 0, found), bad


def flags_in(array: pa.Array) -> tuple[Mask, Mask]:
    """Give which cells say yes, and which say neither yes nor no; these and the empty ones are no."""
    kind, said = array.type, vocabulary()["flag"]
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        numbers, bad = _bounded(array, 1)
        return numbers > 0, bad
    names = words_in(array)
    known = [name.casefold() for name in names.dictionary.to_pylist()]
    yes = np.array([name in said["yes"] for name in known], bool)
    no = np.array([name == "" or name in said["no"] for name in known], bool)
    of = np.asarray(names.indices)
    return yes[of], ~(yes | no)[of]


def times_in(array: pa.Array) -> tuple[Ints, Mask]:
    """Give seconds since 1970, and which cells say no time; a time without a zone is taken as UTC."""
    kind = array.type
    if pa.types.is_temporal(kind) and not pa.types.is_time(kind):
        return _bounded(array.cast(pa.timestamp("us", "UTC"), safe=False).cast(pa.int64()), LATEST, parts=1_000_000)
    if pa.types.is_integer(kind):
        return _bounded(array, LATEST)
    if pa.types.is_floating(kind):
        return _bounded(pc.floor(array), LATEST)
    names = words_in(array)
    plain = np.asarray(pc.match_substring_regex(names.dictionary, _EPOCH))
    seconds = np.zeros(len(plain), np.int64)
    seconds[plain] = names.dictionary.filter(pa.array(plain)).cast(pa.int64())
    seconds[~plain] = [_seconds(text) for text in names.dictionary.filter(pa.array(~plain)).to_pylist()]
    seconds[seconds > LATEST] = -1
    found = seconds[np.asarray(names.indices)]
    return np.where(found < 0, 0, found), found < 0


def _seconds(text: str) -> int:
    if not text:
        return 0
    try:
        at = datetime.fromisoformat(text)
        return max(int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() // 1), -1)
    except (ValueError, OverflowError):
        return -1


def _bounded(array: pa.Array, most: int, *, parts: int = 1) -> tuple[Ints, Mask]:
    given = array.cast(pa.uint8()) if pa.types.is_boolean(array.type) else array
    numbers = given.fill_null(0).to_numpy(zero_copy_only=False)
    if numbers.dtype.kind == "f":
        numbers = np.where(np.isnan(numbers), 0, numbers.astype(np.float64))
        bad = (numbers < 0) | (numbers > most) | (numbers != np.rint(numbers))
    else:
        numbers = numbers // parts
        bad = (numbers < 0) | (numbers > most)
    return (np.where(bad, 0, numbers) if bad.any() else numbers).astype(np.int64, copy=False), bad


def _float_texts(array: pa.Array) -> pa.Array:
    array = array.cast(pa.float32()) if pa.types.is_float16(array.type) else array
    numbers: NDArray[Any] = array.fill_null(np.nan).to_numpy(zero_copy_only=False)
    plain = (np.abs(numbers) < _EXACT) & (numbers == np.rint(numbers))
    whole_numbers = pa.array(np.where(plain, numbers, 0).astype(np.int64)).cast(pa.large_string())
    texts = pc.if_else(pa.array(plain), whole_numbers, array.cast(pa.large_string()))
    return pc.if_else(pa.array(np.isnan(numbers)), pa.scalar(None, pa.large_string()), texts)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
                or pa.types.is_binary_view(kind))  # fmt: skip
