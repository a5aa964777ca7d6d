"""Records of the laboratory stage with defaults, so that a test names only what matters."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from labs.consignment import Consignment, ConsignmentState
from labs.formats import Expected
from labs.judgement import judge
from labs.limits import Limit, Limits
from labs.report import Reading
from labs.result import Interval, Result, read_result
from labs.rounding import last_place
from labs.verdict import Verdict
from sampling.text import Text

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SAMPLE = UUID(int=7)
CONSIGNED = Consignment(UUID(int=8), "K26-00001", "L-01", ConsignmentState.IN_TRANSIT, "first", (), NOW)
"""A consignment on its way to a laboratory."""


def limit(value: str = "0.5", /, **changes: Any) -> Limit:
    """Give a limit of at most the value; `kind="min"` turns it round, and a range is written `1.2-1.6`."""
    kind = changes.get("kind", "max")
    ends = [Decimal(end) for end in value.split("-")]
    record: dict[str, Any] = {
        "id": "lead-toys",
        "standard": "GB 6675.4",
        "edition": "2014",
        "item": "lead",
        "item_name": Text("铅", "Lead"),
        "category": "toys",
        "unit": "mg/kg",
        "kind": kind,
        "low": ends[0] if kind in {"min", "range"} else None,
        "high": ends[-1] if kind in {"max", "range", "absent"} else None,
        "mode": "full",
        "decision_rule": "R0",
        "severity": "safety",
        "valid_from": date(2016, 1, 1),
        "valid_to": None,
        "status": "unconfirmed",
        "source": "test",
        "step": min(last_place(end) for end in ends),
    }
    return Limit(**{**record, **changes})


def demanded(text: str, /, **changes: Any) -> Limit:
    """Give the limit that a requirement is: `≤ 0.5`, `< 0.5`, `≥ 20`, `> 20` or `1.2-1.6`."""
    sign, _, value = text.rpartition(" ")
    kind = {"≤": "max", "<": "max", "≥": "min", ">": "min", "": "range"}[sign]
    return limit(value, kind=kind, strict=sign in {"<", ">"}, **changes)


def limits(*rows: Limit) -> Limits:
    """Give a family of these limits, or of the one default."""
    return Limits("limits-test", "1", rows or (limit(),))


def result(text: str = "0.45", /, **changes: Any) -> Result:
    """Give the result that a laboratory reports with this text."""
    kinds = ("lod", "loq", "u_expanded", "coverage_k")
    numbers = {name: Decimal(changes.pop(name)) if name in changes else None for name in kinds}
    measured = read_result(text, lod=numbers["lod"], loq=numbers["loq"])
    assert measured.interval is not None and measured.qualifier is not None
    record: dict[str, Any] = {
        "report_no": "R1",
        "report_version": 1,
        "blind_code": "B26-0001",
        "item": "lead",
        "method": "GB/T 26125",
        "method_edition": "2011",
        "replicate": 1,
        "raw_text": text,
        "unit": "mg/kg",
        "interval": measured.interval,
        "qualifier": measured.qualifier,
        **numbers,
        "tested_on": date(2026, 11, 18),
        "row": 2,
    }
    return Result(**{**record, **changes})


def verdict(*results: Result, rules: Limits | None = None, **changes: Any) -> Verdict:
    """Give the verdict on a toy with these results, each of their items ordered."""
    asked: dict[str, Any] = {
        "id": UUID(int=1),
        "sample_id": SAMPLE,
        "category": "toys",
        "results": results,
        "ordered": tuple(dict.fromkeys(row.item for row in results)),
        "limits": rules or limits(),
        "now": NOW,
    }
    return judge(**{**asked, **changes})


def span(low: str | None, high: str | None, *, low_open: bool = False, high_open: bool = False) -> Interval:
    """Give an interval from texts."""
    ends = [None if end is None else Decimal(end) for end in (low, high)]
    return Interval(ends[0], ends[1], low_open, high_open)


def expected(**changes: Any) -> Expected:
    """Give what laboratory LAB1 was sent: lead and cadmium of one sample."""
    record: dict[str, Any] = {
        "lab": "LAB1",
        "orders": {"B26-0001": ("lead", "cadmium"), "B26-0002": ("lead",)},
        "today": date(2026, 11, 22),
    }
    return Expected(**{**record, **changes})


def results_of(reading: Reading) -> list[Result]:
    """Give the results of a reading as records."""
    return [reading.results.result(row) for row in range(len(reading.results))]


def line(**changes: str) -> dict[str, str]:
    """Give one faultless line of a table."""
    cells = {
        "lab_code": "LAB1",
        "report_no": "R1",
        "report_version": "1",
        "issued_on": "2026-11-20",
        "sample_code": "B26-0002",
        "item_code": "lead",
        "method_code": "GB/T 26125",
        "result_text": "0.45",
        "unit": "mg/kg",
    }
    return {**cells, **changes}


def csv_of(*lines: dict[str, str]) -> bytes:
    """Give the lines as a CSV file whose header has every column that a line names."""
    names = list(dict.fromkeys(name for cells in lines for name in cells))
    rows = [names, *([cells.get(name, "") for name in names] for cells in lines)]
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue().encode()
