"""What passes between Arrow and NumPy, by their buffers: Arrow's own ways load pandas, which takes its time."""

import numpy as np
import pyarrow as pa

from labs.columns import Codes, Ints, Words


def whole_numbers(array: Ints) -> pa.Int64Array:
    """Give whole numbers as Arrow's."""
    return pa.Array.from_buffers(pa.int64(), len(array), [None, pa.py_buffer(np.ascontiguousarray(array, np.int64))])


def codes_of(texts: pa.DictionaryArray) -> Codes:
    """Give each text's place in the dictionary; none of them may be missing."""
    indices = texts.indices
    if not len(indices):
        return np.zeros(0, np.int32)  # which may have no buffer
    codes: Codes = np.frombuffer(indices.buffers()[1], np.int32, len(indices), 4 * indices.offset)
    return codes


def words_of(texts: pa.DictionaryArray) -> Words:
    """Give the texts, none of them missing, each different one once."""
    return Words(codes_of(texts), tuple(texts.dictionary.to_pylist()))
