"""The order of bytes, whatever the texts have in common."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import compiled
from sampling.columns import texts
from sampling.sortkey import STATES, order

TEXTS = st.text(st.sampled_from("ab:\x00é平台𝟙\uffff"), max_size=6) | st.text(max_size=20)
SHARED = st.sampled_from(["", "plat", "平台:", "x" * 200])


def ordered(given_: list[str]) -> tuple[list[int], list[bool]]:
    rows, same = order(*texts(pa.table({"id": pa.array(given_, pa.large_string())}), "id"))
    return rows.tolist(), same.tolist()


def expected(given_: list[str]) -> tuple[list[int], list[bool]]:
    rows = sorted(range(len(given_)), key=lambda row: given_[row].encode())
    return rows, [at > 0 and given_[row] == given_[rows[at - 1]] for at, row in enumerate(rows)]


@settings(deadline=None)
@given(st.lists(st.builds(str.__add__, SHARED, TEXTS), max_size=40))
def test_texts_come_in_the_order_of_their_bytes(given_: list[str]) -> None:
    assert ordered(given_) == expected(given_)


@settings(deadline=None)  # the first one compiles
@given(st.lists(st.builds(str.__add__, SHARED, TEXTS), min_size=1, max_size=40))
def test_the_compiled_loops_give_the_same_order(given_: list[str]) -> None:
    pytest.importorskip("numba")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "LEAST", 0)
        assert ordered(given_) == expected(given_)


@pytest.mark.parametrize("fewest", [0, 1 << 30], ids=["compiled", "plain"])
def test_ids_of_several_words_that_agree_for_long_are_told_apart(fewest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if not fewest:
        pytest.importorskip("numba")
    monkeypatch.setattr(compiled, "LEAST", fewest)
    rng = np.random.default_rng(1)
    stems = ["".join(rng.choice(list("0123456789abcdef"), 40)) for _ in range(30)]
    given_ = [f"{stems[at % 30]}{at % 17}{'z' * (at % 5)}{stems[at % 7]}" for at in range(3000)]
    assert ordered(given_) == expected(given_)


@pytest.mark.parametrize("platforms", [3, STATES + 1])
def test_heads_come_before_tails_and_too_many_of_them_are_none(platforms: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr(compiled, "LEAST", 0)
    names = ["ab", "a", "ab:", "", *(f"shop-{at}" for at in range(platforms))]
    given_ = [f"{name}{end}" for at in range(40) for name in names for end in ("", ":", f":{at % 7}", f":{at}:{name}")]
    assert ordered(given_) == expected(given_)


@pytest.mark.parametrize("same", ["", "a", "平" * 300])
def test_texts_that_are_all_alike_keep_their_order(same: str) -> None:
    assert ordered([same] * 5) == ([0, 1, 2, 3, 4], [False, True, True, True, True])


def test_a_slice_is_sorted_by_its_own_texts() -> None:
    whole = pa.table({"id": pa.array(["z", "b", "", "a", "0"], pa.large_string())})
    assert order(*texts(whole.slice(1, 3), "id"))[0].tolist() == [1, 2, 0]
