"""Real results of consumer products: every row is judged or accounted for, and none crashes.

The table is of the New York City Health Department (open data); its concentration -1 means "not
detected" without a limit of detection, and its units are as its laboratories wrote them.
"""

import csv
import gzip
from collections import Counter
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from labs.formats import Expected, read
from labs.judgement import judge
from labs.verdict import Outcome
from tests.labs.build import NOW, csv_of, limit, limits
from tests.shared import shared

TABLE = shared("lab_results_nyc.csv.gz")
ITEMS = {"Lead": "lead", "Mercury": "mercury", "Arsenic": "arsenic", "Cadmium": "cadmium", "Chromium": "chromium"}
RULES = limits(*(limit("2", id=item, item=item, category="*") for item in ITEMS.values()))

pytestmark = pytest.mark.skipif(not TABLE.exists(), reason=f"{TABLE} is not on this machine")


def lines() -> list[dict[str, str]]:
    """Every real row as a laboratory would upload it, each in a report of its own; -1 is written ND."""
    with gzip.open(TABLE, "rt", encoding="utf-8", newline="") as file:
        return [
            {
                "lab_code": "NYC",
                "report_no": f"R{row['ROW_ID']}",
                "report_version": "1",
                "issued_on": "2026-11-20",
                "sample_code": f"N{row['ROW_ID']}",
                "item_code": ITEMS[row["METAL"]],
                "method_code": "XRF",
                "result_text": "ND" if row["CONCENTRATION"] == "-1" else row["CONCENTRATION"],
                "unit": row["UNITS"],
                "remark": row["PRODUCT_NAME"],
            }
            for row in csv.DictReader(file)
        ]


def test_every_real_row_is_judged_or_accounted_for() -> None:
    rows = lines()
    orders = {row["sample_code"]: (row["item_code"],) for row in rows}
    units = dict.fromkeys(ITEMS.values(), "mg/kg")
    reading = read(csv_of(*rows), "nyc.csv", Expected("NYC", orders, date(2026, 11, 22), units=units))
    results = [result for report in reading.reports for result in report.results]
    held = {finding.row for finding in reading.findings if finding.reaction == "hold"}
    assert len(results) + len(held) == len(rows) == 4500
    rules = Counter(finding.rule for finding in reading.findings)
    assert rules["nd-without-lod"] == sum(row["result_text"] == "ND" for row in rows)
    assert rules["unit-dimension"] == sum(row["unit"] not in {"ppm"} for row in rows) == 340
    assert set(rules) <= {"nd-without-lod", "unit-dimension", "unit-alias"}
    outcomes = Counter(
        judge(id=UUID(int=1), sample_id=UUID(int=2), category="any", results=(result,), ordered=(result.item,),
              limits=RULES, now=NOW).outcome
        for result in results
    )  # fmt: skip
    assert set(outcomes) == {Outcome.PASS, Outcome.FAIL}
    assert outcomes[Outcome.FAIL] == sum(
        Decimal(row["result_text"]) > 2 for row in rows if row["unit"] == "ppm" and row["result_text"] != "ND"
    )


def test_a_negative_number_of_the_real_table_is_held() -> None:
    rows = [row | {"result_text": "-1"} for row in lines() if row["result_text"] == "ND"][:5]
    orders = {row["sample_code"]: (row["item_code"],) for row in rows}
    reading = read(csv_of(*rows), "nyc.csv", Expected("NYC", orders, date(2026, 11, 22)))
    assert {finding.rule for finding in reading.findings} == {"negative"}
    assert reading.reports == ()
