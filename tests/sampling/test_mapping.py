"""A mapping: read from a text, and refused with the name that is wrong."""

import pytest

from sampling.errors import SamplingError
from sampling.mapping import Mapped, read_mapping
from sampling.source import known

WHOLE = """
columns = { platform = "site", item_id = "no", price = "cost", category = "kind" }
optional = { complaints = "claims" }
constants = { currency = "CNY" }
categories = { "玩具" = "toys" }
parents = { toys = "leisure" }
[marks.way]
tv = "live"
both = "live influencer"
shelf = ""
"""
PLAIN = 'columns = { listing_id = "id" }\n'

# a text, and what is said of it
WRONG = [
    ("columns = {", "the mapping is no TOML"),
    ("", "names no listing_id nor item_id with platform"),
    ('columns = { item_id = "a" }', "names no listing_id nor item_id with platform"),
    ('columns = { platform = "a" }\nconstants = { item_id = "1" }', "item_id is no name that may be constant"),
    ('columns = { listing_id = "id", prize = "p" }', "prize is no name of ours for a column"),
    (PLAIN + 'optional = { prize = "p" }', "prize is no name of ours for a column"),
    (PLAIN + 'constants = { price = "5" }', "price is no name that may be constant"),
    (PLAIN + 'kind = "shops"', "shops is no name of a kind of source"),
    (PLAIN + 'colums = { a = "b" }', "colums is no name of a mapping"),
    (PLAIN + "categories = { a = 5 }", "categories must be a table of texts"),
    (PLAIN + 'parents = "a"', "parents must be a table of texts"),
    (PLAIN + 'marks = "a"', "marks must be tables of words"),
    (PLAIN + '[marks.way]\ntv = "alive"', "alive is no name that a word can mark"),
    (PLAIN + '[marks.way]\ntv = "complaints"', "complaints is no name that a word can mark"),
    ('kind = "marks"\ncolumns = { seller = "s" }', "nor platform with seller"),
]


def test_a_text_becomes_a_mapping() -> None:
    found = read_mapping(WHOLE)
    assert found == Mapped(
        columns={"platform": "site", "item_id": "no", "price": "cost", "category": "kind"},
        optional={"complaints": "claims"}, constants={"currency": "CNY"}, categories={"玩具": "toys"},
        parents={"toys": "leisure"},
        marks={"way": {"tv": ("live",), "both": ("live", "influencer"), "shelf": ()}},
    )  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_mapping_that_is_wrong_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(SamplingError, match=said):
        read_mapping(text)


def test_what_is_optional_is_there_or_is_not() -> None:
    found = read_mapping(WHOLE)
    assert found.settled(["claims"]).columns["complaints"] == "claims"
    assert "complaints" not in found.settled([]).columns
    assert found.settled(["claims"]).optional == {}


def test_a_source_of_marks_fits_only_a_file_that_marks() -> None:
    marks = known()["marks-items"]
    assert marks.fits(["platform", "item_id", "live"])
    assert not marks.fits(["platform", "item_id"])
    assert not marks.fits(["item_id", "live"])


def test_a_frame_is_read_without_what_is_only_shown() -> None:
    mapping = known()["frame"].settled([])
    assert mapping.read == ("platform", "item_id", "category", "seller", "price", "currency")
    assert mapping.worded == ("platform", "category", "seller", "currency")
    twice = Mapped({"listing_id": "id", "title": "name", "seller": "name"}, marks={"id": {}})
    assert twice.needed == ("id", "name")
    assert twice.read == ("id", "name"), "a column that also says something else is read"


def test_a_column_that_is_left_unread_is_no_longer_mapped() -> None:
    whole = read_mapping('columns = { listing_id = "id", seller = "shop" }\nconstants = { seller = "x" }\n'
                         'optional = { brand = "make" }\n')  # fmt: skip
    lean = whole.without("seller", "brand")
    assert (dict(lean.columns), dict(lean.constants), dict(lean.optional)) == ({"listing_id": "id"}, {}, {})
