"""The bench: the same goods read the same, and its files say what the truth table says."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from demo.laboratory import Report, results_for
from demo.laboratory.bench import SPOILS
from labs import limits
from labs.formats import read
from labs.formats.table import Expected

DAY = date(2026, 11, 20)
LIMITS = limits.load("limits-cn")


def order(model: str, category: str) -> tuple[list[dict[str, object]], dict[str, str]]:
    unit: dict[str, object] = {
        "blind_code": "BK7QM2X4",
        "seal_no": "SL-000001",
        "items": LIMITS.items(category, DAY),
    }
    return [unit], {"BK7QM2X4": model}


def report(*, lab: str = "lab-north", version: int = 1, spoil: str = "") -> Report:
    return Report(lab=lab, number="R-26-0001", version=version, received_on=DAY, issued_on=DAY, spoil=spoil)


def values(model: str, category: str, lab: str = "lab-north") -> dict[str, str]:
    data = results_for(*order(model, category), report(lab=lab))
    return {row["item_code"]: row["result_text"] for row in csv.DictReader(io.StringIO(data.decode()))}


@pytest.mark.parametrize("lab", ["lab-north", "lab-south"])
@pytest.mark.parametrize(
    ("model", "category", "item"),
    [("PP-D12", "toys", "dehp_dbp_bbp"), ("HD-E24", "kitchenware", "lead_migration")],
)
def test_failing_products_fail_at_both_laboratories(lab: str, model: str, category: str, item: str) -> None:
    limit = LIMITS.limit_for(item, category, DAY)
    assert limit is not None and limit.high is not None
    assert Decimal(values(model, category, lab)[item]) > limit.high


def test_one_charger_is_within_its_uncertainty_of_the_limit() -> None:
    data = results_for(*order("LN-C65", "electrical"), report())
    row = next(row for row in csv.DictReader(io.StringIO(data.decode())) if row["item_code"] == "creepage")
    assert abs(Decimal(row["result_text"]) - Decimal("4.0")) < Decimal(row["u_expanded"])


@pytest.mark.parametrize(
    ("model", "category", "texts"),
    [
        ("MR-21", "toys", {"dehp_dbp_bbp": "ND", "migratable_lead": "<3.0"}),
        ("GJ-K18", "kitchenware", {"lead_migration": "<0.0030", "cadmium_migration": "ND"}),
    ],
)
def test_clean_products_read_as_not_found(model: str, category: str, texts: dict[str, str]) -> None:
    assert values(model, category) == texts


def test_the_same_unit_gives_the_same_file() -> None:
    assert results_for(*order("PP-D12", "toys"), report()) == results_for(*order("PP-D12", "toys"), report())


def expected(category: str) -> Expected:
    items = LIMITS.items(category, DAY)
    units = {row.item: row.unit for row in LIMITS.limits if row.category == category}
    return Expected(lab="lab-north", orders={"BK7QM2X4": items}, today=DAY, units=units)


@pytest.mark.parametrize("category", ["toys", "electrical", "cosmetics", "kitchenware"])
def test_a_clean_file_is_read_without_a_complaint(category: str) -> None:
    reading = read(results_for(*order("PP-D12", category), report()), "results.csv", expected(category))
    assert [found for found in reading.findings if found.reaction in {"hold", "reject"}] == []
    assert len(reading.reports) == 1


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_spoilt_file_is_refused(spoil: str) -> None:
    data = results_for(*order("PP-D12", "toys"), report(spoil=spoil))
    reading = read(data, "results.csv", expected("toys"))
    assert [found for found in reading.findings if found.reaction in {"hold", "reject"}]
