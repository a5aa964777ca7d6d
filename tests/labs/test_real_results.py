"""Real results of consumer products: every row is judged or accounted for, and none crashes.

The table is of the New York City Health Department (open data); its concentration -1 means "not
detected" without a limit of detection, and its units are as its laboratories wrote them.
"""

import csv
import gzip
import io
from collections import Counter
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from labs.formats import Expected, read
from labs.judgement import judge
from labs.mapping import shipped
from labs.verdict import Outcome
from tests.labs.build import NOW, limit, limits, results_of
from tests.shared import shared

TABLE = shared("lab_results_nyc.csv.gz")
ITEMS = {"Lead": "lead", "Mercury": "mercury", "Arsenic": "arsenic", "Cadmium": "cadmium", "Chromium": "chromium"}
RULES = limits(*(limit("2", id=item, item=item, category="*") for item in ITEMS.values()))

pytestmark = pytest.mark.skipif(not TABLE.exists(), reason=f"{TABLE} is not on this machine")


LOOK = Expected("NYC", None, date(2026, 11, 22), units=dict.fromkeys(ITEMS.values(), "mg/kg"),
                mapping=shipped("nyc-consumer-products"))  # fmt: skip


def test_every_real_row_is_judged_or_accounted_for() -> None:
    data = gzip.decompress(TABLE.read_bytes())
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))
    reading = read(data, "nyc.csv", LOOK)
    held = {finding.row for finding in reading.findings if finding.reaction == "hold"}
    results = results_of(reading)
    assert len(results) + len(held) == len(rows) == 4500
    rules = Counter(finding.rule for finding in reading.findings)
    assert rules["nd-without-lod"] == sum(row["CONCENTRATION"] == "-1" for row in rows) == 2530
    assert rules["unit-dimension"] == sum(row["UNITS"] != "ppm" for row in rows) == 340
    assert rules["read-by-mapping"] == 4
    assert set(rules) <= {"nd-without-lod", "unit-dimension", "read-by-mapping"}
    outcomes = Counter(
        judge(id=UUID(int=1), sample_id=UUID(int=2), category="any", results=(result,), ordered=(result.item,),
              limits=RULES, now=NOW).outcome
        for result in results
    )  # fmt: skip
    assert set(outcomes) == {Outcome.PASS, Outcome.FAIL}
    assert outcomes[Outcome.FAIL] == sum(
        Decimal(row["CONCENTRATION"]) > 2 for row in rows if row["UNITS"] == "ppm" and row["CONCENTRATION"] != "-1"
    )


def test_a_real_file_without_its_mapping_is_refused() -> None:
    reading = read(gzip.decompress(TABLE.read_bytes()), "nyc.csv", Expected("NYC", None, date(2026, 11, 22)))
    assert [finding.rule for finding in reading.findings] == ["header-missing"]
