"""Findings: by row, cut to a length, and counted."""

import numpy as np
import pyarrow as pa

from sampling.finding import (
    FINDING,
    LONGEST,
    counted,
    counted_by_source,
    first_of_each,
    gathered,
    is_useless,
    named,
    one,
    told,
)


def test_each_wrong_row_is_told_with_its_cell() -> None:
    rows, cells = np.array([2, 3, 4]), pa.array(["a", "b" * 300, None])
    [found] = told(rows, np.array([False, True, True]), "price", "price_unreadable", cells)
    assert found.to_pylist() == [
        {"row": 3, "column": "price", "reason": "price_unreadable", "found": "b" * LONGEST},
        {"row": 4, "column": "price", "reason": "price_unreadable", "found": ""},
    ]
    assert told(rows, np.zeros(3, bool), "price", "price_unreadable", cells) == []


def test_findings_come_in_the_order_of_their_rows_and_of_their_columns() -> None:
    found = gathered([one(3, "a", "x"), one(2, "b", "y", "said"), one(3, "c", "x")])
    assert [(row["row"], row["column"]) for row in found.to_pylist()] == [(2, "b"), (3, "a"), (3, "c")]
    assert gathered([one(1, "a", "x"), one(1, "b", "x")]).column("column").to_pylist() == ["a", "b"]
    assert gathered([]).schema == FINDING


def test_findings_are_counted_by_column_and_reason() -> None:
    found = gathered([one(2, "a", "x"), one(3, "a", "x"), one(4, "a", "w")])
    assert counted(found) == [("a", "w", 1), ("a", "x", 2)]
    assert counted(gathered([])) == []
    assert is_useless(one(0, "", "source_unreadable"))
    assert not is_useless(found)


def test_findings_of_several_sources_are_led_by_the_name() -> None:
    found = named([("one", one(2, "a", "x")), ("two", one(3, "b", "y"))])
    assert found.column_names == ["source", "row", "column", "reason", "found"]
    assert found.column("source").to_pylist() == ["one", "two"]


def test_findings_of_each_source_are_counted_and_the_first_of_each_kind_kept() -> None:
    whole = named([("one", gathered([one(row, "a", "x") for row in (2, 3, 4)])), ("two", one(3, "a", "x", "said"))])
    assert counted_by_source(whole) == {("one", "a", "x"): 3, ("two", "a", "x"): 1}
    first = first_of_each(whole, 2)
    assert first.select(["source", "row", "found"]).to_pylist() == [
        {"source": "one", "row": 2, "found": ""},
        {"source": "one", "row": 3, "found": ""},
        {"source": "two", "row": 3, "found": "said"},
    ]
