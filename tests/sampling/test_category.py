"""Categories: one word for each, on papers and on pages."""

import pytest

from dashboards import language
from dashboards.views.office import CATEGORIES
from sampling.category import categories, category_name
from sampling.text import Text


@pytest.mark.parametrize("code", sorted(categories()))
def test_a_category_is_called_alike_on_papers_and_on_pages(code: str) -> None:
    name = category_name(code)
    assert isinstance(name, Text)
    assert [language.word(one, "Category", code) for one in ("zh", "en")] == [name.zh, name.en]


def test_every_category_has_a_name_and_an_unknown_one_stands_for_itself() -> None:
    assert set(categories()) == set(CATEGORIES)
    assert category_name("balloons") == "balloons"
