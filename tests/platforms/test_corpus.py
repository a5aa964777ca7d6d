"""The corpus of product pages is read as expected, and the pages set aside reach their floors."""

from collections.abc import Callable

import pytest

from tests.platforms.corpus import Case, blind, held, made, scores

FLOORS = {"price": 0.95, "available": 0.95, "sku": 0.88}


@pytest.mark.parametrize("case", made(), ids=lambda case: case.name)
def test_a_made_page_is_read_as_expected(case: Case) -> None:
    assert scores([case])[1] == []


@pytest.mark.parametrize("pages", [held, blind])
def test_the_pages_set_aside_reach_the_floors(pages: Callable[[], list[Case]]) -> None:
    reached, faults = scores(pages())
    assert all(reached[name] >= floor for name, floor in FLOORS.items()), faults


def test_the_corpus_is_wide_enough() -> None:
    assert len(held()) >= 20 and len(blind()) >= 20
    assert len(made()) + len(held()) >= 60
    assert len({case.name.split("-")[0] for case in (*made(), *held())}) >= 15
