"""Money, texts and hashes: the few words that every stage needs."""

from decimal import Decimal

import pytest

from sampling.digest import ORIGIN, canonical, chained, framed, sha256
from sampling.errors import MixedCurrencies
from sampling.money import Money
from sampling.text import Text


def cny(text: str) -> Money:
    return Money(Decimal(text), "CNY")


def test_amounts_of_one_currency_are_exact() -> None:
    assert cny("0.10") + cny("0.20") == cny("0.30")
    assert cny("0.30") - cny("0.10") == cny("0.20")
    assert cny("19.99") * 3 == cny("59.97")
    assert str(cny("59.90")) == "59.90 CNY"


@pytest.mark.parametrize(
    ("a", "b", "less", "at_most"), [("1", "2", True, True), ("2", "2", False, True), ("3", "2", False, False)]
)
def test_amounts_compare(a: str, b: str, less: bool, at_most: bool) -> None:
    assert (cny(a) < cny(b), cny(a) <= cny(b)) == (less, at_most)


@pytest.mark.parametrize("put", ["__add__", "__sub__", "__lt__", "__le__"])
def test_two_currencies_never_meet(put: str) -> None:
    with pytest.raises(MixedCurrencies, match="CNY and EUR"):
        getattr(cny("1"), put)(Money(Decimal(1), "EUR"))


@pytest.mark.parametrize(("language", "said"), [("zh", "样品"), ("zh-CN", "样品"), ("en", "sample"), ("fr", "sample")])
def test_a_text_is_read_in_either_language(language: str, said: str) -> None:
    both = Text("样品", "sample")
    assert both.to(language) == said
    assert both.record() == {"zh": "样品", "en": "sample"}


def test_a_record_has_one_canonical_form() -> None:
    assert canonical({"b": [1, {"z": None}], "a": "é"}) == b'{"a":"\xc3\xa9","b":[1,{"z":null}]}\n'
    assert canonical({"a": (1, 2)}) == canonical({"a": [1, 2]})


@pytest.mark.parametrize("value", [0.5, [0.5], {"deep": [{"er": float("nan")}]}], ids=["plain", "in a list", "deeper"])
def test_a_float_has_none(value: object) -> None:
    with pytest.raises(TypeError, match="no canonical form"):
        canonical({"a": value})


def test_a_chain_depends_on_all_that_came_before() -> None:
    first = chained(ORIGIN, {"n": 1})
    assert first == sha256(ORIGIN.encode() + b'{"n":1}\n')
    assert chained(first, {"n": 2}) != chained(ORIGIN, {"n": 2})


def test_parts_never_run_into_each_other() -> None:
    assert framed(b"ab", b"c") != framed(b"a", b"bc") != framed(b"abc")
    assert len(framed()) == 32
