"""Tickets of a whole column are those of sha256sum, compiled or not."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import compiled
from sampling.draw import ticket
from sampling.tickets import tickets
from tests.sampling.test_draw import SEED, UNITS


@pytest.fixture(params=["plain", "compiled"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test with hashlib alone, and with the compiled loops for any number of rows."""
    if request.param == "compiled":
        pytest.importorskip("numba")
    monkeypatch.setattr(compiled, "LEAST", 0 if request.param == "compiled" else 10**9)
    return str(request.param)


def every(ids: list[str]) -> list[int]:
    return [ticket(SEED, id_) for id_ in ids]


def test_ids_of_every_length(way: str) -> None:
    ids = [("p" * size) for size in range(121)]
    assert tickets(pa.array(ids), SEED).tolist() == every(ids)


def test_the_published_vectors(way: str) -> None:
    ids = [id_ for id_, _ in UNITS]
    assert tickets(pa.array(ids), SEED).tolist() == every(ids)
    assert tickets(pa.array(ids), SEED, threads=5).tolist() == every(ids)


def test_columns_in_pieces_and_parts(way: str) -> None:
    whole = pa.chunked_array([["p:1", "p:2"], [], ["平台:甲", "p:3"]]).cast(pa.large_string())
    assert tickets(whole.slice(1, 2), SEED).tolist() == every(["p:2", "平台:甲"])
    assert tickets(whole.slice(0, 0), SEED).tolist() == []
    assert tickets(pa.array(["p:3", "p:1", "p:3"]).dictionary_encode(), SEED).tolist() == every(["p:3", "p:1", "p:3"])


def test_a_seed_of_another_length_is_hashed_too(way: str) -> None:
    assert tickets(pa.array(["p:1"]), "seed").tolist() == [ticket("seed", "p:1")]


@settings(deadline=None)
@given(ids=st.lists(st.text(max_size=70), max_size=70))
def test_any_ids(ids: list[str]) -> None:
    pytest.importorskip("numba")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "LEAST", 0)
        assert tickets(pa.array(ids, pa.string()), SEED).tolist() == every(ids)
