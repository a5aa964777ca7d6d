"""What was ordered, from whom and within which scope, against what a file reports."""

from datetime import date
from decimal import Decimal
from difflib import get_close_matches

import numpy as np

from labs.accreditation import designation
from labs.columns import Columns, Days, Flags, Ints
from labs.formats.line import told
from labs.formats.sheet import Notes, groups
from labs.formats.table import Expected
from labs.result import Finding
from labs.rounding import EXACT
from labs.units import canonical_unit, factor

_SUGGESTED = 20
"""For so many unknown codes the nearest one is looked for; a file full of them is another laboratory's."""
_ENDS = ("low", "high")


def check_orders(notes: Notes, expected: Expected) -> None:
    """Tell of samples that were not sent to this laboratory or not opened there, and of items that were not ordered."""
    orders = expected.orders
    if orders is None:
        return
    samples, items = notes.sheet.column("sample_code"), notes.sheet.column("item_code")
    unknown = [word for word in samples.words if word and word not in orders]
    near = {word: "".join(get_close_matches(word, orders, n=1)) for word in unknown[:_SUGGESTED]}
    strange = set(unknown)
    if strange:
        notes.each(("sample_code",), lambda text: [
            told("sample-unknown", "sample_code", found=text, expected=near.get(text) or "—")
        ] if text in strange else [])  # fmt: skip
    shut = expected.unopened.intersection(samples.words)
    if shut:
        notes.each(("sample_code",), lambda text: [
            told("unit-not-opened", "sample_code", found=text)
        ] if text in shut else [])  # fmt: skip
    ordered = _ordered(samples.words, items.words, expected)
    places = samples.codes.astype(np.int64) * len(items.words) + items.codes
    for place in np.flatnonzero(np.logical_not(ordered[places])).tolist():
        sample, item = samples.at(place) or "", items.at(place) or ""
        if sample in orders and item:
            notes.tell_at(place, told("item-not-ordered", "item_code", found=item, expected=", ".join(orders[sample])))


def check_absent(notes: Notes, expected: Expected) -> None:
    """Tell of ordered items without a row: the verdict waits for them, the report itself is still true."""
    if expected.orders is None:
        return
    samples, items = notes.sheet.column("sample_code"), notes.sheet.column("item_code")
    told_of = np.zeros((len(samples.words), len(items.words)), np.bool_)
    told_of[samples.codes, items.codes] = True
    place = {word: at for at, word in enumerate(items.words)}
    for at in np.unique(samples.codes).tolist():
        sample, seen = samples.words[at], told_of[at].tolist()
        absent = [item for item in expected.orders.get(sample, ()) if item not in place or not seen[place[item]]]
        notes.findings += [Finding("item-absent", "warn", None, "item_code", sample, item) for item in absent]


def check_scope(notes: Notes, tested: Days, expected: Expected) -> None:
    """Tell of results whose method the laboratory was not accredited for on the day of the test."""
    if expected.scope is None:
        return
    items, methods = notes.sheet.column("item_code"), notes.sheet.column("method_code")
    found = groups([items, methods, notes.sheet.column("method_edition")])
    for key, places in enumerate(found.places(range(len(found.first)))):
        at = int(found.first[key])
        item, method = items.at(at) or "", methods.at(at) or ""
        standard, edition = designation(method, notes.sheet.column("method_edition").at(at) or "")
        spans = [
            span for code in dict.fromkeys((standard, f"{standard}-{edition}", "*"))
            for span in expected.scope.get((item, code), ())
        ]  # fmt: skip
        if item and method:
            _outside(notes, places[~_within(tested[places], spans, expected.today)], f"{item} / {method}")


def check_bounds(notes: Notes, columns: Columns, expected: Expected) -> None:
    """Tell where an exact conversion of the unit carries a number to the other side of its limit."""
    if not expected.bounds:
        return
    found = groups([columns.item, columns.unit])
    for key, places in enumerate(found.places(range(len(found.first)))):
        at = int(found.first[key])
        item, unit = columns.item.at(at) or "", columns.unit.at(at) or ""
        wanted = canonical_unit(expected.units.get(item, ""))
        if item not in expected.bounds or not wanted or unit == wanted or notes.held[places].all():
            continue
        times = factor(item, unit, wanted)
        for place in places[~notes.held[places]].tolist():
            value = columns.interval(place).point
            if (
                value is not None
                and times != 1
                and _inside(value, expected, item) != _inside(EXACT.multiply(value, times), expected, item)
            ):
                said = told("unit-decides", "unit", found=unit, expected=wanted, reaction="warn")
                notes.tell_at(place, said)


def _ordered(samples: tuple[str, ...], items: tuple[str, ...], expected: Expected) -> Flags:
    """Sample by sample, which of the items were ordered."""
    assert expected.orders is not None  # the caller looked
    place = {word: at for at, word in enumerate(items)}
    width = len(items)
    wanted = [
        at * width + place[item]
        for at, sample in enumerate(samples)
        for item in expected.orders.get(sample, ())
        if item in place
    ]
    ordered = np.zeros(len(samples) * width, np.bool_)
    ordered[wanted] = True
    return ordered


def _within(days: Days, spans: list[tuple[date, date | None]], today: date) -> Flags:  # fmt: skip
    """Whether each day, or today where none is told, lies in one of the spans."""
    asked = np.where(np.isnat(days), np.datetime64(today, "D"), days)
    within: Flags = np.zeros(len(days), np.bool_)
    for first, last in spans:
        within |= (asked >= np.datetime64(first, "D")) & (last is None or asked <= np.datetime64(last, "D"))
    return within


def _outside(notes: Notes, places: Ints, what: str) -> None:
    if len(places):
        notes.tell(places, told("out-of-scope", "method_code", found=what))


def _inside(value: Decimal, expected: Expected, item: str) -> bool:
    low, high = expected.bounds[item]
    return (low is None or value >= low) and (high is None or value <= high)
