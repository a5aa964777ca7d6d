"""A sheet in a laboratory's own way of writing, in the canonical columns; what the mapping changed is told."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from labs.columns import Words
from labs.formats.dates import TIME
from labs.formats.heading import ASIDE
from labs.formats.sheet import Sheet, groups, rewritten, shown
from labs.mapping import PLAIN, FileMapping, filled, places
from labs.numeral import declared, plain
from labs.result import Finding
from labs.units import canonical_unit

NUMBERS = ("result_text", "lod", "loq", "u_expanded", "coverage_k")
Change = tuple[str, Callable[[str], str]]
"""A column, and what each of its texts becomes."""
DATES = ("issued_on", "received_on", "tested_from", "tested_to")
_SLASHED = re.compile(rf"([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{4}})(?: {TIME})?")
_SPLIT = re.compile(r"(?P<value>[<>]?\s*[0-9][0-9.,]*)\s+(?P<unit>[^0-9\s].*)")
_STOP = re.compile(r"[0-9]\.|\.[0-9]")


def mapped(sheet: Sheet, mapping: FileMapping) -> tuple[Sheet, tuple[Finding, ...]]:
    """Give the sheet in the canonical columns, with a finding for each column that the mapping changed."""
    if mapping is PLAIN:
        return sheet, ()
    found: list[Finding] = []
    cells = {name: words for name, words in sheet.cells.items() if not name.startswith(ASIDE)}
    cells |= {name: _templated(sheet, template) for name, template in mapping.templates.items()}
    if mapping.splits_units and "result_text" in cells:
        before = cells["result_text"]
        cells |= _split(cells, mapping)
        found += _parted(before, cells)
    found += _changed(cells, _meanings(mapping))
    found += _mixed(cells, mapping)
    found += _changed(cells, _writings(mapping))
    return replace(sheet, cells=cells), tuple(found)


def _meanings(mapping: FileMapping) -> Iterator[Change]:
    for name, words in (("item_code", mapping.items), ("unit", mapping.units), ("result_text", mapping.results)):
        if words:
            yield name, _word(words)


def _writings(mapping: FileMapping) -> Iterator[Change]:
    if mapping.decimal != "." or mapping.thousands:
        for name in NUMBERS:
            yield name, lambda text: _number(text, mapping)
    if mapping.dates != "iso":
        for name in DATES:
            yield name, lambda text: _day(text, mapping.dates)


def _number(text: str, mapping: FileMapping) -> str:
    return declared(plain(text), decimal=mapping.decimal, thousands=mapping.thousands)


def _changed(cells: dict[str, Words], changes: Iterator[Change]) -> Iterator[Finding]:
    for name, change in changes:
        if name in cells:
            before, cells[name] = cells[name], rewritten(cells[name], change)
            yield from _told(name, before, change)


def _word(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda text: words.get(text, text)


def _told(name: str, before: Words, change: Callable[[str], str]) -> Iterator[Finding]:
    """One finding a column, with the first text that was changed."""
    odd = next((word for word in before.words if change(word) != word), None)
    if odd is not None:
        yield Finding("read-by-mapping", "fix", None, name, odd, change(odd))


def _templated(sheet: Sheet, template: str) -> Words:
    names = places(template)
    if not names:
        return Words(np.zeros(len(sheet), np.int32), (template,))
    columns = [sheet.column(name if name in sheet.cells else f"{ASIDE}{name}") for name in names]
    found = groups(columns)
    texts = [filled(template, dict(zip(names, cells, strict=True))) for cells in shown(columns, found.first)]
    return Words(found.keys.astype(np.int32), tuple(texts))


def _split(cells: Mapping[str, Words], mapping: FileMapping) -> dict[str, Words]:
    """Value and unit of a result that holds both; a unit column that says something else stays as it is."""
    results, units = cells["result_text"], cells.get("unit")
    texts, named = [], []
    for place in range(len(results)):
        text, unit = results.at(place) or "", units.at(place) if units else ""
        parts = _SPLIT.fullmatch(text)
        if parts and not unit and canonical_unit(mapping.units.get(parts["unit"], parts["unit"])):
            text, unit = parts["value"], parts["unit"]
        texts.append(text)
        named.append(unit)
    return {"result_text": Words.of(texts), "unit": Words.of(named)}


def _parted(before: Words, cells: Mapping[str, Words]) -> Iterator[Finding]:
    for place in range(len(before)):
        value, unit = cells["result_text"].at(place) or "", cells["unit"].at(place) or ""
        if before.at(place) != value:
            yield Finding("read-by-mapping", "fix", None, "result_text", before.at(place) or "", f"{value} | {unit}")
            return


def _day(text: str, order: str) -> str:
    match = _SLASHED.fullmatch(text)
    if match is None:
        return text
    day, month = (match[2], match[1]) if order == "mdy" else (match[1], match[2])
    return f"{match[3]}-{month:0>2}-{day:0>2}"


def _mixed(cells: Mapping[str, Words], mapping: FileMapping) -> Iterator[Finding]:
    """Where a comma is the decimal mark, a full stop that parts no thousands may mean either; words may have one."""
    if mapping.decimal != ",":
        return
    for name in NUMBERS:
        words = cells[name].words if name in cells else ()
        stopped = (word for word in words if _STOP.search(plain(word)))
        odd = next((word for word in stopped if _number(word, mapping) == plain(word)), None)
        if odd is not None:
            yield Finding("decimal-mixed", "hold", None, name, odd, odd.replace(".", ","))
