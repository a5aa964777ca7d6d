"""Nominees of parts are those of the whole, by every engine, and settle into the order of each stratum alone."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import nominee
from sampling.draw import Drawn, Unit, draw_stratum
from sampling.nominee import NOMINEE, nominees, settled, thinned
from sampling.tally import Shares, count, shares
from tests.sampling import draws
from tests.sampling.test_draw import SEED

Units = Mapping[str, Sequence[Unit]]
COLUMNS = ("listing_id", "size", "ticket", "rank", "selected", "certain")


def order(ranked: pa.Table) -> dict[str, list[Drawn]]:
    strata: dict[str, list[Drawn]] = {}
    for row in ranked.to_pylist():
        strata.setdefault(row["stratum"], []).append(Drawn(*(row[name] for name in COLUMNS)))
    return strata


def plain(units: Units, n: Mapping[str, int], reserve: int, seed: str = SEED) -> dict[str, list[Drawn]]:
    drawn = {name: list(draw_stratum(held, n.get(name, 0), seed, reserve=reserve)) for name, held in units.items()}
    return {name: items for name, items in drawn.items() if items}


def asked(units: Units, n: Mapping[str, int]) -> tuple[pa.Table, Shares]:
    frame = draws.frame(units)
    return frame, shares(count(frame), n)


@pytest.mark.parametrize("engine", nominee.ENGINES)
@pytest.mark.parametrize("seed", range(6))
def test_the_order_is_that_of_each_stratum_alone(engine: str, seed: int) -> None:
    units, n = draws.some(seed, zero=True)
    frame, held = asked(units, n)
    found = nominees(frame, held, SEED, reserve=4, engine=engine)
    assert set(found.column_names) == set(NOMINEE)
    assert order(settled(found, held, reserve=4)) == plain(units, n, 4)


def large(listings: int, most: int) -> Units:
    dice = np.random.default_rng(5)
    sizes = {"even": np.full(listings, 7), "wide": dice.integers(1, most, listings), "few": dice.integers(1, 9, 30)}
    return {name: [(f"{name}:{at}", int(size)) for at, size in enumerate(held)] for name, held in sizes.items()}


@pytest.mark.parametrize(("most", "n"), [(20, 3), (20, 400), (10**6, 40), (10**6, 2900)])
def test_large_strata_are_searched_below_a_bound_and_again_where_it_was_too_low(most: int, n: int) -> None:
    units, wanted = large(3000, most), {"even": n, "wide": n, "few": 5}
    frame, held = asked(units, wanted)
    found = nominees(frame, held, SEED, reserve=10)
    assert order(settled(found, held, reserve=10)) == plain(units, wanted, 10)
    assert found.num_rows < 2 * n + 40 if n < 2900 else found.num_rows >= 2 * n


def test_a_bound_that_was_too_low_is_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stratum of which the first look finds nothing is looked at as a whole, the others are left as they are."""
    units = {**large(500, 20), "even": [(f"even:{at}", 7) for at in range(500)]}
    wanted = {"even": 4, "wide": 4, "few": 5}
    frame, held = asked(units, wanted)
    real, looked = nominee._below, []

    def below(part: pa.Table, group: object, at: Shares, seed: str, bound: np.ndarray) -> pa.Table:
        looked.append(part.num_rows)
        low = np.where(np.array(at.strata) == "even", 0.0, bound) if len(looked) == 1 else bound
        return real(part, group, at, seed, low)  # type: ignore[arg-type]

    monkeypatch.setattr(nominee, "_below", below)
    found = nominees(frame, held, SEED, reserve=3)
    assert looked == [1030, 500]
    assert order(settled(found, held, reserve=3)) == plain(units, wanted, 3)


@settings(deadline=None)
@given(
    seed=st.integers(0, 10**6), cuts=st.lists(st.integers(0, 160), max_size=4), reserve=st.integers(0, 9),
    cap=st.integers(0, 3), block=st.sampled_from([3, 1000]),
)  # fmt: skip
def test_any_split_gives_the_nominees_of_the_whole(
    seed: int, cuts: list[int], reserve: int, cap: int, block: int
) -> None:
    units, n = draws.some(seed, zero=True)
    frame, held = asked(units, n)
    merchants = pa.array([f"m{sum(id_.encode()) % 5}" for id_ in frame["listing_id"].to_pylist()]).dictionary_encode()
    frame = frame.append_column("merchant", merchants)
    whole = settled(nominees(frame, held, SEED, reserve=reserve, cap=cap), held, reserve=reserve, cap=cap)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nominee, "BLOCK", block)
        for engine in nominee.ENGINES:
            edges = sorted({0, *cuts, frame.num_rows})
            parts = [frame.slice(start, stop - start) for start, stop in pairwise(edges)][::-1]
            found = [nominees(part, held, SEED, reserve=reserve, cap=cap, engine=engine) for part in parts]
            together = thinned(pa.concat_tables(found, promote_options="none"), held, reserve=reserve, cap=cap)
            assert settled(together, held, reserve=reserve, cap=cap).to_pylist() == whole.to_pylist()


def test_equal_and_almost_equal_keys_stand_in_their_exact_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tickets that no hash would give: keys that are the same as floats, and some that are the same at all."""
    units = {"s": [(f"p:{at:03}", 3) for at in range(60)]}
    close = {f"p:{at:03}": (1 << 62) - (at % 7) for at in range(60)}
    monkeypatch.setattr(nominee, "tickets", lambda ids, _: np.array([close[id_] for id_ in ids.to_pylist()], np.uint64))
    frame, held = asked(units, {"s": 10})
    found = nominees(frame, held, SEED, reserve=2)
    assert found.num_rows == 60
    expected = sorted(close, key=lambda id_: (close[id_], id_))[:12]
    assert settled(found, held, reserve=2)["listing_id"].to_pylist() == expected


def test_an_empty_part_has_no_nominees() -> None:
    frame, held = asked({"s": [("p:1", 1)]}, {"s": 1})
    for engine in nominee.ENGINES:
        assert nominees(frame.slice(0, 0), held, SEED, reserve=1, engine=engine).num_rows == 0
