"""The bad inputs: recorded files, found by themselves, each with the reaction that the table gives its number."""

import json
import tomllib
from dataclasses import astuple
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from labs.edge.door import take_in
from labs.findings import explain
from labs.formats import MOST_BYTES, Expected, read
from labs.mapping import FileMapping
from labs.signed import ReportRule, Sent
from sampling.digest import sha256
from tests.labs.bad_inputs import INFECTED
from tests.labs.build import NOW, csv_of, expected, line, results_of
from tests.world.clamd import Clamd

FOLDER = Path(__file__).parents[1] / "examples" / "labs"
FILES = sorted(path for path in FOLDER.iterdir() if not path.name.endswith((".expected", ".case.toml")))
ORDERS = {"B26-0001": ("lead", "cadmium"), "B26-0002": ("lead",)}
OTHERS = ("nitrate", "moisture", "touch_temperature")

WORST = {
    "01": "warn", "02": "hold", "03": "hold", "04": "fix", "05": "hold", "06": "hold", "07": "hold", "08": "hold",
    "09": "hold", "10": "hold", "11": "fix", "12": "hold", "13": "hold", "14": "hold", "15": "hold", "16": "hold",
    "17": "hold", "18": "warn", "19": "hold", "20": "warn", "21": "hold", "22": "hold", "23": "hold", "24": "hold",
    "25": "warn", "26": "hold", "27": "hold", "28": "hold", "29": "hold", "30": "fix", "31": "hold", "32": "hold",
    "33": "reject", "34": "hold", "35": "hold", "36": "hold", "37": "reject", "38": "reject", "39": "reject",
    "40": "reject", "41": "reject", "42": "warn", "44": "reject", "45": "hold", "46": "reject", "47": "reject",
    "49": "hold", "50": "",
}  # fmt: skip
"""The number to the gravest reaction that its files call for."""
ELSEWHERE = {
    "43": "test_a_file_of_a_hundred_megabytes_is_refused_unread",
    "48": "test_malware_is_refused_and_a_silent_scanner_passes_nothing",
}
GRAVITY = ["", "fix", "warn", "hold", "reject"]


def case(path: Path) -> tuple[str, Expected]:
    """The name under which the file arrives, and what was known before it did."""
    beside = path.with_name(f"{path.name}.case.toml")
    page: dict[str, Any] = tomllib.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
    own = sha256(path.read_bytes())
    others = tuple(item for item in OTHERS if item in path.read_text("latin-1"))
    alone = path.read_text("latin-1").count("lead") == 0
    orders = ORDERS | {"B26-0002": others if alone else ("lead", *others)} if others else ORDERS
    changes: dict[str, Any] = {"orders": orders, "units": {"lead": "mg/kg", "cadmium": "mg/kg"}}
    changes |= {name: page[name] for name in ("forbidden", "announced") if name in page}
    methods = {item: tuple(names) for item, names in page.get("methods", {}).items()}
    changes["methods"] = dict.fromkeys(orders, methods)
    changes["known"] = {
        (number, int(version)): own if digest == "same" else digest
        for number, versions in page.get("known", {}).items()
        for version, digest in versions.items()
    }
    if "mapping" in page:
        changes["mapping"] = FileMapping("own", "1", **page["mapping"])
    if "bounds" in page:
        ends = {item: [Decimal(end) if end else None for end in pair] for item, pair in page["bounds"].items()}
        changes["bounds"] = {item: tuple(pair) for item, pair in ends.items()}
    if "scope" in page:
        changes["scope"] = {
            (item, method): ((date.fromisoformat(first), date.fromisoformat(last)),)
            for item, method, first, last in page["scope"]
        }
    return page.get("name", path.name), expected(**changes)


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_a_bad_input_is_told_with_its_place_and_how_to_mend_it(path: Path) -> None:
    name, known = case(path)
    reading = read(path.read_bytes(), name, known)
    told = [
        {"finding": list(astuple(finding)), "zh": explain(finding).zh, "en": explain(finding).en}
        for finding in reading.findings
    ]
    kept = [[result.row, result.raw_text, f"{result.interval.low}..{result.interval.high} {result.unit}"]
            for result in results_of(reading)]  # fmt: skip
    plain = json.dumps({"findings": told, "results": kept}, ensure_ascii=False, indent=1) + "\n"
    beside = path.with_name(f"{path.name}.expected")
    if not beside.exists():
        beside.write_text(plain, encoding="utf-8")
        pytest.fail(f"{beside.name} is new: read it, then run again")
    assert plain == beside.read_text(encoding="utf-8")


@pytest.mark.parametrize("number", sorted(WORST))
def test_the_reaction_is_the_one_of_the_table(number: str) -> None:
    gravest = "", ""
    for path in FILES:
        if path.name.startswith(f"{number}-"):
            name, known = case(path)
            worst = max(
                (one.reaction for one in read(path.read_bytes(), name, known).findings), key=GRAVITY.index, default=""
            )
            gravest = max(gravest, (worst, path.name), key=lambda one: GRAVITY.index(one[0]))
    assert gravest[0] == WORST[number]


def test_every_number_of_the_table_has_a_file_or_a_test() -> None:
    assert {path.name[:2] for path in FILES} == set(WORST)
    assert set(WORST) | set(ELSEWHERE) == {f"{number:02}" for number in range(1, 51)}


def test_a_file_of_a_hundred_megabytes_is_refused_unread() -> None:
    reading = read(csv_of(line()) + b"\n" * MOST_BYTES, "r.csv", expected())
    assert [(finding.rule, finding.reaction) for finding in reading.findings] == [("file-too-large", "reject")]


def test_malware_is_refused_and_a_silent_scanner_passes_nothing() -> None:
    told = {}
    with Clamd() as clamd, Clamd(lambda _: None, seconds=0.5) as silent:
        for (name, data), server in zip(INFECTED.items(), (clamd, silent), strict=True):
            reading, _ = take_in(Sent(name, data), expected(), ReportRule(), at=NOW, scan=server.scanner.scan)
            told[name] = [(one.rule, one.reaction, one.found) for one in reading.findings]
            assert (reading.reports, len(reading.results)) == ((), 0)
    assert told == {
        "48-malware.csv": [("malware-found", "reject", "Eicar-Test-Signature")],
        "48-scanner-down.csv": [("scanner-down", "hold", "TimeoutError")],
    }
