"""The bench: units under blind codes and what is in them → the laboratory's result file."""

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path
from typing import Any

COLUMNS = (
    "schema_version",
    "lab_code",
    "report_no",
    "report_version",
    "report_kind",
    "issued_on",
    "sample_code",
    "seal_no_received",
    "seal_state",
    "received_on",
    "item_code",
    "item_name",
    "method_code",
    "method_edition",
    "replicate",
    "result_text",
    "unit",
    "basis",
    "lod",
    "loq",
    "u_expanded",
    "coverage_k",
    "dilution",
    "tested_from",
    "tested_to",
    "site_code",
    "accredited",
    "subcontracted",
    "analyst_code",
    "reviewer_code",
    "lab_conclusion",
    "remark",
)

SPOILS = ("decimal_comma", "wrong_unit", "unknown_sample")
"""The mistakes a laboratory makes in a first upload; each must be refused by whoever reads the file."""


@dataclass(frozen=True, slots=True)
class Report:
    """The head of one report; `spoil` is one of SPOILS, or '' for a clean file."""

    lab: str
    number: str
    version: int
    received_on: date
    issued_on: date
    spoil: str = ""


def results_for(units: Sequence[Mapping[str, Any]], models: Mapping[str, str], report: Report) -> bytes:
    """The report's file as CSV in UTF-8, every cell text; the same arguments give the same bytes.

    A unit has `blind_code`, `seal_no` and `items` (codes), as the consignment shows it; `models` says by blind code
    what lies on the bench once the seal is opened. An item or laboratory the bench does not know raises KeyError.
    """
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n", restval="")
    writer.writeheader()
    for number, row in enumerate(_rows(units, models, report)):
        writer.writerow(_spoilt(row, report.spoil) if number == 0 else row)
    return file.getvalue().encode("utf-8")


@cache
def _truth() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("truth.toml").read_text("utf-8"))


def _rows(units: Sequence[Mapping[str, Any]], models: Mapping[str, str], report: Report) -> Iterator[dict[str, str]]:
    for unit in units:
        for item in unit["items"]:
            measured = _measure(item, models[unit["blind_code"]], unit["blind_code"], report.lab)
            yield {**_head(report), **_unit(unit), **_method(item), **measured}


def _head(report: Report) -> dict[str, str]:
    began = report.received_on + timedelta(days=0 if report.received_on == report.issued_on else 1)
    return {
        "schema_version": "1",
        "lab_code": report.lab,
        "report_no": report.number,
        "report_version": str(report.version),
        "report_kind": "final" if report.version == 1 else "amended",
        "issued_on": report.issued_on.isoformat(),
        "received_on": report.received_on.isoformat(),
        "tested_from": began.isoformat(),
        "tested_to": report.issued_on.isoformat(),
        "site_code": _truth()["labs"][report.lab]["site"],
        "accredited": "CMA",
        "subcontracted": "N",
        "analyst_code": "A07",
        "reviewer_code": "R02",
    }


def _unit(unit: Mapping[str, Any]) -> dict[str, str]:
    return {"sample_code": unit["blind_code"], "seal_no_received": unit["seal_no"], "seal_state": "intact"}


def _method(item: str) -> dict[str, str]:
    row = _truth()["items"][item]
    return {
        "item_code": item,
        "item_name": row["name"],
        "method_code": row["method"],
        "method_edition": row["edition"],
        "replicate": "1",
        "unit": row["unit"],
        "lod": row.get("lod", ""),
        "loq": row.get("loq", ""),
    }


def _measure(item: str, model: str, code: str, lab: str) -> dict[str, str]:
    row = _truth()["items"][item]
    true: str = _truth()["models"].get(model, {}).get(item, row["usual"])
    if not true[0].isdigit():
        return {"result_text": true}
    # Two units never read quite the same: up to half a per cent either way, by the unit's code.
    chance = int.from_bytes(hashlib.sha256(f"{code}{item}{lab}".encode()).digest()[:2], "big") % 101 - 50
    value = Decimal(true) * Decimal(_truth()["labs"][lab]["bias"]) * (1 + Decimal(chance) / 10000)
    return {
        "result_text": _digits(value, row["digits"]),
        "u_expanded": _digits(value * Decimal(row["u"]), row["digits"]),
        "coverage_k": "2",
    }


def _digits(value: Decimal, places: int) -> str:
    return str(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN))


def _spoilt(row: dict[str, str], spoil: str) -> dict[str, str]:
    match spoil:
        case "":
            return row
        case "decimal_comma":
            return {**row, "result_text": "0,198"}
        case "wrong_unit":
            return {**row, "unit": "pieces"}
        case "unknown_sample":
            return {**row, "sample_code": "X-UNKNOWN-1"}
        case _:
            raise ValueError(f"spoil is one of {SPOILS}, not {spoil!r}")
