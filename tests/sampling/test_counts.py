"""Counts of whole numbers: parts add up to the whole, and medians are those of the numbers."""

from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.counts import Counts, count, join, merge, middle, total

NUMBERS = st.lists(st.tuples(st.integers(0, 2), st.integers(-9, 9) | st.integers(-(10**12), 10**12)), max_size=40)


def counted(pairs: list[tuple[int, int]]) -> Counts[str]:
    group, values = (np.array(side, np.int64) for side in (zip(*pairs, strict=True) if pairs else ([], [])))
    return count(group, ["a", "b", "c"], values)


def plain(counts: Counts[str]) -> dict[str, list[int]]:
    return {name: np.repeat(*numbers).tolist() for name, numbers in counts.groups.items()}


@given(NUMBERS)
def test_each_number_is_counted_in_its_group(pairs: list[tuple[int, int]]) -> None:
    expected = {"abc"[at]: sorted(value for group, value in pairs if group == at) for at in range(3)}
    assert plain(counted(pairs)) == {name: values for name, values in expected.items() if values}


@given(NUMBERS, st.integers(0, 40))
def test_parts_add_up_to_the_whole(pairs: list[tuple[int, int]], cut: int) -> None:
    whole = counted(pairs[:cut]) + counted(pairs[cut:])
    assert plain(whole) == plain(counted(pairs))
    assert plain(Counts[str]() + whole) == plain(whole)
    assert plain(merge([whole, Counts(), whole])) == plain(whole + whole)


@given(st.lists(st.lists(st.integers(-9, 9), min_size=1, max_size=9), min_size=1, max_size=4))
def test_twice_the_median_is_that_of_the_numbers(groups: list[list[int]]) -> None:
    joined = join(counted([(0, value) for value in values]).groups["a"] for values in groups)
    assert middle(joined) == 2 * median(value for values in groups for value in values)
    assert total(joined) == sum(map(len, groups))


@pytest.mark.parametrize("far", [50, 10**15])
def test_far_numbers_are_counted_like_near_ones(far: int) -> None:
    assert plain(counted([(2, far), (0, 1), (0, far), (0, 1)])) == {"a": [1, 1, far], "c": [far]}
