"""Tallies of parts add up, and what is taken from them is what every listing would give."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import tally
from sampling.draw import draw_stratum
from sampling.errors import RefusedDraw
from sampling.inclusion import probabilities, targets
from sampling.tally import Tally, chances, count, shares

Rows = Sequence[tuple[str, int]]


def table(rows: Rows) -> pa.Table:
    strata = pa.array([stratum for stratum, _ in rows], pa.string()).dictionary_encode()
    return pa.table({"stratum": strata, "size": pa.array([size for _, size in rows], pa.int64())})


def told(held: Tally) -> list[tuple[str, int, int]]:
    names = [held.strata[at] for at in held.stratum]
    return list(zip(names, held.size.tolist(), held.listings.tolist(), strict=True))


ROWS = [("b", 5), ("a", 3), ("b", 5), ("b", 2), ("层", 3)]


@pytest.mark.parametrize("grid", [0, tally.GRID])
def test_listings_are_counted_by_stratum_and_size(grid: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "GRID", grid)
    held = count(table(ROWS))
    assert told(held) == [("a", 3, 1), ("b", 2, 1), ("b", 5, 2), ("层", 3, 1)]
    assert held.counts() == {"a": 1, "b": 3, "层": 1}
    assert told(held + held) == [("a", 3, 2), ("b", 2, 2), ("b", 5, 4), ("层", 3, 2)]


def test_words_that_no_row_has_are_no_strata() -> None:
    part = table(ROWS).slice(0, 1)
    assert told(count(part)) == [("b", 5, 1)]
    assert told(count(part.slice(0, 0))) == []


rows = st.lists(st.tuples(st.sampled_from("xyz层"), st.integers(1, 40) | st.integers(1, 10**9)), max_size=60)


@settings(deadline=None)
@given(rows=rows, cut=st.integers(0, 60))
def test_any_split_adds_up_to_the_whole(rows: Rows, cut: int) -> None:
    assert told(count(table(rows[:cut])) + count(table(rows[cut:]))) == told(count(table(rows)))


@settings(deadline=None)
@given(rows=rows, n=st.dictionaries(st.sampled_from("xyz层w"), st.integers(0, 20)))
def test_shares_and_chances_are_those_of_every_listing(rows: Rows, n: dict[str, int]) -> None:
    held = count(table(rows))
    asked = shares(held, n)
    assert asked.strata == tuple(sorted({*(stratum for stratum, _ in rows), *n}))
    for at, name in enumerate(asked.strata):
        units = [(str(number), size) for number, (stratum, size) in enumerate(rows) if stratum == name]
        sizes = np.array([size for _, size in units], np.int64)
        drawn = draw_stratum(units, n.get(name, 0), "0" * 64, reserve=0) if units else ()
        assert (asked.n[at], asked.listings[at]) == (n.get(name, 0), len(units))
        assert sorted(item.size for item in drawn if item.certain) == sorted(sizes[sizes >= asked.certain[at]])
        if len(units):
            chance = chances(held, asked, np.full(len(units), at, np.int32), sizes)
            assert chance.tolist() == probabilities(sizes, int(asked.n[at])).tolist()
            assert targets(sizes, int(asked.n[at])).sum() == pytest.approx(min(asked.n[at], len(units)))


def test_sizes_beyond_counting_are_refused() -> None:
    with pytest.raises(RefusedDraw, match="more than a draw can count"):
        shares(count(table([("a", 10**17)] * 50)), {"a": 1})


def test_chances_that_nobody_asks_for_are_not_worked_out() -> None:
    uneven = [1, 2, 3, 4, 5]
    held = count(table([(stratum, size) for stratum in "ab" for size in uneven]))
    asked = shares(held, {"a": 2, "b": 2})
    alone = chances(held, asked, np.full(5, 1, np.int32), np.array(uneven))
    assert alone.tolist() == pytest.approx([0.12828935, 0.25838109, 0.39541878, 0.53986898, 0.67804181])
    nothing = chances(held, asked, np.zeros(0, np.int32), np.zeros(0, np.int64))
    assert len(nothing) == 0
