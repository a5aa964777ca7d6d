"""Steps are data; what they cannot say is refused before a shop is touched."""

import pytest

from sampling.cover import Cover
from sampling.errors import UnknownStep
from sampling.step import Step, committing, filled

COVER = Cover("a@b.test", "secret", "Yue", "Lin", "1 Road", "Hangzhou", "310012", "+86", "a@b.test", "CN")


def test_a_cover_shows_none_of_its_values() -> None:
    assert repr(COVER) == str(COVER) == "Cover(...)"
    assert f"{COVER!r}".find("secret") == -1
    assert COVER.values()["cover.city"] == "Hangzhou"


def test_blanks_are_filled() -> None:
    values = {"base": "http://shop.test", **COVER.values()}
    assert filled("{base}/login?u={cover.first_name}", values) == "http://shop.test/login?u=Yue"
    with pytest.raises(UnknownStep, match="nothing is known"):
        filled("{cover.shoe_size}", values)


def test_a_deed_nobody_can_do_is_refused() -> None:
    with pytest.raises(UnknownStep, match="dance"):
        Step("dance")  # type: ignore[arg-type]


@pytest.mark.parametrize("marks", [(), (True, True), (False,)])
def test_exactly_one_step_places_the_order(marks: tuple[bool, ...]) -> None:
    with pytest.raises(UnknownStep):
        committing(tuple(Step("click", selector="#b", commits=mark) for mark in marks))
    assert committing((Step("goto", value="/"), Step("click", selector="#b", commits=True))) == 1
