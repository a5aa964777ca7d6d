"""Two captures are compared field by field, line by line and picture by picture, whatever their length."""

import json
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.evidence.alignment import Run, align, gaps
from sampling.evidence.comparison import (
    LONGEST_LINE,
    MOST_LINES,
    Change,
    ChangeKind,
    Side,
    compared,
    tiles_of,
)
from sampling.evidence.visit import VisitKind
from tests.sampling.test_difference import a_page, png

BEFORE = Side(
    {"title": "Lamp", "price": "129.00"}, "Lamp\n￥129.00\nIn stock", None, VisitKind.LISTING, "http://a.test/1"
)


def test_the_same_capture_twice_differs_in_nothing() -> None:
    found = compared(BEFORE, BEFORE)
    assert found.same
    assert (found.fields, found.removed, found.added, found.picture) == ((), (), (), None)


FIELDS = [
    ({"title": "Lamp", "price": "99.00"}, Change("price", ChangeKind.CHANGED, "129.00", "99.00")),
    ({"title": "Lamp"}, Change("price", ChangeKind.GONE, "129.00", None)),
    ({"title": "Lamp", "price": "129.00", "sku": "7"}, Change("sku", ChangeKind.APPEARED, None, "7")),
]


@pytest.mark.parametrize(("fields", "change"), FIELDS)
def test_a_field_changes_appears_or_goes(fields: dict[str, str], change: Change) -> None:
    found = compared(BEFORE, replace(BEFORE, fields=fields))
    assert found.fields == (change,)
    assert not found.same


TEXTS = [
    ("Lamp\n￥99.00\nIn stock", ("￥129.00",), ("￥99.00",)),
    ("Sale!\nLamp\n￥129.00\nIn stock", (), ("Sale!",)),
    ("Lamp\nIn   stock", ("￥129.00",), ()),
    ("", ("Lamp", "￥129.00", "In stock"), ()),
]


@pytest.mark.parametrize(("text", "removed", "added"), TEXTS)
def test_lines_are_told_as_removed_and_added(text: str, removed: tuple[str, ...], added: tuple[str, ...]) -> None:
    found = compared(BEFORE, replace(BEFORE, text=text))
    assert (found.removed, found.added, found.untold) == (removed, added, 0)


def test_a_line_is_compared_by_its_sentences() -> None:
    before = replace(BEFORE, text="It shines. It is safe. 无频闪。可充电。")
    found = compared(before, replace(BEFORE, text="It shines. 无频闪。不可充电。"))
    assert (found.removed, found.added) == (("It is safe.", "可充电。"), ("不可充电。",))


def test_what_is_told_is_bounded_and_the_rest_is_counted() -> None:
    text = "\n".join(f"line {number} {'x' * LONGEST_LINE}" for number in range(MOST_LINES + 7))
    found = compared(replace(BEFORE, text=""), replace(BEFORE, text=text))
    assert (len(found.added), found.untold) == (MOST_LINES, 7)
    assert max(map(len, found.added)) == LONGEST_LINE


def test_another_outcome_is_a_difference() -> None:
    found = compared(BEFORE, replace(BEFORE, kind=VisitKind.NOT_FOUND, url="http://a.test/404"))
    assert found.kinds == (VisitKind.LISTING, VisitKind.NOT_FOUND)
    assert not found.same


def test_pictures_are_compared_with_all_their_tiles_and_the_record_is_plain() -> None:
    whole, price = png(a_page(price=20)), a_page(price=40)
    tiles = png(price.crop((0, 0, 400, 300))), png(price.crop((0, 300, 400, 600)))
    found = compared(replace(BEFORE, picture=whole), replace(BEFORE, picture=tiles[0], more=tiles[1:]))
    assert found.picture is not None and len(found.picture.after) == 1
    assert not found.same
    told = json.loads(json.dumps(found.to_json()))
    assert told["picture"] == {
        "similarity": 998,
        "before": [],
        "after": [{"x": 171, "y": 300, "width": 20, "height": 13}],
    }
    assert (told["kinds"], told["fields"]) == (["listing", "listing"], [])
    assert compared(BEFORE, BEFORE).to_json()["picture"] is None


def test_tiles_are_taken_in_their_order() -> None:
    files = {"page-10.png": b"10", "page.png": b"1", "page-2.png": b"2", "page.pdf": b"", "phone-2.png": b"p"}
    assert tiles_of(files) == (b"1", b"2", b"10")
    assert tiles_of({}) == ()


LETTERS = st.lists(st.sampled_from("abcdefgh"), max_size=30)


@given(LETTERS, LETTERS)
def test_runs_are_common_to_both_and_the_gaps_are_all_the_rest(before: list[str], after: list[str]) -> None:
    runs = align(before, after)
    for run in runs:
        assert before[run.before : run.before + run.length] == after[run.after : run.after + run.length]
    places = gaps(runs, len(before), len(after))
    shared = sum(run.length for run in runs)
    assert sum(end - start for start, end, _, _ in places) == len(before) - shared
    assert sum(end - start for _, _, start, end in places) == len(after) - shared
    assert [run.before for run in runs] == sorted(run.before for run in runs)
    assert [run.after for run in runs] == sorted(run.after for run in runs)


ALIGNED = [
    ("abc", "abc", [Run(0, 0, 3)]),
    ("abcd", "abxcd", [Run(0, 0, 2), Run(2, 3, 2)]),
    ("xaby", "zabw", [Run(1, 1, 2)]),
    ("", "abc", []),
    ("abab", "baba", []),
    ("1a2b3", "4b5a6", [Run(3, 1, 1)]),
]


@pytest.mark.parametrize(("before", "after", "runs"), ALIGNED)
def test_the_longest_rising_part_holds_two_sequences_together(before: str, after: str, runs: list[Run]) -> None:
    assert align(before, after) == runs


def test_two_long_texts_that_repeat_themselves_are_compared_in_no_time() -> None:
    before = "\n".join(f"row {number * 7919 % 400}" for number in range(25_000))
    after = "\n".join(f"row {number * 104_729 % 400}" for number in range(25_000))
    began = process_time()
    compared(replace(BEFORE, text=before), replace(BEFORE, text=after))
    assert process_time() - began < 2
