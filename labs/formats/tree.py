"""A tree after the schema `lab-results/1`: the same columns, numbers as text, nothing unknown."""

from collections.abc import Mapping
from typing import Any

from labs.formats.table import Row, Table, columns

SCHEMA = "lab-results/1"
_TOP = {"schema", "lab", "report", "samples", "results"}
_REPORT = {"no": "report_no", "version": "report_version", "kind": "report_kind", "issued_on": "issued_on"}
_REPORT_SILENT = {"supersedes", "signatory", "pdf_sha256", "decision_rule"}
_SAMPLE = {"code", "received_at", "seals", "condition", "photos"}
_RESULT = {"sample": "sample_code", "item": "item_code", "replicate": "replicate", "lod": "lod", "loq": "loq"}
_RESULT |= {"site": "site_code", "remark": "remark"}
_INNER = {
    "method": {"code": "method_code", "edition": "method_edition"},
    "result": {"text": "result_text", "unit": "unit", "basis": "basis"},
    "uncertainty": {"expanded": "u_expanded", "k": "coverage_k"},
    "tested": {"from": "tested_from", "to": "tested_to"},
}
_INNER_SILENT = {"result": {"qualifier", "value"}, "scope": {"scheme", "listed"}}


class Misshapen(Exception):
    """The tree differs from the schema at a place."""


def table_of(tree: Any) -> Table:
    """Give one row a result, numbered from 1 in the order of `results`, or raise Misshapen."""
    rows = _rows(_fields(tree, "$", _TOP))
    return Table((Row(0, columns().names), *rows), addressed=False)


def _rows(tree: Mapping[str, Any]) -> list[Row]:
    if tree.get("schema") not in columns().schema_versions:
        raise Misshapen(f"$.schema: {tree.get('schema')}")
    report = _fields(tree.get("report"), "$.report", {*_REPORT, *_REPORT_SILENT})
    shared = {"schema_version": tree["schema"], "lab_code": tree.get("lab", "")}
    shared |= {column: report.get(name, "") for name, column in _REPORT.items()}
    received = {}
    for place, entry in enumerate(_list(tree.get("samples", []), "$.samples")):
        sample = _fields(entry, f"$.samples[{place}]", _SAMPLE)
        received[str(sample.get("code", ""))] = str(sample.get("received_at", ""))[:10]
    results = _list(tree.get("results"), "$.results")
    return [_row(place, entry, shared, received) for place, entry in enumerate(results, start=1)]


def _row(number: int, entry: Any, shared: Mapping[str, Any], received: Mapping[str, str]) -> Row:
    place = f"$.results[{number - 1}]"
    result = _fields(entry, place, {*_RESULT, *_INNER, *_INNER_SILENT})
    cells = {**shared, **{column: result.get(name, "") for name, column in _RESULT.items()}}
    for name in {*_INNER, *_INNER_SILENT}:
        known = _INNER.get(name, {})
        inner = _fields(result.get(name, {}), f"{place}.{name}", {*known, *_INNER_SILENT.get(name, set())})
        cells |= {column: inner.get(field, "") for field, column in known.items()}
    cells["received_on"] = received.get(str(cells["sample_code"]), "")
    return Row(number, tuple(_text(cells.get(name, ""), f"{place}: {name}") for name in columns().names))


def _fields(entry: Any, place: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(entry, dict):
        raise Misshapen(f"{place} is no object")
    if unknown := set(entry) - known:
        raise Misshapen(f"{place}: {', '.join(sorted(unknown))}")
    return entry


def _list(entry: Any, place: str) -> list[Any]:
    if not isinstance(entry, list):
        raise Misshapen(f"{place} is no list")
    return entry


def _text(value: Any, place: str) -> str:
    match value:
        case str():
            return value
        case bool():
            raise Misshapen(f"{place} is no text")
        case int() if "version" in place or "replicate" in place:
            return str(value)
        case _:
            raise Misshapen(f"{place} is no text")
