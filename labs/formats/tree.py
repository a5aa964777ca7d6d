"""A tree after the schema `lab-results/1`: the same columns, numbers as text, nothing unknown."""

from collections.abc import Mapping
from typing import Any

from labs.formats.table import Row, Table, columns
from labs.numeral import plain, read_number
from labs.result import read_result

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
    "scope": {"listed": "accredited"},
}
_INNER_SILENT = {"result": {"qualifier", "value"}, "scope": {"scheme"}}
_SEAL = {"no", "state"}


class Misshapen(Exception):
    """The tree differs from the schema at a place."""


def table_of(tree: Any) -> Table:
    """Give one row a result, numbered from 1 in the order of `results`, or raise Misshapen.

    A result whose qualifier or value contradicts its text is marked.
    """
    top = _fields(tree, "$", _TOP)
    rows = _rows(top)
    column = columns().names.index("result_text")
    odd = (number for number, entry in enumerate(top["results"], start=1) if _contradicted(entry))
    return Table(
        (Row(0, columns().names), *rows), marks={(number, column): "contradicted" for number in odd}, addressed=False
    )


def _rows(tree: Mapping[str, Any]) -> list[Row]:
    if tree.get("schema") not in columns().schema_versions:
        raise Misshapen(f"$.schema: {tree.get('schema')}")
    report = _fields(tree.get("report"), "$.report", {*_REPORT, *_REPORT_SILENT})
    shared = {"schema_version": tree["schema"], "lab_code": tree.get("lab", "")}
    shared |= {column: report.get(name, "") for name, column in _REPORT.items()}
    told = [_sample(place, entry) for place, entry in enumerate(_list(tree.get("samples", []), "$.samples"))]
    samples = dict(told)
    if len(samples) < len(told):
        raise Misshapen("$.samples: a code stands twice")
    results = _list(tree.get("results"), "$.results")
    return [_row(place, entry, shared, samples) for place, entry in enumerate(results, start=1)]


def _sample(number: int, entry: Any) -> tuple[str, Mapping[str, str]]:
    """A sample's code, and what is said of it for each of its results; seals that differ are all named."""
    place = f"$.samples[{number}]"
    sample = _fields(entry, place, _SAMPLE)
    seals = [_fields(seal, f"{place}.seals", _SEAL) for seal in _list(sample.get("seals", []), f"{place}.seals")]
    told = {
        "seal_no_received": ", ".join(str(seal.get("no", "")) for seal in seals),
        "seal_state": ", ".join(dict.fromkeys(str(seal.get("state", "")) for seal in seals)),
        "received_on": str(sample.get("received_at", ""))[:10],
    }
    return str(sample.get("code", "")), told


def _row(number: int, entry: Any, shared: Mapping[str, Any], samples: Mapping[str, Mapping[str, str]]) -> Row:
    place = f"$.results[{number - 1}]"
    result = _fields(entry, place, {*_RESULT, *_INNER})
    cells = {**shared, **{column: result.get(name, "") for name, column in _RESULT.items()}}
    for name, known in _INNER.items():
        inner = _fields(result.get(name, {}), f"{place}.{name}", {*known, *_INNER_SILENT.get(name, set())})
        cells |= {column: inner.get(field, "") for field, column in known.items()}
    cells |= samples.get(str(cells["sample_code"]), {})
    if isinstance(cells["accredited"], bool):
        cells["accredited"] = "Y" if cells["accredited"] else "N"
    return Row(number, tuple(_text(cells.get(name, ""), f"{place}: {name}") for name in columns().names))


def _contradicted(entry: Mapping[str, Any]) -> bool:
    """Whether the qualifier or the value beside a text says something else; a text that says nothing is held anyway."""
    result = entry.get("result", {})
    sign, value = (str(result.get(name, "")).strip() for name in ("qualifier", "value"))
    if not (sign or value):
        return False
    lod, loq = (read_number(plain(str(entry.get(name, "")))).value for name in ("lod", "loq"))
    said = read_result(str(result.get("text", "")), lod=lod, loq=loq, signed=True)
    if said.interval is None:
        return False
    ends = () if said.qualifier in {"nd", "trace"} else (said.interval.low, said.interval.high)
    number = read_number(plain(value)).value
    other = number is None or number not in ends
    return bool(sign and plain(sign).lower() != said.qualifier) or bool(value and other)


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
