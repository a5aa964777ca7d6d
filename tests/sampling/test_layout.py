"""The layout as the browser's script gives it, distrusted."""

import json

import pytest

from sampling.evidence.layout import MOST_BOXES, Box, boxes_of, union

ROW = ["$5", 1, 2, 30, 10, 16, 400, False, "#a>b"]


def test_boxes_are_read() -> None:
    assert boxes_of(json.dumps([ROW])) == (Box("$5", 1, 2, 30, 10, 16, 400, False, "#a>b"),)


@pytest.mark.parametrize("text", ["", "{}", "7", '[["$5"]]', "[null]", json.dumps([[*ROW[:1], 1e9, *ROW[2:]]]),
                                  json.dumps([[*ROW[:1], 10**9, *ROW[2:]]])])  # fmt: skip
def test_what_is_no_box_is_left_out(text: str) -> None:
    assert boxes_of(text) == ()


def test_there_are_only_so_many_boxes_and_letters() -> None:
    found = boxes_of(json.dumps([["x" * 900, *ROW[1:]]] * (MOST_BOXES + 5)))
    assert (len(found), len(found[0].text)) == (MOST_BOXES, 400)


def test_a_box_around_several_reads_from_left_to_right() -> None:
    whole = Box("19", 20, 10, 20, 20, 28, 700, False, "b")
    cents, sign = Box("99", 42, 9, 10, 10, 14, 400, False, "sup"), Box("€", 5, 12, 10, 16, 20, 400, False, "i")
    assert union([whole, cents, sign]) == Box("€ 19 99", 5, 9, 47, 21, 28, 700, False, "b")
    assert union([]) is None
