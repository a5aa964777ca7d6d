"""Formats: recorded files, found by themselves, read to what stands beside them."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from labs.findings import explain
from labs.formats import FORMATS, read
from tests.labs.build import expected, results_of

EXAMPLES = Path(__file__).parents[1] / "examples" / "formats"
FILES = sorted(path for path in EXAMPLES.glob("*/*") if path.suffix != ".expected")


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.name}" for path in FILES])
def test_a_recorded_file_reads_to_what_stands_beside_it(path: Path) -> None:
    reading = read(path.read_bytes(), path.name, expected())
    told = [f"{finding.reaction}: {explain(finding).en} {explain(finding).zh}" for finding in reading.findings]
    heads: dict[str, object] = {"reports": [asdict(report) for report in reading.reports]}
    heads |= {"results": [asdict(result) for result in results_of(reading)]}
    heads |= {"findings": [asdict(finding) for finding in reading.findings]}
    heads["told"] = told
    plain = json.dumps(heads, default=str, ensure_ascii=False, indent=1) + "\n"
    beside = path.with_name(f"{path.name}.expected")
    if not beside.exists():
        beside.write_text(plain, encoding="utf-8")
        pytest.fail(f"{beside.name} is new: read it, then run again")
    assert plain == beside.read_text(encoding="utf-8")


def test_every_format_has_an_example() -> None:
    assert {path.parent.name for path in FILES} == set(FORMATS)
