"""Where numba is not worth its start or not there, the plain way runs."""

import sys

import pytest

from sampling import compiled

numba = pytest.importorskip("numba")


@pytest.fixture(autouse=True)
def fresh() -> object:
    compiled._loops.cache_clear()
    yield None
    compiled._loops.cache_clear()


def test_few_rows_are_not_worth_it() -> None:
    assert compiled.loops(compiled.LEAST - 1) is None
    assert compiled.loops(compiled.LEAST) is sys.modules["sampling.loops"]


def test_without_numba_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sampling.loops", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert compiled.loops(10**9) is None


def test_a_folder_that_cannot_be_written_only_costs_the_time_to_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    loops = compiled.loops(compiled.LEAST)
    assert loops is not None
    real = numba.njit

    def njit(*functions: object, **options: bool) -> object:
        if options.get("cache") and not functions:
            raise RuntimeError("cannot cache function")
        return real(*functions, **options)

    monkeypatch.setattr(numba, "njit", njit)
    assert loops._compiled(lambda number: number + 1)(41) == 42
