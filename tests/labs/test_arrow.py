"""What passes between Arrow and NumPy keeps its values, whole and in part."""

import subprocess
import sys

import numpy as np
import pyarrow as pa

from labs.formats.arrow import codes_of, whole_numbers, words_of

TEXTS = pa.DictionaryArray.from_arrays(pa.array([1, 0, 1], pa.int32()), pa.array(["铅", "lead"]))


def test_texts_are_words() -> None:
    words = words_of(TEXTS)
    assert (words.codes.tolist(), words.words) == ([1, 0, 1], ("铅", "lead"))


def test_a_part_and_nothing_have_the_codes_of_theirs() -> None:
    assert codes_of(TEXTS[1:]).tolist() == [0, 1]
    assert codes_of(TEXTS[:0]).tolist() == []


def test_whole_numbers_are_the_same_in_arrow() -> None:
    assert whole_numbers(np.arange(6)[::2]).to_pylist() == [0, 2, 4]


def test_reading_a_file_loads_no_pandas() -> None:
    """It would take longer than the file."""
    code = """
import sys
from datetime import date
from labs.formats import Expected, csv, read
from tests.labs import bad_inputs
for data, name in ((bad_inputs.book(rows=2), "r.xlsx"), (b"lab_code,report_no,unit\\na,b,c\\n", "r.csv")):
    read(data, name, Expected("LAB1", None, date(2026, 11, 22)))
csv.read(b"lab_code,report_no,unit\\na,b,c\\n", large=0)
print("pandas" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code.replace("\\\\", "\\")], capture_output=True, check=True, text=True
    )
    assert done.stdout == "False\n"
