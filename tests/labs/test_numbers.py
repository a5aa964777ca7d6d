"""Plain numbers are found all at once as they are found one by one."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labs.columns import Words
from labs.formats.numbers import plain_numbers

PLAIN = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)
ODD = [
    "", "1.", ".1", ".", "..", "1.2.3", "1\0", "\0", "1.0\0", "٣", "１", "1e5", "-1", "1 ", "1\n", "1" * 13, "1" * 20,
    "1" * 12 + ".1234567", "0.", "x" * 50,
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_a_text_of_another_shape_is_no_plain_number(text: str) -> None:
    numbers = plain_numbers(Words.of([text, "12.50"]))
    assert (numbers.at(0), str(numbers.at(1))) == (None, "12.50")


@settings(max_examples=50)
@given(st.lists(st.one_of(st.from_regex(r"[0-9]{0,14}\.?[0-9]{0,8}", fullmatch=True), st.text("0.1\0 ", max_size=21))))
@example([])
def test_plain_numbers_are_the_digits_and_places_of_their_texts(texts: list[str]) -> None:
    numbers = plain_numbers(Words.of(texts))
    for row, text in enumerate(texts):
        found = numbers.at(row)
        assert (found is not None) == (PLAIN.fullmatch(text) is not None)
        assert found is None or f"{found:f}" == text.lstrip("0").rjust(len(f"{found:f}"), "0")
