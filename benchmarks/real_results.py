"""The claim: 4,500 real results are judged or held, each with its reason, and the same again when given again.

The table is New York City's of lead, mercury, arsenic and cadmium in consumer products. It is read by the mapping
that ships with the project and judged by `rulebooks/limits-us.toml`, each row on the day its product was collected;
then every verdict is stored in the embedded PostgreSQL and replayed from there.
"""

import csv
import gzip
import io
import sys
from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np

from benchmarks.custody import scratch
from benchmarks.figures import verdict
from labs.banding import BIT, REASONS
from labs.bulk import OUTCOMES, Judged, judge_rows
from labs.columns import Columns, Days, Words
from labs.formats import Expected, read
from labs.judgement import judge
from labs.limits import Limits, load
from labs.mapping import shipped
from labs.replay import differences
from labs.report import Reading
from labs.result import Result
from labs.verdict import Outcome
from labs.weighing import weigh
from storage import bases, limits, samples, uploads, verdicts
from storage.objects import Objects
from storage.schema.base import new_id
from storage.unit import Unit
from tests.build import campaign, framed, moment
from tests.shared import shared

TABLE = shared("lab_results_nyc.csv.gz")
CATEGORY = {
    "Food-Spice": "spice", "Food-Candy": "candy", "Food Other": "food", "Cosmetics": "cosmetics",
    "Dietary Supplement/Medications/Remedy": "supplement", "Tableware/Pottery": "tableware", "Jewelry": "jewelry",
    "Toys/Children's Products": "toys", "Religious powder": "religious_powder", "Paint Supplies": "paint",
    "Other": "other",
}  # fmt: skip
SETTLED = (Outcome.PASS, Outcome.FAIL)
BELOW, SURFACE = "nd-without-lod", "mg/cm2"


def main() -> int:
    """Print how many results pass, fail, are indeterminate and are held, and why; 1 when a claim is missed."""
    data = gzip.decompress(TABLE.read_bytes())
    reading = read(data, "nyc.csv", Expected("NYC", None, date(2026, 11, 22), mapping=shipped("nyc-consumer-products")))
    rows, held = list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))), Counter[str]()
    for finding in reading.findings:
        held[finding.rule] += finding.reaction == "hold"
    columns, family = reading.results, load("limits-us")
    own = [rows[row - 2] for row in columns.row.tolist()]  # the first row of a file is its header
    category = Words.of(CATEGORY[row["PRODUCT_TYPE"]] for row in own)
    days = np.array([datetime.strptime(row["COLLECTION_DATE"][:10], "%m/%d/%Y").date() for row in own], "datetime64[D]")
    judged = judge_rows(columns, category, family, days)
    told(judged, category, held)
    every = range(len(columns))
    surfaces = sum(columns.unit.at(row) == SURFACE and outcome_of(judged, row) in SETTLED for row in every)
    otherwise = unlike(judged, columns, category, days)
    kept, again = replayed(reading, category, days, family)
    return verdict({
        f"{len(columns) + held.total()} of {len(rows)} rows judged or held": len(columns) + held.total() == len(rows),
        f"{held[BELOW]} of -1 held as not detected without a limit": held[BELOW] == below(rows),
        f"{surfaces} surfaces compared with a mass fraction": not surfaces,
        f"{otherwise} rows judged otherwise as a record": not otherwise,
        f"{again} of {kept} stored verdicts differ when given again": not again and kept == len(columns),
    })  # fmt: skip


def told(judged: Judged, category: Words, held: Counter[str]) -> None:
    """Print the outcomes with their reasons, and by category."""
    reasons: Counter[tuple[str, str]] = Counter()
    kinds: Counter[tuple[str, str]] = Counter()
    for row in range(len(judged.outcome)):
        outcome = outcome_of(judged, row).value
        reasons[outcome, ", ".join(reason for reason in REASONS if judged.reasons[row] & BIT[reason])] += 1
        kinds[category.at(row) or "", outcome] += 1
    for rule, count in held.items():
        if count:
            reasons["hold", rule] += count
    for (outcome, why), count in sorted(reasons.items()):
        print(f"{count:6d} {outcome:14s} {why}")
    for kind in category.words:
        print(f"{kind:18s} " + "  ".join(f"{outcome.value} {kinds[kind, outcome.value]}" for outcome in OUTCOMES))


def outcome_of(judged: Judged, row: int) -> Outcome:
    """Give the outcome of a row."""
    return OUTCOMES[int(judged.outcome[row])]


def below(rows: list[dict[str, str]]) -> int:
    """Give how often the table says -1."""
    return sum(row["CONCENTRATION"] == "-1" for row in rows)


def unlike(judged: Judged, columns: Columns, category: Words, days: Days) -> int:
    """Give how many rows say otherwise when they are weighed alone."""
    return sum(
        judged.at(row, columns)
        != weigh(columns.item.at(row) or "", category.at(row) or "", [columns.result(row)], judged.limits,
                 days[row].astype(date))
        for row in range(len(columns))
    )  # fmt: skip


def replayed(reading: Reading, category: Words, days: Days, family: Limits) -> tuple[int, int]:
    """Give how many verdicts were stored, each on one row, and how many of them differ when they are given again."""
    with scratch() as (database, objects):
        with database.unit() as unit:
            limits.keep(unit, family, at=moment())
            ids = stored(unit, objects, reading)
            for row, (code, sample_id) in enumerate(ids.items()):
                save(
                    unit, sample_id, bases.results_of(unit, sample_id, code), category.at(row) or "", days[row], family
                )
        with database.unit() as unit:
            kept = list(verdicts.every(unit))
            return len(kept), sum(bool(differences(one, bases.give_again(unit, one))) for one in kept)


def stored(unit: Unit, objects: Objects, reading: Reading) -> dict[str, UUID]:
    """Store the file's results, each row of it a sample of its own, and give the samples in the order of the rows."""
    within = campaign(unit).id
    codes = [reading.results.sample.at(row) or "" for row in range(len(reading.results))]
    ids = {code: samples.target(unit, within, framed(number), blind_code=code, lab="NYC", by="t", at=moment()).id
           for number, code in enumerate(codes)}  # fmt: skip
    file = uploads.receive(unit, objects, "NYC", "nyc.csv", TABLE.read_bytes(), by="user:lab", at=moment())
    uploads.commit(unit, file.id, reading, ids, by="t", at=moment())
    return ids


def save(unit: Unit, sample_id: UUID, found: dict[UUID, Result], category: str, day: Any, family: Limits) -> None:
    """Give the verdict on one sample on its day, and store it."""
    now = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    made = judge(id=new_id(), sample_id=sample_id, category=category, results=tuple(found.values()), limits=family,
                 ordered=[one.item for one in found.values()], now=now, result_ids=tuple(found))  # fmt: skip
    verdicts.save(unit, made, uploaded_by="user:lab", by="t", at=moment(1))


if __name__ == "__main__":
    sys.exit(main())
